"""What came of a try: the table, the sentences, the same as data, and the examples on a page."""

import html
import json
import re
from collections.abc import Callable

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import msgspec
import pytest

from conc import figures
from conc.errors import MissingError
from conc.experiments import tries as experiment
from conc.experiments.parts.looking import Look
from conc.experiments.tries import EXAMPLES
from conc.records import Failure, Result, Sample
from conc.results.evidence import Evidence
from conc.show import tables, tries
from conc.show.shown import Shown
from conc.show.tables import Table
from conc.show.views import VIEWS
from conc.show.views import tries as view
from tests.invented.results import invented_result
from tests.invented.tries import (
    BUSY_S,
    FUNCTION,
    changed,
    compared,
    failed,
    handed,
    of,
    role,
    tried,
    with_look,
)
from tests.show.views_reading import measured, row, rows_of

HALF = BUSY_S / 2
UNDECIDED = (
    "Undecided: processes with 2 workers came out 2.00× (too few runs for an interval) as fast, and"
    " at least 1.10× has to be certain. Measure longer (--seconds 60), or on a machine with less"
    " other work."
)
KEEP = "Keep the plain loop: no model can be 10 % faster here."


def table(result: Result, block: str = FUNCTION) -> Table:
    return view.table(Evidence(result).of(experiment.NAME), block)


def said(result: Result, block: str = FUNCTION) -> list[str]:
    said = view.sentences(Evidence(result).of(experiment.NAME), block)
    return [str(figures.read(one)) for one in said]


def with_gil(result: Result, *, gil: bool | None) -> Result:
    """Return the result of a worker that ran with the GIL on, or off, or that does not say."""
    measurement = msgspec.structs.replace(of(result), gil=gil)
    return msgspec.structs.replace(result, measurements={experiment.NAME: measurement})


def without_memory(result: Result) -> Result:
    measurement = msgspec.structs.replace(of(result), memory=[])
    return msgspec.structs.replace(result, measurements={experiment.NAME: measurement})


def without_cpu(sample: Sample) -> Sample:
    return msgspec.structs.replace(sample, cpu_s=None)


def test_the_table_has_a_row_for_each_case_in_their_order() -> None:
    names = [(cells["model"].text, cells["workers"].text) for cells in rows_of(table(tried()))]
    assert names == [
        ("sequential", "1"),
        ("sequential, again", "1"),
        ("threads", "2"),
        ("threads", "12"),
        ("processes", "2"),
        ("processes, cold", "2"),
    ]


def test_the_title_names_the_function_and_the_calls_of_a_sample() -> None:
    assert table(tried()).title == f"{FUNCTION}, 12 calls a sample"


def test_a_row_holds_the_time_of_a_call_the_speed_up_and_the_cores_used() -> None:
    found = table(tried({"processes": HALF}))
    loop = row(found, model="sequential")
    assert loop["cost_s"].text == "1.00 ms"
    assert loop["cost_s"].value == pytest.approx([0.001] * 3, rel=0.05)
    assert (loop["speed_up"].text, loop["cores"].text, loop["n"].text) == ("–", "1.00", "3 / 15")
    processes = row(found, model="processes")
    assert processes["cost_s"].text == "500 µs"
    assert processes["speed_up"].text == "2.00× (2.00–2.00)"
    assert processes["cores"].text == "2.00"


def test_memory_has_a_column_only_where_it_was_read() -> None:
    found = table(tried())
    assert row(found, model="sequential")["memory"].text == "8.00 MiB"
    assert row(found, model="sequential")["memory"].value == pytest.approx(8 * 2**20)
    assert row(found, model="processes")["memory"].text == "24.0 MiB"
    assert row(found, model="processes, cold")["memory"].text == "–"
    columns = [column.key for column in table(without_memory(tried())).columns]
    assert columns == ["model", "workers", "cost_s", "speed_up", "cores", "n"]


def test_where_there_is_no_shared_memory_to_share_out_the_resident_one_is_shown() -> None:
    result = tried()
    memory = [msgspec.structs.replace(one, pss=None) for one in of(result).memory]
    measurement = msgspec.structs.replace(of(result), memory=memory)
    result = msgspec.structs.replace(result, measurements={experiment.NAME: measurement})
    assert row(table(result), model="sequential")["memory"].text == "12.0 MiB"


