"""When figures no longer belong to the code, the machine or the interpreter that they came from.

A key is narrow, so that an edit renews one experiment and not all of them, and never too narrow:
whatever runs in the timed region, or decides what runs, is in it. A comment in a snippet counts
too, because the page shows the file that was timed.
"""

import hashlib
import importlib.util
import inspect
from dataclasses import replace
from pathlib import Path

import msgspec

from conc.errors import ConcError
from conc.experiments.experiment import Experiment, Setting
from conc.records import PROFILES, Interpreter, Machine, Measurement, Profile

MEASURING_VERSION = 2
"""Raised when the way of measuring changes what is measured.

1: the first. 2: workers are forked from a template, and samples say what others used.
"""

_GIB = 1024**3


def snippet_digest(module: str) -> str:
    """Return the SHA-256 of a module's source file, found by name and not run.

    A file of C beside it that has its name belongs to it. Raises :class:`ConcError` if there is
    no such module.
    """
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise ConcError(f"{module}: no such module; the folder that holds it must be on the path")
    source = Path(spec.origin)
    digest = hashlib.sha256(source.read_bytes())
    if (beside := source.with_suffix(".c")).exists():
        digest.update(beside.read_bytes())
    return digest.hexdigest()


def snippet_digests(experiment: Experiment) -> dict[str, str]:
    """Return the digest of each snippet of an experiment, as ``Measurement.snippets`` keeps it."""
    return {_written(module): snippet_digest(module) for module in experiment.snippets}


def changed_snippets(measurement: Measurement, experiment: Experiment) -> list[str]:
    """Return the snippets of an experiment whose code is no longer the one that was timed.

    The names are the experiment's, never the file's: looking up ``a.b`` imports ``a``.
    """
    return [
        name
        for name, digest in snippet_digests(experiment).items()
        if measurement.snippets.get(name) != digest
    ]


def experiment_key(
    experiment: Experiment, setting: Setting, machine: Machine, interpreter: Interpreter
) -> str:
    """Return what identifies a measurement: two with the same key measured the same.

    It covers the snippets, the experiment's own module (it prepares and calls them) and those that
    it says it times, the cases, the profile's effort, the measuring version, the interpreter and
    the machine. Titles and questions live in those modules too; editing one costs a measurement,
    missing a change in the timed region would cost the truth.
    """
    covered = (
        MEASURING_VERSION,
        experiment.name,
        snippet_digests(experiment),
        [snippet_digest(module) for module in timed_modules(experiment)],
        experiment.cases(setting),
        setting.profile,
        experiment.effort[setting.profile],
        *described(machine, interpreter),
    )
    encoded = msgspec.json.encode(covered, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()


def described(machine: Machine, interpreter: Interpreter) -> tuple[Machine, Interpreter]:
    """Return what a measurement's machine and interpreter are compared by.

    What the kernel keeps of the memory differs a little from boot to boot.
    """
    rounded = round(machine.memory / _GIB) * _GIB
    return msgspec.structs.replace(machine, memory=rounded), interpreter


def timed_modules(experiment: Experiment) -> tuple[str, ...]:
    """Name the modules of ours that run in a sample of an experiment or make it ready."""
    return inspect.unwrap(experiment.open).__module__, *experiment.times


def is_fresh(
    measurement: Measurement,
    experiment: Experiment,
    setting: Setting,
    machine: Machine,
    interpreter: Interpreter,
) -> bool:
    """Tell whether a measurement is complete and still true, at the asked profile or a longer one.

    A ``full`` measurement is not thrown away because a build asks for ``quick``.
    """
    if not measurement.complete or _length(measurement.profile) < _length(setting.profile):
        return False
    measured = replace(setting, profile=measurement.profile)
    return measurement.key == experiment_key(experiment, measured, machine, interpreter)


def _written(module: str) -> str:
    """Return a snippet's name as result files have it, whatever package holds its module."""
    return module.removeprefix("conc.")


def _length(profile: Profile) -> int:
    return PROFILES.index(profile)
