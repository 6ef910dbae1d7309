"""What the small experiments could have counted, for invented results of the ledger."""

from collections.abc import Callable, Mapping

import numpy as np

from conc.experiments.registry import EXPERIMENTS
from conc.records import Case, Result, Value
from conc.show.views import VIEWS
from tests.invented.results import invented_result, plausible_values

TESTED_ELSEWHERE = (
    "home/",
    "cpu-bound/",
    "io-bound/",
    "overheads/",
    "method/",
    "own-function/",
    "listings/",
)
CHARTS = [name for name in VIEWS.charts if not name.startswith(TESTED_ELSEWHERE)]
TABLES = [name for name in VIEWS.tables if not name.startswith(TESTED_ELSEWHERE)]
SENTENCES = [name for name in VIEWS.sentences if not name.startswith(TESTED_ELSEWHERE)]
NAMES = sorted({name.partition("/")[0] for name in (*CHARTS, *TABLES)} - {"summary"})
"""The experiments that the ledger's views read."""

RELEASING = ("time.sleep", "hashlib", "zlib", "bz2", "lzma", "file", "numpy")


def probed(case: Case) -> Mapping[str, Value]:
    share = 0.03 if str(case.parameters["function"]).startswith(RELEASING) else 0.97
    return {"call_s": 0.02, "silence_s": 0.02 * share}


def lost(case: Case) -> Mapping[str, Value]:
    loses = case.parameters["form"] != "x += 1" and not case.parameters["fixed"]
    return {"expected": float(case.items), "lost": case.items / 4 if loses else 0.0}


def seen(case: Case) -> Mapping[str, Value]:
    shared = case.parameters["form"] == "shared_memory"
    pages = {"rss_bytes": 40e6, "pss_bytes": 20e6, "uss_bytes": 1e6}
    inherited = case.parameters["form"] == "inherited"
    return {"child_saw": 1.0, "parent_sees": float(shared), **(pages if inherited else {})}


def owned(case: Case) -> Mapping[str, Value]:
    way, frozen = case.parameters["way"], case.parameters["frozen"]
    own = 8e6 if way == "walk" or (way == "collect" and not frozen) else 2e6
    return {"rss_bytes": 40e6, "pss_bytes": 16e6 + own / 2, "uss_bytes": own}


def handed_down(case: Case) -> Mapping[str, Value]:
    inherits = float(case.parameters["start_method"] == "fork")
    anew = 1 - inherits
    counts = {"arrived": float(case.parameters["numbers"]), "pickled": anew}
    return {**counts, "module_again": anew, "state_kept": inherits, "lambda_starts": inherits}


def overwritten(case: Case) -> Mapping[str, Value]:
    often = case.parameters["interval_us"] == 10
    return {"lost": case.items / 4, "overwrites": 40.0 if often else 2.0}


def late(case: Case) -> Mapping[str, Value]:
    waits = int(case.parameters["beside"]) * float(case.parameters["interval_ms"]) / 1000
    return {"lateness_s": [waits + 0.0001, waits + 0.0002, waits + 0.0004]}


def beaten(case: Case) -> Mapping[str, Value]:
    blocked = case.model == "asyncio" and case.parameters["hog"] in {"sleep", "cpu"}
    return {"block_s": 0.06, "lateness_s": [0.0, 0.0001, 0.06 if blocked else 0.005]}


def run(case: Case) -> Mapping[str, Value]:
    interval_s = float(case.parameters["interval_ms"]) / 1000
    return {"run_length_s": [interval_s * 0.9, interval_s, interval_s * 1.1]}


COUNTED: Mapping[str, Callable[[Case], Mapping[str, Value]]] = {
    "gil_probe": probed,
    "lost_updates": lost,
    "shared_memory": seen,
    "inherited_objects": owned,
    "initial_state": handed_down,
    "overwrites": overwritten,
    "gil_latency": late,
    "heartbeat": beaten,
    "switching": run,
    "many_waiting": lambda case: {
        "started": float(case.workers),
        "rss_each_bytes": 16e3 if case.model == "threads" else 900.0,
        "vms_each_bytes": 9e6 if case.model == "threads" else 0.0,
    },
    "idle_loop": lambda _: {"wakeups": 0.0, "seconds": 0.2, "threads": 1.0, "processes": 1.0},
    "identities": lambda case: {
        "python_threads": float(case.workers),
        "os_thread_ids": float(case.workers),
        "cpus_seen": 2.0,
        "pools": 0.0,
    },
}


def counted(case: Case, seconds: float, random: np.random.Generator) -> dict[str, Value]:
    """Return what a case counts itself."""
    if count := COUNTED.get(case.workload):
        return dict(count(case))
    values = plausible_values(case, seconds, random)
    return {"threads_used": 1.0} if case.workload == "selector_loop" else values


def ledger_result(*, cores: int = 2, rounds: int = 4, runs: int = 2) -> Result:
    """Return a complete result of everything that the ledger's views read."""
    read = {*NAMES, "cpu-bound", "io-bound", "overhead", "memory"}
    experiments = [one for one in EXPERIMENTS if one.name in read]
    return invented_result(
        experiments, cores=cores, runs=runs, rounds=rounds, values_of=counted, interpreters=True
    )
