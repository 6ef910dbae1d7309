"""The table of lost updates: broken beside fixed, and no form is called safe."""

from conc.results.evidence import Evidence
from conc.show.views import lost_updates
from tests.invented.ledger import lost
from tests.show.views_reading import measured, row, rows_of, without_samples

RESULT = measured("lost-updates", lost)


def test_what_was_lost_stands_as_a_share_with_the_samples_that_lost() -> None:
    cells = row(lost_updates.lost_table(Evidence(RESULT)), form="x = step(x)")
    assert cells["lost"].text == "25 %"
    assert cells["lost"].value == 0.25
    assert cells["samples"].text == "15 of 15"
    assert cells["fixed"].text == "0"


def test_a_form_that_lost_nothing_is_not_called_safe() -> None:
    table = lost_updates.lost_table(Evidence(RESULT))
    assert row(table, form="x += 1")["lost"].text == "none"
    assert "not safe" in " ".join(table.notes)


def test_updates_lost_under_a_lock_are_shown() -> None:
    broken_lock = measured("lost-updates", lambda case: {"expected": case.items, "lost": 3.0})
    cells = row(lost_updates.lost_table(Evidence(broken_lock)), form="x += 1")
    assert cells["fixed"].text == "45"


def test_a_form_whose_broken_half_failed_still_shows_the_fixed_half() -> None:
    result = without_samples(
        RESULT,
        "lost-updates",
        lambda case: case.parameters == {"form": "x += 1", "fixed": False},
    )
    cells = row(lost_updates.lost_table(Evidence(result)), form="x += 1")
    assert cells["lost"].text == "failed: crashed"
    assert cells["fixed"].text == "0"


def test_all_forms_stand_once() -> None:
    assert len(rows_of(lost_updates.lost_table(Evidence(RESULT)))) == 7


def test_without_a_gil_no_switch_interval_is_spoken_of() -> None:
    free = measured("lost-updates", lost, gil=False)
    with_gil, without = (
        [column.key for column in lost_updates.lost_table(Evidence(result)).columns]
        for result in (RESULT, free)
    )
    assert [key for key in with_gil if key not in without] == ["often"]
