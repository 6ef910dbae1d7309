"""Why a verdict turned: what changed in the rules, and what another measurement changed."""

import htpy as h
import msgspec

from conc import formats
from conc.claims.changes import CHANGES, RULES_VERSION
from conc.figures import Counted
from conc.records import Outcome, Verdict
from conc.show.markup import markdown
from conc.show.shown import Shown

KEPT = "verdicts.json"
"""The file beside the folder of drawings that holds the verdicts of the last builds."""

MOST_BUILDS = 6

OPEN: tuple[Outcome, ...] = ("undecided", "not tested here")


class Build(msgspec.Struct, frozen=True):
    """The outcomes of a build by claim, the version of its rules, and when experiments began."""

    rules: int
    began: dict[str, str]
    outcomes: dict[str, Outcome]


def rule_changes(shown: Shown) -> h.Renderable:
    """Return what each version of the rules changed, the newest first."""
    del shown
    return h.fragment[
        (
            h.fragment[
                h.p[h.strong[f"Version {version}"]],
                h.ul[
                    (
                        h.li[f"{', '.join(change.claims) or 'All claims'}: {change.what}"]
                        for change in CHANGES
                        if change.version == version
                    )
                ],
            ]
            for version in range(RULES_VERSION, 0, -1)
        )
    ]


def turned_verdicts(shown: Shown) -> h.Renderable:
    """Return which verdicts turned since the build before, and whether by the rule or the data.

    Raises MissingError where nothing was measured.
    """
    now = _build(shown)
    before = next((build for build in _kept(shown) if _differs(build, now)), None)
    if before is None:
        return h.p["No verdict of this machine has changed since it was first judged."]
    turned = [
        answer
        for answer in shown.verdicts.values()
        if before.outcomes.get(answer.claim, answer.outcome) != answer.outcome
    ]
    if not turned:
        return h.p["No verdict has turned since the build before."]
    return h.ul[
        (
            h.li[
                f"{answer.claim}, before: {before.outcomes[answer.claim]}; now: {answer.outcome}."
                f" What changed: {_why(answer, before, now)}."
            ]
            for answer in turned
        )
    ]


def agreement(shown: Shown) -> str:
    """Say how the verdicts of the last builds by these rules agree.

    Raises MissingError where nothing was measured.
    """
    now = _build(shown)
    others = (build for build in _kept(shown) if _differs(build, now))
    builds = [now, *(build for build in others if build.rules == RULES_VERSION)]
    if len(builds) == 1:
        return "This is the first build on this machine by these rules."
    decided = [
        {build.outcomes[claim] for build in builds if claim in build.outcomes} - {*OPEN}
        for claim in now.outcomes
    ]
    otherwise = sum(len(outcomes) > 1 for outcomes in decided)
    open_ = [
        formats.count(
            Counted(
                sum(outcome == "undecided" for outcome in build.outcomes.values()),
                f"builds: undecided, {place} before the newest",
            )
        )
        for place, build in enumerate(builds)
    ]
    known = Counted(len(builds), "builds: known by these rules")
    turned = Counted(otherwise, "builds: claims that they decide one way and another")
    return markdown(
        f"In the last {formats.plural(known, 'build')} on this machine by these rules"
        f" {_turned(turned)} decided one way and another; undecided were"
        f" {formats.listed(open_)}, the newest first."
    )


def _turned(claims: Counted) -> str:
    if not claims.value:
        return "no claim was"
    return f"{formats.plural(claims, 'claim')} {'was' if claims.value == 1 else 'were'}"


def keep(shown: Shown) -> None:
    """Keep the verdicts that are shown, for the next build to be set against; none if none are."""
    if shown.cache is None or shown.result is None:
        return
    now = _build(shown)
    builds = [now, *(build for build in _kept(shown) if _differs(build, now))]
    path = shown.cache.parent / KEPT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(builds[:MOST_BUILDS]))


def _build(shown: Shown) -> Build:
    return Build(
        RULES_VERSION,
        {name: one.started for name, one in shown.evidence.result.measurements.items()},
        {claim: answer.outcome for claim, answer in shown.verdicts.items()},
    )


def _kept(shown: Shown) -> list[Build]:
    """Return what was kept; nothing where it can't be read, for it is only a comparison."""
    if shown.cache is None:
        return []
    try:
        content = (shown.cache.parent / KEPT).read_bytes()
        return msgspec.json.decode(content, type=list[Build])
    except (OSError, msgspec.DecodeError):
        return []


def _differs(build: Build, now: Build) -> bool:
    return (build.rules, build.began) != (now.rules, now.began)


def _why(answer: Verdict, before: Build, now: Build) -> str:
    """Say what can have turned a verdict; a rule that did not change can't have."""
    ruled = any(
        change.version > before.rules and (not change.claims or answer.claim in change.claims)
        for change in CHANGES
    )
    measured = any(before.began.get(name) != now.began.get(name) for name in answer.experiments)
    reasons = [reason for reason, is_one in (("the rule", ruled), ("the data", measured)) if is_one]
    return " and ".join(reasons)
