"""Cores in use: CPU time over wall time, by kind of work and model."""

import pytest

from conc.experiments.parts import compiler
from conc.records import Case, Result
from conc.results.evidence import Evidence
from conc.show.views import utilisation
from tests.show.views_reading import measured, row, rows_of, without_samples


def result(cores: int = 2) -> Result:
    """Return one in which every sample takes half the CPU time of its items in wall time."""
    return measured("utilisation", seconds_of=lambda case: 0.0005 * case.items, cores=cores)


def test_cores_in_use_are_cpu_time_over_wall_time() -> None:
    cells = row(utilisation.cores_table(Evidence(result())), work="hashlib", model="threads")
    assert cells["cores"].text.startswith("2.0")


def test_kinds_of_work_stand_together() -> None:
    works = [cells["work"].text for cells in rows_of(utilisation.cores_table(Evidence(result())))]
    assert works == sorted(works, key=list(dict.fromkeys(works)).index)


def test_without_a_compiler_the_table_says_why_there_is_no_c_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiler, "why_none", lambda: "cc can't compile: <stdio.h>")
    told = "The program in C was not timed: cc can't compile: <stdio.h>."
    assert utilisation.cores_table(Evidence(result())).notes == (told,)
    monkeypatch.setattr(compiler, "why_none", lambda: "")
    assert utilisation.cores_table(Evidence(result())).notes == ()


def test_an_older_result_without_a_c_program_knows_no_more_than_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiler, "why_none", lambda: "of no matter")
    older = result()
    older.measurements["utilisation"].left_out.clear()
    told = "The program in C was not timed: there is no C compiler here."
    assert utilisation.cores_table(Evidence(older)).notes == (told,)


def test_what_interpreters_refuse_is_named() -> None:
    found = measured("utilisation", interpreters=True)
    assert utilisation.cores_table(Evidence(found)).notes[-1] == (
        "numpy has no row for interpreters: it refuses to be imported in one."
    )


@pytest.mark.parametrize(
    ("shared_s", "said"),
    [
        (0.9, "each use of an object counts a reference to it, and without the GIL threads wait"),
        (0.5, "made no difference beyond the intervals"),
    ],
)
def test_without_the_gil_the_price_of_sharing_objects_is_said(shared_s: float, said: str) -> None:
    def seconds(case: Case) -> float:
        work = case.parameters["work"]
        return case.items * (shared_s if work == "shared objects" else 0.5) if case.against else 1.0

    found = measured("utilisation", seconds_of=seconds, gil=False)
    assert said in utilisation.cores_table(Evidence(found)).notes[-1]


def test_a_case_that_failed_says_so_and_the_others_keep_their_figures() -> None:
    failed = without_samples(
        result(),
        "utilisation",
        lambda case: case.model == "processes" and case.parameters["work"] == "zlib",
    )
    table = utilisation.cores_table(Evidence(failed))
    assert row(table, work="zlib", model="processes")["cores"].text == "failed: crashed"
    assert row(table, work="zlib", model="threads")["cores"].text.startswith("2.0")
