"""Verdicts on pages and in the terminal: complete, linked, filtered without a script, escaped."""

import hashlib
import html
import re
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from conc import figures
from conc.claims import ledger
from conc.claims.changes import RULES_VERSION
from conc.claims.worlds import cpu_bound, heartbeat, idle_loop, made, measured, memory_bound, result
from conc.errors import ConcError
from conc.records import OUTCOMES, Case, Failure, Result
from conc.results import store
from conc.show import blocks, project, verdicts
from conc.show.markup import slug
from conc.show.shown import Shown
from tests.tracked import ROOT

STYLE = ROOT / "docs" / "assets" / "verdicts.css"
FORM = ROOT / ".github" / "ISSUE_TEMPLATE" / project.DISPUTE_FORM
HOSTILE = "<script>alert(1)</script>"


def some() -> Result:
    """Return a result on which claims come to each outcome."""
    return result(
        cpu_bound(asyncio=1.5),
        idle_loop(),
        *memory_bound().measurements.values(),
        *heartbeat().measurements.values(),
    )


def hostile() -> Result:
    """Return a result in whose every name stands a script."""
    one = made("sequential", 0.2, latency_ms=20)
    lost = Case(workload=HOSTILE, model="threads", workers=10, parameters={"latency_ms": 20})
    failed = Failure(case=HOSTILE, run=0, kind="raised", detail=HOSTILE)
    measurement = measured("io-bound", one)
    return result(
        msgspec.structs.replace(measurement, cases=[*measurement.cases, lost], failures=[failed]),
        measured(
            "kitchens",
            made(
                HOSTILE,
                work="mixed",
                traced=False,
                values={"makespan_s": 2.0, "predicted_s": 1.0},
            ),
        ),
        cores=1,
        limits=(HOSTILE,),
    )


def show(of: Result | None, page: str = "article/threading/") -> None:
    blocks.use(Shown(of, page=page))


def test_the_table_has_a_row_with_a_permalink_for_every_claim() -> None:
    show(some(), "verdicts/")
    table = blocks.verdicts_table()

    for claim in ledger.CLAIMS:
        assert f'<tr id="{claim.id}"' in table
        assert f'href="#{claim.id}"' in table
    assert table.count("<tr ") == len(ledger.CLAIMS)


def test_a_row_leads_to_the_article_the_evidence_and_the_raw_data() -> None:
    show(some(), "verdicts/")
    (row,) = re.findall(r'<tr id="C17".*?</tr>', blocks.verdicts_table())

    assert 'href="https://leimao.github.io/blog/Python-Concurrency-High-Level/#Threading"' in row
    assert 'href="../article/threading/#C17"' in row
    assert 'href="../data/result.json"' in row, "io-bound was not measured"
    (row,) = re.findall(r'<tr id="C11".*?</tr>', blocks.verdicts_table())
    assert 'href="../data/experiments/cpu-bound.json"' in row


def test_the_first_filter_of_each_kind_shows_all_and_the_style_sheet_knows_the_others() -> None:
    show(some(), "verdicts/")
    style = STYLE.read_text(encoding="utf-8")
    found = re.findall(
        r'<input type="radio" name="(conc-\w+)" value="([\w-]+)"( checked)?>',
        blocks.verdicts_table(),
    )

    assert [(name, value) for name, value, checked in found if checked] == [
        ("conc-outcome", "all"),
        ("conc-section", "all"),
    ]
    for name, value, checked in found:
        assert checked or f'[name="{name}"][value="{value}"]:checked' in style
    assert len(found) == 2 + len(OUTCOMES) + sum(
        bool(section.claims) for section in ledger.SECTIONS
    )


def test_every_outcome_has_a_colour_in_light_and_in_dark_and_a_mark_of_its_own() -> None:
    style = STYLE.read_text(encoding="utf-8")

    for outcome in OUTCOMES:
        assert style.count(f"--conc-{slug(outcome)}: #") == 2
        assert outcome in str(verdicts.badge(outcome))
    assert len(set(verdicts.SHAPES.values())) == len(OUTCOMES)


def test_a_block_says_claim_verdict_sentence_and_numbers_and_leads_to_the_table() -> None:
    show(some())
    block = blocks.verdict("c1")

    assert 'id="C1"' in block
    assert 'href="../../verdicts/#C1"' in block
    assert "holds only if …" in block
    assert "the data is near: " in block
    assert "scattered against in order" in block


def test_a_block_of_a_claim_that_is_not_there_is_an_error() -> None:
    show(some())

    with pytest.raises(ConcError, match="C34"):
        blocks.verdict("C34")


def test_an_impossible_figure_is_said_beside_the_verdicts_that_rest_on_it() -> None:
    show(some())

    assert "Impossible figure" in blocks.verdict("C11")
    assert "Impossible figure" not in blocks.verdict("C1")


@pytest.mark.parametrize("of", [some(), hostile(), result()])
def test_nothing_of_a_strangers_result_becomes_markup(of: Result) -> None:
    show(of)
    parts = [blocks.verdicts_table(), blocks.surprises(), blocks.verdict_counts()]
    shown = "".join([*parts, *(blocks.verdict(claim.id) for claim in ledger.CLAIMS)])

    assert "<script" not in shown
    if of.machine.limits:
        assert "&lt;script&gt;" in shown


