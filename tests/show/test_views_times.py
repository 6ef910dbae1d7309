"""Views of run lengths, lateness, prices and memory: what a mark stands for."""

import msgspec
import pytest

from conc.records import Case
from conc.results.evidence import Evidence
from conc.show.views import (
    cpu_bound,
    gil_latency,
    heartbeat,
    lock_price,
    many_waiting,
    memory_bound,
    shared_memory,
    switching,
)
from tests.invented.ledger import COUNTED, beaten, late, seen
from tests.invented.ledger import run as ran
from tests.show.views_reading import measured, row, rows_of, without_samples


def test_a_run_of_no_length_stays_on_the_logarithmic_axis() -> None:
    result = measured("switching", lambda _: {"run_length_s": [0.0, 0.0, 0.005, 0.006, 0.007]})
    (point, *_) = switching.run_length_chart(Evidence(result)).table.rows
    assert [cell.text for cell in point[1:4]] == ["0 ns", "5.00 ms", "6.00 ms"]


def test_switches_are_counted_a_second() -> None:
    result = measured("switching", ran, seconds_of=lambda _: 0.5, noise=0.0001)
    cells = row(switching.run_length_table(Evidence(result)), interval_ms="20 ms")
    # an invented sample has five voluntary switches and three involuntary ones
    assert cells["voluntary"].text == "10.0"
    assert cells["involuntary"].text == "6.00"


def test_lateness_is_drawn_beside_one_switch_interval_a_thread() -> None:
    chart = gil_latency.lateness_chart(Evidence(measured("gil-latency", late)))
    assert "beside 4 threads, 5 ms: 20.2 ms late" in chart.description
    assert [key.label for key in chart.legend] == [
        "switch interval 5 ms",
        "switch interval 500 µs",
        "5 ms a thread",
        "500 µs a thread",
    ]


def test_without_the_gil_no_switch_interval_is_expected_to_decide() -> None:
    chart = gil_latency.lateness_chart(Evidence(measured("gil-latency", late, gil=False)))
    assert not [key.label for key in chart.legend if key.label.endswith("a thread")]
    assert "Without the GIL it waits for a core alone" in " ".join(chart.caption)
    runs = switching.run_length_chart(Evidence(measured("switching", ran, gil=False)))
    assert "both threads compute at once" in " ".join(runs.caption)
    assert not any("waits for the GIL" in note for note in runs.table.notes)


def test_a_heartbeat_is_named_by_what_beats_beside_what() -> None:
    result = measured("heartbeat", beaten)
    table = heartbeat.lateness_table(Evidence(result))
    assert row(table, hog="task beside computing")["latest_s"].text == "60.0 ms"
    assert row(table, hog="thread beside computing")["latest_s"].text == "5.00 ms"


def test_a_beat_in_time_stays_on_the_logarithmic_axis() -> None:
    result = measured("heartbeat", lambda _: {"block_s": 0.06, "lateness_s": [0.0, 0.0]})
    assert "median 0 ns late" in heartbeat.lateness_chart(Evidence(result)).description


def test_a_lock_s_price_is_how_many_times_as_long_an_update_takes() -> None:
    def seconds(case: Case) -> float:
        return 0.06 if case.parameters["lock"] else 0.02

    table = lock_price.price_table(Evidence(measured("lock-price", seconds_of=seconds)))
    cells = row(table, threads="4", lock="with")
    assert cells["longer"].text.startswith(("2.9", "3.0"))


def test_scattered_numbers_are_compared_with_the_same_in_order() -> None:
    def seconds(case: Case) -> float:
        return 0.08 if case.parameters["order"] == "shuffled" else 0.02

    table = memory_bound.cost_table(Evidence(measured("memory-bound", seconds_of=seconds)))
    cells = row(table, list="large", order="shuffled")
    assert cells["longer"].text.startswith(("3.9", "4.0"))
    assert row(table, list="large", order="in order")["longer"].text == "–"


def test_memory_that_could_not_be_told_is_not_a_zero() -> None:
    table = many_waiting.memory_table(Evidence(measured("many-waiting", COUNTED["many_waiting"])))
    assert row(table, what="asyncio")["vms_each_bytes"].text == "less than could be read"
    assert row(table, what="threads")["vms_each_bytes"].text == "8.58 MiB"


def test_who_sees_a_change_is_said_by_yes_and_no() -> None:
    table = shared_memory.seen_table(Evidence(measured("shared-memory", seen)))
    assert [(r["child"].text, r["parent"].text) for r in rows_of(table)] == [
        ("yes", "no"),
        ("yes", "yes"),
        ("yes", "no"),
    ]


def test_a_change_that_is_seen_only_sometimes_is_said_to_be() -> None:
    turns = iter([0.0, 1.0] * 1_000)
    result = measured("shared-memory", lambda _: {"child_saw": 1.0, "parent_sees": next(turns)})
    texts = {cells["parent"].text for cells in rows_of(shared_memory.seen_table(Evidence(result)))}
    assert all(text.startswith("in ") for text in texts)


@pytest.mark.parametrize("form", ["global", "shared_memory"])
def test_a_form_that_failed_says_so(form: str) -> None:
    result = without_samples(
        measured("shared-memory", seen), "shared-memory", lambda c: c.parameters["form"] == form
    )
    texts = [cells["child"].text for cells in rows_of(shared_memory.seen_table(Evidence(result)))]
    assert "failed: crashed" in texts


@pytest.mark.parametrize(("share", "cause"), [(1.0, True), (0.8, False)])
def test_a_speed_up_above_the_cores_in_use_has_a_cause_only_where_that_shows(
    share: float, *, cause: bool
) -> None:
    """Threads that had one core took 0.8 of the plain loop's time; its CPU time is that share."""

    def seconds(case: Case) -> float:
        return 0.08 if case.model == "threads" else 0.1

    result = measured("cpu-bound", seconds_of=seconds)
    found = result.measurements["cpu-bound"]
    loops = {case.id for case in found.cases if case.model == "sequential"}
    samples = [
        msgspec.structs.replace(one, cpu_s=one.wall_s * (share if one.case in loops else 1.0))
        for one in found.samples
    ]
    result.measurements["cpu-bound"] = msgspec.structs.replace(found, samples=samples)
    said = str(cpu_bound.times_table(Evidence(result)).notes)
    assert "threads, warm pool: a speed-up above the cores in use is noise." in said
    assert ("met cores at a higher speed" in said) is cause
