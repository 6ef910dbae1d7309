"""Versions of Python side by side: what changed, what did not, and what was not measured."""

import re

import htpy as h
import msgspec
import pytest

from conc import figures
from conc.claims.findings import HANDED_DOWN, KEYS, RATIOS, TIMES, Finding, Key, of_result
from conc.errors import MissingError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Estimate, Profile
from conc.show import versions
from conc.show.collected import Collected
from conc.show.shown import Shown
from tests.invented.ledger import counted
from tests.invented.results import invented_result

BASE = of_result(invented_result(EXPERIMENTS[:1]), "base")

TENTHS = {1.02: False, 0.95: False, 1.2: True, 0.8: True}
HALVES = {1.7: False, 0.6: False, 2.1: True, 0.4: True}


def version(  # noqa: PLR0913 - a test names only what it is about
    number: str,
    *,
    start: str = "fork",
    gil: bool = True,
    start_s: float = 0.01,
    threads: float = 1.0,
    lost: tuple[str, ...] = (),
    lost_share: float = 0.2,
) -> Finding:
    """Return a version's finding on one machine."""
    python = msgspec.structs.replace(
        BASE.interpreter,
        version=number,
        start_method=start,
        gil=gil,
        build="GIL-enabled" if gil else "free-threaded",
        interpreters=number >= "3.14",
    )
    figures = {"fork-start-s": around(start_s), "threads": around(threads)}
    forked = float(start == "fork")
    handed_down = {
        start: {
            "pickled": 1 - forked,
            "module_again": 1 - forked,
            "state_kept": forked,
            "lambda_starts": forked,
        }
    }
    forms = {"x += 1": 0.0, "x = step(x)": 0.0} | dict.fromkeys(lost, lost_share)
    return msgspec.structs.replace(
        BASE,
        name=f"v{number}-{gil}",
        interpreter=python,
        figures=figures,
        lost=forms,
        handed_down=handed_down,
        verdicts={},
    )


def around(value: float) -> Estimate:
    return Estimate(value=value, low=0.95 * value, high=1.05 * value, runs=3, rounds=9)


def shown(*found: Finding) -> Shown:
    names = tuple(one.name for one in found)
    return Shown(None, page="versions/", others=Collected(found, names, names))


def words(made: h.Renderable) -> str:
    """Return HTML whose figures are words alone."""
    return str(figures.read(str(made)))


def summary(site: Shown) -> str:
    """Return the sentence on which interpreters there are, without the elements of its figures."""
    return re.sub("</?data[^>]*>", "", versions.summary(site))


def test_a_new_default_and_a_figure_beyond_its_interval_are_changes() -> None:
    site = shown(version("3.13.1"), version("3.14.0", start="forkserver", start_s=0.02))
    said = words(versions.changes(site))
    assert "Default start method: fork, then forkserver" in said
    assert "by fork (wall time of one): 10.0 ms" in said
    assert "Interpreters: no, then yes" in said
    assert "work in threads" not in said


def test_a_version_is_compared_with_the_gil_enabled_one_before_it() -> None:
    free = version("3.14.0", gil=False, threads=1.9)
    site = shown(version("3.14.0"), free, version("3.15.0"))
    said = words(versions.changes(site))
    assert "From CPython 3.14.0 to CPython 3.14.0 free-threaded" in said
    assert "3.15.0" not in said, "as it was in 3.14 with the GIL"
    assert words(versions.table(site)).count("<strong>1.90×") == 1


def with_profile(one: Finding, profile: Profile, name: str) -> Finding:
    """Return a finding as if it had been measured with another profile."""
    qualities = [msgspec.structs.replace(quality, profile=profile) for quality in one.qualities]
    return msgspec.structs.replace(one, name=name, qualities=qualities)


def test_figures_of_another_profile_are_not_compared() -> None:
    before = with_profile(version("3.13.1"), "full", "full")
    site = shown(before, version("3.14.0", threads=0.5, start="forkserver"))
    said = words(versions.changes(site))
    assert "Default start method: fork, then forkserver" in said
    assert "work in threads" not in said
    assert "the profile full times other samples than quick" in said
    assert "<strong>0.500×" not in words(versions.table(site))


def test_each_version_is_shown_with_the_profile_that_most_have() -> None:
    old, new = version("3.13.1"), version("3.14.0", threads=0.5)
    site = shown(with_profile(old, "full", "a"), old, with_profile(new, "full", "b"))
    assert [one.name for one in site.machines.versions] == ["a", "b"]
    assert "work in threads" in words(versions.changes(site))


def test_versions_that_differ_in_nothing_measured_say_so() -> None:
    site = shown(version("3.12.1"), version("3.13.1"))
    assert "Nothing that was measured changed" in words(versions.changes(site))


def test_free_threading_shows_as_what_it_changed() -> None:
    free = version("3.14.0", gil=False, threads=1.9, lost=("x += 1",))
    said = words(versions.changes(shown(version("3.14.0"), free)))
    assert "GIL: on, then off" in said
    assert "1.00× (0.950–1.05), then 1.90×" in said
    assert "Lost updates: none of those tried, then <code>x += 1</code>: 20 %" in said


