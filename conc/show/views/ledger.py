"""The views of the experiments behind the claims, by the names that pages use."""

from collections.abc import Callable, Mapping

from conc.results.evidence import Evidence
from conc.show.charts import Chart
from conc.show.tables import Table
from conc.show.views import (
    equal_terms,
    gil_latency,
    gil_probe,
    heartbeat,
    lock_price,
    lost_updates,
    many_waiting,
    memory_bound,
    shared_memory,
    single_facts,
    summary,
    switching,
    task_size,
    utilisation,
    waiting,
)

CHARTS: Mapping[str, Callable[[Evidence], Chart]] = {
    "memory-bound/cost": memory_bound.cost_chart,
    "gil-probe/held-or-released": gil_probe.silence_chart,
    "utilisation/cores": utilisation.cores_chart,
    "task-size/speed-up": task_size.speed_up_chart,
    "lock-price/price": lock_price.price_chart,
    "many-waiting/memory": many_waiting.memory_chart,
    "switching/run-length": switching.run_length_chart,
    "gil-latency/lateness": gil_latency.lateness_chart,
    "heartbeat/lateness": heartbeat.lateness_chart,
}
TABLES: Mapping[str, Callable[[Evidence], Table]] = {
    "memory-bound/cost": memory_bound.cost_table,
    "io-bound/waiting": waiting.waiting_table,
    "gil-probe/held-or-released": gil_probe.silence_table,
    "utilisation/cores": utilisation.cores_table,
    "task-size/speed-up": task_size.speed_up_table,
    "shared-memory/seen": shared_memory.seen_table,
    "shared-memory/pages": shared_memory.pages_table,
    "lost-updates/lost": lost_updates.lost_table,
    "lock-price/price": lock_price.price_table,
    "many-waiting/memory": many_waiting.memory_table,
    "switching/run-length": switching.run_length_table,
    "gil-latency/lateness": gil_latency.lateness_table,
    "heartbeat/lateness": heartbeat.lateness_table,
    "identities/ids": single_facts.identities_table,
    "idle-loop/wake-ups": single_facts.idle_table,
    "selector-loop/requests": single_facts.selector_table,
    "equal-terms/winners": equal_terms.winners_table,
    "equal-terms/cells": equal_terms.cells_table,
    "equal-terms/limits": equal_terms.limits_table,
    "summary/models": summary.models_table,
}
SENTENCES: Mapping[str, Callable[[Evidence], str]] = {
    "task-size/break-even": task_size.break_even,
}
