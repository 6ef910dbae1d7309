"""Every rule of the ledger on every outcome that it can give, from invented results."""

from collections.abc import Callable

import msgspec
import pytest

from conc.claims import ledger
from conc.claims.claim import Claim
from conc.records import Case, Failure, Measurement, Outcome, Result, Verdict
from tests.claims.made import Shape, cpu_bound, made, measured, result, shaped, verdict
from tests.claims.measurements import (
    equal_terms,
    hand_over,
    heartbeat,
    identities,
    idle_loop,
    io_bound,
    kitchens,
    listings,
    locks,
    lost_updates,
    many_waiting,
    memory_bound,
    probe,
    selector_loop,
    shared_memory,
    switching,
    task_size,
    utilisation,
)

HOLDS: Outcome = "holds"
ONLY_IF: Outcome = "holds only if"
NOT: Outcome = "does not hold"
UNDECIDED: Outcome = "undecided"
NOT_TESTED: Outcome = "not tested here"


QUIET = cpu_bound()
TASKS = task_size(ms0_1=0.4, ms10=1.8)
GRID_LEVEL = {(5, 10): 1.0, (100, 10): 1.0, (5, 200): 1.0, (100, 200): 1.0}
UNCLEAR = {(5, 10): 0.9, (100, 10): 1.1}
with shaped(Shape(noise=0.1)):
    NOISY_GRID = equal_terms(UNCLEAR)
GRID_BY_LEVEL = {(5, 10): 0.85, (100, 10): 0.85, (5, 200): 2.0, (100, 200): 2.0}
GRID_BY_LATENCY = {(5, 10): 0.8, (100, 10): 1.3, (5, 200): 0.8, (100, 200): 1.3}
GRID_BUT_ONE = {(ms, level): 1.0 for ms in (5, 20, 100) for level in (10, 100, 200)} | {
    (5, 200): 2.0
}
GRID_BY_BOTH = {(5, 10): 0.8, (100, 10): 1.3, (5, 200): 1.3, (100, 200): 1.3}