def test_versions_stand_in_order_and_what_changed_is_in_bold() -> None:
    site = shown(version("3.14.0", start="forkserver"), version("3.11.9"), version("3.9.1"))
    html = words(versions.table(site))
    assert html.index("3.9.1") < html.index("3.11.9") < html.index("3.14.0")
    assert "<strong>forkserver</strong>" in html
    assert "<strong>fork</strong>" not in html


def test_what_was_not_measured_is_said() -> None:
    said = summary(shown(version("3.13.1"), version("3.14.0")))
    assert "2 interpreters on one machine" in said
    assert "Not measured: Python 3.11, 3.12 and 3.15 and a free-threaded build." in said
    free = summary(shown(version("3.14.0"), version("3.14.0", gil=False)))
    assert "free-threaded" not in free


def test_a_figure_that_a_version_lacks_is_not_measured_and_one_that_all_lack_is_named() -> None:
    first = version("3.13.1")
    site = shown(msgspec.structs.replace(first, figures={}), version("3.14.0"))
    html = words(versions.table(site))
    assert "<td>not measured</td>" in html
    assert "Of none of them measured: Processes, Interpreters, " in html


def test_a_new_default_says_what_processes_are_sent_and_what_they_refuse() -> None:
    site = shown(version("3.13.1"), version("3.14.0", start="forkserver"))
    said = words(versions.changes(site))
    assert "Argument of a process: inherited, then pickled" in said
    assert "Module of its function: inherited, then run again" in said
    assert "Global that was changed: inherited, then as imported" in said
    assert "Lambda as its function: starts, then refused" in said


def test_what_an_older_file_lacks_is_said_and_is_no_change() -> None:
    older = msgspec.structs.replace(version("3.13.1"), handed_down={})
    site = shown(older, version("3.14.0", start="forkserver"))
    html = words(versions.table(site))
    assert html.count("<td>not recorded in this file</td>") == len(HANDED_DOWN)
    assert "<td>pickled</td>" in html
    assert "Argument of a process" not in words(versions.changes(site))


def test_samples_that_differ_are_not_taken_for_one_answer() -> None:
    first = version("3.13.1")
    mixed = msgspec.structs.replace(first, handed_down={"fork": {"pickled": 0.25}})
    site = shown(mixed, version("3.14.0"))
    assert "pickled in 25 % of the samples" in words(versions.table(site))


def test_a_system_without_forkserver_says_so() -> None:
    first = version("3.14.0", start="spawn")
    python = msgspec.structs.replace(first.interpreter, start_methods=["spawn"])
    without = msgspec.structs.replace(first, interpreter=python)
    start_s = {"forkserver-start-s": around(0.02)}
    site = shown(without, msgspec.structs.replace(version("3.15.0"), figures=start_s))
    assert "<td>no forkserver on this system</td>" in words(versions.table(site))


def test_every_row_that_the_page_promises_is_read_from_a_whole_result() -> None:
    whole = of_result(invented_result(values_of=counted, interpreters=True, gil=False), "whole")
    assert {key.name for key in KEYS} == whole.figures.keys()


def test_with_one_interpreter_the_page_names_the_command() -> None:
    site = shown(version("3.13.1"))
    assert "conc measure --python 3.13 --python 3.14" in summary(site)
    with pytest.raises(MissingError, match="conc measure --python"):
        versions.table(site)


def test_a_few_lost_updates_more_or_less_are_no_change() -> None:
    few = version("3.12.1", lost=("x = step(x)",), lost_share=0.02)
    site = shown(few, version("3.13.1"))
    assert "Nothing that was measured changed" in words(versions.changes(site))
    assert "<code>x = step(x)</code>: 2.0 %" in words(versions.table(site))


def test_an_extension_that_switched_the_gil_back_on_is_named() -> None:
    free = version("3.14.0", gil=False)
    python = msgspec.structs.replace(free.interpreter, gil=True, gil_by="numpy", version="3.14.1")
    site = shown(free, msgspec.structs.replace(free, name="back", interpreter=python))
    assert "GIL: off, then on, switched on by numpy" in words(versions.changes(site))
    assert "3.14.1 free-threaded, its GIL switched on by numpy" in words(versions.table(site))


@pytest.mark.parametrize(
    ("key", "now", "changed"),
    [
        *[(RATIOS[0], now, changed) for now, changed in TENTHS.items()],
        *[(TIMES[0], now, changed) for now, changed in HALVES.items()],
    ],
)
def test_a_ratio_changes_by_a_tenth_and_a_time_of_another_hour_by_a_factor_of_two(
    key: Key, now: float, *, changed: bool
) -> None:
    before, after = (
        msgspec.structs.replace(BASE, figures={key.name: exactly(value)}) for value in (1.0, now)
    )
    assert versions._differ(key, before, after) == changed


def exactly(value: float) -> Estimate:
    return Estimate(value=value, low=value - 0.001, high=value + 0.001, runs=8, rounds=40)


def test_what_no_core_can_give_is_named_and_is_no_change() -> None:
    found = [
        version(number, threads=threads) for number, threads in (("3.11.7", 1.04), ("3.12.1", 0.93))
    ]
    for one in found:
        one.figures["threads"] = exactly(one.figures["threads"].value)
    changes, table = (words(read(shown(*found))) for read in (versions.changes, versions.table))
    assert "Nothing that was measured changed" in changes
    assert "so noise: Threads of CPython 3.11.7." in table
    free = version("3.14.0", gil=False, threads=1.04)
    assert not any(key.is_noise(free) for key in KEYS)
