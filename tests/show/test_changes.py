"""Why verdicts turned: the rule and the data are told apart, and only the build before counts."""

import re
from pathlib import Path

import msgspec

from conc.claims.changes import CHANGES, RULES_VERSION
from conc.claims.worlds import memory_bound
from conc.records import Result
from conc.show import blocks, changes
from conc.show.changes import Build
from conc.show.shown import Shown

HELD = memory_bound(scattered=1.05)
TURNED = memory_bound(scattered=2.0)


def started(of: Result, when: str) -> Result:
    measurement = of.measurements["memory-bound"]
    again = msgspec.structs.replace(measurement, started=when)
    return msgspec.structs.replace(of, measurements={"memory-bound": again})


def said(of: Result, folder: Path) -> str:
    blocks.use(Shown(of, cache=folder / "charts"))
    return blocks.turned_verdicts()


def test_the_first_build_has_nothing_to_be_set_against(tmp_path: Path) -> None:
    assert "No verdict of this machine has changed" in said(HELD, tmp_path)


def test_a_verdict_that_other_data_turned_is_said_to_be_the_data(tmp_path: Path) -> None:
    changes.keep(Shown(HELD, cache=tmp_path / "charts"))

    assert "C1, before: holds; now: holds only if. What changed: the data." in said(
        started(TURNED, "2026-01-03T00:00:00Z"), tmp_path
    )


def test_a_verdict_that_another_rule_turned_is_said_to_be_the_rule(tmp_path: Path) -> None:
    shown = Shown(TURNED, cache=tmp_path / "charts")
    changes.keep(shown)
    path = tmp_path / changes.KEPT
    (kept,) = msgspec.json.decode(path.read_bytes(), type=list[Build])
    older = msgspec.structs.replace(kept, rules=1, outcomes={**kept.outcomes, "C1": "holds"})
    path.write_bytes(msgspec.json.encode([older]))

    assert "C1, before: holds; now: holds only if. What changed: the rule." in said(
        TURNED, tmp_path
    )


def test_the_same_build_again_is_still_set_against_the_one_before(tmp_path: Path) -> None:
    later = started(TURNED, "2026-01-03T00:00:00Z")
    for of in (HELD, later, later):
        changes.keep(Shown(of, cache=tmp_path / "charts"))

    assert "What changed: the data" in said(later, tmp_path)


def test_what_was_kept_and_can_not_be_read_is_as_if_nothing_was(tmp_path: Path) -> None:
    (tmp_path / changes.KEPT).write_text("{")

    assert "No verdict of this machine has changed" in said(HELD, tmp_path)


def test_other_data_without_another_verdict_turn_nothing(tmp_path: Path) -> None:
    changes.keep(Shown(HELD, cache=tmp_path / "charts"))

    assert "No verdict has turned" in said(started(HELD, "2026-01-03T00:00:00Z"), tmp_path)


def test_the_rules_page_names_every_change_under_its_version() -> None:
    blocks.use(Shown(None))
    shown = blocks.rule_changes()

    assert f"Version {RULES_VERSION}" in shown
    assert shown.count("<li>") == len(CHANGES)
    assert "C26: " in shown


def test_without_a_result_nothing_is_kept_and_the_block_says_how_to_get_one(tmp_path: Path) -> None:
    changes.keep(Shown(None, cache=tmp_path / "charts"))
    blocks.use(Shown(None))

    assert list(tmp_path.iterdir()) == []
    assert "conc measure" in blocks.turned_verdicts()


def test_the_last_builds_by_these_rules_are_said_to_agree_or_not(tmp_path: Path) -> None:
    for day, of in enumerate((HELD, TURNED), start=1):
        again = started(of, f"2026-01-0{day}T00:00:00Z")
        blocks.use(Shown(again, cache=tmp_path / "charts"))
        if day == 1:
            assert "the first build" in blocks.agreement()
        changes.keep(Shown(again, cache=tmp_path / "charts"))

    said = re.sub("<[^>]+>", "", blocks.agreement())
    assert "In the last 2 builds" in said
    assert "2 claims were decided one way and another" in said


def test_builds_by_older_rules_are_no_disagreement(tmp_path: Path) -> None:
    changes.keep(Shown(HELD, cache=tmp_path / "charts"))
    path = tmp_path / changes.KEPT
    (kept,) = msgspec.json.decode(path.read_bytes(), type=list[Build])
    path.write_bytes(msgspec.json.encode([msgspec.structs.replace(kept, rules=1)]))
    blocks.use(Shown(TURNED, cache=tmp_path / "charts"))

    assert "the first build" in blocks.agreement()
