"""Dask's pools: of processes of this machine, or of a cluster that is there already.

Both are Dask's own executor, ``client.get_executor(pure=False)``: equal calls never share a result.
That executor hands over one call at a time; here it is handed batches, as processes are.
"""

import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import cloudpickle
import dask.config
from distributed import Client, LocalCluster
from distributed.diagnostics.plugin import WorkerPlugin

SCHEDULER_VARIABLE = "CONC_SCHEDULER"
"""The variable that holds the address of the scheduler for worker processes of ours."""

CONNECT_S = 10.0
"""How long a scheduler may take to answer, and one without a worker to get one."""

LOOPBACK = "127.0.0.1"
OURS = "conc"
BY_VALUE = ("conc.experiments.parts.without_item", "conc.experiments.parts.awaited")
"""Our modules that a call may hold; a cluster need not have them."""

Answer = TypeVar("Answer")


class DaskPool(Executor):
    """Dask's executor, which calls in batches where ``map`` is given a ``chunksize``."""

    def __init__(self, client: Client, *, closing: ExitStack, ships: bool = False) -> None:
        """Take a client, and what is to be closed with the pool; modules of calls may be shipped.

        ``ExitStack`` closes the client too.
        """
        self.client = client
        self._closing = closing
        self._executor = client.get_executor(pure=False)
        self._shipped = not ships

    @property
    def _max_workers(self) -> int:  # as Python's own pools call it
        return sum(self.client.nthreads().values())

    def submit(
        self, fn: Callable[..., Answer], /, *args: object, **kwargs: object
    ) -> "Future[Answer]":
        """Submit one call."""
        self._ship()
        made: Future[Answer] = self._executor.submit(_by_value(fn), *args, **kwargs)
        return made

    def map(
        self,
        fn: Callable[..., Answer],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        **_later: object,
    ) -> Iterator[Answer]:
        """Call in batches of ``chunksize``; what Python adds to ``map`` later is left out."""
        self._ship()
        every = list(zip(*iterables, strict=False))
        batches = [every[at : at + chunksize] for at in range(0, len(every), chunksize)]
        return chain.from_iterable(self._executor.map(_one_by_one(fn), batches, timeout=timeout))

    def call_in_every_worker(self, call: Callable[..., object], *arguments: object) -> None:
        """Make every thread of every worker call once; raises what a call raised."""
        self._ship()
        made = [
            self.client.submit(
                _by_value(call),
                *arguments,
                pure=False,
                workers=[address],
                allow_other_workers=False,
            )
            for address, threads in self.client.nthreads().items()
            for _ in range(threads)
        ]
        self.client.gather(made)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as Executor has it
        """Close the client, and the processes where they are the pool's own."""
        del cancel_futures
        self._executor.shutdown(wait=wait)
        self._closing.close()

    def _ship(self) -> None:
        """Send the reader's modules that this process has imported, once."""
        if not self._shipped:
            self._shipped = True
            ship(self.client, self._closing)


def open_here(
    workers: int,
    *,
    initializer: Callable[..., object] | None = None,
    initargs: tuple[object, ...] = (),
) -> DaskPool:
    """Start a process for each worker, one thread each, reached from this machine alone.

    They have the native threads that every other arm has, where Dask would leave them one.
    """
    with ExitStack() as closing:
        scratch = tempfile.mkdtemp(prefix="conc-dask-")
        closing.callback(shutil.rmtree, scratch, ignore_errors=True)
        with dask.config.set({"distributed.nanny.pre-spawn-environ": {}}):
            cluster = closing.enter_context(
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    host=LOOPBACK,
                    dashboard_address=None,
                    memory_limit=0,
                    local_directory=scratch,
                )
            )
        client = closing.enter_context(Client(cluster, set_as_default=False))
        pool = DaskPool(client, closing=closing.pop_all())
    if initializer:
        pool.call_in_every_worker(initializer, *initargs)
    return pool


def open_there(
    _workers: int,
    *,
    initializer: Callable[..., object] | None = None,
    initargs: tuple[object, ...] = (),
) -> DaskPool:
    """Reach the cluster that :data:`SCHEDULER_VARIABLE` names, whatever workers it has.

    Raises ``OSError`` where it can't be reached, ``RuntimeError`` where it has no worker, and
    where its workers run another minor version of Python.
    """
    address = os.environ[SCHEDULER_VARIABLE]
    for name in BY_VALUE:
        if name in sys.modules:
            cloudpickle.register_pickle_by_value(sys.modules[name])
    with ExitStack() as closing:
        client = closing.enter_context(
            Client(address, timeout=CONNECT_S, set_as_default=False, name="conc")
        )
        try:
            client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError:
            raise RuntimeError("the scheduler has no worker") from None
        refuse_other_pythons(versions(client))
        pool = DaskPool(client, closing=closing.pop_all(), ships=True)
    if initializer:
        pool.call_in_every_worker(initializer, *initargs)
    return pool