OUTCOMES: list[tuple[str, Outcome, str, Result]] = [
    ("C1", HOLDS, "hardly mattered", memory_bound(scattered=1.05)),
    ("C1", ONLY_IF, "the data is near: ", memory_bound()),
    ("C1", NOT, "80 % of its time only", memory_bound(small=0.8)),
    ("C1", UNDECIDED, "1.20", memory_bound(scattered=1.2)),
    ("C2", HOLDS, "opinion", memory_bound(scattered=1.05)),
    ("C2", ONLY_IF, "the numbers lie in order: ", memory_bound()),
    ("C2", NOT, "80 % of its time only", memory_bound(large=0.8)),
    ("C3", HOLDS, "Each second of latency", result(io_bound())),
    ("C3", ONLY_IF, "the client costs little: ", result(io_bound(cpu=0.4))),
    ("C3", NOT, "1.5", result(io_bound(rise=1.5))),
    ("C3", UNDECIDED, "busy", result(io_bound(rise=1.5, stalled=0.8))),
    ("C4", NOT, "99 % CPU time", memory_bound()),
    ("C4", HOLDS, "60 % of its time only", memory_bound(large=0.6)),
    ("C4", UNDECIDED, "no wait for memory", memory_bound(scattered=1.0)),
    ("C5", HOLDS, "none of 3 functions", probe(released=0)),
    ("C5", ONLY_IF, "bytecode runs", probe()),
    ("C5", NOT, "3 of 3 functions", probe(held=0)),
    ("C5", NOT, "Without the GIL", probe(gil=False)),
    ("C5", UNDECIDED, "busy", probe(control=0.5)),
    ("C5", UNDECIDED, "clearly enough", probe(released=0, held=0)),
    ("C6", NOT, "5 Python threads had 5 thread ids", identities()),
    ("C6", UNDECIDED, "3 thread ids", identities(own=3)),
    ("C7", HOLDS, "No work", result(QUIET, utilisation(hashlib=1.0))),
    ("C7", ONLY_IF, "its threads run pure Python", result(QUIET, utilisation())),
    ("C7", NOT, "used 1.90", result(QUIET, utilisation(pure=1.9), gil=False)),
    ("C7", UNDECIDED, "busy", result(cpu_bound(delayed=0.5), utilisation(hashlib=1.0))),
    ("C7", NOT_TESTED, "lets go", result(QUIET, utilisation(alternatives=False))),
    ("C7", NOT_TESTED, "2 usable cores", result(QUIET, utilisation(), cores=1)),
    ("C8", HOLDS, "of all else", result(QUIET, utilisation(hashlib=1.0))),
    ("C8", ONLY_IF, "the work is pure Python", result(QUIET, utilisation())),
    ("C8", NOT, "interpreters", result(QUIET, utilisation(interpreters=1.85))),
    ("C8", NOT, "threads in one process", result(QUIET, utilisation(pure=1.85), gil=False)),
    ("C8", NOT, "did not help either", result(QUIET, utilisation(processes=1.0))),
    ("C8", UNDECIDED, "came near", result(QUIET, utilisation(hashlib=0.9 * 1.85))),
    ("C8", UNDECIDED, "busy", result(cpu_bound(delayed=0.5), utilisation())),
    ("C9", HOLDS, "used 1.95", result(QUIET, utilisation())),
    ("C9", NOT, "with 2 threads", result(QUIET, utilisation(c=1.0))),
    ("C9", UNDECIDED, "little to give", result(cpu_bound(given=1.1), utilisation(c=1.0))),
    ("C9", NOT_TESTED, "compiler", result(QUIET, utilisation(c=None))),
    ("C10", HOLDS, "All of 3 C functions", probe(held=0)),
    ("C10", ONLY_IF, "no Python calls it", probe()),
    ("C10", NOT, "kept the GIL", probe(released=0)),
    ("C10", NOT_TESTED, "without the GIL", probe(gil=False)),
    ("C11", HOLDS, "2 threads on pure Python", result(QUIET, utilisation(hashlib=1.0))),
    ("C11", ONLY_IF, "the work is pure Python", result(QUIET, utilisation())),
    ("C11", NOT, "1.80×", result(cpu_bound(threads=1.8), utilisation(), gil=False)),
    ("C11", UNDECIDED, "1.10", result(cpu_bound(threads=1.1), utilisation())),
    ("C11", UNDECIDED, "hashlib", result(QUIET, utilisation(hashlib=1.1))),
    ("C11", UNDECIDED, "busy", result(cpu_bound(delayed=0.5), utilisation())),
    ("C11", NOT_TESTED, "half of 1 core", result(QUIET, cores=0.5, limits=("half of 1 core",))),
    ("C12", HOLDS, "10 threads", result(io_bound())),
    ("C12", NOT, "3.00×", result(io_bound(threads=3))),
    ("C12", UNDECIDED, "5.00", result(io_bound(threads=5))),
    ("C12", UNDECIDED, "busy", result(io_bound(threads=3, stalled=0.8))),
    ("C13", HOLDS, "2 processes", result(QUIET, task_size(ms10=1.8, ms100=1.85))),
    ("C13", ONLY_IF, "a task is long enough", result(QUIET, TASKS)),
    ("C13", NOT, "1.20×", result(cpu_bound(processes=1.2), TASKS)),
    ("C13", UNDECIDED, "long enough", result(QUIET, task_size(ms1=1.85, ms10=0.5))),
    ("C13", HOLDS, "1.85", result(cpu_bound(processes=1.85), task_size(ms10=1.8, ms100=1.85))),
    ("C13", UNDECIDED, "busy", result(cpu_bound(delayed=0.5), TASKS)),
    ("C14", HOLDS, "saw nothing", shared_memory(on_purpose=None)),
    ("C14", ONLY_IF, "until one of the two writes", shared_memory()),
    ("C14", NOT, "saw what a child wrote", shared_memory(seen=1)),
    ("C15", HOLDS, "more than slightly", hand_over(15)),
    ("C15", HOLDS, "3.00×", hand_over(3)),
    ("C15", NOT, "0.499×", hand_over(0.5)),
    ("C15", UNDECIDED, "1.00", hand_over(1)),
    ("C16", HOLDS, "from 1 ms", result(QUIET, task_size(ms1=1.5, ms10=1.8))),
    ("C16", ONLY_IF, "tasks of 100 µs", result(QUIET, TASKS)),
    ("C16", NOT, "up to 10 ms", result(QUIET, task_size(ms1=0.5, ms10=0.8))),
    ("C16", UNDECIDED, "0 gained", result(QUIET, task_size(ms1=1.0, ms10=1.0))),
    ("C17", HOLDS, "10 threads that wait 100 ms", result(io_bound())),
    ("C17", NOT, "10 threads", result(io_bound(threads=3))),
    ("C17", UNDECIDED, "busy", result(io_bound(threads=3, stalled=0.8))),
    ("C18", HOLDS, "1 of 2 forms", result(lost_updates())),
    ("C18", HOLDS, "2 of 2 forms", result(lost_updates(plain=5), gil=False)),
    ("C18", UNDECIDED, "no promise", result(lost_updates(step=0))),
    ("C19", HOLDS, "1.80×", locks()),
    ("C19", NOT, "0.999×", locks(price=1.0)),
    ("C19", NOT, "45 in all", locks(lost=3)),
    ("C19", UNDECIDED, "1.10", locks(price=1.1)),
    ("C20", HOLDS, "2 hardware threads", result(threads_per_core=2)),
    ("C20", NOT, "virtual machine", result(virtualisation="kvm")),
    ("C20", NOT_TESTED, "does not say", result(threads_per_core=None)),
    ("C21", HOLDS, "1,000 waited", many_waiting(1000)),
    ("C21", ONLY_IF, "limit", many_waiting(400)),
    ("C21", NOT, "Of 1,000 threads", many_waiting(3)),
    ("C22", NOT, "without a pool", identities()),
    ("C22", HOLDS, "in 1 pool.", identities(pools=1)),
    ("C23", ONLY_IF, "the other thread runs no Python", switching(1.0)),
    ("C23", HOLDS, "did not follow", switching(0.1)),
    ("C23", HOLDS, "did not follow", switching(2.0)),
    ("C23", UNDECIDED, "busy", switching(2.0, stalled=0.9)),
    ("C23", UNDECIDED, "0.8", switching(0.8)),
    ("C23", NOT_TESTED, "without the GIL", switching(1.0, gil=False)),
    ("C24", ONLY_IF, "nothing in the program hogs", heartbeat()),
    ("C24", HOLDS, "Beside the same hog", heartbeat(thread=0.3)),
    ("C24", UNDECIDED, "busy", heartbeat(thread=0.3, stalled=0.9)),
    ("C25", HOLDS, "on 1 thread.", result(io_bound(), idle_loop())),
    ("C25", NOT, "on 4 threads.", result(io_bound(), idle_loop(threads=4))),
    ("C25", NOT, "10 tasks", result(io_bound(asyncio=3), idle_loop())),
    ("C26", HOLDS, "over 4 cells of", equal_terms(dict.fromkeys(GRID_LEVEL, 1.5))),
    ("C26", ONLY_IF, "here 200 in flight", equal_terms(GRID_BY_LEVEL)),
    ("C26", ONLY_IF, "here 100 ms", equal_terms(GRID_BY_LATENCY)),
    ("C26", ONLY_IF, "here 200 in flight: ", equal_terms(GRID_BUT_ONE)),
    ("C26", NOT, "At no latency and no concurrency level", equal_terms(GRID_LEVEL)),
    ("C26", UNDECIDED, "does not tell whether", equal_terms(dict.fromkeys(GRID_LEVEL, 1.1))),
    ("C26", UNDECIDED, "busy", equal_terms(GRID_BY_LEVEL, stalled=0.9)),
    ("C27", NOT, "1 thread and without asyncio", selector_loop(9)),
    ("C27", HOLDS, "1.00×", selector_loop(1)),
    ("C27", HOLDS, "11 threads", selector_loop(9, threads=11)),
    ("C28", HOLDS, "1 process with 1 thread;", result(idle_loop())),
    ("C28", NOT, "2 processes with 3 threads", result(idle_loop(threads=3, processes=2))),
    ("C29", NOT, "woke 0 times", result(idle_loop())),
    ("C29", UNDECIDED, "near the 10", result(idle_loop(wakeups=2))),
    ("C29", HOLDS, "woke 20.0 times", result(idle_loop(wakeups=4))),
    ("C30", HOLDS, "moved to a thread", heartbeat()),
    ("C30", NOT, "late by 6.6 %", heartbeat(task=0.02)),
    ("C31", HOLDS, "from threads at 5 ms to asyncio at 100 ms", equal_terms(GRID_BY_LATENCY)),
    ("C31", ONLY_IF, "so much is in flight", equal_terms(GRID_BY_BOTH)),
    ("C31", NOT, "threads at 10 in flight to asyncio at 200", equal_terms(GRID_BY_LEVEL)),
    ("C31", NOT, "never turned", equal_terms(GRID_LEVEL)),
    ("C31", NOT, "never turned", equal_terms({(5, 10): 1.3, (100, 10): 0.8})),
    ("C31", UNDECIDED, "leaves room for a change", NOISY_GRID),
    ("C31", NOT_TESTED, "two latencies", equal_terms({(5, 10): 1.0})),
    ("C32", HOLDS, "Ten dishes", kitchens(threads=1.05, asyncio=0.95)),
    (
        "C32",
        ONLY_IF,
        "the kitchen is asyncio or threads",
        kitchens(asyncio=1, threads=1, processes=2),
    ),
    ("C32", NOT, "processes 2.00×", kitchens(processes=2.0)),
    ("C32", UNDECIDED, "±15 %", kitchens(threads=1.15)),
    ("C32", UNDECIDED, "busy", kitchens(asyncio=1, stalled=0.9)),
    ("C33", NOT, "exactly the program’s thread ids", listings([1, 2, 3, 4, 5])),
    ("C33", NOT, "hides threads", listings([1])),
    ("C33", UNDECIDED, "neither all", listings([1, 2, 3])),
    ("C33", UNDECIDED, "does not know", listings([1, 2, 3, 4, 9])),
    ("C33", UNDECIDED, "top 5 rows", listings([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])),
    ("C33", NOT_TESTED, "htop is not installed", listings([], missing="htop is not installed")),
]


