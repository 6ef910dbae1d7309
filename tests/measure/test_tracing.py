"""A trace for the terminal, from a worker process that is real or invented."""

import pytest

from conc.errors import ConcError
from conc.experiments.experiment import Setting
from conc.measure import tracing
from conc.measure.launcher import CaseFailedError
from conc.models import optional_here
from conc.records import Case, Timing
from tests.invented.spans import invented_spans
from tests.measure.fakes import FakeClock, FakeLauncher

SETTING = Setting("smoke", 2, optional_here(), ("fork", "spawn"))


def fake(answer: Timing | CaseFailedError | None = None) -> FakeLauncher:
    def answering(case: Case, _count: int) -> Timing | CaseFailedError:
        return answer or Timing(wall_s=0.1, spans=invented_spans(case))

    return FakeLauncher(FakeClock(), answering)


def test_a_real_worker_gives_a_trace() -> None:
    made = tracing.trace("mixed", "threads", setting=SETTING)
    events = made["traceEvents"]
    assert isinstance(events, list)
    assert {"run", "wait"} <= {event["name"] for event in events}


def test_the_worker_is_gone_afterwards() -> None:
    launcher = fake()
    tracing.trace("io", "asyncio", launcher=launcher, setting=SETTING)
    assert launcher.alive == 0


@pytest.mark.parametrize(
    ("work", "model", "said"),
    [
        ("lunch", "threads", "'lunch'.*cpu, io, mixed"),
        ("io", "fibers", "'fibers'.*sequential, asyncio"),
    ],
)
def test_unknown_names_are_answered_with_the_known(work: str, model: str, said: str) -> None:
    with pytest.raises(ConcError, match=said):
        tracing.trace(work, model, launcher=fake(), setting=SETTING)


def test_a_model_that_is_not_possible_here_is_said() -> None:
    old = Setting("smoke", 2, optional=(), start_methods=("spawn",))
    with pytest.raises(ConcError, match="interpreters can't be traced"):
        tracing.trace("io", "interpreters", launcher=fake(), setting=old)


def test_a_run_that_fails_or_leaves_no_trace_is_one_line() -> None:
    failed = CaseFailedError("crashed", "Segmentation fault", lost=True)
    for answer, said in ((failed, "crashed: Segm"), (Timing(wall_s=1.0), "share no clock")):
        with pytest.raises(ConcError, match=said):
            tracing.trace("io", "threads", launcher=fake(answer), setting=SETTING)
