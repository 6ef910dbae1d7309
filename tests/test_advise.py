"""The advice: what a function does with its time, which model pays, and when nothing is certain."""

import msgspec
import pytest

from conc.advise import Advice, Nature, advise
from conc.experiments import tries
from conc.experiments.tries import EXAMPLES, Kind
from conc.records import Estimate, Result, Sample
from conc.results.differences import WORTH_IT
from conc.results.evidence import Evidence, Measured
from tests.invented import invented_result
from tests.tried import (
    BUSY_S,
    CALLS,
    FUNCTION,
    NOISE,
    NOT_WORTH_IT,
    case_of,
    changed,
    failed,
    outcomes,
    role,
    tried,
)

HALF = BUSY_S / 2
TRIES = 200
"""The bench has more: ``make bench ONLY=tries``."""

MOST_WRONG = 0.05


def measured_of(result: Result) -> Measured:
    return Evidence(result).of(tries.NAME)


def advised(result: Result) -> Advice:
    return advise(measured_of(result), FUNCTION)


def best(advice: Advice) -> str:
    """Name the model that is to be taken by its role; empty where there is none."""
    return role(advice.best) if advice.best else ""


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value


@pytest.mark.parametrize(
    ("loop", "nature", "busy"),
    [
        (BUSY_S, "computes", 1.0),
        (1.05 * BUSY_S, "computes", 0.962),
        (2 * BUSY_S, "both", 0.505),
        (9 * BUSY_S, "both", 0.112),
        (20 * BUSY_S, "waits", 0.0505),
    ],
)
def test_a_function_computes_or_waits_by_its_share_of_a_cpu(
    loop: float, nature: Nature, busy: float
) -> None:
    advice = advised(tried({"loop": loop}))
    assert advice.nature == nature
    assert value(advice.busy) == pytest.approx(busy, rel=0.01)


def test_without_a_cpu_time_it_is_not_told_what_the_function_does() -> None:
    def without_cpu(sample: Sample) -> Sample:
        return msgspec.structs.replace(sample, cpu_s=None)

    advice = advised(changed(tried({"processes": HALF}), without_cpu))
    assert (advice.nature, advice.busy, advice.lets_go) == ("untold", None, None)
    assert (advice.outcome, best(advice)) == ("take", "processes")


def test_the_seconds_of_a_call_are_those_of_the_plain_loop() -> None:
    assert value(advised(tried({"loop": 0.6, "processes": 0.2})).seconds_each) == pytest.approx(
        0.6 / CALLS
    )


def test_processes_are_taken_where_only_they_gain() -> None:
    advice = advised(tried({"processes": HALF}))
    assert (advice.outcome, best(advice)) == ("take", "processes")
    assert value(advice.gain) == pytest.approx(2.0)


def test_asyncio_is_taken_where_coroutines_gain() -> None:
    advice = advised(tried({"loop": 0.6, "asyncio": 0.1}, "coroutine function"))
    assert (advice.outcome, best(advice), advice.nature) == ("take", "asyncio", "waits")
    assert value(advice.gain) == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("threads", "taken"), [(1.05, "threads"), (1.08, "threads"), (1.13, "processes")]
)
def test_threads_are_taken_unless_processes_beat_them_by_a_tenth(
    threads: float, taken: str
) -> None:
    advice = advised(tried({"threads": threads * HALF, "processes": HALF}))
    assert best(advice) == taken


@pytest.mark.parametrize(
    ("few", "many", "taken"),
    [(0.1, 0.1, "threads"), (0.1, 0.095, "threads"), (0.1, 0.08, "many_threads")],
)
def test_few_threads_are_taken_unless_many_beat_them_by_a_tenth(
    few: float, many: float, taken: str
) -> None:
    assert best(advised(tried({"loop": 0.6, "threads": few, "many_threads": many}))) == taken


