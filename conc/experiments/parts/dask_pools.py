"""Dask's pools: of processes of this machine, or of a cluster that is there already.

Both are Dask's own executor, ``client.get_executor(pure=False)``: equal calls never share a result.
That executor hands over one call at a time; here it is handed batches, as processes are.
"""

import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import cloudpickle
import dask.config
from distributed import Client, LocalCluster
from distributed.diagnostics.plugin import WorkerPlugin

from conc.experiments.parts.executors import SCHEDULER_VARIABLE

CONNECT_S = 10.0
"""How long a scheduler may take to answer, and one without a worker to get one."""

LOOPBACK = "127.0.0.1"
OURS = "conc"
BY_VALUE = ("conc.experiments.parts.without_item", "conc.experiments.parts.awaited")
"""Our modules that a call may hold; a cluster need not have them."""

Answer = TypeVar("Answer")


class DaskPool(Executor):
    """Dask's executor, which calls in batches where ``map`` is given a ``chunksize``."""

    def __init__(
        self, client: Client, closing: ExitStack, *, ships: bool = False, about: str = ""
    ) -> None:
        """Take a client, and what is closed with the pool, the client too.

        A pool that ``ships`` sends the reader's modules; ``about`` is what there is to say of it.
        """
        self.client = client
        self.about = about
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
        self._ship(fn)
        packed = cloudpickle.dumps((fn, args, kwargs))
        made: Future[Answer] = self._executor.submit(_CALL, packed)
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
        self._ship(fn)
        every = list(zip(*iterables, strict=False))
        batches = [every[at : at + chunksize] for at in range(0, len(every), chunksize)]
        packed = [cloudpickle.dumps((fn, batch)) for batch in batches]
        return chain.from_iterable(self._executor.map(_CALLS, packed, timeout=timeout))

    def call_in_every_worker(self, call: Callable[..., object], *arguments: object) -> None:
        """Make every thread of every worker call once; raises what a call raised."""
        self._ship(call)
        packed = cloudpickle.dumps((call, arguments, {}))
        made = [
            self.client.submit(
                _CALL,
                packed,
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

    def _ship(self, fn: object) -> None:
        """Send the reader's modules that this process has imported, with the first call of one."""
        module = str(getattr(getattr(fn, "function", fn), "__module__", ""))
        if not self._shipped and module in (modules := readers_modules()):
            self._shipped = True
            ship(self.client, self._closing, modules, module)


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
        pool = DaskPool(client, closing.pop_all())
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

    Raises ``OSError`` where it can't be reached, ``RuntimeError`` where it has no worker, where it
    asks for a certificate that Dask's configuration does not name, and where its workers run
    another minor version of Python.
    """
    address = os.environ[SCHEDULER_VARIABLE]
    for name in BY_VALUE:
        if name in sys.modules:
            cloudpickle.register_pickle_by_value(sys.modules[name])
    with ExitStack() as closing:
        try:
            client = closing.enter_context(
                Client(address, timeout=CONNECT_S, set_as_default=False, name="conc")
            )
        except TypeError as error:  # as Dask has it where a certificate is missing
            raise RuntimeError(
                f"{address} asks for a certificate: name it in Dask's configuration,"
                " distributed.comm.tls"
            ) from error
        try:
            client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError:
            raise RuntimeError("the scheduler has no worker") from None
        found = versions(client)
        refuse_other_pythons(found)
        about = told_of(address, client.nthreads(), found)
        pool = DaskPool(client, closing.pop_all(), ships=True, about=about)
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


def refuse_other_pythons(found: Sequence[Versions]) -> None:
    """Raise ``RuntimeError`` where a worker runs another minor version than this process."""
    here, *there = [one["Python"] for one in found]
    others = sorted({one for one in there if _minor(one) != _minor(here)})
    if others:
        raise RuntimeError(
            f"its workers run Python {', '.join(others)}, and this is {here}: what is sent between"
            " minor versions can fail, so run both with the same one"
        )


def other_packages(found: Sequence[Versions]) -> list[str]:
    """Say which packages a worker has in another version than this process, or lacks."""
    here, *there = found
    said = (
        f"{name} {one.get(name, 'missing')} there, {version} here"
        for one in there
        for name, version in here.items()
        if name not in {"Python", "python"} and one.get(name) != version
    )
    return list(dict.fromkeys(said))


def told_of(address: str, threads: Mapping[str, int], found: Sequence[Versions]) -> str:
    """Say what a cluster has, what of it is of another version, and whether it asks who calls."""
    pythons = ", ".join(sorted({one["Python"] for one in found[1:]}))
    workers = _plural(len(threads), "worker")
    those = _plural(sum(threads.values()), "thread")
    said = [f"the cluster has {workers} with {those}, Python {pythons}"]
    if others := other_packages(found):
        said.append(f"other versions: {', '.join(others)}")
    if not address.startswith("tls://"):
        said.append(
            "its address is unauthenticated and nothing is encrypted: whoever reaches the scheduler"
            " can run code there; tls:// asks for a certificate"
        )
    return "; ".join(said)


Modules = Mapping[str, tuple[str, bytes]]
"""Path below a folder of modules, and source, by a module's name."""


def ship(client: Client, closing: ExitStack, modules: Modules, called: str) -> None:
    """Give the workers modules, and take them back later; workers that come later get them too.

    Raises what a worker raises where it imports the one that is ``called``, as for want of a
    package.
    """
    name = f"conc-{os.urandom(8).hex()}"
    client.register_plugin(_shipment(name, modules, called))
    closing.callback(client.unregister_worker_plugin, name)


def readers_modules() -> Modules:
    """Return each imported module that no installation brought."""
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


def _shipment(name: str, modules: Modules, called: str) -> WorkerPlugin:
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
            importlib.import_module(called)

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


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _calls_of_workers() -> tuple[Callable[[bytes], Any], Callable[[bytes], list[Any]]]:
    """Return what a worker makes one call with, and what the calls of a batch.

    They are functions within a function, so that they are sent by value, and what they call is
    packed: the scheduler, which unpacks all else, need have nothing of ours or the reader's.
    """

    def call(packed: bytes) -> Any:  # noqa: ANN401 - whatever the function returns
        import pickle  # noqa: PLC0415 - on the worker

        fn, arguments, named = pickle.loads(packed)  # noqa: S301 - packed by the client
        return fn(*arguments, **named)

    def calls(packed: bytes) -> list[Any]:
        import pickle  # noqa: PLC0415 - on the worker

        fn, batch = pickle.loads(packed)  # noqa: S301 - packed by the client
        return [fn(*arguments) for arguments in batch]

    return call, calls


_CALL, _CALLS = _calls_of_workers()