Versions = Mapping[str, str]
"""Version by name: of Python, and of the packages that Dask asks each of its processes for."""


def versions(client: Client) -> list[Versions]:
    """Return what each worker runs, after what this process does."""
    told: Any = client.get_versions()
    every = [told["client"], *(one for one in told["workers"].values() if isinstance(one, dict))]
    return [
        {
            "Python": ".".join(one["host"]["python"].split(".")[:3]),
            **{name: str(version) for name, version in one["packages"].items() if version},
        }
        for one in every
    ]


def refuse_other_pythons(found: list[Versions]) -> None:
    """Raise ``RuntimeError`` where a worker runs another minor version than this process."""
    here, *there = [one["Python"] for one in found]
    others = sorted({one for one in there if _minor(one) != _minor(here)})
    if others:
        raise RuntimeError(
            f"its workers run Python {', '.join(others)}, and this is {here}: what is sent between"
            " minor versions can fail, so run both with the same one"
        )


def other_packages(found: list[Versions]) -> list[str]:
    """Say which packages a worker has in another version than this process, or lacks."""
    here, *there = found
    said = (
        f"{name} {one.get(name, 'missing')} there, {version} here"
        for one in there
        for name, version in here.items()
        if name not in {"Python", "python"} and one.get(name) != version
    )
    return list(dict.fromkeys(said))


def ship(client: Client, closing: ExitStack) -> None:
    """Give the workers the reader's modules that this process has imported; take them back later.

    Workers that come later get them too. Raises ``ImportError`` where a worker can't import one,
    as for want of a package.
    """
    modules = readers_modules()
    if not modules:
        return
    name = f"conc-{os.urandom(8).hex()}"
    client.register_plugin(_shipment(name, modules))
    closing.callback(client.unregister_worker_plugin, name)


def readers_modules() -> dict[str, tuple[str, bytes]]:
    """Return the source of each imported module that no installation brought, by its name.

    With it is the path below a folder of modules.
    """
    installed = {Path(sysconfig.get_path(kind)) for kind in ("stdlib", "purelib", "platlib")}
    found: dict[str, tuple[str, bytes]] = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not file or name == "__main__" or name.partition(".")[0] == OURS:
            continue
        source = Path(file).resolve()
        if source.suffix == ".py" and not any(map(source.is_relative_to, installed)):
            parts = (*name.split("."), *(["__init__"] if source.stem == "__init__" else []))
            found[name] = (f"{'/'.join(parts)}.py", source.read_bytes())
    return found


def _shipment(name: str, modules: Mapping[str, tuple[str, bytes]]) -> WorkerPlugin:
    """Return what puts modules into a folder of a worker, and takes them away again.

    It is a class within a function, so that it is sent by value: a worker has nothing of ours.
    """
    named = name

    class Shipment(WorkerPlugin):
        name = named

        def setup(self, worker: Any) -> None:  # noqa: ANN401 - Dask's own
            import importlib  # noqa: PLC0415 - on the worker
            import sys  # noqa: PLC0415
            from pathlib import Path  # noqa: PLC0415

            folder = Path(worker.local_directory) / named
            for place, source in modules.values():
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                (folder / place).write_bytes(source)
            sys.path.insert(0, str(folder))
            for module in modules:
                sys.modules.pop(module, None)
            importlib.invalidate_caches()
            for module in modules:
                importlib.import_module(module)

        def teardown(self, worker: Any) -> None:  # noqa: ANN401 - Dask's own
            import shutil  # noqa: PLC0415 - on the worker
            import sys  # noqa: PLC0415
            from pathlib import Path  # noqa: PLC0415

            folder = Path(worker.local_directory) / named
            sys.path[:] = [place for place in sys.path if place != str(folder)]
            for module in modules:
                sys.modules.pop(module, None)
            shutil.rmtree(folder, ignore_errors=True)

    return Shipment()


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _by_value(fn: Callable[..., Answer]) -> Callable[..., Answer]:
    """Return the same call as a function that is sent by value: no worker need have ours."""

    def call(*arguments: object, **named: object) -> Answer:
        return fn(*arguments, **named)

    return call


def _one_by_one(fn: Callable[..., Answer]) -> Callable[[list[tuple[Any, ...]]], list[Answer]]:
    """Return what makes the calls of a batch; it is sent by value too."""

    def calls(batch: list[tuple[Any, ...]]) -> list[Answer]:
        return [fn(*arguments) for arguments in batch]

    return calls
