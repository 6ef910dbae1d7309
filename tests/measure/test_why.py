"""What the sampling profiler saw of threads, read from what it writes; and who lacks it."""

import sys
from pathlib import Path
from typing import Any

import pytest

from conc.errors import ConcError
from conc.experiments import tries as experiment
from conc.experiments.tries import HELD, THREADS, WAITED, Call, Terms
from conc.measure import why
from conc.measure.tries import try_here
from conc.results.evidence import Evidence
from conc.show.views import tries as view
from tests.invented.tries import of, tried


def thread(*marks: tuple[str, float, float | None], main: bool = False) -> dict[str, Any]:
    """Return a thread of 100 ms as the profiler writes it."""
    return {
        "isMainThread": main,
        "samples": {"time": [0.0, 50.0, 100.0]},
        "markers": {
            "name": [NAMES.index(name) for name, _, _ in marks],
            "startTime": [began for _, began, _ in marks],
            "endTime": [ended for _, _, ended in marks],
        },
    }


NAMES = ["Has GIL", "Waiting for GIL", "On CPU"]


def profile(*threads: dict[str, Any]) -> dict[str, Any]:
    return {"shared": {"stringArray": NAMES}, "threads": list(threads)}


def test_the_shares_are_of_the_time_of_all_threads_but_the_first() -> None:
    seen = why.shares(
        profile(
            thread(("Has GIL", 0.0, 100.0), main=True),
            thread(("Has GIL", 0.0, 30.0), ("Waiting for GIL", 30.0, 90.0), ("On CPU", 0, 100.0)),
            thread(("Has GIL", 30.0, 80.0), ("Waiting for GIL", 80.0, None)),
        )
    )
    assert seen == {HELD: 0.4, WAITED: 0.3, THREADS: 2.0}


def test_where_the_profiler_saw_no_thread_that_is_said() -> None:
    with pytest.raises(ConcError, match="saw no thread at work"):
        why.shares(profile(thread(main=True)))


def test_an_earlier_python_says_in_a_line_what_it_lacks_before_anything_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(why, "NEEDS", (9, 0))
    call = Call("conc.snippets.own_function:count_primes", "[20]")
    with pytest.raises(ConcError, match=r"--why needs Python 9\.0 or newer.*profiling\.sampling"):
        try_here(call, Terms(why=True), tmp_path / "results", tmp_path)
    assert not (tmp_path / "results").exists()


def test_where_there_is_nothing_to_profile_the_report_is_there_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(why, "NEEDS", (3, 11))
    call = Call("conc.snippets.own_function:wait_for_answer", "[0.001]")
    _, result = try_here(call, Terms(seconds=1.0, why=True), tmp_path / "results", tmp_path)
    assert of(result).complete
    assert "--why: the function was not tried in threads" in capsys.readouterr().err


def test_what_was_seen_is_said_and_is_no_row_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(why, "NEEDS", (3, 11))
    found = profile(thread(("Has GIL", 0.0, 50.0), ("Waiting for GIL", 50.0, 95.0)))
    monkeypatch.setattr(why, "_profile", lambda _case, _folder: found)
    result = tried()
    explained = why.explained(of(result), Path())
    result = type(result)(
        conc=result.conc,
        machine=result.machine,
        interpreter=result.interpreter,
        measurements={experiment.NAME: explained},
    )
    measured = Evidence(result).of(experiment.NAME)
    (block,) = view.blocks(measured)
    (said,) = [one for one in view.sentences(measured, block) if "profiler" in one]
    assert "saw 1 thread hold the GIL in" in said
    assert len(view.table(measured, block).rows) == len(of(tried()).cases)


def test_a_program_is_profiled_where_python_has_the_profiler_and_refused_elsewhere(
    tmp_path: Path,
) -> None:
    call = Call("conc.snippets.own_function:count_primes", "[2000]")
    terms = Terms(seconds=1.0, why=True)
    if sys.version_info < why.NEEDS:
        with pytest.raises(ConcError, match=r"--why needs Python 3\.15 or newer"):
            try_here(call, terms, tmp_path / "results", tmp_path)
    elif sys.platform == "linux":  # elsewhere it takes rights that a test need not have
        _, result = try_here(call, terms, tmp_path / "results", tmp_path)
        measurement = result.measurements[experiment.NAME]
        (sample,) = [one for one in measurement.samples if THREADS in one.values]
        assert float(str(sample.values[THREADS])) >= 1