@pytest.mark.parametrize("change", [lambda result: result, without_memory])
def test_a_case_that_failed_says_why_and_leaves_the_rest_of_its_row(
    change: Callable[[Result], Result],
) -> None:
    result = change(failed(tried(), "processes", "raised", "PicklingError: no lambda"))
    cells = row(table(result), model="processes")
    assert cells["cost_s"].text == "failed: raised (PicklingError: no lambda)"
    left = [cell.text for key, cell in cells.items() if key not in {"model", "workers", "cost_s"}]
    assert set(left) == {"–"}
    assert row(table(result), model="processes, cold")["cost_s"].text == "1.00 ms"


def test_a_wrong_answer_shows_no_time() -> None:
    result = failed(tried({"threads": HALF}), "threads", "wrong answer", "another answer")
    cells = row(table(result), model="threads", workers="2")
    assert cells["cost_s"].text == "failed: wrong answer (another answer)"


def test_without_a_cpu_time_the_cores_used_are_not_shown() -> None:
    assert {cells["cores"].text for cells in rows_of(table(changed(tried(), without_cpu)))} == {"–"}


def test_the_notes_say_which_models_can_not_run_such_a_function() -> None:
    assert "asyncio.to_thread" in table(tried()).notes[-1]
    assert "coroutine function" in table(tried(kind="coroutine function")).notes[-1]


@pytest.mark.parametrize(
    ("loop", "sentence"),
    [
        (BUSY_S, "resize computes: a CPU worked for it in 100 % of its time."),
        (2 * BUSY_S, "resize computes and waits: a CPU worked for it in 51 % of its time."),
        (20 * BUSY_S, "resize waits: a CPU worked for it in 5.1 % of its time."),
    ],
)
def test_the_first_sentence_says_what_the_function_does_with_its_time(
    loop: float, sentence: str
) -> None:
    assert said(tried({"loop": loop}))[0] == sentence


def test_where_the_system_tells_no_cpu_time_the_sentence_says_so() -> None:
    assert said(changed(tried(), without_cpu))[0] == (
        "Whether resize computes or waits is not known: this system tells no CPU time."
    )


def test_a_model_to_take_is_named_with_its_gain_and_what_its_pool_costs() -> None:
    result = tried({"processes": HALF, "processes_cold": 0.0363})
    assert said(result)[1] == (
        "Take processes with 2 workers: 2.00× (2.00–2.00) as fast. Opening and closing the pool"
        " costs 30 ms; it pays from 61 calls on. Keep it open for more."
    )


def test_threads_are_named_without_a_cost_of_their_pool() -> None:
    result = tried({"loop": 0.6, "threads": 0.2, "many_threads": 0.1})
    assert said(result)[1] == (
        "Take threads with 12 workers: 6.00× (6.00–6.00) as fast. Of the numbers of workers tried,"
        " 2 gave 3.00× and 12 gave 6.00×."
    )


def test_asyncio_is_named_by_how_many_calls_wait_at_once() -> None:
    result = tried({"loop": 0.6, "asyncio": 0.1}, "coroutine function")
    assert said(result)[1:] == ["Take asyncio with 12 calls at once: 6.00× (6.00–6.00) as fast."]


def test_a_loop_to_keep_is_said_to_be() -> None:
    assert said(tried())[1:] == [KEEP]


def test_what_is_not_certain_is_said_to_be_undecided() -> None:
    assert said(tried({"processes": HALF}, runs=1, rounds=1))[1:] == [UNDECIDED]


def test_what_is_undecided_is_shown_with_the_interval_that_would_have_to_decide() -> None:
    """The usual one, of 95 %, lies above the line where this one does not."""
    result = tried({"processes": 0.85 * BUSY_S}, noise=0.03, runs=2, rounds=4)
    (_, decided, *_) = said(result)
    found = re.search(r"Undecided: .* 1\.\d\d× \((\S+)–\S+ at 99\.\d+ %\) as fast", decided)
    assert found, decided
    assert float(found[1]) < 1.1


