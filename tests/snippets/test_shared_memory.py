"""What the parent sees of its child's changes, and what of its memory the child reads."""

import multiprocessing
import sys

import pytest

from conc.snippets import shared_memory
from tests.snippets.running import printed

needs_fork = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="nothing can be forked here"
)


def test_the_parent_sees_nothing_of_a_global_that_the_child_changed() -> None:
    assert shared_memory.run_global() == {"child_saw": 1, "parent_sees": 0}


def test_the_parent_sees_what_the_child_wrote_to_shared_memory() -> None:
    assert shared_memory.run_shared_memory() == {"child_saw": 1, "parent_sees": 1}


@needs_fork
def test_a_change_of_inherited_memory_stays_with_the_child() -> None:
    found = shared_memory.run_inherited(1_000_000)
    assert (found["child_saw"], found["parent_sees"]) == (1, 0)


@needs_fork
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose pages they are")
def test_inherited_memory_is_resident_in_the_child_and_not_its_own() -> None:
    size = 30_000_000
    found = shared_memory.run_inherited(size)
    assert found["rss_bytes"] > size
    assert found["rss_bytes"] - found["uss_bytes"] > size / 2
    assert found["uss_bytes"] < found["pss_bytes"] < found["rss_bytes"]


def test_nothing_stays_of_the_inherited_memory() -> None:
    assert len(shared_memory.inherited) == 0


def test_the_script_prints_both_sides() -> None:
    assert all("parent_sees" in line for line in printed("shared_memory.py"))
