"""The summary: the article's words, and figures from the same experiments as everywhere else."""

import msgspec

from conc.results.evidence import Evidence
from conc.show.tables import Cell
from conc.show.views import summary
from tests.invented.ledger import ledger_result
from tests.show.views_reading import rows_of

RESULT = ledger_result()


def line(begins: str, result: object = RESULT) -> dict[str, Cell]:
    assert isinstance(result, type(RESULT))
    rows = rows_of(summary.models_table(Evidence(result)))
    (found,) = [row for row in rows if row["what"].text.startswith(begins)]
    return found


def test_the_article_s_words_stand_above_the_figures() -> None:
    assert line("The article: use it for")["asyncio"].text == "slow I/O"
    assert line("The article’s kitchens")["processes"].text == "ten kitchens, a chef in each"


def test_each_model_is_compared_at_the_same_concurrency_level() -> None:
    found = line("I/O-bound requests/s, 10 in flight at 20 ms")
    assert all("(" in found[model].text for model in ("processes", "threads", "asyncio"))


def test_cores_in_use_are_cpu_time_over_wall_time() -> None:
    found = line("Cores in use by that, of 2")
    processes, threads = found["processes"].value, found["threads"].value
    assert isinstance(processes, list)
    assert isinstance(threads, list)
    assert processes[0] > 1.5 * threads[0]


def test_a_model_that_the_interpreter_lacks_has_no_column() -> None:
    older = msgspec.structs.replace(
        RESULT, interpreter=msgspec.structs.replace(RESULT.interpreter, interpreters=False)
    )
    assert "interpreters" in line("Start of one")
    assert "interpreters" not in line("Start of one", older)


def test_what_was_not_measured_is_said_cell_by_cell() -> None:
    kept = {k: v for k, v in RESULT.measurements.items() if k == "cpu-bound"}
    partial = msgspec.structs.replace(RESULT, measurements=kept)
    assert "×" in line("CPU-bound speed-up", partial)["processes"].text
    assert line("I/O-bound requests/s", partial)["threads"].text == "not measured here"
