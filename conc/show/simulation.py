"""How often rules are wrong and intervals hold, simulated, kept until the code changes."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean

import htpy as h
import msgspec

from conc import claims, formats, results
from conc.claims import steady
from conc.claims.coverage import PLANS, REPEATED, coverages
from conc.claims.nulls import BUSY, NULLS
from conc.claims.simulate import TWO_STATE, Plan
from conc.figures import Counted, Given
from conc.records import Record
from conc.results.statistics import LEVEL
from conc.show.markup import html
from conc.show.shown import Shown
from conc.show.tables import Column, Table, to_html
from conc.show.views import columns
from conc.show.views.cells import number

FEWEST = 40
"""So many results of each rule a build simulates by itself: seconds, and only once."""


class Rule(Record, frozen=True, kw_only=True):
    """How often a rule was wrong where what it asks stands on a line between two verdicts."""

    claim: str
    at: str
    line: float
    results: int
    wrong: int


class Held(Record, frozen=True, kw_only=True):
    """How often intervals of 95 % held what is true, and their median half-width."""

    runs: int
    rounds: int
    quantity: str
    share: float
    half_width: float
    results: int


class Steady(Record, frozen=True, kw_only=True):
    """Of how many series of rounds a change was announced though there was none."""

    noise: str
    rounds: int
    series: int
    announced: int


class Simulation(Record, frozen=True, kw_only=True):
    """What was simulated, in the noise of a virtual machine whose cores have two speeds."""

    rules: tuple[Rule, ...] = ()
    coverage: tuple[Held, ...] = ()
    history: tuple[Steady, ...] = ()


def simulate_rules(times: int) -> Iterator[Rule]:
    """Simulate each rule so many times on each line where it could be wrong."""
    for null in NULLS:
        wrong = null.wrong_of(times)
        yield Rule(claim=null.claim, at=null.at, line=null.line, results=times, wrong=wrong)


def simulate_coverage(times: int) -> Iterator[Held]:
    """Simulate the measurements of each plan about so many times, at least an hour's worth."""
    hours = max(1, times // REPEATED)
    for (runs, rounds), sample_s in PLANS:
        for found in coverages(Plan(runs, rounds, TWO_STATE), hours=hours, sample_s=sample_s):
            yield Held(
                runs=runs,
                rounds=rounds,
                quantity=found.quantity,
                share=found.share,
                half_width=found.half_width,
                results=hours * REPEATED,
            )


def simulate_history(times: int) -> Iterator[Steady]:
    """Simulate so many series of rounds without a change, in each noise."""
    for noise, world in steady.WORLDS.items():
        announced = steady.announced(world, times)
        yield Steady(noise=noise, rounds=steady.ROUNDS, series=times, announced=announced)


def tables(found: Simulation) -> list[Table]:
    """Return what was simulated as tables; none of what was not."""
    plan = f"{BUSY.runs} runs of {BUSY.rounds} rounds"
    made = []
    if found.rules:
        title = f"Wrong verdicts where nothing is to be found, with {plan}"
        made.append(Table.of(title, _RULES, found.rules))
    if found.coverage:
        made.append(Table.of("How often intervals of 95 % hold", _COVERAGE, found.coverage))
    if found.history:
        title = "Changes announced of series without one"
        made.append(Table.of(title, _HISTORY, found.history))
    return made


def kept(folder: Path | None) -> Simulation:
    """Return what was simulated with this code, from a folder; what is not there is simulated."""
    path = folder and folder / f"simulation-{_digest()}.json"
    if path is not None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Simulation)
        except (OSError, msgspec.DecodeError):
            pass  # it was never simulated, or what was kept can't be read
    found = Simulation(
        rules=tuple(simulate_rules(FEWEST)), coverage=tuple(simulate_coverage(FEWEST))
    )
    keep(found, folder)
    return found


