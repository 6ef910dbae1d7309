"""The order of the cases in a round, and which of them a run takes."""

import random

from msgspec.structs import replace

from conc.experiments.experiment import Effort, shuffled
from conc.models import NAMES
from conc.records import Case

BASELINE = Case(workload="work", model="sequential")
COMPARED = tuple(
    replace(BASELINE, model=model, workers=workers, against=BASELINE.id, decisive=workers == 2)
    for model in ("threads", "processes")
    for workers in (1, 2, 4)
)
ANOTHER = Case(workload="other", model="sequential")
RIVAL = replace(ANOTHER, model="threads", against=ANOTHER.id)
CASES = (BASELINE, *COMPARED, ANOTHER, RIVAL)
ORDERS = [shuffled(CASES, random.Random(seed)) for seed in range(200)]


def places(of: tuple[Case, ...], order: list[Case]) -> list[int]:
    return sorted(order.index(case) for case in of)


def test_each_case_stands_in_a_round_once() -> None:
    for order in ORDERS:
        assert sorted(case.id for case in order) == sorted(case.id for case in CASES)


def test_cases_that_are_compared_with_one_baseline_are_neighbours() -> None:
    for order in ORDERS:
        first, second = places((ANOTHER, RIVAL), order)
        assert second == first + 1
        assert first in {0, len(order) - 2}


def test_decisive_cases_stand_side_by_side_between_the_others() -> None:
    decisive = tuple(case for case in (BASELINE, *COMPARED) if case.decisive)
    for order in ORDERS:
        own = [case for case in order if case in (BASELINE, *COMPARED)]
        assert places(decisive, own) == [2, 3, 4]


def test_each_of_a_family_comes_first_about_as_often() -> None:
    threads, processes = (case for case in COMPARED if case.decisive)
    before = sum(order.index(threads) < order.index(processes) for order in ORDERS)
    assert 70 <= before <= 130


def test_where_all_decide_and_have_one_baseline_the_order_is_any() -> None:
    cases = [BASELINE, *(replace(BASELINE, model=name, against=BASELINE.id) for name in NAMES[1:])]
    assert shuffled(cases, random.Random(3)) == random.Random(3).sample(cases, len(cases))


def test_after_the_runs_of_all_the_decisive_cases_are_left() -> None:
    effort = Effort(min_runs=4, max_runs=9, rounds_per_run=2, seconds=10.0, runs_of_all=5)
    assert effort.takes(CASES, 4) == [*CASES]
    assert effort.takes(CASES, 5) == [case for case in CASES if case.decisive]
    assert effort.most_runs(CASES) == 9
    assert effort.most_runs([case for case in CASES if not case.decisive]) == 5


def test_where_no_number_of_runs_of_all_is_given_each_run_is_one() -> None:
    effort = Effort(min_runs=4, max_runs=9, rounds_per_run=2, seconds=10.0)
    assert effort.takes(CASES, 8) == [*CASES]
    assert effort.most_runs([case for case in CASES if not case.decisive]) == 9
