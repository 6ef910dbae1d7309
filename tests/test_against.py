"""Whether one function is faster than another: decided by rounds of both, or left open."""

import msgspec
import pytest

from conc.against import LEAST_RUNS, Against, blocks_against, compare, is_settled
from conc.claims import simulate
from conc.claims.simulate import Truth
from conc.experiments import tries
from conc.experiments.pairs import pair_of
from conc.experiments.tries import Call, Plan, Terms
from conc.records import Result
from conc.results.evidence import Evidence, Measured
from tests.invented.results import invented_setting
from tests.invented.tries import CORES, FUNCTION, OTHER, compared, tried

MOST_RUNS = 15


def measured(result: Result) -> Measured:
    return Evidence(result).of(tries.NAME)


def comparison(result: Result) -> Against:
    (block,) = blocks_against(measured(result), FUNCTION)
    return compare(measured(result), block)


@pytest.mark.parametrize(
    ("ours_s", "theirs_s", "word"),
    [(0.1, 0.2, "faster"), (0.2, 0.1, "slower"), (0.1, 0.1, "no difference")],
)
def test_a_clear_difference_is_decided_and_none_is_none(
    ours_s: float, theirs_s: float, word: str
) -> None:
    found = comparison(compared(ours_s, theirs_s, runs=60))
    assert found.word == word
    assert (found.function, found.other) == (FUNCTION, OTHER)
    assert (found.model, found.workers) == ("sequential", 1)
    assert found.ratio is not None
    assert found.ratio.value == pytest.approx(theirs_s / ours_s, rel=0.1)


def test_few_runs_settle_nothing() -> None:
    few = compared(0.1, 0.2, runs=LEAST_RUNS - 1)
    (block,) = blocks_against(measured(few), FUNCTION)
    assert not is_settled(measured(few), block)
    assert is_settled(measured(compared(0.1, 0.2, runs=LEAST_RUNS)), block)


@pytest.mark.parametrize(
    ("answers", "any_answer", "same"),
    [(("5", "5"), False, True), (("5", "6"), False, False), (("5", "6"), True, None)],
)
def test_answers_are_compared_unless_any_will_do(
    answers: tuple[str, str],
    *,
    any_answer: bool,
    same: bool | None,
) -> None:
    result = compared(0.1, 0.2, answers=answers, any_answer=any_answer)
    assert comparison(result).same_answers is same


def test_a_function_that_was_compared_with_none_has_no_comparison() -> None:
    assert blocks_against(measured(tried()), FUNCTION) == []
    with pytest.raises(LookupError):
        compare(measured(tried()), "nothing against nothing")


def test_both_are_called_for_the_items_of_the_first_but_for_those_that_either_raises_for() -> None:
    call = Call(FUNCTION, "photos")
    setting = invented_setting(cores=CORES, interpreters=False)
    loop, *_ = tries.cases_of(call, Plan("function", 4, distinct=4), Terms(), setting)
    ours, theirs = pair_of(loop, "other:call", (1, 3))
    assert (ours.workload, theirs.workload) == (FUNCTION, "other:call")
    assert ours.parameters == theirs.parameters
    assert ours.parameters["items_of"] == "work"
    assert ours.parameters["without"] == "1,3"
    assert (ours.against, theirs.against) == (theirs.id, "")
    assert (ours.host, theirs.host) == ("", "")


def test_of_two_that_are_alike_hardly_one_is_said_to_be_faster_on_a_noisy_machine() -> None:
    wrong = sum(_said(seed) in {"faster", "slower"} for seed in range(100))
    assert wrong <= 3


def _said(seed: int) -> str:
    """Compare two functions that are alike as a try does: it looks after every run."""
    call = Call(FUNCTION)
    setting = invented_setting(cores=CORES, interpreters=False)
    loop, *_ = tries.cases_of(call, Plan("function", 4), Terms(), setting)
    pair = pair_of(loop, OTHER, ())
    truths = [Truth(case, 0.1) for case in pair]
    whole = simulate.measure(tries.NAME, truths, simulate.Plan(MOST_RUNS, 4), seed=seed)
    for runs in range(LEAST_RUNS, MOST_RUNS + 1):
        seen = [sample for sample in whole.samples if sample.run < runs]
        so_far = Measured(msgspec.structs.replace(whole, samples=seen))
        if is_settled(so_far, pair[0].block):
            break
    return compare(so_far, pair[0].block).word
