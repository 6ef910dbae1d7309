"""What views read: words for ratios, and estimates that outlive a build."""

import math
from pathlib import Path

import msgspec
import pytest

from conc.errors import MissingError
from conc.records import Estimate
from conc.results import samples
from conc.show.evidence import Evidence, difference
from tests.invented import invented_result

RESULT = invented_result(rounds=2)


@pytest.mark.parametrize(
    ("value", "low", "high", "word"),
    [
        (1.5, 1.2, 1.8, "faster"),
        (0.7, 0.6, 0.8, "slower"),
        (1.0, 0.95, 1.05, "no difference"),
        (1.01, 1.005, 1.015, "no difference"),
        (1.1, 0.9, 1.3, "undecided"),
        (1.5, -math.inf, math.inf, "undecided"),
    ],
)
def test_a_word_needs_an_effect_and_an_interval(
    value: float, low: float, high: float, word: str
) -> None:
    assert difference(Estimate(value=value, low=low, high=high, runs=3, rounds=30)) == word


def test_an_experiment_that_is_missing_names_the_command_that_measures_it() -> None:
    empty = msgspec.structs.replace(RESULT, measurements={})
    with pytest.raises(MissingError, match="conc measure cpu-bound"):
        Evidence(empty).of("cpu-bound")


def test_estimates_are_kept_for_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Evidence(RESULT, tmp_path)
    case = first.of("cpu-bound").cases[1]
    found = first.of("cpu-bound").speedup(case)
    first.keep()
    monkeypatch.setattr(samples, "speedup", None)
    assert Evidence(RESULT, tmp_path).of("cpu-bound").speedup(case) == found


def test_kept_estimates_of_other_samples_are_not_taken(tmp_path: Path) -> None:
    other = invented_result(rounds=2, seed=2)
    first, second = Evidence(RESULT, tmp_path), Evidence(other, tmp_path)
    case = first.of("cpu-bound").cases[1]
    first.of("cpu-bound").speedup(case)
    first.keep()
    assert second.of("cpu-bound").speedup(case) != first.of("cpu-bound").speedup(case)


def test_kept_estimates_that_were_cut_off_are_computed_again(tmp_path: Path) -> None:
    first = Evidence(RESULT, tmp_path)
    case = first.of("cpu-bound").cases[1]
    found = first.of("cpu-bound").speedup(case)
    first.keep()
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-3])
    assert Evidence(RESULT, tmp_path).of("cpu-bound").speedup(case) == found


def test_a_folder_that_cannot_be_written_does_not_end_the_build(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    evidence = Evidence(RESULT, blocked / "cache")
    evidence.of("cpu-bound").speedup(evidence.of("cpu-bound").cases[1])
    evidence.keep()
