"""Comparing a reader's function with another of theirs: fresh processes for both in every run."""

import dataclasses
from collections.abc import Callable

import msgspec

from conc.advise import Tried
from conc.against import is_settled
from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.experiment import Effort, Service
from conc.experiments.pairs import pair_of
from conc.experiments.parts.looking import Look
from conc.measure import stopping
from conc.measure.rounds import Rounds
from conc.measure.world import World
from conc.records import Case, Measurement
from conc.results.evidence import Measured

EFFORT = Effort(min_runs=1, max_runs=1, rounds_per_run=4, seconds=20.0)
"""A run is short: what a process is like, as for where its memory lies, is to be drawn often."""

HANGS = 20.0
LEAST_LIMIT_S = 2.0


def refuse_unlike(function: str, look: Look, other: str, others: Look) -> None:
    """Raise :class:`ConcError` where no model runs both functions alike."""
    if bool(look.coroutine) != bool(others.coroutine):
        one, two = (function, other) if look.coroutine else (other, function)
        raise ConcError(
            f"{one} is a coroutine function and {two} is not, so no model runs both alike"
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Pairing:
    """The comparison that follows a try. ``left_s`` tells how much of its time there is left."""

    world: World
    left_s: Callable[[], float]

    def go(self, measurement: Measurement, function: str, other: str, others: Look) -> Measurement:
        """Add to a try what came of comparing its function with another, under its best model.

        An interruption (Ctrl-C) ends it. Nothing is added where the plain loop gave no figure.
        """
        try:
            tried = Tried(Measured(measurement), function)
        except LookupError:
            return measurement
        best = tried.best() or tried.loop
        left_out = {int(place) for look in (tried.look, others) if look for place in look.raising}
        cases = pair_of(best, other, tuple(sorted(left_out)))
        measurement = msgspec.structs.replace(measurement, cases=[*measurement.cases, *cases])
        try:
            return self._runs(measurement, cases, others.seconds_each)
        except KeyboardInterrupt:
            return msgspec.structs.replace(measurement, complete=False)

    def _runs(
        self, measurement: Measurement, cases: tuple[Case, ...], each_s: float
    ) -> Measurement:
        block, number, took_s = cases[0].block, 0, 0.0
        rounds = self._rounds(measurement.seed, each_s * cases[0].items)
        while number == 0 or self.left_s() > took_s:
            began_s = self.world.clock()
            run = rounds.run(block, cases, number, began_s + max(self.left_s(), 0.0))
            took_s = self.world.clock() - began_s
            measurement = run.added_to(measurement)
            if is_settled(Measured(measurement), block):
                break
            if stopping.given_up(measurement.failures) & {case.id for case in cases}:
                break
            number += 1
        return measurement

    def _rounds(self, seed: int, sample_s: float) -> Rounds:
        limit_s = max(LEAST_LIMIT_S, HANGS * sample_s)
        return Rounds(
            experiment=dataclasses.replace(tries.EXPERIMENT, sample_limit_s=limit_s),
            effort=EFFORT,
            seed=seed,
            launcher=self.world.launcher,
            service=Service(),
            cores=self.world.setting("quick").cores,
            clock=self.world.clock,
            progress=self.world.progress,
        )
