"""Two results side by side in a terminal and as data."""

import msgspec

from conc.claims.findings import of_result
from conc.show import comparing
from tests.invented.machines import base

FIRST = of_result(base(4, gil=True), "first")
SECOND = of_result(base(4, gil=False), "second")


def test_the_text_has_what_differs_and_what_can_not_be_compared() -> None:
    said = comparing.to_text(FIRST, SECOND)
    assert "A: Invented CPU" in said
    assert "C11" in said
    assert "apart" in said
    assert "Interpreters: the first has no such figure" in said


def test_a_result_beside_itself_differs_in_nothing() -> None:
    said = comparing.to_text(FIRST, FIRST)
    assert "No verdict differs" in said
    assert "apart" not in said.replace("apart from", "")
    assert "Not comparable" not in said


def test_what_a_stranger_wrote_steers_no_terminal() -> None:
    hostile = msgspec.structs.replace(
        FIRST, machine=msgspec.structs.replace(FIRST.machine, cpu="a\x1b[2Jb")
    )
    assert "\x1b" not in comparing.to_text(hostile, FIRST)


def test_the_data_holds_estimates_with_their_intervals() -> None:
    data = msgspec.json.decode(msgspec.json.encode(comparing.to_data(FIRST, SECOND)))
    threads = next(one for one in data["ratios"] if one["name"] == "threads")
    assert threads["apart"] is True
    assert threads["a"]["low"] <= threads["a"]["value"] <= threads["a"]["high"]
    assert {one["claim"] for one in data["verdicts"]} >= {"C11"}


def test_what_one_of_them_alone_decides_is_no_difference() -> None:
    open_ = msgspec.structs.replace(FIRST.verdicts["C11"], outcome="undecided")
    unsure = msgspec.structs.replace(FIRST, verdicts={**FIRST.verdicts, "C11": open_})
    said = comparing.to_text(FIRST, unsure)
    assert "No verdict differs that both decide." in said
    assert "Decided by one alone" in said
    data = msgspec.json.decode(msgspec.json.encode(comparing.to_data(FIRST, unsure)))
    (one,) = data["verdicts"]
    assert (one["claim"], one["both_decided"]) == ("C11", False)
