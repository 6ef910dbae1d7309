"""What is measured: the experiments, in the order in which they are measured and listed."""

from conc.errors import ConcError
from conc.experiments import cpu_bound, io_bound, memory, overhead
from conc.experiments.experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = (
    cpu_bound.EXPERIMENT,
    io_bound.EXPERIMENT,
    overhead.EXPERIMENT,
    memory.EXPERIMENT,
)


def get(name: str) -> Experiment:
    """Find an experiment by its name. Raises ``ConcError``, naming those there are."""
    for experiment in EXPERIMENTS:
        if experiment.name == name:
            return experiment
    known = ", ".join(experiment.name for experiment in EXPERIMENTS)
    raise ConcError(f"no experiment is named {name!r}: choose from {known}")
