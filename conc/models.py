"""The models of concurrency as data: how each is called, drawn and opened, and what it needs.

A further model is an entry of :data:`MODELS` and its name in :data:`ModelName`, nothing else: it
is then measured wherever a pool of workers is, and shown in its own colour. Pools of other packages
are entries of :data:`EXECUTORS`: a try measures them where a reader asks for one. Nothing is
imported for a pool before it is opened.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from typing import Literal, cast

ModelName = Literal["sequential", "threads", "processes", "asyncio", "interpreters"]
"""The models that our own code may name. A file may hold others, for :func:`find`."""

Kind = Literal["in one thread", "threads", "own memory", "own GIL", "elsewhere", "unknown"]
"""Where workers run: all in one thread, as threads, apart in processes or interpreters of this
machine, or on others."""

NEUTRAL = "var(--conc-ideal)"


def stand_in(name: str) -> ModelName:
    """Let a case name what is none of Python's models in a model's place, such as C's threads."""
    return cast("ModelName", name)


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model: what it is, how it looks on the whole site, and how a pool of it is opened.

    ``worker`` is what one of its lines of execution is called. ``simplicity`` orders models by
    how little they ask of the code, the simplest first: threads share everything, processes only
    what is sent. ``light`` and ``dark`` are its colour in either scheme, as CSS writes it; the
    mark's ``outline`` says the same to readers who don't tell the colours apart and in print: an
    SVG path in a square from -1 to 1, as Vega takes it, a circle unless given.

    ``pool`` is ``module:name`` of what opens a pool, called as the executors of
    ``concurrent.futures`` are; empty where there is no pool. ``needs`` says in words what it takes
    beyond the oldest Python that conc runs on, ``distribution`` what has to be installed for it,
    and ``install`` how, where that is not its own name. ``most_on_windows`` is how many workers a
    pool can have there.
    """

    name: ModelName
    kind: Kind
    worker: str
    simplicity: int = 99
    light: str = ""
    dark: str = ""
    outline: str = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z"
    pool: str = ""
    needs: str = ""
    distribution: str = ""
    install: str = ""
    most_on_windows: int | None = None

    @property
    def colour(self) -> str:
        """The CSS variable that holds its colour in the reader's scheme."""
        return f"var(--conc-{self.name})" if self.light else NEUTRAL

    @property
    def is_apart(self) -> bool:
        """Whether its workers have a GIL each, and are sent what they work on."""
        return self.kind in {"own memory", "own GIL", "elsewhere"}

    @property
    def is_seen(self) -> bool:
        """Whether all that its workers do is done here, where their CPU time is counted."""
        return self.kind not in {"elsewhere", "unknown"}

    @property
    def executor(self) -> Callable[..., Executor] | None:
        """What opens its pool; ``None`` where it has none or lacks here what it needs."""
        module, _, name = self.pool.partition(":")
        try:
            return cast("Callable[..., Executor]", getattr(import_module(module), name))
        except (ImportError, AttributeError, ValueError):
            return None

    def open_pool(
        self,
        workers: int,
        *,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[object, ...] = (),
    ) -> Executor:
        """Open a pool of so many workers, each of which first calls ``initializer``.

        A reader's own factory is called with the number of workers alone, or with nothing where it
        takes nothing. Raises ``LookupError`` where no pool of it can be opened here.
        """
        if self.executor is None:
            raise LookupError(f"no pool of {self.name} can be opened here")
        if self.kind == "unknown":
            return self.executor(workers) if _takes_one(self.executor) else self.executor()
        return self.executor(workers, initializer=initializer, initargs=initargs)


