"""What more machines are predicted to bring: a law, and what a hop to one costs.

The law is that of the bottleneck (the asymptotic bounds of operational analysis): so many calls are
done in a second as the slower of two allows, the machines together or what hands out the calls.
"""

from dataclasses import dataclass

from conc.results.differences import WORTH_IT

LAW = "the bottleneck law"
MACHINES = (1, 2, 4, 8, 16)
"""For so many a speed-up is predicted."""

AT_LEAST = 2
"""So many machines are asked to be worth it, where it is told from what length of a call on."""


@dataclass(frozen=True, slots=True)
class Hop:
    """What it costs to have a call made elsewhere.

    ``there_and_back_s`` is what a call takes beyond its own length, ``each_s`` what hands out calls
    spends on each of many.
    """

    there_and_back_s: float
    each_s: float

    def predicted(self, call_s: float, machines: int) -> float:
        """Predict how many times as fast as a plain loop so many machines are for such calls.

        Each machine does one call at a time, and gets the next when it has given its answer.
        """
        return min(machines * call_s / (call_s + self.there_and_back_s), call_s / self.each_s)

    def pays_from_s(self) -> float:
        """Return from what length of a call on two machines are predicted to be worth it."""
        by_machines = WORTH_IT * self.there_and_back_s / (AT_LEAST - WORTH_IT)
        return max(by_machines, WORTH_IT * self.each_s)
