"""A world in which nothing is real, for tests of what decides."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from conc.measure.world import RunningService, World
from tests.invented.results import invented_interpreter, invented_machine
from tests.measure.fakes import FakeClock, FakeLauncher, RecordingProgress, setting_of, timing


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def progress() -> RecordingProgress:
    return RecordingProgress()


@pytest.fixture
def launcher(clock: FakeClock) -> FakeLauncher:
    return FakeLauncher(clock, lambda _case, _count: timing())


@pytest.fixture
def world(launcher: FakeLauncher, progress: RecordingProgress, clock: FakeClock) -> World:
    """A world in which nothing is real."""

    def no_service() -> AbstractContextManager[RunningService]:
        raise AssertionError("nobody asked for a service")

    return World(
        launcher=launcher,
        progress=progress,
        clock=clock,
        seed=lambda: 7,
        wait_for_quiet=lambda _limit_s: 0.0,
        service=no_service,
        describe_machine=invented_machine,
        describe_interpreter=invented_interpreter,
        setting=setting_of,
        capture=list,
        captured_now=lambda _captures: True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "résults of mine"