MODELS: tuple[Model, ...] = (
    Model(
        name="sequential",
        kind="in one thread",
        worker="thread",
        simplicity=0,
        light="#39424f",
        dark="#dde3ea",
        outline="M-1,-.35H-.35V-1H.35V-.35H1V.35H.35V1H-.35V.35H-1Z",
    ),
    Model(
        name="threads",
        kind="threads",
        worker="thread",
        simplicity=1,
        light="#0062ad",
        dark="#5aaef2",
        pool="concurrent.futures:ThreadPoolExecutor",
    ),
    Model(
        name="processes",
        kind="own memory",
        worker="process",
        simplicity=4,
        light="#b04a00",
        dark="#f2954e",
        outline="M-.9,-.9H.9V.9H-.9Z",
        pool="concurrent.futures:ProcessPoolExecutor",
        most_on_windows=61,  # more of them a ProcessPoolExecutor refuses
    ),
    Model(
        name="asyncio",
        kind="in one thread",
        worker="task",
        simplicity=2,
        light="#00755e",
        dark="#3ecba4",
        outline="M-1,.85L0,-1L1,.85Z",
    ),
    Model(
        name="interpreters",
        kind="own GIL",
        worker="interpreter",
        simplicity=3,
        light="#b03a8b",
        dark="#e383bf",
        outline="M0,-1.2L1.2,0L0,1.2L-1.2,0Z",
        pool="concurrent.futures:InterpreterPoolExecutor",
        needs="Python 3.14 or newer",
    ),
)
"""In the order in which tables list them."""

NAMES = tuple(model.name for model in MODELS)

EXECUTORS: tuple[Model, ...] = (
    Model(
        name=stand_in("loky"),
        kind="own memory",
        worker="process",
        simplicity=5,
        light="#6b4fb3",
        dark="#ab96e6",
        outline="M-1,-1H1L0,1Z",
        pool="loky:ProcessPoolExecutor",
        needs="the package loky",
        distribution="loky",
    ),
    Model(
        name=stand_in("dask"),
        kind="own memory",
        worker="process",
        simplicity=6,
        light="#8a6100",
        dark="#d9ac3d",
        outline="M-1,-.4H1V.4H-1Z",
        pool="conc.experiments.parts.dask_pools:open_here",
        needs="the package distributed",
        distribution="distributed",
        install="conc-measured[dask]",
    ),
    Model(
        name=stand_in("cluster"),
        kind="elsewhere",
        worker="worker",
        simplicity=7,
        light="#a3354f",
        dark="#ee8ba0",
        outline="M-.4,-1H.4V1H-.4Z",
        pool="conc.experiments.parts.dask_pools:open_there",
        needs="the package distributed, and the address of a scheduler",
        distribution="distributed",
        install="conc-measured[dask]",
    ),
)
"""Pools of other packages, measured where a reader asks for one and nowhere else."""


def find(name: str) -> Model:
    """Return the model of that name; one that we don't know looks neutral under its own name.

    A name of the form ``module:factory`` is that of an executor of a reader's own.
    """
    for model in (*MODELS, *EXECUTORS):
        if model.name == name:
            return model
    pool = name if ":" in name else ""
    return Model(name=stand_in(name), kind="unknown", worker="worker" if pool else name, pool=pool)


def ordered(names: Iterable[ModelName]) -> list[ModelName]:
    """Return each name once, in the order of tables; those that we don't know come last."""
    return sorted(dict.fromkeys(names), key=place)


def place(name: str) -> int:
    """Return which place a model has in tables, counted from 0."""
    every = (*MODELS, *EXECUTORS)
    return next((at for at, model in enumerate(every) if model.name == name), len(every))


def optional_here() -> tuple[ModelName, ...]:
    """Name the models that need something, and have it here."""
    return tuple(model.name for model in MODELS if model.needs and model.executor)


def css() -> str:
    """Return the style sheet that gives each model its colour, in the light scheme and the dark."""
    every = (*MODELS, *EXECUTORS)
    light = "".join(f"  --conc-{model.name}: {model.light};\n" for model in every)
    dark = "".join(f"  --conc-{model.name}: {model.dark};\n" for model in every)
    tints = "".join(f".conc-of-{model.name} {{ --conc-of: {model.colour}; }}\n" for model in every)
    return f':root {{\n{light}}}\n[data-md-color-scheme="slate"] {{\n{dark}}}\n{tints}'


def _takes_one(factory: Callable[..., object]) -> bool:
    """Tell whether a factory can be called with one argument; who does not say is given it."""
    try:
        signature(factory).bind(1)
    except TypeError:
        return False
    except ValueError:
        return True
    return True
