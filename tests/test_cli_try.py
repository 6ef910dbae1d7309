"""The command ``conc try``: what it calls, how it reads a function and its items, how it ends."""

import gzip
import json
import re
import signal
import subprocess
import sys
from ast import literal_eval
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from conc import cli
from conc.errors import ConcError
from conc.experiments.tries import NAME, Call, Terms
from conc.measure import session, tries
from conc.records import Result
from conc.results import store
from tests.invented.tries import FUNCTION, failed, of, tried

Run = Callable[..., int]

SOURCE = """
import asyncio, itertools
words = ["a", "bb"]
count = itertools.count()

def anew(item):
    return next(count)

def twice(item):
    return 2 * item

def burn(item):
    raise ValueError(f"{item} is burnt")

def secret(item):
    return lambda: item

async def soon(item):
    await asyncio.sleep(0.001)
    return item
"""
PLACE = "my wörk/été"


@dataclass
class Trying:
    """Stands in for the measurement: keeps what it was asked for, and gives an invented result."""

    result: Result = field(default_factory=tried)
    error: ConcError | None = None
    asked: list[tuple[Call, Terms, Path, Path]] = field(default_factory=list)
    executors: list[str] = field(default_factory=list)

    def __call__(
        self, call: Call, terms: Terms, folder: Path, modules: Path, executors: list[str]
    ) -> tuple[Path, Result]:
        """Do as ``try_here`` says it does."""
        self.executors = executors
        self.asked.append((call, terms, folder, modules))
        if self.error:
            raise self.error
        return folder / "tries" / "here.json", self.result

    @property
    def call(self) -> Call:
        """The only call that was asked for."""
        ((call, *_),) = self.asked
        return call

    @property
    def modules(self) -> Path:
        """The folder in which its module was to be looked for."""
        ((*_, modules),) = self.asked
        return modules


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a folder of its own, and wait for no quiet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONC_RESULTS", str(tmp_path / "results"))
    monkeypatch.setitem(session.QUIET_LIMIT_S, "quick", 0.0)