@pytest.mark.parametrize(
    ("gil", "sentences"),
    [
        (True, ["Threads computed side by side, so it lets go of the GIL."]),
        (False, []),
        (None, []),
    ],
)
def test_threads_that_gain_tell_of_the_gil_where_there_is_one(
    sentences: list[str], *, gil: bool | None
) -> None:
    gaining = with_gil(tried({"threads": HALF, "processes": HALF}), gil=gil)
    assert said(gaining)[1:-1] == sentences


def test_threads_that_gain_nothing_tell_that_the_gil_is_held() -> None:
    result = with_gil(tried({"processes": HALF}), gil=True)
    assert said(result)[1].endswith("so it holds the GIL.")


@pytest.mark.parametrize(
    "result",
    [tried(), tried({"loop": 20 * BUSY_S, "threads": BUSY_S}), tried(kind="coroutine function")],
)
def test_nothing_is_said_of_the_gil_where_nothing_tells(result: Result) -> None:
    assert "GIL" not in " ".join(said(with_gil(result, gil=True)))


def test_a_coroutine_function_that_computes_is_sent_elsewhere() -> None:
    assert said(tried(kind="coroutine function"))[1:] == [
        KEEP,
        (
            "An event loop runs one coroutine at a time, so what computes gains nothing in it;"
            " try it as a plain function, in threads and processes."
        ),
    ]
    waiting = said(tried({"loop": 20 * BUSY_S}, "coroutine function"))
    assert waiting[1:] == [KEEP]


def test_short_calls_are_said_to_be_short_with_what_handing_one_over_costs() -> None:
    result = tried({"loop": 0.0012, "again": 0.0012, "processes": 0.006})
    loops = {case.id for case in of(result).cases if case.model == "sequential"}

    def worked(sample: Sample) -> Sample:
        return msgspec.structs.replace(sample, cpu_s=0.0012 if sample.case in loops else 0.006)

    assert said(changed(result, worked))[1:] == [
        (
            "Handing a call over to a process costs 400 µs of CPU time, and the call itself takes"
            " 100 µs. Let each call do more."
        ),
        KEEP,
    ]
    assert said(result)[1:] == [KEEP], "no cause without evidence"


def test_a_loop_that_differs_from_itself_is_a_caution() -> None:
    assert said(tried({"again": BUSY_S / 1.25}))[-1] == (
        "The same loop beside itself came out 1.25× (1.25–1.25) as fast: differences of that size"
        " say nothing here."
    )
    assert "beside itself" not in " ".join(said(tried({"again": BUSY_S / 1.01})))


def test_where_the_loop_failed_there_is_no_sentence() -> None:
    with pytest.raises(MissingError, match=f"the plain loop over {FUNCTION} gave no figure"):
        said(failed(tried(), "loop", "crashed"))


def test_the_text_names_the_machine_says_what_to_do_and_ends_with_the_table() -> None:
    result = tried({"processes": HALF})
    text = tries.to_text(result)
    assert text.startswith("Invented CPU @ 3.00GHz, 2 usable cores · CPython 3.13.1")
    assert text.index("resize computes") < text.index("Take processes") < text.index(FUNCTION)
    assert text.endswith(tables.to_text(table(result)))


def test_the_text_of_a_failed_loop_says_so_above_the_table() -> None:
    text = tries.to_text(failed(tried(), "loop", "crashed", "exited with 3"))
    assert f"\nthe plain loop over {FUNCTION} gave no figure.\n" in text
    assert "failed: crashed" in text


def test_the_sentences_send_no_control_character_of_a_name() -> None:
    text = tries.to_text(tried(function="work:re\x1bsize"))
    assert "re�size computes" in text


def test_the_data_is_plain_json_with_advice_sentences_and_table_of_each_function() -> None:
    result = tried({"processes": HALF, "processes_cold": 0.0363})
    data = json.loads(json.dumps(tries.to_data(result), allow_nan=False))
    assert data["machine"]["cpu"] == result.machine.cpu
    assert data["interpreter"]["version"] == "3.13.1"
    (function,) = data["functions"].values()
    assert list(data["functions"]) == [FUNCTION]
    assert function["sentences"] == said(result)
    advice = function["advice"]
    assert (advice["outcome"], advice["best"]["model"], advice["pays_from"]) == (
        "take",
        "processes",
        61,
    )
    assert advice["gain"]["value"] == pytest.approx(2.0)
    processes = function["table"]["rows"][4]
    assert (processes["model"], processes["workers"]) == ("processes", 2)
    assert processes["speed_up"] == pytest.approx([2.0] * 3, rel=0.01)


