"""A session of measuring: which experiments are stale, one after the other, into the result file.

What was measured is saved after every run. Whatever ends a session, an interruption or an error,
the file holds all runs finished until then, and the next session goes on after them.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from conc import __version__
from conc.errors import ConcError
from conc.experiments import registry
from conc.experiments.experiment import Experiment
from conc.measure import details
from conc.measure.course import Course
from conc.measure.examples import Examples
from conc.measure.launcher import ProcessLauncher
from conc.measure.progress import progress_on
from conc.measure.world import World
from conc.records import FORMAT, Interpreter, Machine, Measurement, Profile, Result
from conc.results import staleness, store

QUIET_LIMIT_S: dict[Profile, float] = {"smoke": 0.0, "quick": 3.0, "full": 30.0}
"""How long a session waits in all for the machine to fall quiet."""


def measure_here(
    chosen: Sequence[Experiment],
    profile: Profile,
    *,
    folder: Path | None = None,
    refresh: bool = False,
) -> tuple[Path, Result]:
    """Measure on this machine in real processes, with progress on standard error.

    Returns the result file and what it holds. Without a ``folder`` it lies where results usually
    do. Raises as :func:`measure`.
    """
    with progress_on(sys.stderr) as progress:
        world = World(ProcessLauncher(), progress)
        return measure(chosen, profile, folder or store.results_folder(), world, refresh=refresh)


def measure(
    chosen: Sequence[Experiment],
    profile: Profile,
    folder: Path,
    world: World,
    *,
    refresh: bool = False,
) -> tuple[Path, Result]:
    """Measure those of the chosen experiments that are missing, stale or incomplete.

    With ``refresh`` all of them are measured anew. Other measurements in the file stay; those
    whose experiment is gone are dropped. Raises :class:`ConcError` if another measurement runs,
    or the result file can't be read or written; and if the machine or the interpreter becomes
    another while it is measured.
    """
    with store.measuring_lock(folder):
        session = Session(profile, folder, world)
        session.drop_all_but({*_names(registry.EXPERIMENTS), *_names(chosen)})
        due = [one for one in chosen if refresh or not session.is_fresh(one)]
        world.progress.plan({one.name: one.effort[profile].seconds for one in due})
        for experiment in due:
            session.measure(experiment, refresh=refresh)
        return session.path, session.result


class Session:
    """The result file of this machine and interpreter, and what it lacks."""

    def __init__(self, profile: Profile, folder: Path, world: World) -> None:
        """Look at the machine and read what was measured on it so far."""
        self._world = world
        self._setting = world.setting(profile)
        machine, interpreter = world.describe_machine(), world.describe_interpreter()
        self._quiet_left_s = QUIET_LIMIT_S[profile]
        self._behind_s = 0.0
        self.path = store.result_path(folder, machine, interpreter)
        self.result = _read(self.path, machine, interpreter)

    def drop_all_but(self, names: set[str]) -> None:
        """Drop the measurements of experiments that are gone."""
        kept = {name: kept for name, kept in self.result.measurements.items() if name in names}
        self.result = msgspec.structs.replace(self.result, measurements=kept)

    def is_fresh(self, experiment: Experiment) -> bool:
        """Tell whether there is a complete measurement that is still true."""
        measurement = self.result.measurements.get(experiment.name)
        if measurement is None or not staleness.is_fresh(
            measurement,
            experiment,
            self._setting,
            self.result.machine,
            self.result.interpreter,
        ):
            return False
        return not experiment.captured or self._world.captured_now(measurement.captures)

    def measure(self, experiment: Experiment, *, refresh: bool) -> None:
        """Measure an experiment, from where an interrupted session left it unless ``refresh``."""
        begun = self._begun(experiment, refresh=refresh)
        self._need_the_same()
        self._world.progress.started(experiment.name)
        # Before anything is measured: a file that can't be written is better found now.
        self._save(begun)
        if experiment.captured:
            measurement = self._capture(begun)
        else:
            kind = Examples if experiment.tried else Course
            course = kind(self._in_time(experiment), self._setting, begun, self._world, self._save)
            measurement = course.go(self._quiet_left_s)
        waited_s = measurement.waited_s - begun.waited_s
        self._quiet_left_s = max(0.0, self._quiet_left_s - waited_s)
        planned_s = experiment.effort[self._setting.profile].seconds
        self._behind_s += measurement.seconds - measurement.waited_s - planned_s
        self._need_the_same(experiment.name)
        self._world.progress.finished(measurement)

    def _in_time(self, experiment: Experiment) -> Experiment:
        """Return an experiment that makes good what those before it overran, if it can end sooner.

        A slow hour lengthens whatever has a fixed number of rounds. Half of its time stays.
        """
        effort = experiment.effort[self._setting.profile]
        if effort.min_runs == effort.max_runs:
            return experiment
        given_s = min(max(0.0, self._behind_s), effort.seconds / 2)
        shorter = replace(effort, seconds=effort.seconds - given_s)
        return replace(experiment, effort={**experiment.effort, self._setting.profile: shorter})

    def _need_the_same(self, measured: str = "") -> None:
        """Raise ConcError where machine or interpreter are others than when the session began.

        What was ``measured`` meanwhile is dropped: nobody knows on which of the two.
        """
        before = staleness.described(self.result.machine, self.result.interpreter)
        now = staleness.described(
            self._world.describe_machine(), self._world.describe_interpreter()
        )
        if now == before:
            return
        if measured:
            self.drop_all_but(self.result.measurements.keys() - {measured})
            store.save(self.result, self.path)
        changed = "; ".join(
            f"{name.replace('_', ' ')}: {getattr(was, name)}, then {getattr(is_now, name)}"
            for was, is_now in zip(before, now, strict=True)
            for name in was.__struct_fields__
            if getattr(was, name) != getattr(is_now, name)
        )
        raise ConcError(
            f"this is no longer the machine that measuring began on ({changed}); what"
            " was measured before is kept, measure again for the rest"
        )

    def _capture(self, begun: Measurement) -> Measurement:
        began_s = self._world.clock()
        captures = self._world.capture()
        measurement = msgspec.structs.replace(
            begun, captures=captures, seconds=self._world.clock() - began_s, complete=True
        )
        self._save(measurement)
        return measurement

    def _begun(self, experiment: Experiment, *, refresh: bool) -> Measurement:
        """Return the interrupted measurement of the same key, or an empty one."""
        key = staleness.experiment_key(
            experiment, self._setting, self.result.machine, self.result.interpreter
        )
        begun = self.result.measurements.get(experiment.name)
        if begun is not None and begun.key == key and not (refresh or begun.complete):
            return begun
        return Measurement(
            experiment=experiment.name,
            key=key,
            profile=self._setting.profile,
            seed=self._world.seed(),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=0.0,
            snippets=staleness.snippet_digests(experiment),
            left_out=[details.one_line(reason) for reason in experiment.left_out()],
            cases=list(experiment.cases(self._setting)),
        )

    def _save(self, measurement: Measurement) -> None:
        measurements = {**self.result.measurements, measurement.experiment: measurement}
        self.result = msgspec.structs.replace(self.result, measurements=measurements)
        store.save(self.result, self.path)


def _read(path: Path, machine: Machine, interpreter: Interpreter) -> Result:
    """Return what the file holds, or an empty result.

    Figures of the same machine with another kernel, or of the same Python with another package,
    are set aside: one file never says two things of where its figures come from.
    """
    empty = Result(conc=__version__, machine=machine, interpreter=interpreter)
    if not path.exists():
        return empty
    held = store.load_ours(path)
    known = staleness.described(held.machine, held.interpreter)
    if known != staleness.described(machine, interpreter):
        store.set_aside(path)
        return empty
    return msgspec.structs.replace(
        held, conc=__version__, format=FORMAT, machine=machine, interpreter=interpreter
    )


def _names(some: Sequence[Experiment]) -> list[str]:
    return [experiment.name for experiment in some]
