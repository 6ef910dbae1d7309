"""What stands under every chart and table: what was measured, on what, when, and how much of it."""

from collections.abc import Collection, Iterable, Sequence

from conc import figures, formats
from conc.figures import Counted, Given
from conc.records import Estimate, Machine, Measurement, Result
from conc.results.evidence import Measured

LOWER = "Lower is better."
LOWER_ON_LOG = "Lower is better; the axis is logarithmic."


def provenance(result: Result, measurement: Measurement | None) -> str:
    """Name the machine, the interpreter, the profile and the day, in one line of plain text.

    Without a measurement (a table over several) the profiles and days of all of them are named.
    """
    of = [measurement] if measurement else list(result.measurements.values())
    profiles = sorted({one.profile for one in of})
    days = dict.fromkeys(formats.date(one.started) for one in sorted(of, key=_started))
    parts = [machine(result.machine), interpreter(result)]
    if of:
        parts += [f"profile {' and '.join(profiles)}", " and ".join(days)]
    return " · ".join(parts)


def machine(described: Machine) -> str:
    """The machine in a few words: its CPU and what this process may use of it."""
    cores = f"{described.usable_cores:g}"
    noun = "core" if described.usable_cores == 1 else "cores"
    return f"{described.cpu}, {cores} usable {noun}"


def interpreter(result: Result) -> str:
    """The interpreter in a few words: ``CPython 3.14.0, GIL-enabled``."""
    python = result.interpreter
    text = f"{python.implementation} {python.version}, {python.build}"
    if python.build == "free-threaded" and python.gil:
        text += f", GIL switched on by {python.gil_by or 'an import'}"
    return text


def sample_size(estimates: Iterable[Estimate]) -> str:
    """State n over several estimates: ``n: 2–4 runs, 30–60 rounds.`` stands below a chart."""
    known = list(estimates)
    runs = [Counted(one.runs, f"runs of {one.quantity}") for one in known]
    rounds = [Counted(one.rounds, f"rounds of {one.quantity}") for one in known]
    return f"n: {_span(runs, 'run')}, {_span(rounds, 'round')}."


def counted(measured: Measured, counts: Collection[int], what: str) -> str:
    """State n where each row counts for itself: ``n: 900 to 4,000 beats a row``."""
    least, most = (
        measured.counted(f"{which} {what}", count)
        for which, count in (("least", min(counts)), ("most", max(counts)))
    )
    return f"n: {formats.count(least)} to {formats.count(most)} {what}"


def marks(what: str) -> str:
    """Say what a mark and its bar are."""
    return f"A mark is {what}, its bar the 95 % interval."


def spread(low: int, high: int) -> str:
    """Say what a mark and its bar are where the bar is the spread within a sample."""
    return (
        "A mark is the typical median of a sample, its bar goes from the typical"
        f" {formats.count(Given(low))}th percentile of one to the {formats.count(Given(high))}th."
    )


def description(kind: str, found: Iterable[str]) -> str:
    """Say in words what a chart shows, for readers who don't see it."""
    return figures.read(f"{kind}. {'; '.join(found)}.")


def _span(counts: Sequence[Counted], noun: str) -> str:
    """Write the least and the most of several counts, or the one that they all are."""
    low, high = (find(counts, key=lambda one: one.value) for find in (min, max))
    if low.value == high.value:
        return formats.plural(low, noun)
    return f"{formats.count(low)}–{formats.plural(high, noun)}"


def _started(measurement: Measurement) -> str:
    return measurement.started
