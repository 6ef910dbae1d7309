"""The small tables that settle one fact each, and the time of a request that waits."""

import msgspec

from conc.results.evidence import Evidence
from conc.show.views import single_facts, waiting
from tests.invented.ledger import COUNTED
from tests.show.views_reading import measured, row, rows_of, without_samples


def test_threads_stand_beside_the_system_s_ids_and_the_machine_s_cpus() -> None:
    result = measured("identities", COUNTED["identities"])
    (cells,) = rows_of(single_facts.identities_table(Evidence(result)))
    texts = [cells[key].text for key in ("python_threads", "os_thread_ids", "cores", "pools")]
    assert texts == ["5", "5", "2", "0"]


def test_a_system_that_hides_its_topology_is_said_to() -> None:
    result = measured("identities", COUNTED["identities"])
    hidden = msgspec.structs.replace(
        result, machine=msgspec.structs.replace(result.machine, threads_per_core=None)
    )
    (cells,) = rows_of(single_facts.identities_table(Evidence(hidden)))
    assert cells["per_core"].text == "not available on this system"


def test_wake_ups_are_a_rate_over_all_that_was_watched() -> None:
    one = {"wakeups": 1.0, "seconds": 0.2, "threads": 1.0, "processes": 1.0}
    table = single_facts.idle_table(Evidence(measured("idle-loop", lambda _: one)))
    assert row(table, tasks="1,000")["wakeups"].text == "5.00"


def test_a_selector_is_compared_with_one_after_the_other() -> None:
    result = measured("selector-loop", lambda _: {"threads_used": 1.0})
    table = single_facts.selector_table(Evidence(result))
    assert row(table, how="one after the other")["speed_up"].text == "baseline"
    assert "×" in row(table, how="a selector")["speed_up"].text


def test_a_fact_whose_case_failed_has_the_reason_in_its_place() -> None:
    result = without_samples(measured("idle-loop"), "idle-loop", lambda _: True)
    texts = [cells["wakeups"].text for cells in rows_of(single_facts.idle_table(Evidence(result)))]
    assert texts == ["failed: crashed"] * 2


def test_the_time_of_a_request_stands_beside_its_latency() -> None:
    rows = rows_of(waiting.waiting_table(Evidence(measured("io-bound", noise=1e-5))))
    assert [cells["latency_ms"].text for cells in rows] == ["20 ms", "100 ms"]
    assert rows[1]["cost_s"].text.startswith("100 ms")
    assert rows[1]["cpu_s"].text == "300 µs"
