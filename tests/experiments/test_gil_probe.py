"""The size of a probed call is found, and the control is among the functions."""

import pytest

from conc.experiments import gil_probe
from conc.experiments.experiment import Service, Setting
from conc.snippets import gil_probe as snippet


def test_a_size_is_doubled_until_the_call_takes_long_enough_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list[int]()

    def slow_at_first(_function: str, size: int) -> float:
        asked.append(size)
        return 1.0 if len(asked) == 1 else size * 1e-5

    monkeypatch.setattr(gil_probe, "_takes_s", slow_at_first)
    assert gil_probe.long_enough("sum", 0.03) == 4 * gil_probe.SMALLEST
    assert asked == [1000, 1000, 2000, 4000, 4000]


def test_there_is_a_control_and_about_fifteen_functions() -> None:
    assert "time.sleep" in snippet.CALLS
    assert len(snippet.CALLS) >= 15


def test_a_sample_tells_call_silence_and_size() -> None:
    case = gil_probe.cases(Setting("smoke", 2, optional=(), start_methods=("fork",)))[0]
    with gil_probe.open_case(case, Service()) as trial:
        values = trial.read(trial.act()).values
    assert set(values) == {"call_s", "silence_s", "size"}
