"""Functions of known nature, each tried with a build as a reader's own function is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import msgspec

from conc.advise import Tried
from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.experiment import Experiment, Setting
from conc.experiments.parts.executors import Asked
from conc.experiments.tries import Known, Terms
from conc.measure import details, executors
from conc.measure.course import waited_for_quiet
from conc.measure.planning import look
from conc.measure.trying import Trying
from conc.measure.world import World
from conc.records import BlockEnd, Measurement
from conc.results.evidence import Measured

MORE_THAN_EQUAL = 1.8
"""A function may take so many times its equal share of the time left: most are decided sooner."""

LEAST_S = 1.3
"""A try has so much time in any case."""

ELSEWHERE = "dask"
"""The executor that could reach other machines."""


class Examples:
    """Tries one function after the other, and hands over what it has after each."""

    def __init__(
        self,
        experiment: Experiment,
        setting: Setting,
        measurement: Measurement,
        world: World,
        save: Callable[[Measurement], None],
    ) -> None:
        """Go on from a measurement, which is empty or was interrupted."""
        self._setting = setting
        self._seconds = experiment.effort[setting.profile].seconds
        self._world = world
        self._save = save
        # What was planned gives way to what is tried.
        cases = measurement.cases if measurement.ends else []
        self._measurement = msgspec.structs.replace(measurement, cases=cases)
        self._began_s = world.clock() - measurement.seconds

    def go(self, quiet_limit_s: float) -> Measurement:
        """Try each function that has not been; an interruption goes through, and is lost alone."""
        self._measurement = waited_for_quiet(self._measurement, quiet_limit_s, self._world)
        done = {end.block for end in self._measurement.ends}
        left = [one for one in tries.known(self._setting.profile) if one.call.function not in done]
        for at, one in enumerate(left):
            self._try(one, self._share_s(len(left) - at))
        self._keep(complete=True)
        return self._measurement

    def _share_s(self, functions: int) -> float:
        left_s = self._seconds - (self._elapsed_s() - self._measurement.waited_s)
        return max(LEAST_S, min(left_s, Terms().seconds, MORE_THAN_EQUAL * left_s / functions))

    def _try(self, one: Known, seconds: float) -> None:
        began_s = self._elapsed_s()
        terms = Terms(seconds=seconds, executors=self._elsewhere() if one.elsewhere else ())
        try:
            seen = look(one.call, terms, self._world)
            seen = replace(seen, plan=replace(seen.plan, memory=False))
            found = Trying(self._world, one.call, terms, seen).go()
        except ConcError as error:
            self._leave_out(str(error))
            end = BlockEnd(block=one.call.function, rounds=0, reason="failed")
            cases = [*self._measurement.cases, tries.first_look(one.call)]
            self._keep(cases=cases, ends=[*self._measurement.ends, end])
            return
        if not found.complete:
            raise KeyboardInterrupt
        self._add(found, _end_of(found, one.call.function), began_s)

    def _elsewhere(self) -> tuple[Asked, ...]:
        """Return Dask as a check found it, in the profile ``full``; or say why it is not tried."""
        if self._setting.profile != "full":
            return ()
        try:
            return executors.checked(executors.named([ELSEWHERE]), self._world)
        except ConcError as error:
            self._leave_out(str(error))
            return ()

    def _add(self, found: Measurement, end: BlockEnd, began_s: float) -> None:
        """Keep what a try gave, its samples counted from the beginning of all."""
        so_far = self._measurement
        self._keep(
            gil=bool(so_far.gil or found.gil),
            cases=[*so_far.cases, *found.cases],
            samples=[
                *so_far.samples,
                *(
                    msgspec.structs.replace(one, started_s=one.started_s + began_s)
                    for one in found.samples
                ),
            ],
            memory=[*so_far.memory, *found.memory],
            failures=[*so_far.failures, *found.failures],
            ends=[*so_far.ends, end],
        )

    def _leave_out(self, why: str) -> None:
        self._keep(left_out=[*self._measurement.left_out, details.one_line(why)])

    def _elapsed_s(self) -> float:
        return self._world.clock() - self._began_s

    def _keep(self, **changes: object) -> None:
        """Take over what was measured, and save it."""
        self._measurement = msgspec.structs.replace(
            self._measurement, seconds=self._elapsed_s(), **changes
        )
        self._save(self._measurement)


def _end_of(found: Measurement, function: str) -> BlockEnd:
    """Say why a try ended: its advice was settled, or its time was over."""
    timed = {(one.run, one.round) for one in found.samples if not one.warmup}
    reason: Literal["narrow", "time", "failed"]
    try:
        settled = Tried(Measured(found), function).is_settled()
    except LookupError:
        reason = "failed"
    else:
        reason = "narrow" if settled else "time"
    return BlockEnd(block=function, rounds=len(timed), reason=reason)
