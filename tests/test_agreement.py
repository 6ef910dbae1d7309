"""Kept builds are read by their names, and claims that are decided two ways are named."""

from pathlib import Path

import pytest

from conc.claims.worlds import cpu_bound, result, utilisation
from conc.errors import ConcError
from conc.results import store
from tests.bench import agreement
from tests.bench.figures import Figure

WITH_GIL = result(cpu_bound(), utilisation())
WITHOUT = result(cpu_bound(threads=1.85), utilisation(pure=1.85), gil=False)


def named(figures: list[Figure], part: str) -> list[Figure]:
    return [figure for figure in figures if part in figure.name]


def test_a_build_is_named_after_its_folder_or_beside_others_after_itself(tmp_path: Path) -> None:
    store.save(WITH_GIL, tmp_path / "quick1" / "machine.json")
    for name in ("full-1", "full-2"):
        store.save(WITH_GIL, tmp_path / f"{name}.json")

    assert set(agreement.kept(tmp_path)) == {"quick1", "full-1", "full-2"}


def test_claims_that_are_decided_two_ways_are_counted_and_named() -> None:
    same = [*agreement.agreement("all", {"a": WITH_GIL, "b": WITH_GIL})]
    other = [*agreement.agreement("all", {"a": WITH_GIL, "b": WITHOUT})]

    (none,) = named(same, "one way and another")
    assert (none.value, none.met) == (0, True)
    (some,) = named(other, "one way and another")
    assert "C11" in some.name
    assert some.met is False


def test_a_series_says_what_its_builds_reach_together() -> None:
    figures = [*agreement.series("quick", {"a": WITH_GIL, "b": WITH_GIL})]

    assert [figure.met for figure in named(figures, "median of 2")] == [True]
    assert len(named(figures, "half-width, speed-up of processes, median")) == 1
    assert len(named(figures, "seconds")) == 2


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConcError, match="RESULTS=FOLDER"):
        list(agreement.figures(tmp_path))