def test_the_counts_are_a_sentence_that_leaves_out_what_is_not_there() -> None:
    found = Counter({OUTCOMES[0]: 1, OUTCOMES[1]: 3, OUTCOMES[2]: 2})

    assert figures.read(verdicts.counts_sentence(found)) == (
        "Of 6 claims 1 holds, 3 hold under a condition only and 2 do not hold."
    )


def test_the_counts_of_a_result_add_up_to_all_claims() -> None:
    show(some())

    total, *counts = map(int, re.findall(r"\d+", re.sub("<[^>]*>", "", blocks.verdict_counts())))
    assert total == sum(counts) == len(ledger.CLAIMS)


def test_surprises_are_corrections_that_were_decided() -> None:
    show(some(), "")
    found = blocks.surprises()

    assert 'href="article/asyncio/#C29"' in found
    assert "C26" not in found  # not tested by this result


def test_without_a_surprise_home_says_so() -> None:
    show(result())

    assert "no surprise" in blocks.surprises()


def test_without_a_result_every_block_says_how_to_get_one() -> None:
    show(None)

    for said in (
        blocks.verdict("C1"),
        blocks.verdicts_table(),
        blocks.verdict_counts(),
        blocks.surprises(),
    ):
        assert "conc measure" in said


def test_each_section_of_the_article_leads_to_its_page_and_claims() -> None:
    show(None, "article/")
    table = blocks.sections_table()

    for section in ledger.SECTIONS:
        assert f'href="../{section.page.address}#{section.anchor}"' in table
        assert f'href="{section.url}"' in table
    assert table.count("../verdicts/#") == len(ledger.CLAIMS)


def test_piped_verdicts_are_a_line_each() -> None:
    shown = Shown(some())
    lines = verdicts.to_text(shown, ledger.CLAIMS, as_table=False).splitlines()

    assert len(lines) == len(ledger.CLAIMS)
    assert lines[0].startswith("C1\tholds only if\tthe data is near")


def test_the_terminals_table_names_claim_verdict_and_finding() -> None:
    shown = Shown(some())
    text = verdicts.to_text(shown, [ledger.get("C28")], as_table=True)

    assert "Of 1 claim 1 holds." in text
    assert "C28" in text


def test_what_programs_read_is_json_without_bounds_that_json_lacks() -> None:
    shown = Shown(some())
    data = msgspec.json.decode(msgspec.json.encode(verdicts.to_data(shown, ledger.CLAIMS)))

    assert [one["claim"] for one in data] == [claim.id for claim in ledger.CLAIMS]
    assert next(one for one in data if one["claim"] == "C11")["impossible"]
    assert {"outcome", "sentence", "numbers", "experiments", "says", "section"} <= data[0].keys()


def test_what_is_known_stands_beside_every_verdict_with_its_source_and_versions() -> None:
    show(some(), "verdicts/")
    table, piped = (
        blocks.verdicts_table(),
        verdicts.to_text(Shown(some()), ledger.CLAIMS, as_table=False),
    )

    for claim in ledger.CLAIMS:
        assert f'href="{claim.known.url}"' in table
        assert f'href="{claim.known.url}"' in blocks.verdict(claim.id)
        assert claim.known.url in piped
        assert claim.known.versions in table


def test_an_undecided_verdict_says_its_cause_and_what_would_decide_it() -> None:
    of = memory_bound(scattered=1.2)
    show(of)
    block = blocks.verdict("C1")
    data = verdicts.to_data(Shown(of), [ledger.get("C1")])[0]

    assert (
        "</data> more minute may decide it:"
        " <code>conc measure memory-bound --profile full</code>" in block
    )
    assert "other programs used" in block
    assert data["command"] == "conc measure memory-bound --profile full"


def test_programs_read_the_version_of_the_rules_and_what_is_known() -> None:
    data = verdicts.to_data(Shown(some()), ledger.CLAIMS)

    assert {one["rules"] for one in data} == {RULES_VERSION}
    assert all(one["known"] for one in data)


def test_a_link_beside_each_verdict_opens_the_form_filled_in_with_what_is_disputed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(project.ADDRESS, "https://example.org/someone/conc")
    of = some()
    show(of, "verdicts/")
    table = blocks.verdicts_table()
    links = re.findall(r'class="conc-dispute" href="([^"]*)"', table)
    (link,) = re.findall(r'class="conc-dispute" href="([^"]*)"', blocks.verdict("C11"))
    address = urlsplit(html.unescape(link))

    assert link in links
    assert len(links) == len(ledger.CLAIMS)
    assert address.path == "/someone/conc/issues/new"
    assert parse_qs(address.query) == {
        "template": [project.DISPUTE_FORM],
        "title": ["Dispute: C11"],
        "claim": ["C11"],
        "rules": [str(RULES_VERSION)],
        "digest": [hashlib.sha256(store.encode(of)).hexdigest()],
    }
    fields = re.findall(r"^    id: (\w+)$", FORM.read_text(encoding="utf-8"), re.MULTILINE)
    assert parse_qs(address.query).keys() - {"template", "title"} <= {*fields}


def test_without_the_address_of_the_project_no_verdict_can_be_disputed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(project.ADDRESS, raising=False)
    show(some())

    assert "conc-dispute" not in blocks.verdicts_table() + blocks.verdict("C11")
