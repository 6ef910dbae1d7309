"""How a model looks: one name, one colour and one mark on the whole site, in light and in dark.

Colours are CSS variables that the theme sets for each palette. The mark's shape says the same as
its colour, for readers who don't tell the colours apart and for print.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """The name, the CSS colour and the mark of a series.

    ``outline`` is the mark as an SVG path in a square from -1 to 1, as Vega takes it.
    """

    label: str
    colour: str
    outline: str


_CIRCLE = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z"
_SQUARE = "M-.9,-.9H.9V.9H-.9Z"
_TRIANGLE = "M-1,.85L0,-1L1,.85Z"
_DIAMOND = "M0,-1.2L1.2,0L0,1.2L-1.2,0Z"
_CROSS = "M-1,-.35H-.35V-1H.35V-.35H1V.35H.35V1H-.35V.35H-1Z"

LOOKS = {
    "sequential": Look("sequential", "var(--conc-sequential)", _CROSS),
    "threads": Look("threads", "var(--conc-threads)", _CIRCLE),
    "processes": Look("processes", "var(--conc-processes)", _SQUARE),
    "asyncio": Look("asyncio", "var(--conc-asyncio)", _TRIANGLE),
    "interpreters": Look("interpreters", "var(--conc-interpreters)", _DIAMOND),
}
IDEAL = "var(--conc-ideal)"
CEILING = "var(--conc-ceiling)"


def look(model: str) -> Look:
    """Return the look of ``model``; a name that conc does not know gets the neutral one."""
    return LOOKS.get(model, Look(model, IDEAL, _CIRCLE))
