"""Impossible figures are found, and noise is not taken for one."""

import msgspec
import pytest

from conc.claims import invariants, ledger
from conc.claims.judge import judge
from conc.claims.simulate import Noise, Plan
from conc.claims.worlds import QUIET, cpu_bound, made, measured, result, utilisation, within
from conc.experiments.cpu_bound import EXPERIMENT as CPU_BOUND
from conc.experiments.io_bound import EXPERIMENT as IO_BOUND
from conc.records import Failure, FailureKind, Measurement, Result
from conc.results.evidence import Evidence
from tests.invented.results import invented_result


def io_bound(wall_s: float, *, model: str = "threads", items: int = 20) -> Measurement:
    arm = made(model, wall_s, workers=10, items=items, latency_ms=20)
    return measured("io-bound", arm)


SEQUENTIAL = made("sequential", 0.2, items=50, cores=1.0)
ONE_WORKER = made("processes", 0.14, items=50, against=SEQUENTIAL, cores=1.5)
LESS_WORK = made("processes", 0.12, items=50, workers=3, against=SEQUENTIAL, cores=1.2)

IMPOSSIBLE = [
    (result(cpu_bound(asyncio=1.2)), "asyncio", "never wait"),
    (result(cpu_bound(threads=1.3)), "threads", "while the GIL is on"),
    (result(cpu_bound(threads=2.4), gil=False), "threads", "2 usable cores"),
    (result(cpu_bound(processes=2.4)), "processes", "2 usable cores"),
    (result(cpu_bound(given=2.4)), "yardstick", "2 usable cores"),
    (result(cpu_bound(processes=1.9, given=1.0), cores=0.5), "processes", "0.5 usable cores"),
    (result(cpu_bound(ONE_WORKER)), "processes ×1", "it had 1 worker"),
    (result(cpu_bound(LESS_WORK)), "processes ×3", "both did the same work"),
    (result(io_bound(0.030)), "threads", "can't come in less than 40.0 ms"),
    (result(io_bound(0.090, model="sequential", items=5)), "sequential", "100 ms"),
]


@pytest.mark.parametrize(("of", "case", "why"), IMPOSSIBLE)
def test_a_figure_that_can_not_be_is_found(of: Result, case: str, why: str) -> None:
    (broken,) = invariants.check(Evidence(of))

    assert case in broken.case
    assert why in broken.sentence


def beside_others(of: Result) -> Result:
    """Let other programs have used a core beside every sample."""
    one = of.measurements["cpu-bound"]
    samples = [msgspec.structs.replace(sample, others_cores=1.0) for sample in one.samples]
    return result(msgspec.structs.replace(one, samples=samples))


POSSIBLE = [
    result(cpu_bound(asyncio=1.04)),
    result(cpu_bound(threads=1.09)),
    result(cpu_bound(threads=1.9), gil=False),
    result(cpu_bound(processes=2.05)),
    beside_others(result(cpu_bound(processes=3.0))),
    result(io_bound(0.041)),
    result(),
]


@pytest.mark.parametrize("of", POSSIBLE)
def test_what_can_be_is_left_alone(of: Result) -> None:
    assert invariants.check(Evidence(of)) == []


def test_an_interval_that_reaches_back_to_the_possible_breaks_nothing() -> None:
    with within(Plan(3, 5, Noise(sample=0.3))):
        noisy = result(cpu_bound(asyncio=1.15, threads=1.2))

    assert invariants.check(Evidence(noisy)) == []


def test_three_rounds_break_nothing() -> None:
    with within(Plan(1, 3, QUIET)):
        assert invariants.check(Evidence(result(cpu_bound(asyncio=3.0), io_bound(0.001)))) == []


@pytest.mark.parametrize("kind", ["wrong answer", "raised"])
def test_an_error_breaks_whatever_the_experiment(kind: FailureKind) -> None:
    arm = made("threads")
    failure = Failure(case=arm.case.id, run=0, kind=kind, detail="<b>")
    failed = msgspec.structs.replace(measured("overhead", arm), failures=[failure])
    found = invariants.check(Evidence(result(failed)))

    assert [(broken.experiment, broken.case) for broken in found] == [("overhead", arm.case.id)]


def test_a_crash_is_a_failure_and_no_impossible_figure() -> None:
    arm = made("threads")
    failure = Failure(case=arm.case.id, run=0, kind="crashed", detail="")
    failed = msgspec.structs.replace(measured("overhead", arm), failures=[failure])

    assert invariants.check(Evidence(result(failed))) == []


def test_an_impossible_figure_is_withheld_and_no_verdict_rests_on_it() -> None:
    of = result(cpu_bound(processes=2.4), utilisation())
    sound = invariants.sound(of)
    case = sound.of("cpu-bound").select(model="processes", pool="warm")[0]

    assert Evidence(of).of("cpu-bound").speedup(case) is not None
    assert sound.of("cpu-bound").speedup(case) is None
    failure = sound.of("cpu-bound").failure(case)
    assert failure is not None
    assert failure.kind == "impossible"
    assert judge(ledger.get("C8"), sound).outcome == "not tested here"
    assert sound.result == of


def test_what_can_be_is_not_withheld() -> None:
    sound = invariants.sound(result(cpu_bound(), utilisation()))

    assert not sound.of("cpu-bound").measurement.failures
    assert judge(ledger.get("C8"), sound).outcome != "not tested here"


def test_a_plausible_result_breaks_nothing() -> None:
    assert invariants.check(Evidence(invented_result([CPU_BOUND, IO_BOUND]))) == []


def test_noise_alone_breaks_hardly_ever() -> None:
    """Thirty results whose figures stand right at the bounds."""
    broken = 0
    for seed in range(30):
        with within(Plan(3, 5, Noise(run=0.02, sample=0.05, spikes=0.0)), seed):
            of = result(cpu_bound(asyncio=1.05, threads=1.10, processes=2.1))
        broken += bool(invariants.check(Evidence(of)))

    assert broken <= 1
