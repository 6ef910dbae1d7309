"""The winner's map: a winner has a name only where the whole interval names it."""

import re

from conc.records import Case
from conc.results.evidence import Evidence
from conc.show import tables
from conc.show.views import equal_terms
from tests.show.views_reading import measured, rows_of, without_samples


def won_by(asyncio_at_10: float, asyncio_at_200: float) -> dict[int, float]:
    return {10: asyncio_at_10, 200: asyncio_at_200}


def cells(ratios: dict[int, float], noise: float = 0.005) -> dict[str, tables.Cell]:
    def seconds(case: Case) -> float:
        return case.items / 1000 / (ratios[case.workers] if case.model == "asyncio" else 1)

    result = measured("equal-terms", seconds_of=seconds, noise=noise)
    return rows_of(equal_terms.winners_table(Evidence(result)))[0]


def test_each_outcome_has_its_mark_and_its_word() -> None:
    clear = cells(won_by(1.5, 0.5))
    assert clear["level_10"].text.startswith("▲ asyncio 1.")
    assert clear["level_200"].text.startswith("● threads 0.")
    even = cells(won_by(1.0, 1.0))
    assert even["level_10"].text.startswith("= tie")


def test_a_noisy_cell_is_undecided_and_has_no_colour() -> None:
    noisy = cells(won_by(1.05, 1.0), noise=0.5)
    assert noisy["level_10"].text.startswith("? undecided")
    assert noisy["level_10"].model == ""


def test_a_winner_s_cell_is_tinted_in_its_colour_and_says_so_in_words() -> None:
    clear = cells(won_by(1.5, 0.5))
    assert (clear["level_10"].model, clear["level_200"].model) == ("asyncio", "threads")

    def seconds(case: Case) -> float:
        return case.items / (1500 if case.model == "asyncio" else 1000)

    made = equal_terms.winners_table(Evidence(measured("equal-terms", seconds_of=seconds)))
    assert re.search(r'<td class="conc-of-asyncio">▲ asyncio', tables.to_html(made))


def test_a_case_that_failed_is_said_in_its_cell() -> None:
    result = without_samples(
        measured("equal-terms"), "equal-terms", lambda c: c.model == "asyncio" and c.workers == 10
    )
    first = rows_of(equal_terms.winners_table(Evidence(result)))[0]
    assert first["level_10"].text == "failed: crashed"


def test_the_limit_is_the_level_times_the_cpu_time_of_a_request() -> None:
    rows = rows_of(equal_terms.limits_table(Evidence(measured("equal-terms"))))
    of_threads = next(row for row in rows if row["model"].text == "threads")
    # an invented request takes 0.3 ms of CPU time
    assert of_threads["level_10"].text == "3.00 ms"
    assert of_threads["level_200"].text == "60.0 ms"
