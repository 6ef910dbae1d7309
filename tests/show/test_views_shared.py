"""Tables of what threads write over each other, and of what forked processes share."""

import msgspec

from conc.results.evidence import Evidence
from conc.show.views import inherited_objects, overwrites
from tests.invented.ledger import overwritten, owned
from tests.show.views_reading import measured, row, rows_of

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


def test_what_a_child_owns_stands_beside_what_it_did() -> None:
    table = inherited_objects.own_table(Evidence(measured("inherited-objects", owned)))
    assert "100,000 small lists" in table.title
    way, frozen = "collects garbage", "yes"
    assert row(table, way=way, frozen=frozen)["uss_bytes"].text == "1.91 MiB"
    assert row(table, way=way, frozen="no")["uss_bytes"].text == "7.63 MiB"


def test_samples_that_counted_nothing_show_no_figure() -> None:
    for cells in rows_of(overwrites.counted_table(Evidence(measured("overwrites")))):
        assert (cells["lost"].text, cells["with"].text) == ("–", "–")