@pytest.mark.parametrize(
    "result",
    [
        tried({"processes": HALF}, runs=1, rounds=1),
        tried(function="work:re\x1b[31msize[/bold]\n\ud7ff"),
        changed(tried(), without_cpu),
    ],
    ids=["intervals without an end", "a hostile name", "no CPU time"],
)
def test_the_data_is_json_whatever_was_measured(result: Result) -> None:
    written = msgspec.json.encode(tries.to_data(result))
    function = json.loads(written)["functions"][of(result).cases[0].block]
    assert function["sentences"] == said(result, of(result).cases[0].block)
    assert len(function["table"]["rows"]) == len(of(result).cases)


@pytest.mark.parametrize(
    "result",
    [
        tried({"processes": HALF}),
        tried({"processes": HALF}, runs=1, rounds=1),
        failed(tried(), "loop", "crashed"),
        compared(0.1, 0.2),
        compared(0.1, 0.2, runs=1),
    ],
    ids=["decided", "intervals without an end", "a failed loop", "compared", "compared once"],
)
def test_the_data_fits_its_published_schema(result: Result) -> None:
    schema = tries.data_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(tries.to_data(result), schema, cls=jsonschema.Draft202012Validator)


def test_the_data_of_a_failed_loop_has_no_advice_and_says_why() -> None:
    data = json.loads(json.dumps(tries.to_data(failed(tried(), "loop", "crashed"))))
    function = data["functions"][FUNCTION]
    assert function["advice"] is None
    assert function["sentences"] == [f"the plain loop over {FUNCTION} gave no figure"]
    assert function["table"]["rows"][0]["cost_s"] == "failed: crashed"


def test_a_try_is_complete_where_every_case_gave_a_figure() -> None:
    assert tries.is_complete(tried())
    assert not tries.is_complete(failed(tried(), "threads", "crashed", "exited with 3"))
    none = msgspec.structs.replace(of(tried()), samples=[])
    result = msgspec.structs.replace(tried(), measurements={experiment.NAME: none})
    assert not tries.is_complete(result)


def test_without_a_try_there_is_nothing_to_show() -> None:
    with pytest.raises(MissingError, match="own-function has not been measured"):
        tries.to_text(invented_result(()))


def examples() -> Result:
    """Return a result of the two examples, in which processes and asyncio gain."""
    gaining = {"processes": HALF, "asyncio": HALF}
    return measured(
        experiment.NAME, seconds_of=lambda case: gaining.get(role(case), BUSY_S), noise=0.0
    )


@pytest.mark.parametrize(
    ("example", "name", "taken"),
    [
        ("computes", "count_primes", "Take processes with 2 workers"),
        ("waits", "wait_for_answer", "Take asyncio with 12 calls at once"),
    ],
)
def test_a_page_shows_each_example_with_its_advice(example: str, name: str, taken: str) -> None:
    evidence = Evidence(examples())
    sentence = figures.read(VIEWS.sentences[f"own-function/{example}"](evidence))
    assert sentence.startswith(f"{name} computes: ")
    assert taken in sentence
    assert "--" not in sentence.replace("`--", "")
    found = VIEWS.tables[f"own-function/{example}"](evidence)
    assert found.title == f"own_function:{name}, 12 calls a sample"
    models = {cells["model"].text for cells in rows_of(found)}
    assert ("asyncio" in models) is (example == "waits")
    assert "Memory" not in {column.heading for column in found.columns}


@pytest.mark.parametrize("view_name", ["own-function/computes", "own-function/waits"])
def test_a_page_without_the_measurement_says_how_to_get_it(view_name: str) -> None:
    evidence = Evidence(invented_result(()))
    for views in (VIEWS.tables, VIEWS.sentences):
        with pytest.raises(MissingError, match="conc measure own-function"):
            views[view_name](evidence)


