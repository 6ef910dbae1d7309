"""Which CPUs may be used, as each system tells it."""

import os
import sys
from types import SimpleNamespace

import pytest

from conc.measure.meter import cpus


def test_all_are_allowed_where_the_system_sets_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert list(cpus.allowed()) == [0, 1, 2]


@pytest.mark.parametrize(("told", "expected"), [([0, 3], [0, 3]), ([], [0, 1, 2, 3])])
def test_windows_tells_it_by_psutil(
    told: list[int], expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    process = SimpleNamespace(cpu_affinity=lambda: told)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(cpus, "psutil", SimpleNamespace(Process=lambda: process), raising=False)
    assert list(cpus.allowed()) == expected
