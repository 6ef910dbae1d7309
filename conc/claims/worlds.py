"""Worlds in which what a rule reads is known: a measurement of each experiment that rules ask.

What a claim turns on is an argument; everything else is as it usually is. How much is measured,
and in what noise, is the plan of the moment.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import msgspec

from conc.claims import simulate
from conc.claims.simulate import Draw, Noise, Plan, Truth
from conc.models import stand_in
from conc.records import Case, Interpreter, Machine, Measurement, Result, Scalar, Value

PARTS = 20
"""So many tasks a worker: the last of them hardly decides."""

QUIET = Noise(run=0.0, sample=0.002, spikes=0.0)
"""Hardly any noise: what is stated is what is seen."""


@dataclass(frozen=True, slots=True)
class World:
    """How much is measured of all that is stated within, from which seed, and at which hour."""

    plan: Plan
    seed: int
    hour: int | None = None


WORLD = ContextVar("WORLD", default=World(Plan(3, 5, QUIET), 1))  # noqa: B039 - World is frozen


@contextmanager
def within(plan: Plan, seed: int = 1, hour: int | None = None) -> Iterator[None]:
    """Measure all that is stated within by a plan."""
    token = WORLD.set(World(plan, seed, hour))
    yield
    WORLD.reset(token)


def around(value: float) -> Draw:
    """Draw a value that is as many times longer as its sample is."""
    return lambda slower: value * slower


def all_around(*values: float) -> Draw:
    """Draw a list of such values."""
    return lambda slower: [value * slower for value in values]


def made(  # noqa: PLR0913 - each is a field of the case or its samples
    model: str,
    wall_s: float = 0.1,
    *,
    workload: str = "work",
    workers: int = 1,
    items: int = 1,
    cores: float = 0.5,
    against: Truth | None = None,
    values: Mapping[str, Value | Draw] | None = None,
    block: str = "",
    **parameters: Scalar,
) -> Truth:
    """State a case; ``cores`` is its CPU time over its wall time."""
    case = Case(
        workload=workload,
        model=stand_in(model),
        workers=workers,
        items=items,
        parameters=parameters,
        block=block,
        against=against.case.id if against else "",
    )
    return Truth(case, wall_s, cores, PARTS, values or {})


def measured(experiment: str, *truths: Truth, gil: bool | None = None) -> Measurement:
    """Measure the cases in the world of the moment."""
    world = WORLD.get()
    found = simulate.measure(experiment, truths, world.plan, seed=world.seed, hour=world.hour)
    return msgspec.structs.replace(found, gil=gil)


def result(
    *measurements: Measurement,
    cores: float = 2,
    gil: bool = True,
    threads_per_core: int | None = 1,
    virtualisation: str | None = None,
    limits: tuple[str, ...] = (),
) -> Result:
    """Put measurements together into a result of a machine and an interpreter that nobody has."""
    return Result(
        conc="simulated",
        machine=Machine(
            cpu="simulated",
            architecture="simulated",
            cores=max(1, math.ceil(cores)),
            physical_cores=None,
            usable_cores=float(cores),
            threads_per_core=threads_per_core,
            memory=0,
            system="simulated",
            kernel="",
            virtualisation=virtualisation,
            limits=list(limits),
        ),
        interpreter=Interpreter(
            implementation="CPython",
            version="simulated",
            build="GIL-enabled" if gil else "free-threaded",
            gil=gil,
            compiler="",
            start_method="fork",
            start_methods=["fork"],
            interpreters=True,
            switch_interval_s=0.005,
        ),
        measurements={one.experiment: one for one in measurements},
    )


def cpu_bound(  # noqa: PLR0913 - a caller names only what it is about
    *more: Truth,
    given: float = 1.9,
    processes: float = 1.85,
    threads: float = 0.95,
    asyncio: float = 1.0,
    interpreters: float | None = None,
    cores: int = 2,
) -> Measurement:
    """Measure CPU-bound work: the speed-ups on ``cores`` workers, and what the yardstick got."""
    alone = made("processes", 0.1, workload="yardstick", cores=1.0)
    sequential = made("sequential", 0.2, items=50, cores=1.0)
    yardstick = made(
        "processes",
        0.1 * cores / given,
        workload="yardstick",
        workers=cores,
        items=cores,
        against=alone,
        cores=given,
    )
    pools = [
        made(
            model,
            0.2 / speedup,
            workers=cores,
            items=50,
            against=sequential,
            cores=max(speedup, 1.0),
            pool="warm",
        )
        for model, speedup in (
            ("processes", processes),
            ("threads", threads),
            *([("interpreters", interpreters)] if interpreters else []),
        )
    ]
    loop = made("asyncio", 0.2 / asyncio, items=50, against=sequential)
    return measured("cpu-bound", alone, yardstick, sequential, loop, *pools, *more)


def memory_bound(*, small: float = 0.99, large: float = 0.99, scattered: float = 2.0) -> Result:
    """Measure sums: their CPU shares, and how much longer scattered numbers take."""
    in_order = made("sequential", 0.1, cores=large, order="in order", size="large")
    return result(
        measured(
            "memory-bound",
            made("sequential", 0.1, cores=small, order="in order", size="small"),
            in_order,
            made(
                "sequential",
                0.1 * scattered,
                cores=large,
                against=in_order,
                order="shuffled",
                size="large",
            ),
        )
    )


def io_bound(
    *,
    rise: float = 1.0,
    cpu: float = 0.05,
    threads: float = 9.5,
    asyncio: float = 9.5,
) -> Measurement:
    """Measure requests: what latency adds, the share of CPU time, the speed-ups of ten at once."""
    arms: list[Truth] = []
    for latency_ms in (20, 100):
        one = made(
            "sequential",
            0.001 + rise * latency_ms / 1000,
            cores=cpu,
            block=f"{latency_ms} ms",
            latency_ms=latency_ms,
        )
        arms += [
            one,
            *(
                made(
                    model,
                    10 * one.wall_s / speedup,
                    workers=10,
                    items=10,
                    cores=cpu,
                    against=one,
                    block=one.case.block,
                    latency_ms=latency_ms,
                    client=client,
                )
                for model, speedup, client in (
                    ("threads", threads, "http.client"),
                    ("asyncio", asyncio, "aiohttp"),
                )
            ),
        ]
    return measured("io-bound", *arms)


def probe(*, released: int = 3, held: int = 3, control: float = 0.02, gil: bool = True) -> Result:
    """Probe functions of which so many release the GIL, and so many hold it."""
    shares = {"time.sleep": control}
    shares |= {f"free{number}": 0.02 for number in range(released)}
    shares |= {f"kept{number}": 0.97 for number in range(held)}
    return result(
        measured(
            "gil-probe",
            *(
                made(
                    "threads",
                    values={
                        "call_s": 0.02,
                        "silence_s": around(0.02 * share),
                    },
                    function=name,
                )
                for name, share in shares.items()
            ),
            gil=gil,
        ),
        gil=gil,
    )


def utilisation(
    *,
    pure: float = 1.0,
    hashlib: float = 1.9,
    processes: float = 1.85,
    c: float | None = 1.95,
    alternatives: bool = True,
) -> Measurement:
    """Measure how many cores each kind of work keeps busy, under each model."""
    arms: list[Truth] = []
    for work, threads in (("pure Python", pure), ("hashlib", hashlib)):
        one = made("sequential", 0.05, cores=1.0, work=work)
        speedups = {"threads": threads, "processes": processes}
        if work == "hashlib" and not alternatives:
            continue
        arms += [one]
        arms += [
            made(
                model,
                0.1 / speedup,
                workers=2,
                items=2,
                cores=speedup,
                against=one,
                work=work,
            )
            for model, speedup in speedups.items()
        ]
    if c:
        arms.append(made("c-threads", 0.1 / c, workers=2, items=2, cores=c, work="c"))
    return measured("utilisation", *arms)


def task_size(**speedups: float) -> Measurement:
    """Measure the speed-up of a pool with tasks of each length, as ``ms0_1=0.4``."""
    arms: list[Truth] = []
    for name, speedup in speedups.items():
        task_ms = float(name.removeprefix("ms").replace("_", "."))
        one = made("sequential", 0.05, task_ms=task_ms, payload_bytes=0)
        arms += [
            one,
            made(
                "processes",
                0.05 / speedup,
                workers=2,
                against=one,
                task_ms=task_ms,
                payload_bytes=0,
            ),
        ]
    return measured("task-size", *arms)


def hand_over(dearer: float) -> Result:
    """Measure handing over to a process, so many times as dear as to a thread."""
    thread = made("threads", 0.001, items=50, workload="hand_over", to="pool")
    process = made(
        "processes", 0.001 * dearer, items=50, workload="hand_over", to="pool", against=thread
    )
    return result(measured("overhead", thread, process))


def lost_updates(*, plain: float = 0, step: float = 9, locked: float = 0) -> Measurement:
    """Count so many updates of a hundred as lost, in two forms and under a lock."""
    return measured(
        "lost-updates",
        *(
            made("threads", workers=4, values={"expected": 100.0, "lost": lost}, form=f, fixed=x)
            for f, x, lost in (
                ("x += 1", False, plain),
                ("x = step(x)", False, step),
                ("x += 1", True, locked),
            )
        ),
    )


def locks(price: float = 1.8, lost: float = 0) -> Result:
    """Measure what a lock costs, and count what is lost under it."""
    bare = made("threads", 0.01, items=1000, lock=False)
    locked = made("threads", 0.01 * price, items=1000, against=bare, lock=True)
    return result(lost_updates(locked=lost), measured("lock-price", bare, locked))


def switching(slope: float, *, gil: bool = True) -> Result:
    """Measure runs of threads that follow the switch interval with this slope."""
    return result(
        measured(
            "switching",
            *(
                made(
                    "threads",
                    workers=2,
                    interval_ms=ms,
                    values={"run_length_s": all_around(0.0001 + slope * ms / 1000)},
                )
                for ms in (1, 5, 20)
            ),
        ),
        gil=gil,
    )


def heartbeat(
    *, thread: float = 0.005, task: float = 0.3, interrupted: float | None = 2.0
) -> Result:
    """Measure the latest beat of a thread, and of a task, beside something that does not let go.

    A step in a thread takes ``interrupted`` times as long as in a task.
    """

    def arm(model: str, hog: str, late: float) -> Truth:
        values: dict[str, Value | Draw] = {
            "lateness_s": all_around(0.0001, late),
            "block_s": 0.301,
        }
        return made(model, values=values, hog=hog)

    def steps(model: str, step_s: float) -> Truth:
        return made(model, values={"step_s": all_around(step_s, step_s)}, hog="steps")

    return result(
        measured(
            "heartbeat",
            arm("threads", "cpu", thread),
            arm("asyncio", "cpu", task),
            arm("asyncio", "sleep", task),
            arm("asyncio", "to_thread sleep", 0.002),
            *(
                [steps("threads", 0.01 * interrupted), steps("asyncio", 0.01)]
                if interrupted
                else []
            ),
        )
    )


def idle_loop(*, threads: float = 1, processes: float = 1, wakeups: float = 0) -> Measurement:
    """Count threads, processes and wake-ups of an idle event loop."""
    values = {"threads": threads, "processes": processes, "wakeups": wakeups, "seconds": 0.2}
    return measured("idle-loop", *(made("asyncio", values=values, tasks=t) for t in (0, 1000)))


def selector_loop(speedup: float, threads: float = 1) -> Result:
    """Measure a selector loop, and how many threads it used."""
    one = made("sequential", 0.2, items=10)
    selector = made(
        "selector",
        0.2 / speedup,
        workers=10,
        items=10,
        against=one,
        values={"threads_used": threads},
    )
    return result(measured("selector-loop", one, selector))


def equal_terms(grid: dict[tuple[int, int], float]) -> Result:
    """Make a cell for each latency in ms and level: how many times as fast asyncio is."""
    arms: list[Truth] = []
    for (latency_ms, level), faster in grid.items():
        threads = made("threads", 0.1, workers=level, latency_ms=latency_ms, client="bare")
        tasks = made(
            "asyncio",
            0.1 / faster,
            workers=level,
            against=threads,
            latency_ms=latency_ms,
            client="bare",
        )
        arms += [threads, tasks]
    return result(measured("equal-terms", *arms))


def kitchens(**against_prediction: float) -> Result:
    """Measure how many times as long as predicted ten dishes take in each kitchen."""
    return result(
        measured(
            "kitchens",
            *(
                made(
                    model,
                    workers=10,
                    work="mixed",
                    traced=False,
                    values={
                        "makespan_s": around(took),
                        "predicted_s": 1.0,
                    },
                )
                for model, took in against_prediction.items()
            ),
        )
    )
