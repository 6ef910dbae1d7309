"""Results side by side: what counts as a difference, what goes with it, what is not compared."""

import msgspec
import pytest

from conc import figures
from conc.claims import comparison, ledger
from conc.claims.comparison import Machines
from conc.claims.findings import KEYS, RATIOS, Finding, of_result
from conc.experiments.registry import EXPERIMENTS
from conc.records import Estimate, Outcome, Verdict
from tests.invented.results import invented_result

BASE = of_result(invented_result(EXPERIMENTS[:1]), "base")
CLAIM = ledger.get("C7")


def finding(  # noqa: PLR0913 - a test names only what it is about
    name: str,
    outcome: Outcome = "holds",
    *,
    cpu: str = "",
    cores: float = 2,
    gil: bool = True,
    python: str = "3.13.1",
    start: str = "spawn",
    day: int = 1,
) -> Finding:
    machine = msgspec.structs.replace(BASE.machine, cpu=cpu or f"CPU {name}", usable_cores=cores)
    interpreter = msgspec.structs.replace(
        BASE.interpreter,
        version=python,
        gil=gil,
        build="GIL-enabled" if gil else "free-threaded",
        start_method=start,
    )
    quality = msgspec.structs.replace(BASE.qualities[0], started=f"2026-02-{day:02}T00:00:00Z")
    return msgspec.structs.replace(
        BASE,
        name=name,
        machine=machine,
        interpreter=interpreter,
        qualities=[quality],
        verdicts={CLAIM.id: Verdict(claim=CLAIM.id, outcome=outcome, sentence="Found.")},
    )


def test_of_each_machine_and_interpreter_the_newest_is_shown() -> None:
    old, new = finding("old", cpu="A", day=1), finding("new", cpu="A", day=2)
    other = finding("other", cpu="A", python="3.14.0")
    machines = Machines((new, old, other))
    assert {one.name for one in machines.columns} == {"new", "other"}
    assert [one.name for one in machines.older] == ["old"]


def test_a_hypervisor_that_is_named_otherwise_makes_no_other_machine() -> None:
    def named(kind: str | None) -> str:
        machine = msgspec.structs.replace(BASE.machine, virtualisation=kind)
        return msgspec.structs.replace(BASE, machine=machine).machine_id

    assert named("docker on kvm") == named("a virtual machine") != named(None)


def test_a_contributed_copy_of_this_build_is_no_column_of_its_own() -> None:
    here = finding("here", cpu="A")
    machines = Machines((finding("copy", cpu="A", day=9), finding("b")), here)
    assert [one.name for one in machines.columns] == ["here", "b"]


def test_claims_on_which_machines_differ_stand_first() -> None:
    machines = Machines((finding("a"), finding("b", "does not hold")))
    assert machines.rows[0] == CLAIM
    assert machines.differing == (CLAIM,)


@pytest.mark.parametrize("outcome", ["undecided", "not tested here", "holds"])
def test_what_does_not_decide_is_no_difference(outcome: Outcome) -> None:
    assert Machines((finding("a"), finding("b", outcome))).differing == ()


def test_what_goes_with_a_difference_is_named_with_its_values() -> None:
    machines = Machines(
        (
            finding("a", gil=True, python="3.14.0"),
            finding("b", gil=True, python="3.14.0"),
            finding("c", "does not hold", gil=False, python="3.14.0"),
        )
    )
    said = figures.read(machines.sentence(CLAIM))
    assert said == (
        "C7 holds on 2 and does not hold on 1."
        " It goes with the GIL (holds with on, does not hold with off)."
    )


def test_a_model_that_only_some_versions_have_can_go_with_a_difference() -> None:
    before, now = finding("a", python="3.13.1"), finding("b", "does not hold", python="3.14.0")
    python = msgspec.structs.replace(now.interpreter, interpreters=True)
    now = msgspec.structs.replace(now, interpreter=python)
    said = figures.read(Machines((before, now)).sentence(CLAIM))
    assert "interpreters in one process (holds with none, does not hold with possible)" in said


