"""The look at a reader's function, and the plan of its samples that follows from it."""

import dataclasses
import re
from dataclasses import dataclass

from conc import formats
from conc.advise import HALF, SEVERAL
from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.experiment import Service
from conc.experiments.parts.looking import Look
from conc.experiments.tries import Call, Plan, Terms
from conc.measure.launcher import CaseFailedError, Worker
from conc.measure.rounds import crew
from conc.measure.world import World
from conc.records import Case, Profile, Timing

PROFILE: Profile = "quick"

OURS = re.compile(r" \((?:(?:tries|looking|without_item)\.py|<frozen [\w.]+>):\d+, \w+\)$")
"""A place in our own code or Python's, which tells a reader nothing of theirs."""

SAMPLE_S = 0.05
"""About how long a sample of the plain loop takes, where calls are short enough.

Cores are fast or slow for a fraction of a second at a time, so twice as many samples of half the
length tell more.
"""

CALLS_PER_WORKER = 2
"""As many calls a worker or more, so that the last to end does not decide; long calls have one."""

TOGETHER_S = 0.5
"""So much do calls compute at most that are made together: what waits a little is not all wait."""

LONG_S = 0.5
"""A call that takes as long is long."""

MOST_CALLS = 10_000
"""Handing over as many takes a tenth of a second, and shorter calls than that are not worth it."""

MOST_CHECKED_BYTES = 1_000_000
"""Of answers that are larger together, the first few are compared: that takes longer than calls."""

LOOK_SHARE = 0.02
"""The part of its time that a try spends on each pass of its look."""

WAITING = 0.9
"""What a CPU works for in a smaller share of its time may gain from more calls at once."""

LIKELY_ROUNDS, STARTS_S = 10, 3.0
"""So many rounds, about, it takes where an effect is large, and so long beside them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look gave: its sample, what that tells, and how the function is then to be tried.

    ``began_s`` is when the look began, by the world's clock, and ``ready_s`` how long it took to
    start a process and import the function.
    """

    began_s: float
    ready_s: float
    case: Case
    timing: Timing
    found: Look
    plan: Plan


def look(call: Call, terms: Terms, world: World) -> Seen:
    """Call the function for its items, twice, in a process of its own.

    Raises :class:`ConcError` if it can't be imported or called, is not done in time, or returns
    something else each time.
    """
    began_s, case = world.clock(), tries.first_look(call, LOOK_SHARE * terms.seconds)
    looking = dataclasses.replace(tries.EXPERIMENT, sample_limit_s=terms.sample_limit_s)
    workers: list[Worker] = []
    try:
        with world.launcher.run_of(looking) as launch, crew(workers):
            workers.append(launch([case], Service()))
            _make_ready(workers[0], call)
            ready_s = world.clock() - began_s
            timing = workers[0].time(case)
    except CaseFailedError as failure:
        raise ConcError(f"{call.function}: {OURS.sub('', str(failure))}") from None
    found = Look.of(timing.values)
    if found.anew and not terms.any_answer:
        changes = f" (it changes {found.changes})" if found.changes else ""
        raise ConcError(
            f"{call.function} returns something else each time{changes}, so its models can't be"
            " checked; if that is meant, add --any-answer"
        )
    plan = plan_of(found, terms, world.setting(PROFILE).cores)
    return Seen(began_s, ready_s, case, timing, found, plan)


def _make_ready(worker: Worker, call: Call) -> None:
    try:
        worker.ready()
    except CaseFailedError as failure:
        if failure.kind != "timed out":
            raise
        raise ConcError(
            f"{call.function}: its module and items took too long to import ({failure.detail})"
        ) from None


def plan_of(seen: Look, terms: Terms, cores: int) -> Plan:
    """Draw samples of about :data:`SAMPLE_S`, each arm's of the same items.

    Raises :class:`ConcError` where it is one call, which no model can share out.
    """
    each, good = max(seen.seconds_each, 1e-9), _good(seen)
    blocks = bool(seen.coroutine) and seen.held >= HALF
    waits = (seen.busy < WAITING and seen.children < HALF) or (bool(seen.coroutine) and not blocks)
    at_once = min(terms.at_once, max(cores, round(TOGETHER_S / (each * max(seen.busy, 1e-9)))))
    fits = min(MOST_CALLS, max(1, round(SAMPLE_S / each)))
    one_long = seen.is_bound_by_one
    if one_long or good <= max(fits, cores):
        distinct = good
    else:
        distinct = min(good, -(-fits // cores) * cores)
    calls = distinct * max(1, fits // distinct)
    least = cores * (1 if each >= LONG_S else CALLS_PER_WORKER)
    pooled = calls if one_long else distinct * max(calls // distinct, -(-least // distinct))
    if pooled > calls and pooled * each <= 2 * SAMPLE_S:
        calls = pooled
    if good == 1 and calls == 1 and each > terms.seconds / 8:
        raise ConcError(
            f"a call takes {each:.1f} s, too long to repeat: give two items or more, or --seconds"
        )
    together = pooled if one_long else distinct * max(1, -(-at_once // distinct))
    return Plan(
        kind="coroutine function" if seen.coroutine else "function",
        calls=calls,
        pooled=pooled,
        together=max(together, calls) if waits else pooled,
        distinct=distinct,
        taken=int(seen.items),
        checked=max(1, int(MOST_CHECKED_BYTES / max(1.0, seen.answer_bytes))),
        without=tuple(map(int, seen.raising)),
        waits=waits,
        blocks=blocks,
        spreads=seen.busy >= SEVERAL and seen.children < HALF,
        sendable=not seen.unpicklable,
    )


def _good(seen: Look) -> int:
    """Return how many items a sample can be drawn from."""
    return max(1, min(int(seen.items), tries.MOST_LOOKED) - len(seen.raising))


def announced(call: Call, seen: Seen, terms: Terms, cores: int) -> str:
    """Say how many calls will be made and how long that takes, at most and likely."""
    plan, each_s = seen.plan, seen.found.seconds_each
    pools = 1 + len(terms.executors)
    round_calls = 2 * plan.calls + (1 + pools) * plan.pooled + plan.together
    in_threads_s = each_s * plan.pooled / (cores if plan.waits else 1)
    round_s = 2 * each_s * plan.calls + in_threads_s + pools * each_s * plan.pooled / cores
    most = max(1, int(terms.seconds / max(round_s, SAMPLE_S)))
    likely_s = min(terms.seconds, STARTS_S + LIKELY_ROUNDS * round_s)
    pass_s = each_s * plan.calls
    longer = (
        f"; one pass of the plain loop takes {formats.seconds(pass_s, 2)}, so it may take longer"
        if pass_s > terms.seconds / 4
        else ""
    )
    if seen.ready_s > terms.seconds / 4:
        longer += (
            f"; each process takes {formats.seconds(seen.ready_s, 2)} to begin, with the module's"
            " imports, so it may take longer"
        )
    return (
        f"trying {call.function}: at most about {formats.count(most * round_calls)} calls and"
        f" {terms.seconds:g} s; likely about {likely_s:.0f} s{longer}"
    )