@pytest.fixture
def run() -> Iterator[Run]:
    """Return a call of ``conc try`` that gives its exit code."""

    def call(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            cli.main(["try", *arguments])
        return int(ended.value.code or 0)

    before = signal.getsignal(signal.SIGTERM)
    yield call
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def trying(monkeypatch: pytest.MonkeyPatch) -> Trying:
    """Replace the measurement by an invented result."""
    stand_in = Trying()
    monkeypatch.setattr(tries, "try_here", stand_in)
    return stand_in


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a file of a reader's in a folder whose name has a space and letters beyond ASCII."""
    (tmp_path / PLACE).mkdir(parents=True)
    path = tmp_path / PLACE / "work_of_mine.py"
    path.write_text(SOURCE)
    return path


@pytest.mark.parametrize(
    "function", ["work:resize", "work:Photo.resize", "photos.work:resize", "café.wörk:größe"]
)
def test_a_module_is_named_as_it_would_be_imported_in_this_folder(
    run: Run, trying: Trying, tmp_path: Path, function: str
) -> None:
    assert run(function) == 0
    assert trying.call == Call(function, "")
    assert trying.modules == tmp_path


@pytest.mark.parametrize("name", ["twice", "Photo.resize"])
def test_a_module_can_be_named_by_its_file(run: Run, trying: Trying, work: Path, name: str) -> None:
    assert run(f"{PLACE}/work_of_mine.py:{name}") == 0
    assert trying.call.function == f"work_of_mine:{name}"
    assert trying.modules == work.parent


def test_a_file_can_be_named_by_its_whole_path(run: Run, trying: Trying, work: Path) -> None:
    assert run(f"{work}:twice") == 0
    assert trying.call.function == "work_of_mine:twice"
    assert trying.modules == work.parent


@pytest.mark.parametrize("named", ["photos.edit.crop:cut", "src/photos/edit/crop.py:cut"])
def test_a_package_below_src_is_found_whole_so_that_it_can_import_relatively(
    run: Run, trying: Trying, tmp_path: Path, named: str
) -> None:
    package = tmp_path / "src" / "photos" / "edit"
    package.mkdir(parents=True)
    for file in (package.parent / "__init__.py", package / "__init__.py", package / "crop.py"):
        file.touch()
    assert run(named) == 0
    assert trying.call.function == "photos.edit.crop:cut"
    assert trying.modules == tmp_path / "src"


def test_a_real_function_is_tried_in_a_folder_full_of_names_of_ours_without_a_main_guard(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "src" / "work"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "parts.py").write_text("FACTOR = 2\n")
    (package / "calls.py").write_text(
        "from .parts import FACTOR\nimport snippets, tests\n\n"
        "def twice(item):\n    return FACTOR * item\n\nprint(twice(5))\n"
    )
    for name in ("conc", "snippets", "tests"):
        (tmp_path / "src" / f"{name}.py").write_text("print('not theirs')\n")
    assert run("work.calls:twice", "5", "6", "--seconds", "1", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    (function,) = printed["functions"].values()
    assert {row["model"] for row in function["table"]["rows"]} >= {"threads", "processes"}
    assert not any("failed" in str(row["cost_s"]) for row in function["table"]["rows"])


def test_executors_a_scheduler_and_another_function_are_passed_on(
    run: Run, trying: Trying, work: Path
) -> None:
    file = f"{PLACE}/{work.name}"
    given = ["--executor", "loky", "--executor", f"{file}:twice", "--scheduler", "tcp://there:1"]
    assert run(f"{file}:twice", *given, "--against", f"{file}:burn") == 0
    assert trying.executors == ["loky", "work_of_mine:twice", "tcp://there:1"]
    ((_, terms, *_),) = trying.asked
    assert terms.against == "work_of_mine:burn"


def test_what_a_function_is_tried_with_lies_in_its_folder_and_is_another(
    run: Run, trying: Trying, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("work:twice", "--executor", f"{work}:twice") == cli.USAGE
    assert "lies in another folder than the function" in capsys.readouterr().err
    assert run("work:twice", "--against", "work:twice") == cli.USAGE
    assert "--against names the function itself" in capsys.readouterr().err
    assert trying.asked == []


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("work", "'work' names no function: write MODULE:FUNCTION"),
        (":resize", "names no function"),
        ("work:", "names no function"),
        ("work:re size", "names no function"),
        ("work:resize()", "names no function"),
        ("work:.resize", "names no function"),
        ("work:2", "names no function"),
        ("nowhere.py:resize", "there is no file nowhere.py"),
        ("my work/nowhere.py:resize", "there is no file my work/nowhere.py"),
        ("my work:resize", "'my work' can't be imported"),
        ("photos/work:resize", "'photos/work' can't be imported"),
        ("photos..work:resize", "'photos..work' can't be imported"),
    ],
)
def test_what_names_no_function_is_a_wrong_usage_said_in_a_line(
    run: Run, trying: Trying, capsys: pytest.CaptureFixture[str], function: str, said: str
) -> None:
    assert run(function, "1") == cli.USAGE
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.startswith("conc: ")
    assert printed.err.count("\n") == 1
    assert not printed.out
    assert trying.asked == []


@pytest.mark.parametrize(
    ("given", "item"),
    [
        ("20000", 20000),
        ("1.5", 1.5),
        ("cat.png", "cat.png"),
        ("'20000'", "20000"),
        ("(1, 'a')", (1, "a")),
        ("[1, [2]]", [1, [2]]),
        ("{'a': None}", {"a": None}),
        ("True", True),
        ("b'\\xff'", b"\xff"),
        ("", ""),
        ("it's", "it's"),
        ('"', '"'),
        ("a, b", "a, b"),
        ("größe été", "größe été"),
        ("f(x)", "f(x)"),
        ("line\nline", "line\nline"),
        ("]", "]"),
    ],
)
def test_an_item_is_a_literal_or_else_a_text(
    run: Run, trying: Trying, given: str, item: object
) -> None:
    assert run(FUNCTION, given, "5") == 0
    assert literal_eval(trying.call.source) == [item, 5]


def test_an_item_that_looks_like_an_option_stands_behind_two_dashes(
    run: Run, trying: Trying
) -> None:
    assert run(FUNCTION, "--seconds", "2", "--", "-1", "--json") == 0
    assert literal_eval(trying.call.source) == [-1, "--json"]


def test_items_can_be_taken_from_a_name(run: Run, trying: Trying) -> None:
    assert run(FUNCTION, "--items", "urls") == 0
    assert trying.call.source == "urls"


def test_items_one_by_one_and_from_a_name_are_too_much(
    run: Run, trying: Trying, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(FUNCTION, "1", "--items", "urls") == cli.USAGE
    assert "either one by one or with --items" in capsys.readouterr().err
    assert trying.asked == []


def test_without_options_it_tries_on_the_usual_terms_beside_the_usual_results(
    run: Run, trying: Trying, tmp_path: Path
) -> None:
    assert run(FUNCTION) == 0
    assert trying.asked == [(Call(FUNCTION), Terms(), tmp_path / "results", tmp_path)]


def test_options_are_the_terms(run: Run, trying: Trying, tmp_path: Path) -> None:
    options = ("--at-once", "100", "--seconds", "5", "--limit", "7.5", "--any-answer")
    assert run(FUNCTION, *options, "--results", str(tmp_path / "mine")) == 0
    ((_, terms, folder, _),) = trying.asked
    assert terms == Terms(at_once=100, seconds=5.0, sample_limit_s=7.5, any_answer=True)
    assert folder == tmp_path / "mine"


@pytest.mark.parametrize(
    "options", [("--at-once", "0"), ("--seconds", "0.5"), ("--limit", "0"), ("--at-once", "few")]
)
def test_terms_that_make_no_sense_are_a_wrong_usage(
    run: Run, trying: Trying, options: tuple[str, str]
) -> None:
    assert run(FUNCTION, *options) == cli.USAGE
    assert trying.asked == []


def test_it_prints_what_to_do_and_the_table_and_last_where_the_samples_are(
    run: Run, trying: Trying, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trying.result = tried({"processes": 0.006})
    assert run(FUNCTION) == 0
    printed = capsys.readouterr().out
    assert "Take processes with 2 workers" in printed
    assert f"{FUNCTION}, 12 calls a sample" in printed
    samples = tmp_path / "results" / "tries" / "here.json"
    assert printed.endswith(f"\n\nRaw samples: {samples}\n")


def test_as_json_it_prints_nothing_else(
    run: Run, trying: Trying, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(FUNCTION, "--json") == 0
    assert trying.asked
    data = json.loads(capsys.readouterr().out)
    assert data["functions"][FUNCTION]["advice"]["outcome"] == "keep"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--html", "nowhere/found.html"), "there is no folder nowhere"),
        (("--scheduler", "10.0.0.5:8786"), "write tcp://HOST:PORT or tls://HOST:PORT"),
    ],
)
def test_what_could_not_be_done_at_the_end_is_refused_at_the_beginning(
    run: Run, trying: Trying, capsys: pytest.CaptureFixture[str], given: tuple[str, str], said: str
) -> None:
    assert run(FUNCTION, *given) == 2
    assert said in capsys.readouterr().err
    assert trying.asked == []


@pytest.mark.usefixtures("trying")
def test_a_page_that_can_not_be_written_takes_the_report_with_it_no_more(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "found.html").mkdir()
    assert run(FUNCTION, "--html", "./found.html") == 2
    (tmp_path / "found.html").rmdir()
    (tmp_path / "found.html").symlink_to(tmp_path / "gone" / "found.html")
    assert run(FUNCTION, "--html", "found.html") == 2
    told = capsys.readouterr()
    assert "cannot write found.html" in told.err
    assert "Raw samples: " in told.out


def test_a_page_of_its_own_holds_the_advice_and_every_sample_and_asks_nobody_for_anything(
    run: Run, trying: Trying, tmp_path: Path
) -> None:
    trying.result = tried({"processes": 0.006}, function="work:re</script><b>size")
    assert run(FUNCTION, "--html", "found.html") == 0
    page = (tmp_path / "found.html").read_text("utf-8")
    assert "Take processes with 2 workers" in page
    raw = page.partition('type="application/json">')[2].partition("</script>")[0]
    assert msgspec.json.decode(raw, type=Result) == trying.result
    assert "<b>" not in page
    assert not re.search(r"https?://|src=|@import", page)
    assert len(gzip.compress(page.encode())) < 150_000


def test_an_interrupted_try_shows_what_it_has_and_ends_with_130(
    run: Run, trying: Trying, capsys: pytest.CaptureFixture[str]
) -> None:
    measurement = msgspec.structs.replace(of(tried()), complete=False)
    trying.result = msgspec.structs.replace(tried(), measurements={NAME: measurement})
    assert run(FUNCTION) == cli.INTERRUPTED
    printed = capsys.readouterr()
    assert "sequential" in printed.out
    assert printed.err.endswith("conc: interrupted; the table tells what was measured until then\n")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_case_that_failed_ends_it_with_1_after_all_is_printed(
    run: Run, trying: Trying, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    trying.result = failed(tried(), "processes", "crashed", "exited with 3")
    assert run(FUNCTION, *options) == cli.FAILED
    printed = capsys.readouterr().out
    assert "crashed" in printed
    assert "sequential" in printed


def test_what_can_not_be_tried_ends_it_with_2_and_a_line(
    run: Run, trying: Trying, capsys: pytest.CaptureFixture[str]
) -> None:
    trying.error = ConcError("work:resize: raised: ValueError: burnt")
    assert run(FUNCTION) == cli.USAGE
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "conc: work:resize: raised: ValueError: burnt\n")


def test_help_teaches_by_examples_and_says_what_a_function_must_be(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--help") == 0
    printed = " ".join(capsys.readouterr().out.split())
    for taught in (
        "conc try work:resize cat.png dog.png",
        "conc try work.py:count_primes 20000 30000",
        "conc try work:fetch --items urls --at-once 100",
        "must return the same",
        "coroutine function",
        "--any-answer",
        "--items NAME",
        "[default: 20.0",
    ):
        assert taught in printed


def test_a_real_function_in_a_file_with_a_strange_path_is_tried(
    run: Run, work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(f"{PLACE}/{work.name}:twice", "5", "cat é.png", "--seconds", "1") == 0
    printed = capsys.readouterr()
    assert "work_of_mine:twice, " in printed.out
    assert f"conc: measuring {NAME}: about 1 s\n" in printed.err
    (path,) = (tmp_path / "results" / "tries").glob("*.json")
    assert printed.out.endswith(f"Raw samples: {path}\n")
    (measurement,) = store.load(path).measurements.values()
    assert {case.parameters["items"] for case in measurement.cases} == {"[5, 'cat é.png']"}
    assert "conc: trying work_of_mine:twice: at most about " in printed.err
    assert measurement.failures == []


def test_a_real_function_of_this_folder_is_tried_by_the_program_and_given_as_json(
    work: Path,
) -> None:
    command = ["try", "work_of_mine:soon", "--items", "words", "--seconds", "1", "--json"]
    child = subprocess.run(
        [sys.executable, "-m", "conc", *command],
        cwd=work.parent,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    function = json.loads(child.stdout)["functions"]["work_of_mine:soon"]
    models = [shown["model"] for shown in function["table"]["rows"]]
    assert models == ["sequential", "sequential, again", "asyncio"]
    assert function["sentences"]


def test_a_real_result_that_can_not_be_sent_back_is_said_and_tried_in_threads_alone(
    run: Run, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--any-answer", "--seconds", "1", "--json")
    assert run(f"{work}:secret", "1", *options) == 0
    function = json.loads(capsys.readouterr().out)["functions"]["work_of_mine:secret"]
    models = {shown["model"] for shown in function["table"]["rows"]}
    assert models == {"sequential", "sequential, again", "threads"}
    assert "Its answer can't be sent to another process" in " ".join(function["sentences"])


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("nowhere_at_all:twice", "no module named nowhere_at_all in this folder or on the path"),
        (f"{PLACE}/work_of_mine.py:thrice", "has no attribute 'thrice'"),
        (f"{PLACE}/work_of_mine.py:burn", "raised: ValueError: 1 is burnt (work_of_mine.py:"),
        (f"{PLACE}/work_of_mine.py:anew", "add --any-answer"),
    ],
)
def test_a_real_function_that_can_not_be_tried_ends_it_with_2_and_a_line(
    run: Run, work: Path, capsys: pytest.CaptureFixture[str], function: str, said: str
) -> None:
    assert work.is_file()
    assert run(function, "1", "--seconds", "1") == cli.USAGE
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.startswith("conc: ")
    assert printed.err.count("\n") == 1
    assert not printed.out


@pytest.mark.parametrize("given", ["{[1]}", "1e999", "(" * 300 + ")" * 300])
def test_what_is_no_literal_after_all_is_a_text(run: Run, trying: Trying, given: str) -> None:
    assert run("work:twice", given) == 0
    assert literal_eval(trying.call.source) == [given]


def test_too_many_items_for_a_command_line_are_refused_before_anything_is_called(
    run: Run, trying: Trying, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("work:twice", "x" * 1980) == 2
    assert "--items" in capsys.readouterr().err
    assert trying.asked == []


def test_a_file_that_no_module_can_be_named_after_is_refused(
    run: Run, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work.parent / "a.b.py").write_text(SOURCE)
    assert run(f"{work.parent / 'a.b.py'}:twice", "1") == 2
    assert "can't be imported" in capsys.readouterr().err