def test_a_hostile_name_neither_steers_the_terminal_nor_ends_the_report() -> None:
    text = tries.to_text(tried(function="w[/red]:f\x1b[31m"))
    assert "w[/red]:f" in text
    assert "\x1b" not in text


def test_where_some_model_failed_the_loop_is_kept_for_want_of_others_that_ran() -> None:
    result = failed(tried(noise=0.01), "processes", "raised")
    assert said(result)[1] == (
        "Keep the plain loop: no model that gave a figure can be 10 % faster here."
    )


def test_where_no_model_ran_nobody_is_told_to_measure_longer() -> None:
    result = tried()
    for name in ("threads", "many_threads", "processes"):
        result = failed(result, name, "raised")
    assert said(result)[1] == "Only the plain loop gave a figure; the table says why."


def test_the_data_of_a_single_round_has_no_infinity() -> None:
    assert json.dumps(tries.to_data(tried(runs=1, rounds=1))["functions"], allow_nan=False)


def test_an_example_of_an_older_file_is_found_by_the_name_that_it_has_there() -> None:
    older = msgspec.convert(
        msgspec.json.decode(
            msgspec.json.encode(invented_result((experiment.EXPERIMENT,), runs=4)).replace(
                b"conc.snippets.own_function", b"snippets.own_function"
            )
        ),
        Result,
    )
    assert view.example_table(Evidence(older), "computes").rows


@pytest.mark.parametrize(
    ("result", "begins", "ends"),
    [
        (
            compared(0.1, 0.2),
            "resize is faster than resize_as_it_was: ",
            "as fast, both under the plain loop.",
        ),
        (compared(0.2, 0.1), "resize is slower than resize_as_it_was: ", "the plain loop."),
        (
            compared(0.1, 0.11, runs=1),
            "Whether resize is faster than resize_as_it_was is undecided: ",
            "More --seconds would tell more.",
        ),
        (
            compared(0.1, 0.2, answers=("5", "6")),
            "resize is faster",
            "Their answers differ for the 12 items called.",
        ),
    ],
)
def test_one_sentence_says_which_of_two_functions_is_faster_and_whether_they_answer_alike(
    result: Result, begins: str, ends: str
) -> None:
    last = said(result)[-1]
    assert last.startswith(begins)
    assert last.endswith(ends)


def test_a_comparison_that_gave_no_figure_says_why() -> None:
    result = compared(0.1, 0.2)
    theirs = of(result).cases[-1]
    gone = changed(result, lambda sample: None if sample.case == theirs.id else sample)
    measurement = of(gone)
    failure = Failure(case=theirs.id, run=0, kind="raised", detail="ValueError: no")
    measurement = msgspec.structs.replace(measurement, failures=[failure])
    gone = msgspec.structs.replace(gone, measurements={experiment.NAME: measurement})
    assert said(gone)[-1] == "resize_as_it_was was not compared: raised: ValueError: no."


def test_a_comparison_is_no_model_of_the_function_and_has_a_table_of_its_own() -> None:
    result = compared(0.1, 0.2)
    assert rows_of(table(result)) == rows_of(table(tried()))
    (compared_,) = tries.to_data(result)["functions"][FUNCTION]["against"]
    assert (compared_["word"], compared_["same_answers"]) == ("faster", True)
    for shown in (tries.to_text(result), tries.to_page(result)):
        assert "work:resize against work:resize_as_it_was, 12 calls a sample" in shown


def test_a_loop_that_answers_anew_in_each_process_is_said_to_and_nothing_else() -> None:
    (line,) = said(failed(tried(), "loop", "wrong answer"))
    assert line.startswith("resize returned something else for the same items in another process")
    assert line.endswith("add --any-answer.")


def test_beside_other_programs_the_loop_is_not_said_to_be_likely() -> None:
    slower = tried({"processes": 2 * BUSY_S, "threads": 2 * BUSY_S}, runs=1, rounds=3)
    busy = changed(
        slower, lambda one: msgspec.structs.replace(one, wall_s=100 * one.wall_s, others_cores=1.5)
    )
    (undecided,) = [one for one in said(busy) if one.startswith("Undecided")]
    assert "likely" not in undecided
    assert "ther programs used 1.5 cores" in undecided