@pytest.mark.parametrize(("claim", "outcome", "says", "of"), OUTCOMES)
def test_a_rule_gives_the_outcome_that_the_evidence_asks_for(
    claim: str, outcome: Outcome, says: str, of: Result
) -> None:
    found = verdict(claim, of)

    assert (found.outcome, found.sentence) == (outcome, found.sentence)
    assert says in found.sentence


def test_every_claim_is_seen_with_at_least_two_outcomes() -> None:
    seen: dict[str, set[Outcome]] = {}
    for claim, outcome, _, _ in OUTCOMES:
        seen.setdefault(claim, set()).add(outcome)

    assert {claim.id for claim in ledger.CLAIMS if len(seen.get(claim.id, ())) < 2} == set()


@pytest.mark.parametrize(("claim", "outcome", "of"), [(c, o, r) for c, o, _, r in OUTCOMES])
def test_a_sentence_reads_on_from_its_outcome(claim: str, outcome: Outcome, of: Result) -> None:
    sentence = verdict(claim, of).sentence

    assert sentence.endswith(".")
    assert not sentence.endswith("..")
    assert "  " not in sentence
    assert not sentence.lower().startswith(("holds", "does not", "undecided", "not tested"))
    if outcome == ONLY_IF:
        assert sentence[0].islower()
    else:
        assert sentence[0].isupper() or sentence[0].isdigit() or sentence.startswith("asyncio")