def test_numbers_go_with_a_difference_where_they_lie_in_ranges() -> None:
    few, many = (finding(f"a{n}", cores=n) for n in (2, 4)), finding("b", "holds only if", cores=1)
    said = figures.read(Machines((*few, many)).sentence(CLAIM))
    assert "It goes with usable cores (holds with 2 to 4, holds under a condition with 1)." in said
    between = finding("c", "holds only if", cores=3)
    said = figures.read(
        Machines((finding("a", cores=2), finding("b", cores=4), between)).sentence(CLAIM)
    )
    assert "No difference in usable cores" in said


def test_where_several_things_go_with_a_difference_none_is_called_its_reason() -> None:
    machines = Machines(
        (finding("a", cores=1, start="fork"), finding("b", "does not hold", start="spawn"))
    )
    said = figures.read(machines.sentence(CLAIM))
    assert "usable cores" in said
    assert "the default start method" in said
    assert said.endswith("these files can’t tell which of them it is.")


def test_elsewhere_counts_distinct_machines_with_the_gil_and_not_this_one() -> None:
    here = finding("here", cpu="A")
    others = (
        finding("same", cpu="A", python="3.14.0"),
        finding("b1", "does not hold", cpu="B", day=1),
        finding("b2", "holds", cpu="B", python="3.14.0", day=2),
        finding("c", "does not hold", cpu="C"),
        finding("d", "does not hold", cpu="D", gil=False),
        finding("e", "undecided", cpu="E"),
    )
    said = figures.read(Machines(others, here).said_elsewhere(CLAIM.id))
    assert said == "Elsewhere: does not hold on 1 of 3 machines, holds on 1, is undecided on 1."


def test_elsewhere_says_nothing_where_nobody_differs() -> None:
    here = finding("here", cpu="A")
    assert Machines((finding("b"), finding("c")), here).said_elsewhere(CLAIM.id) == ""
    other = Machines((finding("b"),), finding("here", "does not hold", cpu="A"))
    assert figures.read(other.said_elsewhere(CLAIM.id)) == "Elsewhere: holds on 1 of 1 machine."


def test_two_results_of_one_machine_and_interpreter_do_not_contradict_each_other() -> None:
    twice = [of_result(invented_result(seed=seed), f"seed {seed}") for seed in (1, 2)]
    found = comparison.compare(*twice)
    decided = {"holds", "does not hold", "holds only if"}
    assert [one for one in found.verdicts if {one.first, one.second} <= decided] == []
    assert len(Machines(tuple(twice)).columns) == 1


def test_a_comparison_names_what_can_not_be_compared() -> None:
    first = finding("a", "holds")
    second = finding("b", "does not hold", cores=1)
    quality = msgspec.structs.replace(second.qualities[0], profile="full")
    second = msgspec.structs.replace(
        second, qualities=[quality], outdated=["cpu-bound"], figures={}
    )
    found = comparison.compare(first, second)
    assert [(one.name, one.first, one.second) for one in found.verdicts] == [
        ("C7", "holds", "does not hold")
    ]
    said = " ".join(found.incomparable)
    assert "cpu-bound: profile quick against full" in said
    assert "cpu-bound: the second timed another version of the code" in said
    assert "the second has no such figure" in said
    assert "2 against 1 usable cores" in said


def test_intervals_are_apart_only_where_they_share_nothing_that_can_be() -> None:
    low, high = (Estimate(value=v, low=v - 1, high=v + 1, runs=3, rounds=9) for v in (2.0, 5.0))
    threads, start = (key for key in RATIOS if key.name in {"threads", "start"})
    base = finding("a")
    first, second = (
        msgspec.structs.replace(base, figures={"threads": one, "start": one}) for one in (low, high)
    )
    assert comparison.apart(start, first, second)
    assert not comparison.apart(start, first, first)
    assert not comparison.apart(threads, first, second), "threads of one GIL have one core"


def test_key_ratios_are_read_and_times_are_told_apart() -> None:
    found = of_result(invented_result(interpreters=True), "all").figures
    assert {"processes", "threads", "interpreters", "start", "hand-over", "asyncio"} <= found.keys()
    assert found["processes"].value == pytest.approx(1.95, rel=0.1)
    assert {key.name for key in KEYS if key.name.endswith("-s")} == {
        key.name for key in KEYS if key not in RATIOS
    }
