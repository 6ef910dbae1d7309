"""The experiments of the ledger as invented measurements: what a rule reads is an argument."""

import msgspec

from conc.records import Measurement, Result
from tests.claims.made import Made, all_around, around, made, measured, result, thread_listing


def memory_bound(*, small: float = 0.99, large: float = 0.99, scattered: float = 2.0) -> Result:
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
    stalled: float = 0.0,
) -> Measurement:
    arms: list[Made] = []
    for latency_ms in (20, 100):
        one = made(
            "sequential",
            0.001 + rise * latency_ms / 1000,
            cores=cpu,
            stalled=stalled,
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
                    against=one,
                    stalled=stalled,
                    latency_ms=latency_ms,
                )
                for model, speedup in (("threads", threads), ("asyncio", asyncio))
            ),
        ]
    return measured("io-bound", *arms)


def probe(*, released: int = 3, held: int = 3, control: float = 0.02, gil: bool = True) -> Result:
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


def identities(*, own: int = 5, pools: int = 0) -> Result:
    values = {"python_threads": 5.0, "os_thread_ids": float(own), "pools": float(pools)}
    return result(measured("identities", made("threads", workers=5, values=values)))


def utilisation(  # noqa: PLR0913 - a test names only what it is about
    *,
    pure: float = 1.0,
    hashlib: float = 1.9,
    processes: float = 1.85,
    interpreters: float | None = None,
    c: float | None = 1.95,
    alternatives: bool = True,
) -> Measurement:
    arms: list[Made] = []
    for work, threads in (("pure Python", pure), ("hashlib", hashlib)):
        one = made("sequential", 0.05, cores=1.0, work=work)
        speedups = {"threads": threads, "processes": processes}
        if interpreters and work == "pure Python":
            speedups["interpreters"] = interpreters
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
    arms: list[Made] = []
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


def shared_memory(*, seen: float = 0, on_purpose: float | None = 1, own: float = 2e6) -> Result:
    arms = [made("processes", values={"parent_sees": seen}, form="global")]
    if on_purpose is not None:
        arms.append(made("processes", values={"parent_sees": on_purpose}, form="shared_memory"))
    arms.append(made("processes", values={"uss_bytes": own, "rss_bytes": 16e6}, form="inherited"))
    return result(measured("shared-memory", *arms))


def hand_over(dearer: float) -> Result:
    thread = made("threads", 0.001, items=50, workload="hand_over", to="pool")
    process = made(
        "processes", 0.001 * dearer, items=50, workload="hand_over", to="pool", against=thread
    )
    return result(measured("overhead", thread, process))


def lost_updates(*, plain: float = 0, step: float = 9, locked: float = 0) -> Measurement:
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
    bare = made("threads", 0.01, items=1000, lock=False)
    locked = made("threads", 0.01 * price, items=1000, against=bare, lock=True)
    return result(lost_updates(locked=lost), measured("lock-price", bare, locked))


def many_waiting(started: float) -> Result:
    arm = made("threads", workers=1000, values={"started": started})
    return result(measured("many-waiting", arm))


def switching(slope: float, *, gil: bool = True, stalled: float = 0.0) -> Result:
    return result(
        measured(
            "switching",
            *(
                made(
                    "threads",
                    workers=2,
                    stalled=stalled,
                    interval_ms=ms,
                    values={"run_length_s": all_around(0.0001 + slope * ms / 1000)},
                )
                for ms in (1, 5, 20)
            ),
        ),
        gil=gil,
    )


def heartbeat(*, thread: float = 0.005, task: float = 0.3, stalled: float = 0.0) -> Result:
    def arm(model: str, hog: str, late: float) -> Made:
        return made(
            model,
            stalled=stalled,
            values={"lateness_s": all_around(0.0001, late), "block_s": 0.301},
            hog=hog,
        )

    return result(
        measured(
            "heartbeat",
            arm("threads", "cpu", thread),
            arm("asyncio", "cpu", task),
            arm("asyncio", "sleep", task),
            arm("asyncio", "to_thread sleep", 0.002),
        )
    )


def idle_loop(*, threads: float = 1, processes: float = 1, wakeups: float = 0) -> Measurement:
    values = {"threads": threads, "processes": processes, "wakeups": wakeups, "seconds": 0.2}
    return measured("idle-loop", *(made("asyncio", values=values, tasks=t) for t in (0, 1000)))


def selector_loop(speedup: float, threads: float = 1) -> Result:
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


def equal_terms(grid: dict[tuple[int, int], float], *, stalled: float = 0.0) -> Result:
    """Make a cell for each latency in ms and level: how many times as fast asyncio is."""
    arms: list[Made] = []
    for (latency_ms, level), faster in grid.items():
        threads = made("threads", 0.1, workers=level, latency_ms=latency_ms, client="bare")
        tasks = made(
            "asyncio",
            0.1 / faster,
            workers=level,
            against=threads,
            stalled=stalled,
            latency_ms=latency_ms,
            client="bare",
        )
        arms += [threads, tasks]
    return result(measured("equal-terms", *arms))


def kitchens(*, stalled: float = 0.0, **against_prediction: float) -> Result:
    return result(
        measured(
            "kitchens",
            *(
                made(
                    model,
                    workers=10,
                    stalled=stalled,
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


def listings(htop: list[int], top: list[int] | None = None, *, missing: str = "") -> Result:
    captures = [
        thread_listing("htop", "as installed", htop, missing=missing),
        thread_listing("top", "-b", [1] if top is None else top),
    ]
    return result(msgspec.structs.replace(measured("listings"), captures=captures))