def test_a_sentence_has_the_interval_that_the_table_has() -> None:
    result = with_look(tried({"processes": HALF}, noise=0.1, runs=2, rounds=4), Look())
    (shown,) = [
        cells["speed_up"].text
        for cells in rows_of(table(result))
        if cells["model"].text == "processes"
    ]
    (taken,) = [one for one in said(result) if "Take processes" in one]
    assert f"Take processes with 2 workers: {shown} as fast." in taken


def test_where_nothing_came_out_faster_and_that_is_not_certain_the_loop_is_likely() -> None:
    slower = tried({"processes": 2 * BUSY_S, "threads": 2 * BUSY_S}, runs=1, rounds=3)
    (undecided,) = [one for one in said(slower) if one.startswith("Undecided")]
    assert "so likely keep the plain loop, but that is not certain yet. " in undecided
    assert "1.10×" not in undecided


def test_a_page_shows_what_programs_read_of_an_example_with_its_schema() -> None:
    example = EXAMPLES["computes"]
    result = tried({"processes": HALF}, example.kind, function=example.call.function)
    shown = str(tries.json_of(Shown(result), "computes"))
    assert 'href="data/try.schema.json"' in shown
    written = html.unescape(re.findall("<code>(.*?)</code>", shown, re.DOTALL)[0])
    advice = json.loads(written)["functions"]["own_function:count_primes"]["advice"]
    assert advice["outcome"] == "take"
    assert advice["best"] == {"model": "processes", "workers": 2}
    assert advice["gain"]["value"] == pytest.approx(2.0)


def test_what_a_hop_costs_is_said_of_each_executor_that_was_asked_for() -> None:
    (hop,) = [one for one in said(handed("loky", 0.0002, 0.0001)) if "by way of" in one]
    assert hop == (
        "A call of nothing takes 200 µs by way of loky, from handing it over to having its answer."
    )


@pytest.mark.parametrize(
    ("executor", "caution"),
    [("dask", "hop, and further over a network: another"), ("cluster", "hop: another")],
)
def test_what_more_machines_bring_is_predicted_from_the_hop_by_a_law_that_is_named(
    executor: str, caution: str
) -> None:
    result = handed(executor, 0.0005, 0.0001)
    (prediction,) = [one for one in said(result) if one.startswith("Predicted")]
    assert prediction.startswith("Predicted by the bottleneck law")
    assert caution in prediction
    assert "another machine pays from calls of 610 µs on" in prediction
    assert "2 machines with a worker each would be 1.3× as fast as the loop, 4 2.7×" in prediction
    page = tries.to_page(result)
    assert "not measured:" in page
    assert 'aria-label="Predicted speed-up over the plain loop"' in page


def test_nothing_is_predicted_from_an_executor_of_this_machine_alone() -> None:
    assert not any(one.startswith("Predicted") for one in said(handed("loky", 0.0002, 0.0001)))


def test_a_page_shows_what_a_terminal_says_of_an_example() -> None:
    one = experiment.EXAMPLES["computes"]
    result = tried({"processes": HALF}, one.kind, function=one.call.function)
    shown = str(tries.screen(Shown(result), "computes"))
    assert shown.startswith("<pre")
    assert "$ conc try own_function:count_primes 2500\n" in shown
    assert "Take processes with 2 workers: 2.00× (2.00–2.00) as fast." in shown
    assert "sequential, again" in shown


def test_a_page_says_where_an_example_was_not_tried() -> None:
    assert "was not tried" in str(tries.screen(Shown(tried()), "computes"))


def test_what_only_threads_raise_is_said_with_what_helps() -> None:
    result = failed(tried({"processes": HALF}), "threads", "raised", "OSError: unrecognized")
    assert "In threads it raised OSError: unrecognized, which the plain loop did not: " in "".join(
        said(result)
    )


def test_the_table_of_a_try_has_the_intervals_that_the_advice_goes_by() -> None:
    result = with_look(tried({"processes": HALF}, runs=2, noise=0.02), Look())
    assert "few runs" not in tables.to_text(table(result))