def test_interpreters_are_simpler_than_processes() -> None:
    advice = advised(tried({"interpreters": 1.05 * HALF, "processes": HALF}))
    assert best(advice) == "interpreters"


@pytest.mark.parametrize("others", [BUSY_S, 1.5 * BUSY_S, BUSY_S / 1.05])
def test_the_loop_is_kept_where_no_model_gains_a_tenth(others: float) -> None:
    advice = advised(
        tried({"threads": others, "many_threads": others, "processes": others}, noise=0.01)
    )
    assert (advice.outcome, advice.best, advice.gain) == ("keep", None, None)
    assert (advice.start_s, advice.pays_from) == (None, None)


@pytest.mark.parametrize("gain", [1.06, WORTH_IT, 1.12])
def test_what_may_gain_a_tenth_or_not_is_left_open(gain: float) -> None:
    advice = advised(tried({"processes": BUSY_S / gain}, noise=NOISE))
    assert (advice.outcome, advice.best, advice.gain) == ("open", None, None)


def test_one_round_decides_nothing() -> None:
    advice = advised(
        tried({"threads": HALF, "many_threads": HALF, "processes": HALF}, runs=1, rounds=1)
    )
    assert (advice.outcome, advice.best) == ("open", None)
    assert advice.lets_go is None


@pytest.mark.parametrize(
    ("seconds", "lets_go"),
    [
        ({"threads": HALF, "many_threads": HALF, "processes": HALF}, True),
        ({"many_threads": HALF}, True),
        ({"processes": HALF}, False),
        ({"processes": HALF, "threads": 2 * BUSY_S, "many_threads": 2 * BUSY_S}, False),
        ({}, None),
        ({"loop": 20 * BUSY_S, "threads": BUSY_S, "processes": BUSY_S}, None),
        ({"loop": 20 * BUSY_S, "processes": BUSY_S}, None),
        ({"loop": 2 * BUSY_S, "processes": BUSY_S}, None),
    ],
)
def test_threads_tell_whether_what_computes_lets_go_of_the_gil(
    seconds: dict[str, float], *, lets_go: bool | None
) -> None:
    assert advised(tried(seconds)).lets_go is lets_go


def test_a_coroutine_function_tells_nothing_of_the_gil() -> None:
    advice = advised(tried(kind="coroutine function"))
    assert (advice.nature, advice.lets_go) == ("computes", None)


def test_threads_that_may_gain_or_not_tell_nothing_of_the_gil() -> None:
    limit = BUSY_S / WORTH_IT
    advice = advised(
        tried({"threads": limit, "many_threads": limit, "processes": HALF}, noise=0.05)
    )
    assert (best(advice), advice.lets_go) == ("processes", None)


def test_a_pool_costs_what_a_cold_one_takes_more_and_calls_regain_it() -> None:
    # 30.3 ms to open and close; a call takes 1 ms in the loop and 0.5 ms in the pool.
    advice = advised(tried({"loop": 0.012, "processes": 0.006, "processes_cold": 0.0363}))
    assert best(advice) == "processes"
    assert advice.start_s == pytest.approx(0.0303)
    assert advice.pays_from == 61


def test_what_a_pool_costs_is_taken_within_each_round() -> None:
    result = tried({"processes": 0.006, "processes_cold": 0.0363})
    cold = case_of(result, "processes_cold").id

    def slow_from_the_fourth_on(sample: Sample) -> Sample | None:
        if sample.case == cold and sample.round < 2:
            return None
        factor = 3.0 if sample.round >= 3 else 1.0
        return msgspec.structs.replace(sample, wall_s=factor * sample.wall_s)

    advice = advised(changed(result, slow_from_the_fourth_on))
    assert best(advice) == "processes"
    # In one round of three 30.3 ms, in two thrice that.
    assert advice.start_s == pytest.approx(0.0909)


