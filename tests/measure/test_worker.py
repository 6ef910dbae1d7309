"""What a worker does inside its own process: digests, finding experiments, timing a trial."""

import dataclasses
import gc
import subprocess
import sys

import pytest

from conc.experiments.experiment import Experiment, Output, Trial
from conc.experiments.parts.digests import digest
from conc.experiments.registry import EXPERIMENTS
from conc.measure import worker
from conc.measure.messages import Raised
from conc.measure.meter import reading as meter
from conc.records import Timing
from tests.measure import tiny


@dataclasses.dataclass
class Dish:
    """An answer that JSON does not know."""

    name: str


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], (1, 2)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({3, 1, 2}, {2, 3, 1}),
        (2**200, 2**200),
        ([Dish("soup")], [Dish("soup")]),
        ([b"\xff", 1.5, None, "ü"], [b"\xff", 1.5, None, "ü"]),
    ],
)
def test_equal_answers_have_the_same_digest(one: object, other: object) -> None:
    assert digest(one) == digest(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 2), ([1, 2], [2, 1]), ("1", 1), ({"a": 1}, {"a": 2}), (0.1 + 0.2, 0.3), ([], {})],
)
def test_different_answers_have_different_digests(one: object, other: object) -> None:
    assert digest(one) != digest(other)


def test_no_answer_has_no_digest() -> None:
    assert digest(None) == ""


def test_what_makes_cases_ready_is_found_by_its_place() -> None:
    assert worker.find("tests.measure.tiny:open_case") is tiny.open_case


def test_a_worker_does_not_import_experiments_that_it_does_not_need() -> None:
    lists_modules = "import sys, conc.measure.worker; print(*sys.modules)"
    listed = subprocess.run(
        [sys.executable, "-c", lists_modules], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "conc.measure.worker" in listed
    assert not {"conc.experiments.registry", "conc.experiments.cpu_bound", "numpy"} & {*listed}


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_every_experiment_can_be_opened_by_its_place(experiment: Experiment) -> None:
    opener = experiment.open
    assert worker.find(f"{opener.__module__}:{opener.__name__}") is opener


def test_only_the_act_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    class Reading:
        def until(self, _later: object) -> meter.Usage:
            return meter.Usage(1.5, None, None, None, None, None, None)

    def read() -> Reading:
        steps.append("meter")
        return Reading()

    monkeypatch.setattr(meter, "read", read)
    monkeypatch.setattr(gc, "collect", lambda: steps.append("collect"))

    def act() -> int:
        steps.append("act")
        return 5

    def look(result: object) -> Output:
        steps.append("read")
        return Output(result, {"counted": 2.0})

    assert worker.timed(Trial(act, look)) == Timing(
        wall_s=1.5, answer=digest(5), values={"counted": 2.0}
    )
    assert steps == ["collect", "meter", "act", "meter", "read"]


def test_what_a_case_raises_is_its_answer() -> None:
    def act() -> None:
        raise ExceptionGroup("several", [ValueError("burnt"), KeyError("salt")])

    raised = worker.attempt(Trial(act))
    assert isinstance(raised, Raised)
    assert raised.detail.startswith("ValueError: burnt")


def test_a_case_that_wants_to_exit_does_not_end_the_worker() -> None:
    assert isinstance(worker.attempt(Trial(lambda: sys.exit(3))), Raised)


def test_the_gil_is_on_where_python_does_not_say_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(sys, "_is_gil_enabled", raising=False)
    assert worker.gil_enabled()
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    assert not worker.gil_enabled()
