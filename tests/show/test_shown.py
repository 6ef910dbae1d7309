"""A result that is shown: found on disk or handed over, its links, and what is computed once."""

import os
from pathlib import Path

import pytest

from conc.claims import invariants, ledger
from conc.claims.invariants import Broken
from conc.errors import ConcError, MissingError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Result
from conc.results import store
from conc.results.evidence import Evidence
from conc.show import page
from conc.show.shown import Shown
from tests.invented.results import invented_result


@pytest.fixture(scope="module")
def result() -> Result:
    return invented_result(EXPERIMENTS[:1])


@pytest.mark.parametrize(
    ("page", "expected"),
    [("", "data/a.csv"), ("method/", "../data/a.csv"), ("a/b/", "../../data/a.csv")],
)
def test_a_link_leads_from_the_page_to_the_file(page: str, expected: str) -> None:
    assert Shown(None, page=page).link("data/a.csv") == expected


@pytest.mark.parametrize("asked", ["evidence", "broken", "verdicts"])
def test_without_a_result_the_command_that_makes_one_is_named(asked: str) -> None:
    with pytest.raises(MissingError, match="conc measure"):
        getattr(Shown(None), asked)


def test_what_is_computed_is_computed_once(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def check(evidence: Evidence) -> list[Broken]:
        asked.append(evidence.result)
        return []

    monkeypatch.setattr(invariants, "check", check)
    shown = Shown(result)
    assert shown.broken is shown.broken
    assert shown.evidence is shown.evidence
    assert shown.verdicts is shown.verdicts
    assert asked == [result]


def test_every_claim_has_a_verdict(result: Result) -> None:
    assert list(Shown(result).verdicts) == [claim.id for claim in ledger.CLAIMS]


def test_impossible_figures_are_found_by_their_experiment(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [Broken("cpu-bound", "a", "."), Broken("io-bound", "b", ".")]
    monkeypatch.setattr(invariants, "check", lambda _: broken)
    assert Shown(result).broken_in({"io-bound", "idle-loop"}) == broken[1:]


def test_a_page_can_show_two_results(result: Result) -> None:
    one, other = Shown(result), Shown(invented_result(EXPERIMENTS[:1], cores=1))
    first, second = (str(page.table(shown, "method/machine")) for shown in (one, other))
    assert first != second
    assert str(page.table(one, "method/machine")) == first


def test_the_newest_file_of_a_folder_is_shown(result: Result, tmp_path: Path) -> None:
    store.save(result, tmp_path / "b.json")
    (tmp_path / "a.json").write_text("old", encoding="utf-8")
    os.utime(tmp_path / "a.json", (0, 0))
    shown = Shown.newest(tmp_path)
    assert shown.result == result
    assert shown.path == tmp_path / "b.json"


def test_a_folder_without_a_result_shows_that_nothing_was_measured(tmp_path: Path) -> None:
    assert Shown.newest(tmp_path).result is None


def test_a_file_that_is_no_result_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConcError, match=r"bad\.json"):
        Shown.newest(tmp_path)
