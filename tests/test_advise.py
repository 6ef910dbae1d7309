"""The advice: what a function does with its time, which model pays, and when nothing is certain."""

import msgspec
import pytest
from msgspec.structs import replace

from conc.advise import Advice, Nature, advise
from conc.experiments import tries
from conc.experiments.parts.looking import Look
from conc.experiments.tries import EXAMPLES, Kind
from conc.records import Estimate, Result, Sample
from conc.results.differences import WORTH_IT
from conc.results.evidence import Evidence, Measured
from tests.invented.results import invented_result
from tests.invented.tries import (
    BUSY_S,
    CALLS,
    FUNCTION,
    NOISE,
    NOT_WORTH_IT,
    case_of,
    changed,
    failed,
    of,
    outcomes,
    plus,
    role,
    simulated,
    taken,
    tried,
    with_look,
)

HALF = BUSY_S / 2
TRIES = 50
"""The bench has more: ``make bench ONLY=tries``."""


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


@pytest.mark.parametrize("gain", [1.09, WORTH_IT, 1.12])
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
        name: best(advise(measured_of(result), one.call.function)) for name, one in EXAMPLES.items()
    }
    assert taken == {"computes": "processes", "waits": "asyncio"}


@pytest.mark.parametrize(("models", "kind", "waits"), NOT_WORTH_IT)
@pytest.mark.parametrize("gain", [1.0, WORTH_IT])
def test_where_no_model_is_worth_it_none_is_advised_on_a_noisy_machine(
    models: tuple[str, ...], kind: Kind, gain: float, *, waits: bool
) -> None:
    found = outcomes(dict.fromkeys(models, gain), TRIES, kind, waits=waits)
    assert taken(found) == 0


@pytest.mark.parametrize(
    ("gains", "kind", "waits", "right"),
    [
        ({"processes": 1.8}, "function", False, {"processes"}),
        ({"threads": 1.8, "processes": 1.8}, "function", False, {"threads", "processes"}),
        ({"threads": 1.8, "processes": 1.5}, "function", False, {"threads"}),
        ({"asyncio": 20.0}, "coroutine function", True, {"asyncio"}),
    ],
)
def test_where_a_model_is_clearly_worth_it_it_is_mostly_advised_and_never_another(
    gains: dict[str, float], kind: Kind, right: set[str], *, waits: bool
) -> None:
    found = outcomes(gains, TRIES, kind, waits=waits)
    assert {role for outcome, role in found if outcome == "take"} <= right
    assert found["keep", ""] == 0
    assert taken(found) >= 0.9 * TRIES


def test_a_large_effect_is_decided_in_a_few_seconds() -> None:
    seconds = [
        simulated({"asyncio": 20.0}, "coroutine function", s, waits=True)[2] for s in range(20)
    ]
    assert max(seconds) < 4


LOOK = Look(seconds_each=0.001, busy=1.0)


def findings(look: Look, seconds: dict[str, float] | None = None, kind: Kind = "function") -> str:
    """Name what is found of a function by its look and the seconds of its cases."""
    return ", ".join(advised(with_look(tried(seconds, kind), look)).findings)


@pytest.mark.parametrize(
    ("look", "found"),
    [
        (LOOK, ""),
        (replace(LOOK, coroutine=1.0, held=0.99, busy=0.02), "blocks its loop"),
        (replace(LOOK, coroutine=1.0, held=0.99, busy=0.98), "computes in its loop"),
        (replace(LOOK, coroutine=1.0, held=0.1, busy=0.1), ""),
        (replace(LOOK, busy=1.9), ""),
        (replace(LOOK, busy=1.9, children=0.9), "children"),
        (replace(LOOK, first=20.0, first_s=0.1), "remembers"),
        (replace(LOOK, first=20.0, first_s=0.0001), ""),
        (replace(LOOK, unpicklable="answer: TypeError: no lock"), "not sendable"),
        (replace(LOOK, transfer_s=0.0005, answer_bytes=4e6), "transfer"),
        (replace(LOOK, transfer_s=0.0005, answer_bytes=10.0), ""),
        (replace(LOOK, items=24.0, largest=0.66), "one long item"),
        (replace(LOOK, items=1.0, largest=1.0), ""),
        (replace(LOOK, items=24.0, largest=0.3), ""),
    ],
)
def test_a_nature_is_named_by_what_the_look_saw(look: Look, found: str) -> None:
    assert findings(look) == found


def test_several_cores_are_named_where_the_samples_of_the_loop_had_them_as_well() -> None:
    assert findings(replace(LOOK, busy=1.9), {"loop": BUSY_S / 1.9}) == "several cores"


WAITS = Look(seconds_each=0.02, busy=0.02, gap_s=0.0006)


