"""What came of trying a reader's own function, for the terminal and for programs."""

import msgspec

from conc import figures
from conc.advise import advise
from conc.errors import MissingError
from conc.experiments.tries import NAME
from conc.records import Result
from conc.results.evidence import Evidence
from conc.show import captions, tables
from conc.show.views import tries as view


def to_text(result: Result) -> str:
    """Return what to do with each function tried, and the table, as text without colours."""
    measured = Evidence(result).of(NAME)
    parts = [tables.printable(captions.provenance(result, measured.measurement))]
    for block in view.blocks(measured):
        try:
            said = [str(figures.read(one)) for one in view.sentences(measured, block)]
        except MissingError as error:
            said = [f"{error}."]
        parts += ["", *map(tables.printable, said), ""]
        parts.append(tables.to_text(view.table(measured, block)))
    return "\n".join(parts)


def to_data(result: Result) -> dict[str, object]:
    """Return the same as plain data: the table's values, the advice and its sentences."""
    measured = Evidence(result).of(NAME)
    tried: dict[str, object] = {}
    for block in view.blocks(measured):
        try:
            said = [str(figures.read(one)) for one in view.sentences(measured, block)]
            # By way of JSON, which has no infinity: an interval without an end is null.
            advice = msgspec.json.decode(msgspec.json.encode(advise(measured, block)))
        except MissingError as error:
            said, advice = [str(error)], None
        table = tables.to_data(view.table(measured, block))
        tried[block] = {"table": table, "advice": advice, "sentences": said}
    return {
        "machine": msgspec.to_builtins(result.machine),
        "interpreter": msgspec.to_builtins(result.interpreter),
        "functions": tried,
    }


def is_complete(result: Result) -> bool:
    """Tell whether every case gave a figure, and none failed in between."""
    measured = Evidence(result).of(NAME)
    return not measured.measurement.failures and all(map(measured.timed, measured.cases))
