"""What several result files say together: where verdicts differ, and what those machines differ in.

Nothing here claims a cause. It says which property of machine or interpreter goes with the
outcomes, where exactly one or several do; where none does, it says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from conc import formats
from conc.claims import ledger
from conc.claims.claim import Claim
from conc.claims.findings import RATIOS, Finding, Key, is_decided
from conc.figures import Counted, Given
from conc.records import OUTCOMES, Estimate, Outcome, Profile

SAID: Mapping[Outcome, str] = {
    **{outcome: str(outcome) for outcome in OUTCOMES},
    "holds only if": "holds under a condition",
    "undecided": "is undecided",
    "not tested here": "was not tested",
}
"""Each outcome as the verb of a sentence about a claim."""


@dataclass(frozen=True, slots=True)
class Property:
    """Something in which machines or interpreters differ, and how it is said of several of them."""

    title: str
    read: Callable[[Finding], str | tuple[float, ...]]


def minor(finding: Finding) -> tuple[float, ...]:
    """Return major and minor version as numbers, which can be put in order."""
    numbers = finding.interpreter.version.split(".")[:2]
    return tuple(int(number) for number in numbers if number.isdigit())


PROPERTIES: tuple[Property, ...] = (
    Property("usable cores", lambda one: (one.machine.usable_cores,)),
    Property("the GIL", lambda one: "on" if one.interpreter.gil else "off"),
    Property("the default start method", lambda one: one.interpreter.start_method),
    Property(
        "interpreters in one process",
        lambda one: "possible" if one.interpreter.interpreters else "none",
    ),
    Property("the system", lambda one: one.machine.system),
    Property("Python’s version", minor),
    Property("the profile", lambda one: " and ".join(one.profiles)),
)


@dataclass(frozen=True)
class Machines:
    """Findings beside each other: of each machine and interpreter the newest, ``here`` first.

    ``left_out`` says of each file that could not be read why.
    """

    all: tuple[Finding, ...]
    here: Finding | None = None
    left_out: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[Finding, ...]:
        """The newest finding of each machine and interpreter; this build's stands first."""
        newest: dict[tuple[str, str], Finding] = {}
        for one in sorted(self.all, key=lambda one: (one.measured, one.name)):
            newest[one.machine_id, one.interpreter_id] = one
        if self.here:
            newest.pop((self.here.machine_id, self.here.interpreter_id), None)
        others = sorted(newest.values(), key=_order)
        return (self.here, *others) if self.here else tuple(others)

    @cached_property
    def profiles(self) -> frozenset[tuple[Profile, ...]]:
        """What the columns were measured with, each once."""
        return frozenset(one.profiles for one in self.columns)

    @cached_property
    def older(self) -> tuple[Finding, ...]:
        """The findings of which there is a newer one."""
        shown = {one.name for one in self.columns}
        return tuple(one for one in self.all if one.name not in shown)

    @cached_property
    def elsewhere(self) -> tuple[Finding, ...]:
        """The newest finding with the GIL of each machine that is another than this build's."""
        newest: dict[str, Finding] = {}
        for one in sorted(self.columns, key=lambda one: (one.measured, one.name)):
            if one.interpreter.build == "GIL-enabled":
                newest[one.machine_id] = one
        if self.here:
            newest.pop(self.here.machine_id, None)
        return tuple(newest.values())

    @cached_property
    def rows(self) -> tuple[Claim, ...]:
        """The claims; those on which machines differ stand first, the most divided before."""
        return tuple(sorted(ledger.CLAIMS, key=lambda claim: -self._disagreement(claim)))

    @cached_property
    def differing(self) -> tuple[Claim, ...]:
        """The claims on which machines or interpreters differ."""
        return tuple(claim for claim in self.rows if self._disagreement(claim))

    @cached_property
    def versions(self) -> tuple[Finding, ...]:
        """The interpreters of one machine, by version: of this build's, if it has several.

        Otherwise it is the machine with the most; empty where no machine has two. Of each it is the
        newest measured with the profile that most were: another profile times other samples.
        """
        by_machine: dict[str, list[Finding]] = {}
        for one in self.columns:
            by_machine.setdefault(one.machine_id, []).append(one)
        groups = [group for group in by_machine.values() if len(group) > 1]
        ours = [group for group in groups if self.here in group]
        chosen = ours[0] if ours else max(groups, key=len, default=[])
        alike = self._of_one_profile(chosen)
        return tuple(
            sorted((alike.get(one.interpreter_id, one) for one in chosen), key=_by_version)
        )

    def _of_one_profile(self, chosen: Sequence[Finding]) -> dict[str, Finding]:
        """Return the newest finding of each interpreter with the profile that most have."""
        machine = {one.machine_id for one in chosen}
        found: dict[tuple[Profile, ...], dict[str, Finding]] = {}
        for one in sorted((*self.all, *chosen), key=lambda one: one.measured):
            if one.machine_id in machine:
                found.setdefault(one.profiles, {})[one.interpreter_id] = one
        return max(found.values(), key=lambda of: (len(of), self.here in of.values()), default={})

    def of_machine(self, finding: Finding) -> tuple[Finding, ...]:
        """Return the other findings of a finding's machine."""
        same = self._by_machine[finding.machine_id]
        return tuple(one for one in same if one.name != finding.name)

    @cached_property
    def _by_machine(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for one in self.all:
            found.setdefault(one.machine_id, []).append(one)
        return found

    def said_elsewhere(self, claim: str) -> str:
        """Say how many other machines agree; empty where no machine says otherwise than another."""
        outcomes = Counter(
            one.verdicts[claim].outcome for one in self.elsewhere if claim in one.verdicts
        )
        everywhere = {outcome for outcome in outcomes if _decides(outcome)}
        if self.here and claim in self.here.verdicts:
            everywhere |= {self.here.verdicts[claim].outcome} & {*filter(_decides, OUTCOMES)}
        if len(everywhere) < 2:  # noqa: PLR2004 - two make a difference
            return ""

        def counted(outcome: str, count: int) -> Counted:
            return Counted(count, f"machines elsewhere: {claim} {outcome}")

        machines = formats.plural(counted("judged", outcomes.total()), "machine")
        first, *others = sorted(outcomes, key=lambda outcome: (-outcomes[outcome], outcome))
        on = {
            one: f"{SAID[one]} on {formats.count(counted(one, outcomes[one]))}" for one in outcomes
        }
        return f"Elsewhere: {on[first]} of {machines}{''.join(f', {on[one]}' for one in others)}."

    def sentence(self, claim: Claim) -> str:
        """Say of a claim on which machines differ how, and what goes with it."""
        groups = self._groups(claim)
        counts = formats.listed(
            [
                f"{SAID[outcome]} on {formats.count(_counted(claim, outcome, groups[outcome]))}"
                for outcome in OUTCOMES
                if outcome in groups
            ]
        )
        return f"{claim.id} {counts}. {_goes_with(groups)}"

    def _groups(self, claim: Claim) -> dict[Outcome, list[Finding]]:
        groups: dict[Outcome, list[Finding]] = {}
        for one in self.columns:
            verdict = one.verdicts.get(claim.id)
            if verdict and is_decided(verdict):
                groups.setdefault(verdict.outcome, []).append(one)
        return groups

    def _disagreement(self, claim: Claim) -> float:
        """Return 0 where all that decide agree, else the share that the most common lacks."""
        counts = [len(group) for group in self._groups(claim).values()]
        return 1 - max(counts) / sum(counts) if len(counts) > 1 else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """A claim of which two results say different things."""

    name: str
    first: Outcome
    second: Outcome


class Pair(NamedTuple):
    """A key figure of two results, and whether their intervals have nothing in common."""

    key: Key
    first: Estimate
    second: Estimate
    apart: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results: the verdicts that differ, the key ratios of both, and what can't be compared.

    ``verdicts`` are decided otherwise by one than by the other, ``lone`` by one of them alone.
    """

    verdicts: tuple[Difference, ...]
    lone: tuple[Difference, ...]
    ratios: tuple[Pair, ...]
    incomparable: tuple[str, ...]


def compare(first: Finding, second: Finding) -> Comparison:
    """Compare two results, and name what in them can't be."""
    differing = [
        Difference(claim.id, first.verdicts[claim.id].outcome, second.verdicts[claim.id].outcome)
        for claim in ledger.CLAIMS
        if claim.id in first.verdicts
        and claim.id in second.verdicts
        and first.verdicts[claim.id].outcome != second.verdicts[claim.id].outcome
    ]
    verdicts = tuple(one for one in differing if _decides(one.first) and _decides(one.second))
    lone = tuple(one for one in differing if _decides(one.first) != _decides(one.second))
    ratios = tuple(
        Pair(key, first.figures[key.name], second.figures[key.name], apart(key, first, second))
        for key in RATIOS
        if key.name in first.figures and key.name in second.figures
    )
    return Comparison(verdicts, lone, ratios, tuple(_incomparable(first, second)))


def apart(key: Key, first: Finding, second: Finding) -> bool:
    """Tell whether the intervals of a figure, as far as they can be, have nothing in common."""
    ours, theirs = key.possible(first), key.possible(second)
    if ours is None or theirs is None:
        return False
    return ours.high < theirs.low or theirs.high < ours.low


def _incomparable(first: Finding, second: Finding) -> Iterable[str]:
    ours = {quality.experiment: quality for quality in first.qualities}
    theirs = {quality.experiment: quality for quality in second.qualities}
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        if name not in ours or name not in theirs:
            yield f"{name}: only {'the first' if name in ours else 'the second'} measured it"
            continue
        if (name in first.outdated) != (name in second.outdated):
            older = "first" if name in first.outdated else "second"
            yield f"{name}: the {older} timed another version of the code"
        profiles: tuple[Profile, Profile] = ours[name].profile, theirs[name].profile
        if profiles[0] != profiles[1]:
            yield f"{name}: profile {profiles[0]} against {profiles[1]}"
    for key in RATIOS:
        if (key.name in first.figures) != (key.name in second.figures):
            lacks = "second" if key.name in first.figures else "first"
            yield f"{key.title}: the {lacks} has no such figure"
    if first.noise and second.noise:
        widths = [(one.high - one.low) / one.value for one in (first.noise, second.noise)]
        if max(widths) > UNEQUAL * min(widths):
            noisier = "first" if widths[0] > widths[1] else "second"
            yield f"quality: the {noisier} is more than {UNEQUAL:g} times as noisy"
    if first.machine.usable_cores != second.machine.usable_cores:
        cores = f"{first.machine.usable_cores:g} against {second.machine.usable_cores:g}"
        yield f"speed-ups: {cores} usable cores"


UNEQUAL = 3.0
"""From this ratio of their noise floors' widths on, two measurements are of unequal quality."""


def _counted(claim: Claim, outcome: Outcome, of: Sequence[Finding]) -> Counted:
    return Counted(len(of), f"machines: {claim.id} {outcome}")


def _goes_with(groups: dict[Outcome, list[Finding]]) -> str:
    """Say which properties tell the outcomes apart without an exception."""
    found = [said for one in PROPERTIES if (said := _told_apart(one, groups))]
    if not found:
        titles = formats.listed([one.title for one in PROPERTIES[:-1]], "or")
        return f"No difference in {titles} goes with that without an exception."
    if len(found) == 1:
        return f"It goes with {found[0]}."
    return f"It goes with {formats.listed(found)}; these files can’t tell which of them it is."


def _told_apart(one: Property, groups: dict[Outcome, list[Finding]]) -> str:
    """Say how a property goes with the outcomes, empty where it does not.

    It does where no value occurs under two outcomes; numbers have to lie in ranges besides, one
    behind the other.
    """
    values = {outcome: {one.read(finding) for finding in of} for outcome, of in groups.items()}
    if sum(map(len, values.values())) != len(set().union(*values.values())):
        return ""
    ordered = {
        outcome: ranged
        for outcome, of in values.items()
        if (ranged := sorted(value for value in of if isinstance(value, tuple)))
    }
    if ordered and not _follow(list(ordered.values())):
        return ""
    said = (
        f"{SAID[outcome]} with {_span(ordered[outcome]) if ordered else _either(of)}"
        for outcome, of in values.items()
    )
    return f"{one.title} ({', '.join(said)})"


def _follow(ranges: list[list[tuple[float, ...]]]) -> bool:
    """Tell whether ranges lie one behind the other."""
    ranges = sorted(ranges)
    return all(below[-1] < above[0] for below, above in pairwise(ranges))


def _span(values: Sequence[tuple[float, ...]]) -> str:
    low, high = map(_end, (values[0], values[-1]))
    return low if low == high else f"{low} to {high}"


def _end(end: tuple[float, ...]) -> str:
    """Write a number, or a version, which has several."""
    return formats.tick(Given(*end)) if len(end) == 1 else ".".join(f"{part:g}" for part in end)


def _either(values: Iterable[object]) -> str:
    return formats.listed(sorted(map(str, values)), "or")


def _decides(outcome: Outcome) -> bool:
    return outcome not in {"undecided", "not tested here"}


def _by_version(finding: Finding) -> tuple[tuple[float, ...], str, str]:
    return minor(finding), finding.interpreter.build, finding.interpreter.version


def _order(finding: Finding) -> tuple[str, float, tuple[float, ...], str]:
    machine = finding.machine
    return machine.cpu.casefold(), machine.usable_cores, minor(finding), finding.name