def keep(found: Simulation, folder: Path | None) -> None:
    """Keep what was simulated for the pages; a folder that can't be written costs time alone."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"simulation-{_digest()}.json").write_bytes(msgspec.json.encode(found))
    except OSError:
        pass


def block(shown: Shown) -> h.Renderable:
    """Return what was found in two sentences, and the tables folded up below them."""
    found = kept(shown.cache)
    return h.div(".conc-chart")[
        (h.p[sentence] for sentence in (_wrong(found.rules), _held(found.coverage)) if sentence),
        h.details[
            h.summary["Every line, and every plan of runs and rounds"],
            (html(to_html(table, "")) for table in tables(found)),
        ],
    ]


def _wrong(rules: Sequence[Rule]) -> str:
    """Say how many verdicts were wrong, of all and on the worst line."""
    if not rules:
        return ""
    worst = max(rules, key=lambda rule: rule.wrong / rule.results)
    lines = _counted("lines", len(rules))
    wrong = formats.count(_counted("wrong of all lines", sum(rule.wrong for rule in rules)))
    results = sum(rule.results for rule in rules)
    of_all = formats.count(_counted("results of all lines", results))
    share = formats.share(
        _counted("share of wrong of all lines", sum(rule.wrong for rule in rules) / results)
    )
    name = f"{worst.claim}, {worst.at}"
    most = formats.count(_counted(f"wrong of {name}", worst.wrong))
    of_it = formats.count(_counted(f"results of {name}", worst.results))
    return (
        f"On {formats.plural(lines, 'such line')} {wrong} of {of_all} simulated verdicts were"
        f" decisive, and so wrong: {share}; on the worst line {most} of {of_it} ({worst.claim})."
    )


def _held(coverage: Sequence[Held]) -> str:
    """Say how often an interval held what is true, of all, at the best and at the worst."""
    if not coverage:
        return ""
    shares = [held.share for held in coverage]
    least = formats.share(_counted("least share that intervals held", min(shares)))
    most = formats.share(_counted("greatest share that intervals held", max(shares)))
    mean = formats.share(_counted("share that intervals held", fmean(shares)))
    each = formats.count(_counted("measurements of each plan", min(of.results for of in coverage)))
    return (
        f"Intervals of {formats.share(Given(LEVEL))} held what is true in {mean} of the simulated"
        f" measurements; of one quantity in one plan, with {each} of each, in {least} to {most}."
    )


def _counted(what: str, value: float) -> Counted:
    return Counted(value, f"simulation: {what}")


@cache
def _digest() -> str:
    """Hash the code that judges and that estimates."""
    digest = hashlib.sha256()
    for package in (claims, results):
        for folder in package.__path__:
            for path in sorted(Path(folder).rglob("*.py")):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


_RULES: tuple[Column[Rule], ...] = (
    columns.name("claim", "Claim", lambda of: of.claim),
    columns.name("at", "What stands on the line", lambda of: of.at),
    columns.name("line", "Line", lambda of: number(of.line, formats.number), figures=True),
    Column("wrong", "Wrong", lambda of: number(of.wrong, formats.count), "decisive verdicts"),
    Column("results", "Of", lambda of: number(of.results, formats.count), "simulated results"),
)
_COVERAGE: tuple[Column[Held], ...] = (
    columns.name("runs", "Runs", lambda of: formats.count(of.runs)),
    columns.name("rounds", "Rounds in each", lambda of: formats.count(of.rounds)),
    columns.name("quantity", "Quantity", lambda of: of.quantity),
    Column("share", "Held", lambda of: number(of.share, formats.share), "of the intervals"),
    Column(
        "half_width",
        "Half-width",
        lambda of: number(of.half_width, lambda width: f"±{formats.share(width)}"),
        "median",
    ),
    Column("results", "Of", lambda of: number(of.results, formats.count), "simulated results"),
)
_HISTORY: tuple[Column[Steady], ...] = (
    columns.name("noise", "In", lambda of: of.noise),
    columns.name("rounds", "Rounds", lambda of: formats.count(of.rounds)),
    Column("announced", "Announced", lambda of: number(of.announced, formats.count), "series"),
    Column("series", "Of", lambda of: number(of.series, formats.count), "simulated series"),
)