@pytest.mark.parametrize(
    ("gap_s", "gains", "found"),
    [
        (0.02, {"processes": 0.12}, "waits with the GIL"),
        (0.0006, {"processes": 0.12}, "waits in turn within a process"),
        (0.0006, {}, "waits in turn"),
        (0.0006, {"threads": 0.12, "many_threads": 0.02, "processes": 0.12}, ""),
        (0.02, {"threads": 0.12}, ""),
    ],
)
def test_why_calls_do_not_wait_side_by_side_is_told_by_threads_processes_and_the_gil(
    gap_s: float, gains: dict[str, float], found: str
) -> None:
    slow = {"loop": 0.24, "again": 0.24, "threads": 0.24, "many_threads": 0.24, "processes": 0.24}
    assert findings(replace(WAITS, gap_s=gap_s), {**slow, **gains}) == found


def test_without_a_gil_nothing_is_said_to_be_kept_from_it() -> None:
    slow = {"loop": 0.24, "again": 0.24, "threads": 0.24, "many_threads": 0.24, "processes": 0.12}
    result = with_look(tried(slow), replace(WAITS, gap_s=0.02))
    assert advised(result).findings == ("waits with the GIL",)
    free = msgspec.structs.replace(of(result), gil=False)
    result = msgspec.structs.replace(result, measurements={free.experiment: free})
    assert advised(result).findings == ("waits in turn within a process",)


def with_yardstick(result: Result, gain: float) -> Result:
    """Return the result of a try in which independent processes gained so much."""
    loop = case_of(result, "loop")
    case = tries.apart(loop, 2)
    taken_ = [s for s in of(result).samples if s.case == loop.id]
    samples = [msgspec.structs.replace(s, case=case.id, wall_s=2 * s.wall_s / gain) for s in taken_]
    return plus(result, case, *samples)


@pytest.mark.parametrize(
    ("yardstick", "processes", "found"),
    [
        (1.1, 1.05, ("shared units",)),
        (1.9, 1.2, ("handing over",)),
        (1.9, 1.9, ()),
    ],
)
def test_the_same_code_in_independent_processes_tells_whether_cores_or_transfer_are_the_limit(
    yardstick: float, processes: float, found: tuple[str, ...]
) -> None:
    result = tried({"processes": BUSY_S / processes})
    assert advised(with_yardstick(result, yardstick)).findings == found


def test_the_cpu_time_that_processes_need_beyond_the_loop_is_what_handing_over_costs() -> None:
    result = tried({"loop": 0.0012, "again": 0.0012, "processes": 0.006})
    loops = {case_of(result, "loop").id, case_of(result, "again").id}

    def worked(sample: Sample) -> Sample:
        return msgspec.structs.replace(sample, cpu_s=0.0012 if sample.case in loops else 0.006)

    advice = advised(changed(result, worked))
    assert (advice.outcome, advice.findings) == ("keep", ("handing over",))
    assert advice.handing_s == pytest.approx(0.0004)


def test_models_that_can_not_be_told_apart_are_all_named_and_the_simplest_is_taken() -> None:
    advice = advised(tried({"threads": HALF, "many_threads": HALF, "processes": HALF}, noise=0.02))
    assert [(case.model, case.workers) for case in advice.tied] == [
        ("threads", 2),
        ("threads", 12),
        ("processes", 2),
    ]
    assert best(advice) == "threads"


def starved(result: Result) -> Result:
    """Return the result of a machine whose cores were with other programs half of the time."""
    return changed(
        result,
        lambda s: msgspec.structs.replace(s, cpu_s=s.wall_s / 2, run_delay_s=s.wall_s / 2),
    )


def test_cores_that_others_took_do_not_make_a_model_hopeless() -> None:
    noisy = {"threads": 0.0105, "many_threads": 0.0105, "processes": 0.0105}
    result = tried(noisy, noise=0.3)
    assert advised(starved(result)).outcome == "keep", "it asked for one core, and had half of it"

    def asked_for_two(sample: Sample) -> Sample:
        return msgspec.structs.replace(sample, cpu_s=sample.wall_s / 2, run_delay_s=sample.wall_s)

    loops = {case_of(result, "loop").id, case_of(result, "again").id}
    pools = changed(starved(result), lambda s: s if s.case in loops else asked_for_two(s))
    assert advised(pools).outcome == "open"


@pytest.mark.parametrize(("others", "outcome"), [(0.0, "keep"), (1.0, "open")])
def test_what_ended_children_waited_for_cores_may_be_all_that_others_took(
    others: float, outcome: str
) -> None:
    slow = dict.fromkeys(("threads", "many_threads", "processes"), 0.105)

    def in_children(sample: Sample) -> Sample:
        return msgspec.structs.replace(
            sample, cpu_s=sample.wall_s, run_delay_s=0.0, others_cores=others
        )

    long = tried({"loop": 0.1, "again": 0.1, **slow}, noise=0.3)
    result = with_look(changed(long, in_children), replace(LOOK, children=0.9))
    assert advised(result).outcome == outcome


def test_a_lock_of_the_process_is_named_where_threads_surely_gain_less_than_processes() -> None:
    seconds = {"loop": 0.6, "again": 0.6, "threads": 0.6, "many_threads": 0.6, "processes": 0.1}
    result = with_look(tried(seconds, rounds=3, noise=0.1), WAITS)
    assert advised(result).findings == ("waits in turn within a process",)
