"""The cause of scatter: each is named by its evidence alone, in order, and never without."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from conc.models import ModelName
from conc.records import Case, Measurement, Sample
from conc.results.causes import Cause, cause_of

CASE = Case(workload="w", model="sequential")
POOL = Case(workload="w", model="processes", workers=2)
Readings = tuple[float, float | None, float | None, float | None, float | None]
"""Wall time, CPU time, run delay, cores of others, share stolen."""

QUIET: Readings = (0.1, 0.1, 0.0, 0.01, 0.0)


CHANGING = (
    "the cores’ own speed changed by about ×1.65 while other programs used 0.01 cores; the system"
    " does not tell whether a neighbour or the clock did it"
)
NOTHING_FOUND = (
    "the cause is not known: other programs used 0.01 cores, the host took 0 % of the CPU time and"
    " the speed of the cores changed by about ×1.00"
)


def measured(*readings: Readings, case: Case = CASE) -> Measurement:
    """Invent a measurement: the readings of twenty samples, those given in turn."""
    return Measurement(
        experiment="e",
        key="k",
        profile="quick",
        seed=1,
        started="2026-01-02T03:04:05Z",
        seconds=1.0,
        cases=[case],
        samples=[
            Sample(
                case=case.id,
                run=0,
                round=round_,
                position=0,
                warmup=False,
                started_s=0.0,
                wall_s=wall_s,
                cpu_s=cpu_s,
                run_delay_s=run_delay_s,
                others_cores=others_cores,
                stolen=stolen,
            )
            for round_, (wall_s, cpu_s, run_delay_s, others_cores, stolen) in enumerate(
                20 // len(readings) * readings
            )
        ],
    )


@pytest.mark.parametrize(
    ("kind", "sentence", "readings"),
    [
        ("other programs", "other programs used 0.30 cores", [(0.1, 0.1, 0.0, 0.3, 0.5)]),
        (
            "other programs",
            "a lone thread waited for a CPU for 10 % of its time",
            [(0.1, 0.09, 0.01, 0.0, 0.5)],
        ),
        ("host", "the host took 3.0 % of the CPU time", [(0.1, 0.1, 0.0, 0.0, 0.03)]),
        (
            "speed",
            CHANGING,
            [QUIET, (0.165, 0.165, 0.0, 0.01, 0.0)],
        ),
        (
            "unknown",
            NOTHING_FOUND,
            [QUIET],
        ),
    ],
)
def test_a_cause_is_said_with_its_figure(
    kind: str, sentence: str, readings: list[Readings]
) -> None:
    found = cause_of(measured(*readings))
    assert (found.kind, found.sentence) == (kind, sentence)


def test_readings_of_single_samples_that_are_off_by_a_tick_cancel() -> None:
    """A tick of 10 ms is a tenth of a core beside a sample of 100 ms."""
    noisy: list[Readings] = [(0.1, 0.1, 0.0, 0.3, 0.0), (0.1, 0.1, 0.0, -0.3, 0.0)]
    assert cause_of(measured(*noisy)).kind == "unknown"


def test_a_quota_is_told_as_the_machine_tells_it() -> None:
    limits = ["affinity leaves 2 of 4 CPUs", "the cgroup quota is 1.5 CPUs"]
    changing = measured(QUIET, (0.165, 0.165, 0.0, 0.01, 0.0))
    assert cause_of(changing, limits) == Cause(kind="quota", sentence=limits[1])
    assert cause_of(changing, limits[:1]).kind == "speed"


def test_workers_that_delay_each_other_are_no_other_programs() -> None:
    delayed: Readings = (0.1, 0.1, 0.05, 0.0, 0.0)
    assert cause_of(measured(delayed, case=POOL)).kind == "unknown"
    assert cause_of(measured(delayed)).kind == "other programs"


@pytest.mark.parametrize("model", ["threads", "asyncio", "processes"])
def test_one_worker_with_threads_of_its_own_tells_nothing_of_other_programs_or_speed(
    model: ModelName,
) -> None:
    delayed: list[Readings] = [(0.1, 0.09, 0.01, 0.0, 0.0), (0.2, 0.18, 0.02, 0.0, 0.0)]
    assert cause_of(measured(*delayed)).kind == "other programs"
    found = cause_of(measured(*delayed, case=replace(CASE, model=model)))
    assert found.kind == "unknown"
    assert "speed" not in found.sentence


def test_what_waits_says_nothing_of_the_speed_of_cores() -> None:
    waiting: list[Readings] = [(0.1, 0.001, 0.0, 0.0, 0.0), (0.1, 0.002, 0.0, 0.0, 0.0)]
    assert "speed" not in cause_of(measured(*waiting)).sentence


Without = Callable[[Readings], Readings]


@pytest.mark.parametrize(
    ("without", "said"),
    [
        (lambda r: (*r[:3], None, None), "not recorded in this older file"),
        (lambda r: (*r[:2], None, None, None), "this system does not tell what other programs"),
    ],
)
def test_what_was_not_told_is_neither_guessed_nor_ruled_out(without: Without, said: str) -> None:
    """That nothing else ran is not known then, so the speed of the cores is not the cause."""
    slow: Readings = (0.165, 0.165, 0.0, 0.01, 0.0)
    found = cause_of(measured(without(QUIET), without(slow)))
    assert found.kind == "unknown"
    assert said in found.sentence
    assert "×1.65" in found.sentence


def test_samples_that_are_too_short_for_ticks_tell_nothing_of_others() -> None:
    short: Readings = (0.01, 0.01, 0.0, 0.9, 0.9)
    found = cause_of(measured(short))
    assert found.kind == "unknown"
    assert "too short to tell" in found.sentence


def test_no_sample_witnesses_nothing() -> None:
    found = cause_of(replace(measured(QUIET), samples=[]))
    assert (found.kind, found.figure) == ("unknown", None)
