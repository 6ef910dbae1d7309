"""From what jobs uploaded to a round: what is taken, what is refused, and what is replaced."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from conc.claims import contributed, findings, gathering, rounds
from conc.claims.gathering import Gathered
from conc.claims.rounds import FREE, LOWEST, NEWEST, Column, Round
from conc.errors import ConcError
from conc.records import Failure, Result
from conc.results import contribution, store
from tests.invented import uploads
from tests.invented.uploads import RUN, World, result, upload

LINUX = "ubuntu-24.04"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def measured() -> Result:
    return result(LINUX, "3.14", "2026-10", World(runs=2, rounds=4))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploaded"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return tmp_path / "docs"


def put(folder: Path, docs: Path, month: str = "") -> Gathered:
    gathered = gathering.gather(folder, docs, month)
    gathering.put(gathered, docs)
    shutil.rmtree(folder)
    return gathered


def only(gathered: Gathered) -> Column:
    (column,) = gathered.round.columns
    return column


def with_machine(measured: Result, **fields: object) -> Result:
    return msgspec.structs.replace(
        measured, machine=msgspec.structs.replace(measured.machine, **fields)
    )


def with_format(path: Path, number: int) -> None:
    content = msgspec.json.decode((path / "result.json").read_bytes())
    (path / "result.json").write_bytes(msgspec.json.encode({**content, "format": number}))


def test_a_column_says_what_its_raw_file_says_and_names_it_with_its_digest(
    folder: Path, docs: Path, measured: Result
) -> None:
    upload(folder, LINUX, "3.14", measured)
    column = only(put(folder, docs))
    (path,) = contribution.files(docs / "machines")
    finding = findings.of_file(path)
    assert path.name == column.file
    assert {column.digest} == rounds.digests(rounds.load_all(docs / "rounds"))
    assert column.verdicts == {name: one.outcome for name, one in finding.verdicts.items()}
    assert column.figures["processes"].value == pytest.approx(
        finding.figures["processes"].value, rel=1e-3
    )
    assert finding.origin
    assert (finding.origin.run, finding.origin.commit) == (RUN, uploads.COMMIT)
    assert [*contributed.complaints(path, path.parent)] == []


def test_the_same_uploads_give_the_same_bytes_and_nothing_is_replaced(
    folder: Path, docs: Path, measured: Result
) -> None:
    upload(folder, LINUX, "3.14", measured)
    gathering.put(gathering.gather(folder, docs), docs)
    before = {path: path.read_bytes() for path in docs.rglob("*.json*")}
    again = put(folder, docs)
    assert {path: path.read_bytes() for path in docs.rglob("*.json*")} == before
    assert again.replaced == ()
    assert len(before) == 2


def test_a_job_that_failed_leaves_its_column_empty_with_the_reason(
    folder: Path, docs: Path, measured: Result
) -> None:
    upload(folder, LINUX, "3.14", measured)
    upload(folder, "macos-26", "3.14t", None, "installing")
    upload(folder, "windows-2025", "3.14", None, "done")
    columns = put(folder, docs).round.columns
    assert [(one.image, one.failed) for one in columns] == [
        ("macos-26", "it ended while installing"),
        (LINUX, ""),
        ("windows-2025", "it was done and uploaded no result"),
    ]


def test_a_job_that_uploads_nothing_has_an_empty_column_in_the_round_after_it(
    folder: Path, docs: Path, tmp_path: Path
) -> None:
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-08"))
    upload(folder, "macos-26", "3.14", result("macos-26", "3.14", "2026-08"))
    put(folder, docs)
    columns = {}
    for month in ("2026-09", "2026-10"):
        came = tmp_path / month
        upload(came, LINUX, "3.14", result(LINUX, "3.14", month))
        columns[month] = {one.image: one.failed for one in put(came, docs).round.columns}
    assert columns["2026-09"] == {LINUX: "", "macos-26": gathering.ABSENT}
    assert columns["2026-10"] == {LINUX: ""}


def test_what_is_not_fit_to_be_shown_is_told_in_a_line_and_the_others_go_on(
    folder: Path, docs: Path, measured: Result
) -> None:
    upload(folder, LINUX, "3.14", measured)
    upload(folder, "macos-26", "3.14", with_machine(measured, cpu=HOSTILE))
    upload(folder, "windows-2025", "3.14", with_machine(measured, cpu="at /home/ada/x"))
    with_format(upload(folder, "macos-15-intel", "3.14", measured), 99)
    with_format(upload(folder, "windows-11-arm", "3.14", measured), 0)
    (upload(folder, "ubuntu-24.04-arm", "3.14", measured) / "result.json").write_bytes(b"{")
    (folder / "no-note").mkdir()
    gathered = put(folder, docs)
    assert [one.image for one in gathered.round.measured] == [LINUX]
    assert {one.failed for one in gathered.round.columns} == {"", gathering.REFUSED}
    assert len(gathered.refused) == 6
    said = "\n".join(gathered.refused)
    for part in ("markup in", "a path in", "newer conc", "format 0", "not JSON", "has no job.json"):
        assert part in said
    assert all(line.isprintable() for line in gathered.refused)
    assert HOSTILE not in (docs / "rounds" / "2026-10.json").read_text(encoding="utf-8")


def test_a_file_of_an_older_format_is_taken(folder: Path, docs: Path, measured: Result) -> None:
    with_format(upload(folder, LINUX, "3.14", measured), 1)
    assert only(put(folder, docs)).failed == ""


def test_a_runner_with_one_core_has_its_column(folder: Path, docs: Path) -> None:
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-10", World(cores=1)))
    column = only(put(folder, docs))
    assert "not tested here" in column.verdicts.values()


def test_a_file_that_timed_other_code_is_told_apart(
    folder: Path, docs: Path, measured: Result
) -> None:
    name = "cpu-bound"
    other = msgspec.structs.replace(
        measured.measurements[name], snippets={"conc.snippets.cpu_bound": "0" * 64}
    )
    older = {**measured.measurements, name: other}
    upload(folder, LINUX, "3.14", msgspec.structs.replace(measured, measurements=older))
    assert name in only(put(folder, docs)).outdated


def test_of_two_results_of_a_job_the_newest_is_taken_and_that_is_told(
    folder: Path, docs: Path, measured: Result
) -> None:
    place = upload(folder, LINUX, "3.14", measured)
    store.save(result(LINUX, "3.14", "2026-09"), place / "older.json")
    gathered = put(folder, docs)
    assert only(gathered).measured.startswith("2026-10")
    assert "2 results of one job; the newest is taken" in gathered.refused[0]


def test_of_two_jobs_of_one_runner_the_newest_result_is_taken(
    folder: Path, docs: Path, measured: Result
) -> None:
    upload(folder, LINUX, "3.14", measured).rename(folder / "second attempt")
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-09"))
    gathered = put(folder, docs)
    assert only(gathered).measured.startswith("2026-10")
    assert "results of 2 jobs; the newest is taken" in gathered.refused[0]


def test_the_samples_of_another_job_are_no_measurement(
    folder: Path, docs: Path, measured: Result
) -> None:
    upload(folder, LINUX, "3.14", measured)
    upload(folder, "windows-2025", "3.14", measured)
    gathered = put(folder, docs)
    assert [one.image for one in gathered.round.measured] == [LINUX]
    assert "the samples of ubuntu-24.04-3.14 again" in gathered.refused[0]


def test_a_result_of_another_python_than_the_job_was_for_is_refused(
    folder: Path, docs: Path, measured: Result
) -> None:
    upload(folder, LINUX, "3.14t", measured)
    gathered = put(folder, docs, "2026-10")
    assert only(gathered).failed == gathering.REFUSED
    assert "the job was to measure 3.14t" in gathered.refused[0]


def test_an_error_that_quotes_a_path_loses_its_text(
    folder: Path, docs: Path, measured: Result
) -> None:
    name = "cpu-bound"
    one = measured.measurements[name]
    failed = Failure(case=one.cases[0].id, run=0, kind="crashed", detail="no /home/ada/x.so")
    broken = {**measured.measurements, name: msgspec.structs.replace(one, failures=[failed])}
    upload(folder, LINUX, "3.14", msgspec.structs.replace(measured, measurements=broken))
    column = only(put(folder, docs))
    kept = contribution.load(docs / "machines" / column.file)
    assert kept.measurements[name].failures[0].detail == contributed.LEFT_OUT


def test_newer_files_take_the_place_of_those_of_the_same_machine_and_python(
    folder: Path, docs: Path, measured: Result
) -> None:
    (docs / "machines").mkdir(parents=True)
    packed = contribution.pack(with_machine(measured, cpu="A laptop"))
    ours = (
        docs / "machines" / contribution.file_name(with_machine(measured, cpu="A laptop"), packed)
    )
    ours.write_bytes(packed)
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-08"))
    first = only(put(folder, docs))
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-09", World(patch=1)))
    second = put(folder, docs)
    assert second.replaced == (first.file,)
    assert {path.name for path in contribution.files(docs / "machines")} == {
        ours.name,
        only(second).file,
    }


def test_a_round_that_is_made_anew_leaves_no_file_that_none_names(
    folder: Path, docs: Path, measured: Result
) -> None:
    upload(folder, LINUX, "3.14", measured)
    put(folder, docs)
    upload(folder, LINUX, "3.14", None, "measuring")
    put(folder, docs, "2026-10")
    assert contribution.files(docs / "machines") == []


def test_another_cpu_behind_an_image_name_keeps_both_files_and_is_told(
    folder: Path, docs: Path
) -> None:
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-08"))
    put(folder, docs)
    moved = World(cpus={LINUX: "Invented EPYC 9V74"})
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-09", moved))
    gathered = put(folder, docs)
    assert len(contribution.files(docs / "machines")) == 2
    (note,) = gathered.round.notes
    assert note == (
        "ubuntu-24.04, Python 3.14: another machine than in 2026-08: Invented EPYC 7763 with 4"
        " cores, then Invented EPYC 9V74 with 4 cores."
    )


def test_a_verdict_that_turned_is_told_with_what_was_another(folder: Path, docs: Path) -> None:
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-08"))
    put(folder, docs)
    longer = World(patch=1, hand_over=5.0)
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-09", longer))
    turned = put(folder, docs).round.turned
    assert turned
    for turn in turned:
        assert (turn.image, turn.role, turn.since) == (LINUX, NEWEST, "2026-08")
        assert turn.before != turn.after
        assert turn.again == turn.before
        assert turn.reasons == ("Python", "the data")
        assert turn.says != turn.said


def test_a_gap_is_bridged_to_the_last_round_that_measured(folder: Path, docs: Path) -> None:
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-06"))
    put(folder, docs)
    upload(folder, LINUX, "3.14", None, "measuring")
    put(folder, docs, "2026-07")
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-09", World(hand_over=5.0)))
    turned = put(folder, docs).round.turned
    assert {turn.since for turn in turned} == {"2026-06"}
    assert [one.month for one in rounds.load_all(docs / "rounds")] == [
        "2026-06",
        "2026-07",
        "2026-09",
    ]


def test_without_any_result_the_month_has_to_be_named(folder: Path, docs: Path) -> None:
    upload(folder, LINUX, "3.14", None, "installing")
    with pytest.raises(ConcError, match="name it with --round"):
        gathering.gather(folder, docs)
    with pytest.raises(ConcError, match="named like 2026-11, and not"):
        gathering.gather(folder, docs, "../../x")
    assert only(put(folder, docs, "2026-11")).failed == "it ended while installing"


def test_interrupted_it_leaves_what_was_there(
    folder: Path, docs: Path, measured: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(folder, LINUX, "3.14", result(LINUX, "3.14", "2026-09"))
    put(folder, docs)
    before = {path: path.read_bytes() for path in docs.rglob("*.json*")}
    upload(folder, LINUX, "3.14", measured)
    gathered = gathering.gather(folder, docs)
    written = store.write

    def interrupted(content: bytes, path: Path) -> bool:
        if path.parent.name == "rounds":
            raise KeyboardInterrupt
        return written(content, path)

    monkeypatch.setattr(store, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gathering.put(gathered, docs)
    assert {path: path.read_bytes() for path in docs.rglob("*.json*")} == before


def test_a_file_that_claims_a_run_which_no_round_names_is_refused(
    folder: Path, docs: Path, measured: Result
) -> None:
    upload(folder, LINUX, "3.14", measured)
    put(folder, docs)
    (path,) = contribution.files(docs / "machines")
    (docs / "rounds" / "2026-10.json").unlink()
    (complaint,) = contributed.complaints(path, path.parent)
    assert "no round names it" in complaint.says


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "no round"),
        (b"[" * 100_000, "no round"),
        (b" " * (rounds.MOST_BYTES + 1), "larger than"),
        (b'{"month": "2026-10", "rules": 2, "conc": "", "columns": [], "format": 9}', "format 9"),
        (b'{"month": "2026-11", "rules": 2, "conc": "", "columns": []}', "its name has to be"),
        (b'{"month": "2026-10", "rules": 0, "conc": "", "columns": []}', "no round"),
    ],
)
def test_a_round_that_can_not_be_is_refused_and_named(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "2026-10.json"
    path.write_bytes(content)
    with pytest.raises(ConcError, match=says) as refused:
        rounds.load(path)
    assert str(path) in str(refused.value)


def test_pythons_are_followed_by_what_they_are_in_their_month() -> None:
    assert rounds.roles(["3.11", "3.14", "3.14t"]) == {
        "3.11": LOWEST,
        "3.14": NEWEST,
        "3.14t": FREE,
    }
    assert rounds.roles(["3.9", "3.10", "3.15t", "3.14t"]) == {
        "3.9": LOWEST,
        "3.10": NEWEST,
        "3.14t": "3.14t",
        "3.15t": FREE,
    }


@pytest.mark.parametrize(
    ("again", "then", "reasons"),
    [
        ("does not hold", 1, ("the rule",)),
        ("holds", 1, ("the data",)),
        ("undecided", 1, ("the rule", "the data")),
        ("", 1, ("the rule", "the data")),
        ("", 2, ("the data",)),
    ],
)
def test_what_turned_a_verdict_is_told_by_judging_the_earlier_samples_again(
    again: str, then: int, reasons: tuple[str, ...]
) -> None:
    old = Column(
        image=LINUX, python="3.14", role=NEWEST, commit="", run=1, verdicts={"C6": "holds"}
    )
    new = msgspec.structs.replace(old, verdicts={"C6": "does not hold"})
    earlier = Round(month="2026-09", rules=then, conc="", columns=(old,))
    assert rounds.reasons("C6", (earlier, old), new, 2, again) == reasons  # type: ignore[arg-type]  # a text of the table


def test_eighteen_results_make_a_round_below_the_limit(folder: Path, docs: Path) -> None:
    assert len([*uploads.scheduled(folder, "2026-10")]) == 18
    gathered = put(folder, docs)
    assert len(gathered.round.measured) == 18
    assert (docs / "rounds" / "2026-10.json").stat().st_size <= rounds.MOST_BYTES
    assert datetime.fromisoformat(gathered.round.columns[0].measured).tzinfo == UTC
    assert rounds.shown(rounds.load_all(docs / "rounds")) == next(
        one for one in gathered.round.columns if one.place == (LINUX, NEWEST)
    )