@pytest.mark.parametrize("claim", [claim for claim in ledger.CLAIMS if claim.experiments])
def test_a_claim_whose_experiment_is_missing_is_not_tested_and_names_it(
    claim: Claim,
) -> None:
    found = verdict(claim.id, result())

    assert found.outcome == NOT_TESTED
    assert any(name in found.sentence for name in (*claim.experiments, "cpu-bound"))


def thinned(of: Result, *, runs: int, rounds: int) -> Result:
    """Keep of each case only the first runs and rounds."""
    return msgspec.structs.replace(
        of,
        measurements={
            name: msgspec.structs.replace(
                one,
                samples=[s for s in one.samples if s.run < runs and s.round < rounds],
            )
            for name, one in of.measurements.items()
        },
    )


DECIDED = [
    (claim, of)
    for claim, outcome, _, of in OUTCOMES
    if outcome in {HOLDS, ONLY_IF, NOT} and claim not in {"C20", "C33"}
]


@pytest.mark.parametrize(("claim", "of"), DECIDED)
def test_three_rounds_decide_nothing(claim: str, of: Result) -> None:
    found = verdict(claim, thinned(of, runs=1, rounds=3))

    assert (found.outcome, found.sentence) == (UNDECIDED, found.sentence)
    assert "rests on 3 rounds" in found.sentence


