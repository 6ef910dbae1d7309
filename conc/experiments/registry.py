"""What is measured: the experiments, in the order in which they are measured and listed."""

from conc.errors import ConcError
from conc.experiments import (
    cpu_bound,
    equal_terms,
    gil_latency,
    gil_probe,
    heartbeat,
    identities,
    idle_loop,
    inherited_objects,
    initial_state,
    io_bound,
    listings,
    lock_price,
    lost_updates,
    many_waiting,
    memory,
    memory_bound,
    overhead,
    overwrites,
    selector_loop,
    shared_memory,
    switching,
    task_size,
    tries,
    utilisation,
)
from conc.experiments.experiment import Experiment
from conc.experiments.kitchens import dishes

EXPERIMENTS: tuple[Experiment, ...] = (
    cpu_bound.EXPERIMENT,
    io_bound.EXPERIMENT,
    overhead.EXPERIMENT,
    memory.EXPERIMENT,
    memory_bound.EXPERIMENT,
    gil_probe.EXPERIMENT,
    utilisation.EXPERIMENT,
    identities.EXPERIMENT,
    task_size.EXPERIMENT,
    shared_memory.EXPERIMENT,
    inherited_objects.EXPERIMENT,
    initial_state.EXPERIMENT,
    lost_updates.EXPERIMENT,
    overwrites.EXPERIMENT,
    lock_price.EXPERIMENT,
    many_waiting.EXPERIMENT,
    switching.EXPERIMENT,
    gil_latency.EXPERIMENT,
    equal_terms.EXPERIMENT,
    selector_loop.EXPERIMENT,
    idle_loop.EXPERIMENT,
    heartbeat.EXPERIMENT,
    dishes.EXPERIMENT,
    tries.EXPERIMENT,
    listings.EXPERIMENT,
)


def get(name: str) -> Experiment:
    """Find an experiment by its name. Raises ``ConcError``, naming those there are."""
    for experiment in EXPERIMENTS:
        if experiment.name == name:
            return experiment
    known = ", ".join(experiment.name for experiment in EXPERIMENTS)
    raise ConcError(f"no experiment is named {name!r}: choose from {known}")
