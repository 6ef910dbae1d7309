"""Real worker processes: what they answer, how they fail, and that nothing of them remains."""

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from conc.errors import ConcError
from conc.experiments.experiment import Experiment, Service, Trial
from conc.experiments.parts.digests import digest
from conc.measure import forked, launcher, worker
from conc.measure.launcher import CaseFailedError, ProcessLauncher, ProcessWorker
from conc.records import Case, Timing
from tests.measure import threaded, tiny
from tests.measure.processes import marked, wait_until_none_is_left

needs_template = pytest.mark.skipif(
    not forked.is_possible(), reason="workers are forked from a template on Linux only"
)
KINDS = ["fresh", *(["forked"] if forked.is_possible() else [])]

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")


@pytest.fixture(autouse=True)
def mark(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    """Mark all processes of a test through their environment, and see that none remains."""
    mark = f"{os.getpid()} {request.node.name}"
    monkeypatch.setenv("CONC_TEST", mark)
    yield mark
    wait_until_none_is_left(mark)


@pytest.fixture(autouse=True, params=KINDS)
def fresh(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Start the workers of a test afresh, or fork them from a template."""
    if request.param == "fresh":
        monkeypatch.setattr(launcher, "is_possible", lambda: False)
    return bool(request.param == "fresh")


@contextmanager
def working(*cases: Case, experiment: Experiment = tiny.EXPERIMENT) -> Iterator[ProcessWorker]:
    with ProcessLauncher().run_of(experiment) as launch:
        launched = launch(cases, Service("http://127.0.0.1:1"))
        assert isinstance(launched, ProcessWorker)
        try:
            yield launched
        finally:
            launched.dismiss()
            launched.end()


def answer_of(case: Case, limit_s: float = 30.0) -> Timing:
    with working(case, experiment=tiny.experiment(limit_s=limit_s)) as its:
        its.ready()
        return its.time(case)


def failure_of(case: Case, limit_s: float = 30.0) -> CaseFailedError:
    with pytest.raises(CaseFailedError) as caught:
        answer_of(case, limit_s)
    return caught.value


@pytest.mark.parametrize(
    "method", [m for m in ("fork", "spawn", "forkserver") if m != "fork" or sys.platform == "linux"]
)
def test_a_pool_answers_as_one_process_does(method: str) -> None:
    if sys.platform == "win32" and method != "spawn":
        pytest.skip("Windows only spawns")
    pooled = answer_of(tiny.case("pool", method=method))
    assert pooled.answer == answer_of(tiny.case("sequential")).answer
    assert pooled.values == {"counted": 10.0}
    assert pooled.wall_s > 0


def test_a_worker_keeps_several_cases_ready() -> None:
    one, lie = tiny.case("sequential"), tiny.case("lies")
    with working(one, lie) as its:
        assert its.ready() is worker.gil_enabled()
        answers = [its.time(case).answer for case in (one, lie, one)]
    assert answers[0] == answers[2] != answers[1]


def test_the_worker_is_told_of_the_service() -> None:
    assert answer_of(tiny.case("tells service")).answer == digest("http://127.0.0.1:1")


def test_all_workers_hash_alike() -> None:
    answers = {answer_of(tiny.case("tells hash")).answer for _ in range(2)}
    assert len(answers - {""}) == 1


def test_what_a_case_prints_does_not_reach_the_launcher() -> None:
    printed = answer_of(tiny.case("prints"))
    assert printed.answer == digest(tiny.answer())


def test_memory_is_read_from_outside() -> None:
    case = tiny.case("sequential")
    with working(case) as its:
        its.ready()
        memory = its.memory(case)
    assert memory.case == case.id
    assert memory.rss > 1_000_000


def test_a_case_that_raises_leaves_the_worker_to_others() -> None:
    bad, good = tiny.case("raises"), tiny.case("sequential")
    with working(bad, good) as its:
        its.ready()
        with pytest.raises(CaseFailedError) as caught:
            its.time(bad)
        assert its.time(good).answer
    assert (caught.value.kind, caught.value.lost) == ("raised", False)
    assert "FileNotFoundError: [Errno 2] No such file: 'ratings.txt'" in caught.value.detail


def test_a_case_that_can_not_be_opened_leaves_the_worker_to_others() -> None:
    bad, good = tiny.case("fails to open"), tiny.case("sequential")
    with working(bad, good) as its:
        its.ready()
        with pytest.raises(CaseFailedError, match="ValueError: nothing to open"):
            its.time(bad)
        assert its.time(good).answer


def test_a_worker_that_exits_has_crashed() -> None:
    failure = failure_of(tiny.case("exits"))
    assert (failure.kind, failure.detail, failure.lost) == ("crashed", "exited with 3", True)


@POSIX
def test_a_worker_that_crashes_says_where() -> None:
    failure = failure_of(tiny.case("crashes"))
    assert failure.kind == "crashed"
    assert failure.detail.startswith("ended by SIGSEGV; Segmentation fault at worker.py:")


def test_a_worker_that_dies_while_it_opens_a_case_has_crashed() -> None:
    failure = failure_of(tiny.case("dies at once"))
    assert (failure.kind, failure.detail) == ("crashed", "exited with 4")


def test_an_experiment_that_can_not_be_imported_is_a_crash_with_its_reason() -> None:
    def opener(_case: Case, _service: Service) -> AbstractContextManager[Trial]:
        raise AssertionError("opened here")

    opener.__module__ = "tests.measure.nowhere"
    missing = replace(tiny.EXPERIMENT, open=opener)
    with working(experiment=missing) as its, pytest.raises(CaseFailedError) as caught:
        its.ready()
    assert "No module named 'tests.measure.nowhere'" in caught.value.detail


@pytest.mark.parametrize("model", ["hangs", "hangs in C"])
def test_a_worker_that_hangs_is_ended_at_its_limit(model: str) -> None:
    failure = failure_of(tiny.case(model), limit_s=0.3)
    assert (failure.kind, failure.lost) == ("timed out", True)
    assert failure.detail.startswith("no answer within 0.3 s")
    if sys.platform != "win32":
        assert "at tiny.py:" in failure.detail


def test_a_pool_that_hangs_is_ended_with_its_worker(mark: str, *, fresh: bool) -> None:
    case = tiny.case("pool hangs", method="spawn")
    with working(case, experiment=tiny.experiment(limit_s=0.5)) as its:
        its.ready()
        with pytest.raises(CaseFailedError, match="timed out"):
            its.time(case)
        wait_until_none_is_left(mark, but=0 if fresh else 1)


def test_rubbish_in_the_channel_is_found() -> None:
    failure = failure_of(tiny.case("garbles"))
    assert (failure.kind, failure.detail) == ("garbled", "sent b'rubbish\\n'")


@POSIX
@pytest.mark.parametrize("model", ["leaves a child", "leaves and crashes"])
def test_a_child_in_a_group_of_its_own_is_ended_too(model: str, mark: str, *, fresh: bool) -> None:
    case = tiny.case(model)
    with working(case) as its:
        its.ready()
        if model == "leaves a child":
            its.time(case)
            assert len(marked(mark)) == (2 if fresh else 3)
        else:
            with pytest.raises(CaseFailedError):
                its.time(case)


def test_a_lost_worker_fails_every_further_question_alike() -> None:
    case = tiny.case("exits")
    with working(case) as its:
        its.ready()
        with pytest.raises(CaseFailedError) as first:
            its.time(case)
        with pytest.raises(CaseFailedError) as second:
            its.time(case)
    assert second.value is first.value


def test_a_worker_that_is_killed_between_two_samples_has_crashed() -> None:
    case = tiny.case("sequential")
    with working(case) as its:
        its.ready()
        psutil.Process(its._process.pid).kill()
        with pytest.raises(CaseFailedError, match="crashed"):
            its.time(case)


def test_a_busy_worker_is_killed_at_once() -> None:
    with working(tiny.case("sequential")) as its:
        its.dismiss()
        its.end()
        assert its._process.returncode != 0


def test_a_worker_that_is_asked_ends_by_itself() -> None:
    with working(tiny.case("sequential")) as its:
        its.ready()
        its.dismiss()
        its.end()
        assert its._process.returncode == 0


def test_a_thread_that_a_case_has_left_does_not_keep_its_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launcher, "END_LIMIT_S", 60.0)
    with working(tiny.case("leaves a thread")) as its:
        its.ready()
        its.time(tiny.case("leaves a thread"))
        monkeypatch.setattr(its._process, "kill", lambda: pytest.fail("it had to be killed"))
        its.dismiss()
        its.end()
        assert its._process.returncode != 0


def test_an_idle_worker_uses_no_cpu() -> None:
    with working(tiny.case("sequential")) as its:
        its.ready()
        process = psutil.Process(its._process.pid)
        before = process.cpu_times()
        time.sleep(0.3)
        assert process.cpu_times() == before
        assert process.num_threads() == 1


@needs_template
def test_forked_workers_share_their_imports_and_nothing_else() -> None:
    one, other = tiny.case("tells its process"), tiny.case("tells its process", other="yes")
    with ProcessLauncher().run_of(tiny.EXPERIMENT) as launch:
        workers = [launch([case], Service()) for case in (one, other)]
        answers = set()
        for its, case in zip(workers, (one, other), strict=True):
            its.ready()
            answers.add(its.time(case).answer)
            its.dismiss()
        for its in workers:
            its.end()
    assert len(answers) == 2


@needs_template
@pytest.mark.parametrize("asking", ["run", "experiment", "reader"])
def test_workers_are_forked_only_where_nobody_asks_for_fresh_ones(
    asking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_args: object) -> None:
        raise AssertionError("a template was started")

    monkeypatch.setattr(launcher, "template_of", forbidden)
    experiment = replace(tiny.EXPERIMENT, fresh=asking == "experiment")
    folder = tmp_path if asking == "reader" else None
    with ProcessLauncher(folder).run_of(experiment, fresh=asking == "run") as launch:
        its = launch([tiny.case("sequential")], Service())
        its.ready()
        its.dismiss()
        its.end()


@needs_template
def test_a_template_with_a_thread_more_forks_nothing() -> None:
    """A fork would copy one thread only, and whatever lock another held would stay locked."""
    with ProcessLauncher().run_of(replace(tiny.EXPERIMENT, open=threaded.open_case)) as launch:
        its = launch([tiny.case("sequential")], Service())
        assert isinstance(its, ProcessWorker)
        assert isinstance(its._process, subprocess.Popen)
        its.ready()
        its.dismiss()
        its.end()


def template_of(mark: str, its: ProcessWorker) -> psutil.Process:
    (template,) = (one for one in marked(mark) if one.pid != its._process.pid)
    return template


@pytest.mark.parametrize("fresh", ["forked"], indirect=True)
@needs_template
def test_a_template_that_dies_takes_its_run_with_it_and_no_other(mark: str) -> None:
    case = tiny.case("sequential")
    with ProcessLauncher().run_of(tiny.EXPERIMENT) as launch:
        living = launch([case], Service())
        assert isinstance(living, ProcessWorker)
        living.ready()
        template_of(mark, living).kill()
        lost = launch([case], Service())
        for ask in (lost.ready, lambda: lost.time(case), lambda: lost.memory(case)):
            with pytest.raises(CaseFailedError, match="crashed: the template that") as caught:
                ask()
            assert caught.value.lost
        for its in (lost, living):
            its.dismiss()
        for its in (lost, living):
            its.end()
    wait_until_none_is_left(mark)
    assert answer_of(case).answer


@pytest.mark.parametrize("fresh", ["forked"], indirect=True)
@needs_template
def test_how_a_worker_without_its_template_ended_is_not_made_up(mark: str) -> None:
    case = tiny.case("exits")
    with working(case) as its:
        its.ready()
        template_of(mark, its).kill()
        with pytest.raises(CaseFailedError, match="crashed: ended, and so had its template"):
            its.time(case)


@pytest.mark.parametrize("fresh", ["forked"], indirect=True)
@needs_template
def test_that_the_system_starts_no_further_process_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    with (
        ProcessLauncher().run_of(tiny.EXPERIMENT) as launch,
        monkeypatch.context() as refusing,
    ):
        refusing.setattr(forked.Template, "_answer", lambda _self: -errno.EAGAIN)
        with pytest.raises(ConcError, match="no worker process can be started: Resource"):
            launch([tiny.case("sequential")], Service())
    monkeypatch.setattr(subprocess, "Popen", refuse)
    with (
        pytest.raises(ConcError, match="no worker process can be started: Resource"),
        ProcessLauncher().run_of(tiny.EXPERIMENT),
    ):
        pass
