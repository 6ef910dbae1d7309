"""When a machine counts as quiet, and how long it is waited for, on an invented clock."""

from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
import pytest

from conc.measure import quiet
from conc.measure.meter import cpus
from conc.measure.meter.tree import Folder
from conc.measure.quiet import Load

QUIET = Load(stalled=0.0, free_cores=2.0)
BUSY = Load(stalled=0.6, free_cores=0.1)


class Machine:
    """Shows the given loads, one a look of 0.1 s, the last for ever."""

    def __init__(self, loads: Iterable[Load]) -> None:
        self._loads = list(loads)
        self.now_s = 50.0

    def look(self) -> Load:
        self.now_s += 0.1
        return self._loads.pop(0) if len(self._loads) > 1 else self._loads[0]

    def clock(self) -> float:
        return self.now_s

    def wait(self, limit_s: float) -> float:
        return quiet.wait_for_quiet(limit_s, cores=2.0, look=self.look, clock=self.clock)


def test_a_quiet_machine_is_waited_for_one_look_long() -> None:
    assert Machine([QUIET]).wait(10.0) == pytest.approx(0.1)


def test_a_busy_machine_is_waited_for_until_it_falls_quiet() -> None:
    assert Machine([BUSY, BUSY, QUIET]).wait(10.0) == pytest.approx(0.3)


def test_the_wait_is_bounded() -> None:
    assert Machine([BUSY]).wait(2.0) == pytest.approx(2.0, abs=0.15)


def test_a_limit_of_nothing_waits_for_nothing() -> None:
    assert Machine([BUSY]).wait(0.0) == 0.0


@pytest.mark.parametrize(
    ("load", "expected"),
    [
        (Load(stalled=0.0, free_cores=2.0), True),
        (Load(stalled=0.05, free_cores=1.8), True),
        (Load(stalled=0.06, free_cores=2.0), False),
        (Load(stalled=0.0, free_cores=1.0), False),
        (Load(stalled=None, free_cores=1.9), True),
        (Load(stalled=None, free_cores=1.0), False),
    ],
)
def test_quiet_needs_free_cores_and_nobody_waiting(load: Load, *, expected: bool) -> None:
    assert load.is_quiet(cores=2.0) is expected


def test_a_large_machine_at_work_is_quiet_for_two_of_its_cores() -> None:
    assert Load(stalled=0.01, free_cores=30.0).is_quiet(cores=2.0)


def test_the_total_stall_is_read_in_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressure = tmp_path / "cpu"
    pressure.write_text(
        "some avg10=0.12 avg60=0.56 avg300=0.43 total=9305158\n"
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"
    )
    monkeypatch.setattr(quiet, "PRESSURE", Folder(str(tmp_path)))
    assert quiet.stalled_total_s() == pytest.approx(9.305158)


def test_without_pressure_information_the_stall_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet, "PRESSURE", Folder(str(tmp_path)))
    assert quiet.stalled_total_s() is None
    assert quiet.look(0.01).stalled is None


def test_a_look_gives_what_this_machine_can_have() -> None:
    load = quiet.look(0.02)
    assert load.free_cores >= 0
    assert load.stalled is None or load.stalled >= 0


def test_a_cpu_that_may_not_be_used_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_percent", lambda **_: [10.0, 100.0, 0.0, 40.0])
    monkeypatch.setattr(cpus, "allowed", lambda: {0, 1, 3})
    assert quiet.look(0.01).free_cores == pytest.approx(1.5)


def test_the_usable_cores_are_wanted_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quiet, "usable_cores", lambda: (1.0, []))
    one_is_free: Callable[[], Load] = lambda: Load(stalled=0.0, free_cores=1.0)  # noqa: E731
    times = iter((0.0, 0.0, 0.1))
    assert quiet.wait_for_quiet(9.0, look=one_is_free, clock=lambda: next(times)) == 0.1
