"""What many rounds say together, of invented series: when "changed" is said, and when never."""

import math
import random
from collections.abc import Callable, Iterator

import msgspec
import pytest

from conc.claims import history
from conc.claims.history import EARLIER, LASTS, Moment
from conc.claims.rounds import Column, Round
from conc.records import Estimate, Outcome
from tests.invented.results import invented_interpreter, invented_machine

ROUNDS = 36
SERIES = 1_000


def column(
    machine: str = "a",
    ratio: float = 2.0,
    verdicts: dict[str, Outcome] | None = None,
) -> Column:
    found = Estimate(value=ratio, low=ratio * 0.99, high=ratio * 1.01, runs=4, rounds=8)
    return Column(
        image="ubuntu-24.04",
        python="3.14",
        role="newest",
        commit="0" * 40,
        run=1,
        machine=invented_machine(),
        interpreter=invented_interpreter(),
        machine_id=machine,
        verdicts=verdicts or {},
        figures={"processes": found},
    )


def month(number: int) -> str:
    return f"{2026 + number // 12}-{number % 12 + 1:02}"


def rounds(*columns: Column, rules: int = 2) -> tuple[Round, ...]:
    return tuple(
        Round(month=month(place), rules=rules, conc="0", columns=(one,))
        for place, one in enumerate(columns)
    )


def series(*columns: Column) -> list[Moment]:
    return history.moments(rounds(*columns), ("ubuntu-24.04", "newest"), "processes")


STEADY = (1.0, 1.02, 0.99, 1.01, 1.0, 0.98, 1.01)


def test_a_level_that_lasts_beyond_the_series_own_spread_is_a_change() -> None:
    assert history.changed([*STEADY, 1.5, 1.52, 1.49]) == [7]
    assert history.changed([*STEADY, 0.5, 0.52, 0.49]) == [7]


def test_one_or_two_odd_rounds_are_none() -> None:
    assert history.changed([*STEADY, 1.5, 1.0, 1.01, 1.5, 1.5, 1.0]) == []


def test_nothing_is_said_of_what_its_own_spread_covers() -> None:
    wide = (1.0, 1.4, 0.9, 1.3, 1.0, 1.5, 1.1)
    assert history.changed([*wide, 1.7, 1.75, 1.72]) == []


def test_of_too_few_rounds_nothing_is_said() -> None:
    short = STEADY[:EARLIER]
    assert history.spread(short) is None
    assert history.changed([*short, 9.0, 9.0, 9.0]) == []


def test_the_spread_is_the_third_quartile_and_three_times_the_quartile_range() -> None:
    values = [0.0, 1.0, 3.0, 6.0, 10.0, 15.0, 21.0]  # steps of 1 to 6: quartiles 2.25 and 4.75
    assert history.spread(values) == pytest.approx(4.75 + 3 * 2.5)


def test_after_a_change_the_new_level_is_what_the_next_is_set_against() -> None:
    higher = [value + 1 for value in STEADY]
    assert history.changed([*STEADY, *higher, *STEADY]) == [7, 14]


def normal(dealt: random.Random) -> Callable[[], float]:
    return lambda: dealt.gauss(0, 1)


def two_states(share: float, gap: float) -> Callable[[random.Random], Callable[[], float]]:
    """A machine that is at another speed in a share of the months, drawn anew each time."""
    return lambda dealt: lambda: dealt.gauss(0, 1) + gap * (dealt.random() < share)


def heavy(dealt: random.Random) -> Callable[[], float]:
    return lambda: dealt.gauss(0, 1) / math.sqrt(dealt.gammavariate(1.5, 1 / 1.5))


@pytest.mark.parametrize(
    "noise",
    [
        normal,
        heavy,
        two_states(0.5, 5),
        two_states(0.25, 5),
        two_states(0.1, 5),
        two_states(0.5, 20),
    ],
    ids=["normal", "heavy tails", "even states", "a quarter", "a tenth", "states far apart"],
)
def test_36_rounds_without_a_change_hardly_ever_announce_one(
    noise: Callable[[random.Random], Callable[[], float]],
) -> None:
    dealt = random.Random(1)
    draw = noise(dealt)
    false = sum(bool(history.changed([draw() for _ in range(ROUNDS)])) for _ in range(SERIES))
    assert false <= SERIES / 100


def test_a_change_of_ten_percent_is_found_in_most_quiet_series() -> None:
    dealt = random.Random(1)

    def announced() -> Iterator[bool]:
        for _ in range(200):
            level = [0.0] * 12 + [math.log(1.1)] * 6
            yield history.changed([one + dealt.gauss(0, 0.01) for one in level]) == [12]

    assert sum(announced()) >= 170


def test_another_machine_behind_an_image_is_another_series() -> None:
    ratios = [column(ratio=2.0 + place / 100) for place in (0, 1, 0, 1, 0, 1, 0)]
    moved = [column("b", ratio=4.0)] * LASTS
    assert history.changes(series(*ratios, *moved)) == []
    same = [column("a", ratio=4.0)] * LASTS
    assert [one.month for one in history.changes(series(*ratios, *same))] == [month(7)]


def test_what_was_another_is_marked_in_the_month_that_it_came() -> None:
    newer = column()
    python = column().interpreter
    assert python
    newer = msgspec.structs.replace(
        newer, interpreter=msgspec.structs.replace(python, version="9.9")
    )
    ((moment, said),) = history.marks(series(column(), newer, newer))
    assert moment.month == month(1)
    assert said == ["Python 3.13.1, then 9.9"]


def test_a_claim_held_everywhere_only_where_every_verdict_of_every_round_says_so() -> None:
    found = history.standings(
        rounds(
            column(verdicts={"a": "holds", "b": "holds", "c": "holds", "d": "undecided"}),
            column(
                verdicts={"a": "holds", "b": "undecided", "c": "does not hold", "d": "undecided"}
            ),
        ),
        ["a", "b", "c", "d"],
    )
    assert [one.held_everywhere for one in found] == [True, False, False, False]
    assert [one.held_where_decided for one in found] == [False, True, False, False]
    assert [one.decided for one in found] == [2, 1, 2, 0]
    assert [one.one_outcome for one in found] == ["holds", "holds", None, None]


def test_a_year_is_twelve_months_up_to_the_newest_round_whatever_is_missing() -> None:
    found = tuple(one for one in rounds(*[column()] * 20) if one.month != month(15))
    months = [one.month for one in history.last_year(found)]
    assert (months[0], months[-1], len(months)) == (month(8), month(19), 11)
    assert history.last_year(()) == ()
