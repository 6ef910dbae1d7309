"""What others did around a sample: computed from two readings of the whole machine."""

import os
import time
from pathlib import Path

import pytest

from conc.measure.meter import cpus, linux, others, tree
from conc.measure.meter.others import Around, Counted

needs_proc = pytest.mark.skipif(not tree.has_proc(), reason="there is no /proc here")


def test_what_is_neither_ours_nor_our_servers_is_others() -> None:
    then = Counted(busy_s=10.0, stolen_s=1.0, served_s=3.0, at_s=50.0)
    now = Counted(busy_s=11.6, stolen_s=1.4, served_s=3.2, at_s=51.0)
    around = others.between(then, now, 1.0)
    assert around.others_cores == pytest.approx(0.4)
    assert around.stolen == pytest.approx(0.2)


def test_a_tick_that_is_counted_late_is_not_cut_off() -> None:
    """Else the errors of many samples would not cancel."""
    then = Counted(busy_s=10.0, stolen_s=1.0, served_s=0.0, at_s=50.0)
    now = Counted(busy_s=10.0, stolen_s=1.0, served_s=0.0, at_s=50.1)
    assert others.between(then, now, 0.01).others_cores == pytest.approx(-0.1)


def test_what_is_not_told_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(busy_s=10.0, stolen_s=1.0, served_s=0.0, at_s=50.0)
    assert others.between(counted, counted, None) == Around()
    monkeypatch.setattr(others, "PROC", tree.Folder(str(tmp_path)))
    assert others.read() is None
    (tmp_path / "stat").write_text("rubbish")
    assert others.read() is None
    assert others.between(None, None, 1.0) == Around()


@needs_proc
@pytest.mark.parametrize(("allowed", "busy_s"), [({0, 1, 2}, 99.0), ({1}, 2.32), ({0, 2}, 4.64)])
def test_only_the_cpus_that_may_be_used_count(
    allowed: set[int], busy_s: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = "cpu  3300 3300 3300 9 9 9 9 900 0 0\n" + "".join(
        f"cpu{cpu} {cpu}11 {cpu}11 {cpu}0 9 9 9 9 {cpu}00 0 0\n" for cpu in range(3)
    )
    (tmp_path / "stat").write_text(stat + "intr 1 2 3\nctxt 7\n")
    monkeypatch.setattr(others, "PROC", tree.Folder(str(tmp_path)))
    monkeypatch.setattr(others, "_cpu_count", lambda: 3)
    monkeypatch.setattr(cpus, "allowed", lambda: allowed)
    monkeypatch.setattr(linux, "tick_s", lambda: 0.01)
    found = others.read()
    assert found is not None
    assert found.busy_s == pytest.approx(busy_s)
    assert found.stolen_s == pytest.approx(9.0 if len(allowed) == 3 else sum(allowed))


@needs_proc
def test_the_machine_is_busy_while_this_process_is() -> None:
    then = others.read(os.getpid())
    end_s = time.process_time() + 0.2
    while time.process_time() < end_s:
        pass
    now = others.read(os.getpid())
    assert then is not None
    assert now is not None
    assert now.served_s - then.served_s >= 0.2
    assert now.busy_s - then.busy_s > 0.1
    assert now.stolen_s >= then.stolen_s


@needs_proc
def test_a_server_that_has_ended_used_nothing() -> None:
    gone = others.read(2**22 + 7)
    assert gone is not None
    assert gone.served_s == 0.0
