"""Tables of what threads write over each other, of what processes share and start with."""

import msgspec
import pytest

from conc import figures
from conc.errors import MissingError
from conc.experiments.registry import get
from conc.records import Case
from conc.results.evidence import Evidence
from conc.show.views import inherited_objects, initial_state, overwrites
from tests.invented.ledger import handed_down, overwritten, owned
from tests.invented.results import invented_result
from tests.show.views_reading import measured, row, rows_of, without_samples

WRITTEN = measured("overwrites", overwritten)


def test_it_is_said_how_many_updates_one_write_lost() -> None:
    table = overwrites.counted_table(Evidence(WRITTEN))
    usual, often = row(table, interval_us="5 ms"), row(table, interval_us="10 µs")
    assert (usual["lost"].text, often["lost"].text) == ("25 %", "25 %")
    assert (usual["overwrites"].text, often["overwrites"].text) == ("30", "600")
    assert usual["each"].value == 20_000
    assert often["each"].value == 1_000
    assert usual["with"].text == "15 of 15"


def test_where_nothing_was_lost_no_write_lost_anything() -> None:
    result = measured("overwrites", lambda _: {"lost": 0.0, "overwrites": 0.0})
    for cells in rows_of(overwrites.counted_table(Evidence(result))):
        assert (cells["lost"].text, cells["each"].text) == ("none", "–")


def test_without_a_gil_the_count_is_said_to_be_rough() -> None:
    free = msgspec.structs.replace(WRITTEN.interpreter, gil=False)
    result = msgspec.structs.replace(WRITTEN, interpreter=free)
    assert "only roughly" in " ".join(overwrites.counted_table(Evidence(result)).notes)
    assert overwrites.counted_table(Evidence(WRITTEN)).notes == ()


def lasting(ours_s: float, theirs_s: float, *, gil: bool = True) -> Evidence:
    """Return samples of ``overwrites`` and of ``lost-updates`` that take as long."""
    return Evidence(
        invented_result(
            [get("overwrites"), get("lost-updates")],
            seconds_of=lambda case: ours_s if case.workload == "overwrites" else theirs_s,
            noise=1e-6,
            gil=gil,
        )
    )


def test_threads_that_end_within_a_turn_are_told_from_those_that_do_not() -> None:
    """Four threads take turns, so each works for a quarter of the time of all."""
    said = figures.read(overwrites.length_sentence(lasting(0.04, 0.008)))
    assert said.startswith("At a switch interval of 5 ms a thread here worked for 10.0 ms of")
    assert "further up for 2.00 ms at most: there most ended within their first turn" in said
    assert "first turn" not in overwrites.length_sentence(lasting(0.04, 0.08))


def test_without_a_gil_no_turn_ends() -> None:
    assert "no turns" in overwrites.length_sentence(lasting(0.04, 0.008, gil=False))


def test_what_a_child_owns_stands_beside_what_it_did() -> None:
    table = inherited_objects.own_table(Evidence(measured("inherited-objects", owned)))
    assert "100,000 small lists" in table.title
    way, frozen = "collects garbage", "yes"
    assert row(table, way=way, frozen=frozen)["uss_bytes"].text == "1.91 MiB"
    assert row(table, way=way, frozen="no")["uss_bytes"].text == "7.63 MiB"


def test_samples_that_counted_nothing_show_no_figure() -> None:
    for cells in rows_of(overwrites.counted_table(Evidence(measured("overwrites")))):
        assert (cells["lost"].text, cells["with"].text) == ("–", "–")


def started(case: Case) -> float:
    """A start takes 10 ms by fork and 20 ms otherwise, and 5 ms more for numbers to be pickled."""
    anew = case.parameters["start_method"] != "fork"
    return 0.01 + anew * (0.01 + 0.005 * bool(case.parameters["numbers"]))


STARTED = measured("initial-state", handed_down, seconds_of=started, noise=1e-5)


def test_what_a_process_inherits_and_what_is_pickled_stands_by_start_method() -> None:
    table = initial_state.facts_table(Evidence(STARTED))
    facts = ("pickled", "again", "kept", "lambda")
    forked = row(table, start_method="fork")
    assert [forked[fact].text for fact in facts] == ["no", "no", "yes", "yes"]
    served = row(table, start_method="forkserver")
    assert [served[fact].text for fact in facts] == ["yes", "yes", "no", "no"]


def test_the_default_start_method_is_named_in_its_row() -> None:
    table = initial_state.facts_table(Evidence(STARTED))
    assert row(table, start_method="spawn, the default here")["kept"].text == "no"


def test_a_list_that_is_pickled_makes_a_start_longer_and_an_inherited_one_does_not() -> None:
    table = initial_state.costs_table(Evidence(STARTED))
    numbers = "100,000 numbers"
    assert row(table, start_method="forkserver", numbers=numbers)["longer"].text[:5] == "1.25×"
    assert row(table, start_method="fork", numbers=numbers)["longer"].text[:5] == "1.00×"
    said = figures.read(initial_state.cost_sentence(Evidence(STARTED)))
    assert said.startswith("Given a list of 100,000 numbers, a process took 1.25×")
    assert "as long by forkserver" in said


def test_starts_that_all_failed_have_no_sentence() -> None:
    failed = without_samples(STARTED, "initial-state", lambda _: True)
    with pytest.raises(MissingError, match="no case gave a figure"):
        initial_state.cost_sentence(Evidence(failed))
