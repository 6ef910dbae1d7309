"""What "faster", "slower", "no difference" and "worth it" mean, and how sure each must be.

Every word of this kind on a page, in a verdict or in advice is said by these lines. A word needs
an effect and an interval: size alone may be noise, and an interval alone may be about nothing.
"""

from typing import Literal

from conc import formats
from conc.figures import Given
from conc.records import Estimate
from conc.results import statistics

Difference = Literal["faster", "slower", "no difference", "undecided"]

NOTHING = 0.02
"""A smaller difference is none that matters, however certain it is: what an upgrade of the
interpreter or another layout of memory changes is about as large."""

TIE = 0.10
"""Within ±10 % of equal two models are called no different, where the interval is that narrow:
nobody rewrites a program for less."""

WORTH_IT, WORTH_LEAVING = 1 + TIE, 1 - TIE
"""From the first ratio on a model is worth its own code; below the second it is worth leaving.
Between the two it is a tie, which pays for no choice and for nothing that it asks of a reader."""

SHOWN_LEVEL = statistics.LEVEL
"""The confidence level of an interval that is shown, of advice, and of the widths that tell when
a block has been measured enough (conc.measure.stopping): the usual one, 95 %."""

VERDICT_LEVEL = 0.98
"""The confidence level of the intervals that verdicts rest on.

With a handful of runs an interval of 95 % covers the truth a little less often than that; at this
level a rule is wrong in at most 2.5 % of simulated results without an effect (``conc simulate``).
"""

IMPOSSIBLE_LEVEL = 0.999
"""The confidence level at which a figure is called impossible: a result has some hundred
intervals, and none may break by chance."""

LEAST_COUNTS = 4
"""Fewer samples than this of something that is counted, not timed, decide nothing."""

MEANING = (
    f"“Faster” and “slower” are said where the interval of {formats.share(Given(VERDICT_LEVEL))}, a"
    f" little wider than the one shown, leaves out 1× and the ratio is at least"
    f" {formats.count(Given(100 * NOTHING))} % from it; else “no difference” where it stays within"
    f" ±{formats.share(Given(TIE))} of 1×; else “undecided”."
)
"""What the words of :func:`difference` mean, for a note below a table."""


def difference(ratio: Estimate) -> Difference:
    """Say what a ratio over a baseline shows, by its size and its whole interval.

    See :data:`MEANING` for what each word asks.
    """
    if not formats.has_interval(ratio):
        return "undecided"
    if ratio.low > 1 and ratio.value >= 1 + NOTHING:
        return "faster"
    if ratio.high < 1 and ratio.value <= 1 / (1 + NOTHING):
        return "slower"
    narrow = ratio.low >= 1 / (1 + TIE) and ratio.high <= 1 + TIE
    return "no difference" if narrow else "undecided"
