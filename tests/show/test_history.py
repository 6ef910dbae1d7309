"""Rounds on pages: right to the figure, escaped, in words too; the feed of what turned."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from conc.claims import gathering, history, ledger, rounds
from conc.claims.rounds import LOWEST, NEWEST, Column, Round, Turn
from conc.errors import ConcError
from conc.records import Estimate
from conc.results import contribution
from conc.show import feed, machine_files, marks, round_pages
from conc.show import history as pages
from conc.show import rounds as round_page
from conc.show.shown import Shown
from tests.invented.results import invented_machine
from tests.invented.uploads import World, result, upload

HOSTILE = "<script>alert(1)</script>"
SITE = "https://example.org/conc/"
LINUX = "ubuntu-24.04"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gather three months: steady, one job without a result, hand-over to processes dearer."""
    docs = tmp_path_factory.mktemp("docs")
    for month, world in (
        ("2026-08", World()),
        ("2026-09", World(patch=1)),
        ("2026-10", World(patch=1, hand_over=5.0)),
    ):
        uploaded = tmp_path_factory.mktemp(month)
        for python in ("3.11", "3.14"):
            upload(uploaded, LINUX, python, result(LINUX, python, month, world))
        silent = month == "2026-09"
        windows = None if silent else result("windows-2025", "3.14", month, world)
        upload(uploaded, "windows-2025", "3.14", windows, "measuring" if silent else "done")
        gathering.put(gathering.gather(uploaded, docs), docs)
    return docs


