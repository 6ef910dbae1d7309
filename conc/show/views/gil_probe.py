"""What ``gil-probe`` found: which calls let other threads run, by the silence of one that ticks."""

from dataclasses import dataclass

from conc import formats
from conc.claims.rules.process import HELD, RELEASED, SILENCE
from conc.figures import Counted, Given
from conc.models import find
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_two
from conc.show.specs import Dot, DotRow
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import NO_FIGURE, known
from conc.show.views.counted import estimate
from conc.show.views.registry import Views

NAME = "gil-probe"
CONTROL = "time.sleep"


def silence_chart(evidence: Evidence) -> Chart:
    """Draw the longest silence of a ticking thread beside each call, from the shortest on."""
    measured = evidence.of(NAME)
    shares = drawn(_shares(measured), "gil-probe has no silences here: no case gave a figure")
    words = _words(evidence)
    rows = [_chart_row(case, share, words) for case, share in shares]
    axis = specs.zero_axis("longest silence, share of the call (%)", 1.0, 0.01)
    return Chart(
        title="Which calls let another thread run meanwhile",
        description=captions.description(
            "Bars from zero",
            (f"{_function(case)} {formats.share(share)}" for case, share in shares),
        ),
        caption=(
            *words.bars,
            (
                f"“{words.released}” is said below {formats.share(Given(RELEASED))},"
                f" “{words.held}” above {formats.share(Given(HELD))}."
            ),
            "Each bar is the least of its samples: a busy machine lengthens silences only.",
            f"The control is {CONTROL}, which surely lets another thread run.",
        ),
        source=measured.measurement,
        drawings=specs.dots(rows, axis),
        legend=keys_of_two(words.released, f"{words.held}, or unclear", "threads"),
        table=silence_table(evidence),
    )


def silence_table(evidence: Evidence) -> Table:
    """List each call with its length, the other thread's longest silence, and what that says."""
    measured = evidence.of(NAME)
    words = _words(evidence)
    order = {case.id: place for place, (case, _) in enumerate(_shares(measured))}
    return columns.of_cases(
        measured,
        "A ticking thread beside each call",
        (
            columns.name("function", "Function", _function),
            columns.words(
                "reading", words.heading, lambda case: _reading(_share(measured, case), words)
            ),
            Column(
                "share",
                "Longest silence",
                lambda case: known(_share(measured, case), formats.share),
                "of the call, least of all samples",
            ),
            Column(
                "call_s",
                "Call",
                lambda case: known(estimate(measured, case, "call_s"), formats.seconds),
                "of one",
            ),
            columns.samples_taken(measured),
        ),
        sorted(measured.cases, key=lambda case: order.get(case.id, len(order))),
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a short silence and of a long one, and of the bars that show them."""

    heading: str
    released: str
    held: str
    bars: tuple[str, str]

    def reading(self, share: float) -> str:
        """Say in a word what a silence, as a share of the call, tells."""
        if share < RELEASED:
            return self.released
        return self.held if share > HELD else "unclear"


WITH_GIL = Words(
    "GIL",
    "released",
    "held",
    (
        "A short bar: the call released the GIL, and the other thread went on ticking.",
        "A long bar: it held the GIL.",
    ),
)
WITHOUT_GIL = Words(
    "The other thread",
    "ran on",
    "was silent",
    (
        "A short bar: the other thread went on ticking. There is no GIL that a call could hold.",
        "A long bar: it was silent all the same.",
    ),
)


def _words(evidence: Evidence) -> Words:
    return WITH_GIL if evidence.has_gil(NAME) else WITHOUT_GIL


def _shares(measured: Measured) -> list[tuple[Case, Counted]]:
    found = [
        (case, share) for case in measured.cases if (share := _share(measured, case)) is not None
    ]
    return sorted(found, key=lambda pair: pair[1].value)


def _chart_row(case: Case, share: Counted, words: Words) -> DotRow:
    said, function = words.reading(share.value), _function(case)
    tip = f"{function}: silent for {formats.share(share)} of the call"
    bar = (Dot(share.value, 0.0, share.value, tip, hollow=said != words.released),)
    return DotRow(f"{function}: {said}", find("threads"), bar)


def _share(measured: Measured, case: Case) -> Counted | None:
    shares = measured.each(case, SILENCE)
    return measured.counted(f"least silence of {case.id}", min(shares)) if shares else None


def _function(case: Case) -> str:
    name = str(case.parameters.get("function"))
    return f"{name} (control)" if name == CONTROL else name


def _reading(share: Counted | None, words: Words) -> Cell | str:
    return NO_FIGURE if share is None else words.reading(share.value)


VIEWS = Views(
    charts={
        "gil-probe/held-or-released": silence_chart,
    },
    tables={
        "gil-probe/held-or-released": silence_table,
    },
)