def test_one_run_of_many_rounds_decides_no_ratio() -> None:
    one = made("sequential", 0.2, latency_ms=20)
    threads = made("threads", 0.2, workers=10, items=10, against=one, latency_ms=20)

    found = verdict(
        "C12", result(measured("io-bound", one, threads, shape=Shape(runs=1, rounds=30)))
    )

    assert found.outcome == UNDECIDED
    assert "30 rounds in 1 run, and a verdict needs 4 runs" in found.sentence


def test_a_case_that_failed_is_named() -> None:
    one = made("sequential", 0.2, latency_ms=20)
    lost = Case(workload="work", model="threads", workers=10, parameters={"latency_ms": 20})
    failure = Failure(case=lost.id, run=0, kind="timed out", detail="after 30 s")

    found = verdict("C12", result(measured("io-bound", one, failures=(failure,))))

    assert found.outcome == NOT_TESTED
    assert f"{lost.id} failed: timed out" in found.sentence


def test_a_case_with_a_wrong_answer_decides_nothing() -> None:
    measurement = io_bound()
    threads = next(case for case in measurement.cases if case.model == "threads")
    failure = Failure(case=threads.id, run=0, kind="wrong answer", detail="")

    found = verdict("C12", result(msgspec.structs.replace(measurement, failures=[failure])))

    assert found.outcome == NOT_TESTED
    assert "wrong answer" in found.sentence


def test_a_gil_that_an_import_switched_on_counts() -> None:
    free = probe(gil=False)
    measurement = msgspec.structs.replace(free.measurements["gil-probe"], gil=True)

    assert verdict("C10", free).outcome == NOT_TESTED
    assert verdict("C10", result(measurement, gil=False)).outcome == ONLY_IF


Strange = Callable[[Measurement], Measurement]


def without_values(one: Measurement) -> Measurement:
    return msgspec.structs.replace(
        one, samples=[msgspec.structs.replace(sample, values={}) for sample in one.samples]
    )


def without_cpu_time(one: Measurement) -> Measurement:
    return msgspec.structs.replace(
        one, samples=[msgspec.structs.replace(sample, cpu_s=None) for sample in one.samples]
    )


def with_words_for_numbers(one: Measurement) -> Measurement:
    return msgspec.structs.replace(
        one,
        samples=[
            msgspec.structs.replace(sample, values=dict.fromkeys(sample.values, "<b>"))
            for sample in one.samples
        ],
    )


def without_baselines(one: Measurement) -> Measurement:
    return msgspec.structs.replace(
        one,
        cases=[
            msgspec.structs.replace(case, against="nowhere" if case.against else "")
            for case in one.cases
        ],
    )


def of_one_block_each(one: Measurement) -> Measurement:
    return msgspec.structs.replace(
        one,
        cases=[msgspec.structs.replace(case, block=case.id) for case in one.cases],
    )


STRANGE = [
    without_values,
    without_cpu_time,
    with_words_for_numbers,
    without_baselines,
    of_one_block_each,
]


@pytest.mark.parametrize("strange", STRANGE)
def test_a_strangers_result_that_lacks_what_rules_need_gets_reasons(strange: Strange) -> None:
    verdicts: list[Verdict] = []
    for claim, _, _, of in OUTCOMES:
        changed = {name: strange(one) for name, one in of.measurements.items()}
        verdicts.append(verdict(claim, msgspec.structs.replace(of, measurements=changed)))

    assert NOT_TESTED in {found.outcome for found in verdicts}
