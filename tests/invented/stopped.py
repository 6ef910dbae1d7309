"""A simulated measurement that ends by itself, as a block of an experiment does."""

from msgspec.structs import replace

from conc.measure import stopping
from conc.records import Measurement

HALF_WIDTH = 0.05


def until_narrow(made: Measurement) -> Measurement:
    """Return the runs of a measurement that are taken until its intervals are narrow, or all."""
    runs = max(sample.run for sample in made.samples) + 1
    for count in range(1, runs):
        first = [sample for sample in made.samples if sample.run < count]
        taken = replace(made, samples=first)
        if stopping.is_narrow(made.cases, taken, HALF_WIDTH):
            return taken
    return made
