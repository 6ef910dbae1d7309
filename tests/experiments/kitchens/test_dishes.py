"""The ten dishes: what is traced, what is predicted, and what the traces count."""

import pytest

from conc.errors import ConcError
from conc.experiments.experiment import Output, Service, Setting
from conc.experiments.kitchens import dishes
from conc.experiments.kitchens.trace import Piece
from conc.models import ModelName
from conc.records import Case
from conc.snippets import kitchens

SETTING = Setting("smoke", 2, optional=(), start_methods=("fork", "spawn"))


def case_of(work: dishes.Work, model: ModelName, *, traced: bool = True, cores: int = 2) -> Case:
    setting = Setting("smoke", cores, optional=("interpreters",), start_methods=("fork",))
    return dishes.make_case(work, model, setting, traced=traced)


def piece(phase: str, t0: float, t1: float, task: int = 1) -> Piece:
    return Piece(1, task, task, phase, t0, t1)


def outputs(case: Case, service: Service, times: int = 1) -> list[Output]:
    with dishes.open_case(case, service) as trial:
        return [trial.read(trial.act()) for _ in range(times) if trial.before() is None]


def test_every_traced_case_of_mixed_dishes_is_compared_with_its_untraced_twin() -> None:
    mixed = [c for c in dishes.cases(SETTING) if c.parameters["work"] == "mixed"]
    twins = {c.id: c for c in mixed if not c.parameters["traced"]}
    traced = [c for c in mixed if c.parameters["traced"]]
    assert {c.model for c in traced} == {"sequential", "threads", "processes", "asyncio"}
    assert all(twins[c.against].model == c.model for c in traced)


def test_the_five_pictures_of_the_article_are_traced() -> None:
    traced = {
        (c.parameters["work"], c.model) for c in dishes.cases(SETTING) if c.parameters["traced"]
    }
    assert traced >= {
        ("cpu", "sequential"),
        ("io", "sequential"),
        ("cpu", "processes"),
        ("io", "threads"),
        ("io", "asyncio"),
    }


@pytest.mark.parametrize("model", ["sequential", "threads", "processes", "asyncio"])
def test_a_real_trace_waits_as_long_as_the_oven_says(model: ModelName, service: Service) -> None:
    first, second = outputs(case_of("mixed", model), service, times=2)
    waits = [span for span in first.spans if span.phase == "wait"]
    assert {span.task for span in first.spans} == set(range(1, 11))
    logged = [span for span in waits if span.came is not None and span.went is not None]
    # A thread can wait for the GIL until its answer has long been there.
    assert model == "threads" or {span.task for span in logged} == set(range(1, 11))
    # The last of a dish's waits ends with its answer, but for the way back.
    last = {span.task: span for span in logged}
    assert all(span.went is not None and span.t1 <= span.went + 0.0003 for span in last.values())
    assert first.values["most_waits_at_once"] == 1 or model != "sequential"
    assert first.answer == second.answer
    assert second.spans == []  # one trace a run is enough


def test_an_untraced_case_gives_its_time_and_no_trace(service: Service) -> None:
    (output,) = outputs(case_of("mixed", "threads", traced=False), service)
    assert output.spans == []
    assert {"makespan_s", "predicted_s"} <= set(output.values)
    assert "utilisation" not in output.values


def test_a_trace_with_too_many_spans_is_not_kept(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dishes, "MOST_SPANS", 3)
    assert outputs(case_of("cpu", "sequential"), service)[0].spans == []


@pytest.mark.parametrize(
    ("model", "gil", "cores", "predicted_s"),
    [
        ("sequential", True, 4, 10 * 3.0),
        ("asyncio", True, 4, 10 * 1.0 + 2.0),
        ("threads", True, 4, 10 * 1.0 + 2.0),
        ("threads", False, 4, 3 * 1.0 + 2.0),
        ("processes", True, 4, 3 * 1.0 + 2.0),
        ("interpreters", True, 16, 1 * 1.0 + 2.0),
    ],
)
def test_the_kitchens_predict_by_stoves_and_ovens(
    model: ModelName,
    gil: bool,  # noqa: FBT001 - a parameter of the test
    cores: int,
    predicted_s: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dishes, "gil_enabled", lambda: gil)
    case = case_of("mixed", model, cores=cores)
    assert dishes.prediction_s(case, prep_s=1.0, oven_s=2.0) == predicted_s


def test_the_preparation_is_measured_not_assumed() -> None:
    short, long = (dishes.preparations_s(kitchens.Dish(1, chops, "")) for chops in (1, 40))
    assert len(short) == dishes.REHEARSALS
    assert 0 < min(short) < min(long)


def test_the_oven_is_measured_by_single_bakes(service: Service) -> None:
    oven = f"{service.url}/rating?latency_ms=4&name=Dish"
    assert dishes.oven_s(kitchens.Dish(1, 0, oven)) >= 0.004
    assert dishes.oven_s(kitchens.Dish(1, 0, "")) == 0.0


def test_a_preparation_is_rehearsed_before_and_after_each_execution(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    rehearsed = iter([[1.0, 1.0, 9.0], [2.0, 2.0, 2.0]])
    monkeypatch.setattr(dishes, "preparations_s", lambda _dish: next(rehearsed))
    with dishes.open_case(case_of("cpu", "sequential"), service) as trial:
        trial.before()
        output = trial.read(trial.act())
    assert output.values["prep_s"] == 2.0
    assert output.values["predicted_s"] == 20.0


def test_runs_count_as_simultaneous_beyond_the_uncertainty_of_their_ends() -> None:
    case = case_of("cpu", "processes")
    apart = [piece("run", 0, 5), piece("run", 4.5, 9, task=2)]
    at_once = [piece("run", 0, 5), piece("run", 2, 9, task=2)]
    assert dishes.facts(apart, 10, case, step_s=0.3)["most_at_once"] == 1
    assert dishes.facts(at_once, 10, case, step_s=0.3)["most_at_once"] == 2


def test_the_facts_of_a_trace() -> None:
    pieces = [
        piece("run", 0, 2),
        piece("wait", 2, 8),
        piece("run", 2, 4, task=2),
        piece("wait", 4, 10, task=2),
    ]
    facts = dishes.facts(pieces, 10.0, case_of("mixed", "asyncio"), step_s=0.1)
    assert facts == {
        "utilisation": pytest.approx(4 / 20),
        "most_at_once": 1,
        "most_waits_at_once": 2,
        "overlap": pytest.approx(12 / 8),
    }


def test_of_an_empty_trace_nothing_is_said() -> None:
    assert dishes.facts([], 1.0, case_of("mixed", "threads"), step_s=0.1) == {}


@pytest.mark.parametrize(
    ("spans", "most"),
    [([], 0), ([(0, 1), (1, 2)], 1), ([(0, 3), (1, 2), (1.5, 4)], 3), ([(1, 1)], 0)],
)
def test_spans_at_once(spans: list[tuple[float, float]], most: int) -> None:
    assert dishes.at_once(spans) == most


def test_the_way_to_the_oven_is_what_lies_before_the_services_log() -> None:
    pieces = [piece("wait", 1.0, 3.0), piece("wait", 3.0, 4.0), piece("wait", 1.5, 2.0, task=2)]
    assert dishes.way_s(pieces, {1: (1.25, 2.9), 2: (1.4, 1.9)}) == {"way_s": [0.25, 0.0]}


def test_an_unknown_work_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConcError, match=r"'lunch'.*cpu, io, mixed"):
        dishes.find_work("lunch")