@pytest.fixture(scope="module")
def shown(docs: Path, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    paths = contribution.files(docs / "machines")
    return Shown(
        None,
        page="rounds/",
        others=machine_files.collect(paths, tmp_path_factory.mktemp("kept")),
        rounds=rounds.load_all(docs / "rounds"),
        site=SITE,
    )


def on(shown: Shown, page: str) -> Shown:
    """Let another page ask."""
    return Shown(None, page=page, others=shown.others, rounds=shown.rounds, site=shown.site)


def text(made: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", str(made)).split())


def test_the_first_sentence_says_which_claims_held_everywhere_all_year(shown: Shown) -> None:
    columns = [column for one in shown.rounds for column in one.measured]
    assert len(columns) == 8
    held = [
        claim.id
        for claim in ledger.CLAIMS
        if all(column.verdicts[claim.id] == "holds" for column in columns)
    ]
    assert held
    said = text(pages.year(shown)).replace(" ,", ",").replace(" .", ".")
    assert said.startswith(
        f"From August 2026 to October 2026, {len(held)} claims of {len(ledger.CLAIMS)} held"
        f" everywhere, all the time. {', '.join(held)}. That is of 3 rounds with 3 combinations of"
        " image and Python, 8 results in all."
    )


def test_every_claim_stands_in_one_group(shown: Shown) -> None:
    html = str(pages.year(shown)).split("</p>", 1)[1]
    assert sorted(re.findall(r"#(C\d+)\"", html)) == sorted(claim.id for claim in ledger.CLAIMS)
    assert "C15" in html.split("Depends on machine, Python or month")[1].split("<h2>")[0]
    assert "(holds: 5 and holds only if: 3 of 8)" in html


def test_each_ratio_is_drawn_over_the_rounds_and_said_in_words(shown: Shown) -> None:
    html = str(pages.ratios(shown))
    series = history.moments(shown.rounds, (LINUX, NEWEST), "processes")
    words = pages.in_words(series)
    assert [one.month for one in series] == ["2026-08", "2026-09", "2026-10"]
    assert f'aria-label="{words}"' in html
    assert words.startswith(f"2026-08 {series[0].estimate.value:.2f}×, 2026-09 ")
    assert "(Python 3.14.0, then 3.14.1)" in words
    assert html.count("<tr") == 4
    assert "No series is long enough yet" in html


def test_a_gap_is_left_out_and_months_keep_their_distance(shown: Shown) -> None:
    series = history.moments(shown.rounds, ("windows-2025", NEWEST), "processes")
    html = str(pages.chart(series, [history.number(one.month) for one in shown.rounds]))
    places = re.findall(r"M([\d.]+) [\d.]+h0", html)
    assert [*map(float, places)] == [pages.EDGE, pages.WIDTH - pages.EDGE]


def test_a_change_beyond_the_spread_is_said_with_both_levels() -> None:
    found = [made(f"2025-{place + 1:02}", 2.0 + place % 3 / 100) for place in range(12)]
    later = [made(f"2026-{place + 1:02}", 3.0) for place in range(3)]
    html = str(pages.ratios(Shown(None, page="rounds/", rounds=(*found, *later))))
    assert "Of 1 series that are long enough, 1 changed" in html
    assert "changed in January 2026: 2.01×, then 3.00×" in text(html)
    assert html.count("conc-turning") == 1


def made(month: str, ratio: float, **fields: object) -> Round:
    estimate = Estimate(value=ratio, low=ratio * 0.98, high=ratio * 1.02, runs=4, rounds=8)
    column = Column(
        image=LINUX,
        python="3.14",
        role=NEWEST,
        commit="0" * 40,
        run=1,
        machine=invented_machine(),
        machine_id="a",
        measured=f"{month}-01T00:00:00Z",
        figures={"processes": estimate},
        verdicts={"C7": "holds"},
    )
    column = msgspec.structs.replace(column, **fields)
    return Round(month=month, rules=2, conc="0", columns=(column,))


def test_the_page_of_a_round_says_what_turned_and_what_was_another(shown: Shown) -> None:
    html = str(marks.make(on(shown, "rounds/2026-10/"), "round", "2026-10"))
    turned = [turn for turn in shown.rounds[-1].turned if turn.claim == "C15"]
    assert [(turn.image, turn.role, turn.since) for turn in turned] == [
        (LINUX, LOWEST, "2026-09"),
        (LINUX, NEWEST, "2026-09"),
        ("windows-2025", NEWEST, "2026-08"),
    ]
    said = text(html)
    assert "on ubuntu-24.04, newest Python: holds in September 2026, now holds only if" in said
    assert "on windows-2025, newest Python: holds in August 2026, now holds only if" in said
    assert "What was another: the data." in said
    assert "What was another: Python and the data." in said


def test_the_page_of_a_round_has_a_row_a_claim_and_says_why_a_column_is_empty(
    shown: Shown,
) -> None:
    html = marks.make(on(shown, "rounds/2026-09/"), "round", "2026-09")
    assert html.count("<tr") == 1 + len(ledger.CLAIMS)
    assert "windows-2025, Python 3.14: no result, it ended while measuring." in html
    assert "No verdict was decided otherwise than in the round before." in html
    assert 'href="../2026-09.json"' in html


def test_a_column_leads_to_the_page_of_its_file_until_a_newer_one_replaced_it(
    shown: Shown,
) -> None:
    newest = shown.rounds[-1].columns[0]
    assert round_page.address(on(shown, "rounds/2026-10/"), newest) == (
        f"../../machines/{newest.file.removesuffix('.json.xz')}/"
    )
    assert round_page.address(shown, shown.rounds[0].columns[0]) is None


def test_each_round_has_a_page_that_no_search_finds(shown: Shown) -> None:
    made_pages = dict(round_pages.pages(shown))
    assert list(made_pages) == ["rounds/2026-08.md", "rounds/2026-09.md", "rounds/2026-10.md"]
    assert all("search: {exclude: true}" in page for page in made_pages.values())
    assert "# October 2026" in made_pages["rounds/2026-10.md"]


def test_a_machine_page_says_which_run_measured_it(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONC_REPO_URL", "https://example.org/repo")
    name = shown.others.findings[0].name
    html = marks.make(on(shown, f"machines/{name}/"), "machine", name)
    assert "Measured by a workflow of this project" in html
    assert 'href="https://example.org/repo/actions/runs/7"' in html
    unnamed = Shown(None, page=f"machines/{name}/", others=shown.others)
    assert "workflow" not in marks.make(unnamed, "machine", name)


def test_before_the_first_round_the_page_says_how_one_comes_to_be() -> None:
    bare = Shown(None, page="rounds/")
    assert "No round is here yet" in text(pages.year(bare))
    assert "From the first round on" in text(pages.ratios(bare))
    assert dict(round_pages.pages(bare)) == {}
    with pytest.raises(ConcError, match="no round of 2026-10"):
        marks.make(bare, "round", "2026-10")


def test_what_a_stranger_wrote_into_a_round_is_text_everywhere() -> None:
    turn = Turn(
        image=HOSTILE,
        role=HOSTILE,
        claim=HOSTILE,
        since="2026-09",
        before="holds",
        after="does not hold",
        says=f"{HOSTILE}\x00\x1b[31m",
        reasons=("the data",),
    )
    fields = {"image": HOSTILE, "python": HOSTILE, "role": HOSTILE, "file": HOSTILE}
    hostile = msgspec.structs.replace(
        made("2026-10", 2.0, **fields), turned=(turn,), notes=(HOSTILE,), conc=HOSTILE
    )
    shown = Shown(None, page="rounds/", rounds=(made("2026-09", 2.0), hostile), site=SITE)
    html = "".join(
        [
            str(pages.year(shown)),
            str(pages.ratios(shown)),
            str(pages.rounds_list(shown)),
            str(round_page.page(shown, "2026-10")),
            feed.atom(shown.rounds, HOSTILE, SITE).decode(),
        ]
    )
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    ET.fromstring(feed.atom(shown.rounds, HOSTILE, SITE))


def test_the_feed_has_an_entry_a_verdict_that_turned_with_what_atom_asks_for(
    shown: Shown,
) -> None:
    root = ET.fromstring(feed.atom(shown.rounds, "A site", SITE))
    entries = root.findall(f"{ATOM}entry")
    assert root.tag == f"{ATOM}feed"
    assert len(entries) == sum(len(one.turned) for one in shown.rounds) > 0
    for part in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{name}")) == 1
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(part.findtext(f"{ATOM}updated"))
        )
        assert str(part.findtext(f"{ATOM}id")).startswith(SITE)
        assert [link.get("rel") for link in part.findall(f"{ATOM}link")].count("alternate") == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len({*ids}) == len(ids)
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "A site"
    assert root.find(f"{ATOM}link[@rel='self']") is not None
    page = str(round_page.page(on(shown, "rounds/2026-10/"), "2026-10"))
    assert all(f'id="{str(one).partition("#")[2]}"' in page for one in ids)


def test_the_feed_is_the_same_each_time_and_only_where_the_address_is_known(shown: Shown) -> None:
    (name, content), *others = round_pages.files(shown, "A site")
    assert (name, others) == ("rounds/feed.xml", [])
    assert [*round_pages.files(shown, "A site")] == [(name, content)]
    nowhere = Shown(None, rounds=shown.rounds)
    assert [*round_pages.files(nowhere, "A site")] == []
    assert "Atom" not in str(pages.rounds_list(nowhere))
    assert "Atom" in str(pages.rounds_list(shown))
