"""Trying within this very process what no other can import, such as a function of a notebook.

Cases are made ready and timed in threads of this process. A call that crashes takes it along, and
one that hangs stays behind in its thread: a process of its own could be ended.
"""

import dataclasses
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TypeVar

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.in_time import LateError, in_time
from conc.measure import details, machine, worker
from conc.measure.launcher import CaseFailedError, Launch
from conc.measure.messages import Raised
from conc.records import Case, Memory, Profile, Timing

Result = TypeVar("Result")

FORK = "fork"


def forks() -> bool:
    """Tell whether processes of a pool begin as copies of this one, with all that it defines."""
    return multiprocessing.get_start_method() == FORK


def setting(profile: Profile) -> Setting:
    """Describe what can be tried within this process: interpreters begin with nothing of it."""
    methods = (FORK,) if forks() else ()
    return dataclasses.replace(machine.setting(profile), optional=(), start_methods=methods)


@dataclasses.dataclass(frozen=True, slots=True)
class HereLauncher:
    """Starts workers that are threads of this process."""

    @contextmanager
    def run_of(self, experiment: Experiment, *, fresh: bool = False) -> Iterator[Launch]:
        """Yield what makes cases ready here."""
        del fresh

        def launch(cases: Sequence[Case], service: Service) -> HereWorker:
            return HereWorker(experiment, cases, service)

        yield launch


class HereWorker:
    """Makes cases ready and times them in this process, each step in a thread that may be left."""

    def __init__(self, experiment: Experiment, cases: Sequence[Case], service: Service) -> None:
        """Take what is to be made ready."""
        self._experiment = experiment
        self._cases = cases
        self._service = service
        self._trials: dict[str, Trial | CaseFailedError] = {}
        self._open = ExitStack()
        self._is_lost = False

    def ready(self, limit_s: float | None = None) -> bool:
        """Make the cases ready; return whether the GIL is on."""
        for case in self._cases:
            try:
                self._trials[case.id] = self._within(partial(self._opened, case), limit_s)
            except CaseFailedError as failure:
                self._trials[case.id] = failure
            except (Exception, SystemExit) as error:  # noqa: BLE001 - any fault is the case's own
                self._trials[case.id] = _raised(error)
        return worker.gil_enabled()

    def time(self, case: Case, limit_s: float | None = None) -> Timing:
        """Execute a case once. Raises :class:`CaseFailedError` if that gives no figure."""
        trial = self._trials[case.id]
        if isinstance(trial, CaseFailedError):
            raise trial
        reply = self._within(lambda: worker.attempt(trial), limit_s)
        if isinstance(reply, Raised):
            raise CaseFailedError("raised", reply.detail, lost=False)
        return reply.timing

    def memory(self, case: Case, limit_s: float | None = None) -> Memory:
        """Raise that it can't be told from that of all else in this process."""
        del case, limit_s
        raise CaseFailedError("raised", "its memory can't be told from the rest", lost=False)

    def dismiss(self) -> None:
        """Do nothing: there is no process to be asked to end."""

    def end(self) -> None:
        """Put everything away, but for what hangs."""
        if not self._is_lost:
            self._within(self._open.close)

    def _opened(self, case: Case) -> Trial:
        return self._open.enter_context(self._experiment.open(case, self._service))

    def _within(self, call: Callable[[], Result], limit_s: float | None = None) -> Result:
        """Make a call in a thread of its own, which has no event loop as a notebook's has.

        Raises what it raises, and :class:`CaseFailedError` where it is not done in time.
        """
        limit_s = limit_s or self._experiment.sample_limit_s
        try:
            return in_time(limit_s, call)
        except LateError as error:
            self._is_lost = True
            raise CaseFailedError("timed out", str(error), lost=True) from None


def _raised(error: BaseException) -> CaseFailedError:
    return CaseFailedError("raised", details.of_exception(error), lost=False)
