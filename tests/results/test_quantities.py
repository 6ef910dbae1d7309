"""What is read from one sample, and that what it lacks is absent and not zero."""

import msgspec
import pytest

from conc.experiments.parts.yardstick import yardstick_cases
from conc.records import Case, Sample, Value
from conc.results.quantities import (
    CORES_IN_USE,
    COST_S,
    CPU_PER_ITEM_S,
    SWITCHES_PER_ITEM,
    Quantity,
    counted,
    percentile_of,
    share_of,
    throughput_share,
)

CASE = Case(workload="compute", model="sequential", items=10)


def sample(values: dict[str, Value] | None = None, *, run_delay_s: float | None = None) -> Sample:
    """Return a sample of one second, half of it on a CPU."""
    return Sample(
        case=CASE.id,
        run=0,
        round=0,
        position=0,
        warmup=False,
        started_s=0.0,
        wall_s=1.0,
        cpu_s=0.5,
        voluntary=3,
        involuntary=2,
        run_delay_s=run_delay_s,
        values=values or {},
    )


def test_what_processes_of_the_yardstick_do_in_a_second_is_added_up() -> None:
    """One that took half as long did twice as much; the last to end does not stand for all."""
    (case,) = yardstick_cases((2,), 100, "b")
    assert COST_S.read(sample({"own_s": [0.5, 1.0]}), case) == pytest.approx(1 / 3)
    assert COST_S.read(sample(), case) == 0.5, "a file of the first format has no times of each"
    assert COST_S.read(sample({"own_s": [0.5, 1.0]}), CASE) == 0.1


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        (COST_S, 0.1),
        (CPU_PER_ITEM_S, 0.05),
        (SWITCHES_PER_ITEM, 0.5),
        (CORES_IN_USE, 0.5),
        (throughput_share(0.05), 0.5),
        (counted("lost"), 4.0),
        (percentile_of("late_s", 50), 2.0),
        (share_of(counted("lost"), counted("expected")), 0.5),
    ],
    ids=lambda one: one.name if isinstance(one, Quantity) else None,
)
def test_a_quantity_is_read_from_a_sample(quantity: Quantity, value: float) -> None:
    full = sample({"lost": 4, "expected": 8, "late_s": [1.0, 2.0, 3.0]})

    assert quantity.read(full, CASE) == pytest.approx(value)


@pytest.mark.parametrize(
    "quantity",
    [
        CPU_PER_ITEM_S,
        SWITCHES_PER_ITEM,
        CORES_IN_USE,
        counted("late_s"),
        percentile_of("word", 50),
        percentile_of("none", 50),
        share_of(counted("one"), counted("zero")),
    ],
    ids=lambda quantity: quantity.name,
)
def test_what_a_sample_lacks_is_absent(quantity: Quantity) -> None:
    values: dict[str, Value] = {"late_s": [1.0], "word": "a", "none": [], "one": 1.0, "zero": 0.0}
    bare = msgspec.structs.replace(sample(values), cpu_s=None, voluntary=None)

    assert quantity.read(bare, CASE) is None


def test_a_lone_worker_s_wait_for_a_cpu_does_not_read_as_waiting() -> None:
    delayed = sample(run_delay_s=0.5)

    assert CORES_IN_USE.read(delayed, CASE) == pytest.approx(1.0)
    two = msgspec.structs.replace(CASE, workers=2)
    assert CORES_IN_USE.read(delayed, two) == pytest.approx(0.5)
