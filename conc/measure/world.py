"""What a measurement needs of the world around it; a test gives it another one."""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from conc.experiments.experiment import Service, Setting
from conc.measure import listings, machine, quiet
from conc.measure.launcher import Launcher
from conc.measure.progress import Progress
from conc.measure.service import ratings_service
from conc.records import Capture, Interpreter, Machine, Profile


def new_seed() -> int:
    """Return a seed for the order of the rounds; it is recorded, so any will do."""
    return random.SystemRandom().randrange(2**32)


class RunningService(Protocol):
    """A service that the cases of an experiment talk to."""

    @property
    def address(self) -> Service:
        """What the workers are told of it."""

    def alive(self) -> bool:
        """Whether it still runs."""


@dataclass(frozen=True, slots=True)
class World:
    """The machine, its clock, the processes and the service that a measurement uses."""

    launcher: Launcher
    progress: Progress
    clock: Callable[[], float] = time.monotonic
    seed: Callable[[], int] = new_seed
    wait_for_quiet: Callable[[float], float] = quiet.wait_for_quiet
    service: Callable[[], AbstractContextManager[RunningService]] = ratings_service
    describe_machine: Callable[[], Machine] = machine.describe_machine
    describe_interpreter: Callable[[], Interpreter] = machine.describe_interpreter
    setting: Callable[[Profile], Setting] = machine.setting
    capture: Callable[[], list[Capture]] = listings.capture_all
    captured_now: Callable[[Sequence[Capture]], bool] = listings.is_current
