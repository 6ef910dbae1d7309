"""The executors that a reader asks for: named, installed, and checked before the try."""

import dataclasses
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.util import find_spec

from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.experiment import Service
from conc.experiments.parts.executors import (
    ABOUT,
    SCHEDULER_VARIABLE,
    START_S,
    UNFIT,
    WORKERS,
    Asked,
)
from conc.measure.launcher import CaseFailedError, Worker
from conc.measure.rounds import crew
from conc.measure.world import World
from conc.models import EXECUTORS, MODELS, Model, find

CLUSTER = "cluster"
"""The executor that a scheduler's address stands for."""

SCHEMES, IS_ADDRESS = ("tcp", "tls"), "://"

CHECK_LIMIT_S = 60.0
"""How long an executor may take to open, to answer and to shut down."""

ALWAYS = tuple(model for model in MODELS if model.pool)
"""What is tried without being asked for, where Python has it."""


def named(names: Iterable[str]) -> list[str]:
    """Return the executors that are tried because they are asked for, each once.

    A scheduler's address stands for its cluster.

    Raises :class:`ConcError` for a name that stands for none, and for one that is not installed.
    """
    found = [_named(name) for name in dict.fromkeys(names)]
    return [str(model.name) for model in found if model not in ALWAYS]


def _named(name: str) -> Model:
    known = (*ALWAYS, *(model for model in EXECUTORS if model.name != CLUSTER))
    if IS_ADDRESS in name:
        return _installed(find(CLUSTER), "--scheduler")
    if name == CLUSTER:
        raise ConcError("--executor cluster needs the address of a scheduler: give --scheduler")
    if ":" not in name and name not in {model.name for model in known}:
        near = get_close_matches(name, [str(model.name) for model in known], n=1)
        hint = f"did you mean {near[0]}?" if near else _listed(known)
        raise ConcError(f"--executor {name}: there is none of that name; {hint}")
    model = _installed(find(name), f"--executor {name}")
    if model in ALWAYS and model.executor is None:
        raise ConcError(f"--executor {name} needs {model.needs}")
    return model


def _installed(model: Model, option: str) -> Model:
    if model.distribution and find_spec(model.distribution) is None:
        raise ConcError(
            f"{option} needs the package {model.distribution}, which is not installed:"
            f" pip install {_quoted(model.install or model.distribution)}"
        )
    return model


def _listed(known: Sequence[Model]) -> str:
    return f"known: {', '.join(str(model.name) for model in known)}, or MODULE:FACTORY"


def _quoted(name: str) -> str:
    return f"'{name}'" if "[" in name else name


@contextmanager
def scheduler_among(names: Iterable[str]) -> Iterator[None]:
    """Let worker processes of ours know the address of a scheduler, where there is one among names.

    Raises :class:`ConcError` for an address of another kind.
    """
    address = next((name for name in names if IS_ADDRESS in name), "")
    if not address:
        yield
        return
    scheme, _, place = address.partition(IS_ADDRESS)
    if scheme not in SCHEMES or not place:
        known = " or ".join(f"{one}://HOST:PORT" for one in SCHEMES)
        raise ConcError(f"--scheduler {address}: no address of a scheduler; write {known}")
    os.environ[SCHEDULER_VARIABLE] = address
    try:
        yield
    finally:
        del os.environ[SCHEDULER_VARIABLE]


def checked(names: Sequence[str], world: World) -> tuple[Asked, ...]:
    """Open each executor in a process of its own, have it answer, and shut it down.

    Raises :class:`ConcError` for the first that can't be measured; none of them runs on then.
    """
    return tuple(_checked(name, world) for name in names)


def _checked(name: str, world: World) -> Asked:
    case = tries.executor_check(name, world.setting("quick").cores)
    checking = dataclasses.replace(tries.EXPERIMENT, sample_limit_s=CHECK_LIMIT_S)
    workers: list[Worker] = []
    said = "--scheduler" if name == CLUSTER else f"--executor {name}"
    try:
        with world.launcher.run_of(checking) as launch, crew(workers):
            workers.append(launch([case], Service()))
            workers[0].ready()
            found = workers[0].time(case).values
    except CaseFailedError as failure:
        raise ConcError(f"{said}: {failure.detail}") from None
    if unfit := found.get(UNFIT):
        raise ConcError(f"{said}: {unfit}")
    count, start_s = found[WORKERS], found[START_S]
    assert isinstance(count, float)
    assert isinstance(start_s, float)
    return Asked(name, int(count), start_s, str(found.get(ABOUT, "")))
