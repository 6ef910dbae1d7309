"""Every form counts, and none loses anything under a lock."""

import sys

import pytest

from conc.snippets import lost_updates

FORMS = pytest.mark.parametrize("form", lost_updates.FORMS)


@FORMS
def test_under_a_lock_no_update_is_lost(form: str) -> None:
    assert lost_updates.run_fixed(lost_updates.FORMS[form], 4, 1_000) == 4_000


@FORMS
def test_one_thread_alone_loses_nothing_without_a_lock(form: str) -> None:
    assert lost_updates.run_broken(lost_updates.FORMS[form], 1, 100) == 100


@FORMS
def test_a_short_switch_interval_is_put_back(form: str) -> None:
    before_s = sys.getswitchinterval()
    kept = lost_updates.run_broken(lost_updates.FORMS[form], 2, 100, interval_s=1e-5)
    assert 0 < kept <= 200
    assert sys.getswitchinterval() == before_s


@FORMS
def test_without_a_lock_nothing_is_counted_twice(form: str) -> None:
    assert 0 < lost_updates.run_broken(lost_updates.FORMS[form], 4, 1_000) <= 4_000
