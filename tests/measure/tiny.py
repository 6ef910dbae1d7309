"""Tiny experiments for the real worker process: each case does at once what its model names."""

import ctypes
import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from conc.experiments.experiment import Effort, Experiment, Output, Service, Setting, Trial
from conc.models import stand_in
from conc.records import Case

EFFORT = Effort(min_runs=1, max_runs=1, rounds_per_run=2, warmups=1, seconds=30.0)
HANG_S = 600.0


def square(number: int) -> int:
    """Run in pools, too, so it lies in a module that they can import."""
    return number * number


def answer() -> int:
    return sum(map(square, range(10)))


def write_everywhere() -> None:
    """Write rubbish to every file that is open, the channel to the launcher among them."""
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"rubbish\n")
        except OSError:
            continue


def print_much() -> int:
    print("rubbish", flush=True)  # noqa: T201 - that is what it is for
    os.write(1, b"more rubbish\n")
    assert not sys.stdin.read()
    return answer()


def hang_holding_the_gil() -> None:
    if sys.platform == "win32":
        time.sleep(HANG_S)
    else:
        ctypes.PyDLL(None).sleep(int(HANG_S))


def raise_of_a_path() -> None:
    raise FileNotFoundError(2, "No such file", str(Path.home() / "secret" / "ratings.txt"))


def leave_a_child() -> int:
    """Start a process that outlives the worker: in a group of its own, deaf to SIGTERM."""
    if sys.platform != "win32" and os.fork() == 0:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(HANG_S)
        os._exit(0)
    return answer()


def leave_a_thread() -> int:
    threading.Thread(target=time.sleep, args=(HANG_S,)).start()
    return answer()


def tell_its_process() -> list[int]:
    ids = [os.getpid()]
    if sys.platform != "win32":
        ids.append(os.getsid(0))
    return ids


def leave_and_crash() -> None:
    leave_a_child()
    os._exit(3)


def hang_with_a_pool() -> None:
    """Hang while the processes of a pool do."""
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(time.sleep, [HANG_S, HANG_S]))


ACTS: dict[str, Callable[[], object]] = {
    "sequential": answer,
    "threads": answer,
    "exits": lambda: os._exit(3),
    "crashes": faulthandler._sigsegv,  # type: ignore[attr-defined]
    "hangs": lambda: time.sleep(HANG_S),
    "hangs with a pool": hang_with_a_pool,
    "hangs in C": hang_holding_the_gil,
    "garbles": write_everywhere,
    "prints": print_much,
    "raises": raise_of_a_path,
    "leaves system": lambda: sys.exit("enough"),
    "lies": lambda: answer() + 1,
    "leaves a child": leave_a_child,
    "leaves a thread": leave_a_thread,
    "leaves and crashes": leave_and_crash,
    "tells hash": lambda: hash("conc"),
    "tells its process": tell_its_process,
}


@contextmanager
def open_case(case: Case, service: Service) -> Iterator[Trial]:
    """Make a case ready."""
    behaviour: str = case.model
    if behaviour == "fails to open":
        raise ValueError("nothing to open")
    if behaviour == "dies at once":
        os._exit(4)
    if behaviour == "tells service":
        yield Trial(lambda: service.url)
        return
    method = case.parameters.get("method")
    if isinstance(method, str):
        context = multiprocessing.get_context(method)
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            if behaviour == "pool hangs":
                pool.submit(time.sleep, HANG_S)
                yield Trial(ACTS["hangs"])
            else:
                yield Trial(lambda: sum(pool.map(square, range(10))), counted)
        return
    yield Trial(ACTS[behaviour])


def counted(result: object) -> Output:
    return Output(result, {"counted": 10.0})


def experiment(
    *models: str, limit_s: float = 30.0, effort: Effort = EFFORT, memory: bool = False
) -> Experiment:
    """Make an experiment of a baseline and other models, which all should answer alike."""

    def cases(_setting: Setting) -> tuple[Case, ...]:
        baseline = Case(workload="tiny", model="sequential", answers="tiny", memory=memory)
        others = (
            Case(workload="tiny", model=stand_in(model), answers="tiny", against=baseline.id)
            for model in models
        )
        return (baseline, *others)

    return Experiment(
        name="tiny",
        title="Tiny",
        question="Does it work?",
        snippets=(),
        cases=cases,
        open=open_case,
        effort=dict.fromkeys(("smoke", "quick", "full"), effort),
        sample_limit_s=limit_s,
    )


def case(model: str, **parameters: str) -> Case:
    """Make a case on its own."""
    return Case(workload="tiny", model=stand_in(model), parameters=dict(parameters))


EXPERIMENT = experiment("threads")
