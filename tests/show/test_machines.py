"""Machines side by side: what is read once, what a page says, and that it says it safely."""

from pathlib import Path

import msgspec
import pytest

from conc import figures
from conc.claims import findings, ledger
from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.results import contribution, store
from conc.show import machine_files, machine_pages, machines, marks, verdicts
from conc.show.collected import Collected
from conc.show.shown import Shown
from tests.invented.ledger import counted
from tests.invented.machines import contribute
from tests.invented.results import invented_result

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("machines")
    contribute(4, made)
    return made


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def collected(folder: Path, cache: Path) -> Collected:
    return machine_files.collect(contribution.files(folder), cache)


@pytest.fixture
def shown(collected: Collected) -> Shown:
    return Shown(invented_result(values_of=counted), page="machines/", others=collected)


def test_every_file_is_judged_as_it_is_by_itself(folder: Path, collected: Collected) -> None:
    paths = contribution.files(folder)
    assert collected.findings == tuple(map(findings.of_file, paths))
    assert collected.files == tuple(path.name for path in paths)


def test_a_file_that_was_judged_is_not_read_again(
    folder: Path, cache: Path, collected: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "of_file", None)
    assert machine_files.collect(contribution.files(folder), cache) == collected


def test_other_rules_judge_every_file_anew(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(findings, "version_of_rules", lambda: "others")

    def judged(paths: list[Path]) -> list[bytes]:
        asked.extend(paths)
        return [machine_files._judge(path) for path in paths]

    monkeypatch.setattr(machine_files, "_judged", judged)
    machine_files.collect(contribution.files(folder)[:1], cache)
    assert len(asked) == 1


def test_a_file_that_can_not_be_read_is_left_out_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "x.json.gz").write_bytes(b"no gzip")
    found = machine_files.collect(contribution.files(tmp_path), tmp_path / "kept")
    assert found.findings == ()
    assert found.left_out[0].startswith("x.json.gz: no contributed result")


def test_figures_that_mean_nothing_are_left_out(tmp_path: Path) -> None:
    result = invented_result(EXPERIMENTS[:1], runs=1, rounds=1)
    hasty = {n: msgspec.structs.replace(m, profile="smoke") for n, m in result.measurements.items()}
    store.save(msgspec.structs.replace(result, measurements=hasty), tmp_path / "hasty.json")
    found = machine_files.collect([tmp_path / "hasty.json"], tmp_path / "kept")
    assert found.findings == ()
    assert "whose figures mean nothing" in found.left_out[0]


def test_other_results_of_our_own_stand_beside_the_contributed_ones(
    folder: Path, tmp_path: Path
) -> None:
    for name in ("shown", "other"):
        store.save(invented_result(runs=1, rounds=1), tmp_path / f"{name}.json")
    found = machine_files.others(folder, tmp_path, tmp_path / "shown.json")
    assert [path.name for path in found[-1:]] == ["other.json"]
    assert len(found) == 5


def test_the_matrix_has_a_row_a_claim_and_a_column_a_machine(shown: Shown) -> None:
    html = str(machines.matrix(shown))
    assert html.count("<tr") == 1 + len(ledger.CLAIMS)
    assert html.count("data-key") == 5
    assert f'href="../machines/{shown.others.findings[0].name}/#C7"' in html
    assert 'href="../verdicts/#C7"' in html


def test_profiles_are_named_only_where_they_differ(collected: Collected) -> None:
    result = invented_result(values_of=counted)
    alike = Shown(result, page="machines/", others=collected)
    assert ", profile " not in str(machines.matrix(alike))
    measured = {
        name: msgspec.structs.replace(one, profile="full")
        for name, one in result.measurements.items()
    }
    full = msgspec.structs.replace(result, measurements=measured)
    html = str(machines.matrix(Shown(full, page="machines/", others=collected)))
    assert html.count(", profile full") == 1
    assert html.count(", profile quick") == 4


def test_the_ratios_are_written_beside_their_marks(shown: Shown) -> None:
    html = str(machines.ratios(shown))
    assert html.count("<circle") > 10
    here = shown.machines.here
    assert here
    assert f"{here.figures['processes'].value:.2f}×" in html


def test_an_interval_without_an_end_is_drawn_to_the_end_of_the_axis(shown: Shown) -> None:
    here = shown.machines.here
    assert here
    wide = msgspec.structs.replace(here.figures["processes"], low=-1.0, high=float("inf"))
    assert "M0.0 6H100.0" in str(machines._mark(wide, machines._Axis.over([wide])))


def test_a_verdict_says_how_it_stands_elsewhere_only_where_machines_differ(shown: Shown) -> None:
    ours, theirs = shown.verdicts["C21"], shown.others.findings[0]
    other = "does not hold" if ours.outcome == "holds" else "holds"
    turned = msgspec.structs.replace(theirs.verdicts["C21"], outcome=other)
    changed = msgspec.structs.replace(theirs, verdicts={**theirs.verdicts, "C21": turned})
    beside = Shown(shown.result, page="verdicts/", others=Collected((changed,), ("",), ("x",)))
    html = figures.read(str(verdicts.block(beside, "C21")))
    assert f"Elsewhere: {other} on 1 of 1 machine." in html
    assert 'href="../machines/#C21"' in html
    assert "Elsewhere" not in str(verdicts.block(shown, "C21"))


def test_each_machine_has_a_page_made_from_the_frame_of_the_first(shown: Shown) -> None:
    frame = machine_pages.frame(shown)
    assert frame
    assert "search: {exclude: true}" in frame.markdown
    built = f"<title>{machine_pages.TITLE}</title>{frame.markdown}"
    pages = dict(machine_pages.pages(built, shown))
    assert len(pages) == 4
    for one in shown.others.findings:
        page = pages[f"machines/{one.name}/index.html"].decode()
        assert f"<title>{one.machine.cpu}, " in page
        assert f'href="../{one.name}.json.gz"' in page
        assert 'id="C33"' in page
        assert machine_pages.TITLE not in page


def test_without_other_files_there_is_no_frame_and_the_page_says_so() -> None:
    alone = Shown(invented_result(), page="machines/")
    assert machine_pages.frame(alone) is None
    assert "A second one makes this page" in machines.count(alone)
    assert "this build" in str(machines.matrix(alone))


def test_a_page_of_a_machine_that_nobody_knows_stops_the_build(shown: Shown) -> None:
    with pytest.raises(ConcError, match="no result of a machine"):
        marks.make(shown, "machine", "unknown")


def test_what_a_stranger_wrote_is_text_everywhere(tmp_path: Path) -> None:
    result = invented_result(runs=2, rounds=4)
    machine = msgspec.structs.replace(result.machine, cpu=HOSTILE, system=HOSTILE, kernel=HOSTILE)
    python = msgspec.structs.replace(
        result.interpreter, version=HOSTILE, compiler=HOSTILE, packages={HOSTILE: HOSTILE}
    )
    store.save(
        msgspec.structs.replace(result, machine=machine, interpreter=python),
        tmp_path / "hostile.json",
    )
    found = machine_files.collect([tmp_path / "hostile.json"], tmp_path / "kept")
    shown = Shown(invented_result(), page="machines/", others=found)
    html = "".join(
        str(part)
        for part in (
            machines.matrix(shown),
            machines.differing(shown),
            machines.ratios(shown),
            machines.machine(shown, "hostile"),
            *dict(machine_pages.pages(machine_pages.TITLE, shown)).values(),
        )
    )
    assert "&lt;script&gt;alert" in html
    assert "<script>" not in html