def test_the_pool_of_interpreters_costs_what_its_own_cold_one_takes_more() -> None:
    seconds = {"interpreters": 0.006, "interpreters_cold": 0.0163, "processes_cold": 0.1}
    advice = advised(tried(seconds))
    assert best(advice) == "interpreters"
    assert advice.start_s == pytest.approx(0.0103)
    assert advice.pays_from == 21


def test_a_pool_that_costs_nothing_to_open_pays_from_the_first_call() -> None:
    advice = advised(tried({"processes": 0.006, "processes_cold": 0.005}))
    assert (advice.start_s, advice.pays_from) == (0.0, None)


def test_threads_are_not_tried_cold_so_nothing_is_said_of_their_start() -> None:
    advice = advised(tried({"threads": HALF, "processes": HALF, "processes_cold": 0.1}))
    assert best(advice) == "threads"
    assert (advice.start_s, advice.pays_from) == (None, None)


def test_without_a_figure_of_the_cold_pool_its_cost_is_not_told() -> None:
    advice = advised(failed(tried({"processes": HALF}), "processes_cold", "crashed"))
    assert best(advice) == "processes"
    assert (advice.start_s, advice.pays_from) == (None, None)


@pytest.mark.parametrize("gaining", ["again", "processes_cold"])
def test_neither_the_loop_again_nor_a_cold_pool_is_advised(gaining: str) -> None:
    advice = advised(tried({gaining: HALF}))
    assert (advice.outcome, advice.best) == ("keep", None)


def test_the_twin_tells_how_the_loop_compares_with_itself() -> None:
    assert value(advised(tried({"again": BUSY_S / 1.25})).twin) == pytest.approx(1.25)
    assert advised(failed(tried(), "again", "crashed")).twin is None


def test_a_case_that_answered_wrongly_is_not_taken() -> None:
    quick_and_wrong = failed(
        tried({"threads": HALF / 2, "processes": HALF}), "threads", "wrong answer"
    )
    assert best(advised(quick_and_wrong)) == "processes"
    only = failed(tried({"processes": HALF}), "processes", "wrong answer")
    assert advised(only).best is None


def test_a_model_that_crashed_is_not_taken() -> None:
    assert best(advised(failed(tried({"processes": HALF}), "processes", "crashed"))) == ""


def test_where_the_loop_gave_no_figure_there_is_no_advice() -> None:
    with pytest.raises(LookupError, match=f"the plain loop over {FUNCTION} gave no figure"):
        advised(failed(tried(), "loop", "crashed"))
    with pytest.raises(LookupError, match="no figure"):
        advised(changed(tried(), lambda sample: sample if sample.warmup else None))
    with pytest.raises(LookupError, match="work:other"):
        advise(measured_of(tried()), "work:other")


def test_each_function_of_a_measurement_has_its_own_advice() -> None:
    quick = {"processes": HALF, "asyncio": BUSY_S / 6}
    result = invented_result(
        (tries.EXPERIMENT,),
        seconds_of=lambda case: quick.get(role(case), BUSY_S),
        noise=0.0,
    )
    taken = {
        name: best(advise(measured_of(result), call.function))
        for name, (call, _) in EXAMPLES.items()
    }
    assert taken == {"computes": "processes", "waits": "asyncio"}


@pytest.mark.parametrize(("models", "kind"), NOT_WORTH_IT)
@pytest.mark.parametrize("gain", [1.0, WORTH_IT])
def test_where_no_model_is_worth_it_one_is_rarely_advised(
    models: tuple[str, ...], kind: Kind, gain: float
) -> None:
    assert outcomes(dict.fromkeys(models, gain), TRIES, kind)["take"] <= MOST_WRONG * TRIES


def test_where_a_model_is_clearly_worth_it_the_loop_is_rarely_advised() -> None:
    found = outcomes({"processes": 1.8}, TRIES)
    assert found["keep"] <= MOST_WRONG * TRIES
    assert found["take"] >= TRIES / 2
