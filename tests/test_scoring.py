"""Advice of a known function: right, wrong or undecided, and what is right on which machine."""

import pytest

from conc.experiments.tries import APART, EXAMPLES, FURTHER, LOOP, Known
from conc.scoring import Said, right_models, score

KNOWN = {one.call.function.partition(":")[2]: one for one in (*EXAMPLES.values(), *FURTHER)}


@pytest.mark.parametrize(
    ("said", "scored"),
    [
        (("take", "processes", "computes", ()), "right"),
        (("take", "processes", "both", ()), "right"),
        (("take", "processes", "computes", ("shared units",)), "right"),
        (("take", "threads", "computes", ()), "wrong"),
        (("keep", LOOP, "computes", ()), "wrong"),
        (("take", "processes", "computes", ("remembers",)), "wrong"),
        (("open", LOOP, "computes", ("remembers",)), "wrong"),
        (("open", LOOP, "computes", ()), "undecided"),
        (("alone", LOOP, "computes", ()), "undecided"),
        (("take", "processes", "waits", ()), "undecided"),
    ],
)
def test_what_was_said_of_a_function_that_computes_is_scored(
    said: tuple[str, str, str, tuple[str, ...]], scored: str
) -> None:
    outcome, model, nature, findings = said
    found = Said(outcome, model, nature, frozenset(findings))  # type: ignore[arg-type]
    assert score(found, models=APART, nature="computes") == scored


def test_a_nature_that_is_known_must_be_named() -> None:
    said = Said("keep", LOOP, "computes", frozenset())
    assert score(said, models=(LOOP,), nature="computes", findings=("remembers",)) == "undecided"


@pytest.mark.parametrize(
    ("name", "cores", "gil", "right"),
    [
        ("count_primes", 2, True, {"processes", "interpreters"}),
        ("count_primes", 2, False, {"processes", "interpreters", "threads"}),
        ("count_primes", 1, True, {"processes", "interpreters", "sequential"}),
        ("wait_for_answer", 1, True, {"asyncio"}),
        ("wait_in_turn", 2, False, {"processes", "interpreters"}),
        ("remember", 2, False, {"sequential"}),
        ("give_much", 2, True, {"sequential"}),
        ("give_much", 2, False, {"sequential", "threads"}),
    ],
)
def test_what_is_right_hangs_on_cores_and_the_gil(
    name: str, cores: int, right: set[str], *, gil: bool
) -> None:
    known: Known = KNOWN[name]
    assert set(right_models(known, cores=cores, gil=gil)) == right
