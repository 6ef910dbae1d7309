"""Two functions of a reader under one model, timed in the same rounds, to tell which is faster."""

from msgspec.structs import replace

from conc.records import Case

PAIR = "pair"
"""The parameter that marks a case of a comparison, and says how answers stand in it."""

COMPARED, ANY = "answers compared", "any answer"


def pair_of(best: Case, other: str, without: tuple[int, ...]) -> tuple[Case, Case]:
    """Return the case of a function under its best model, and that of another called alike.

    The first is compared with the second. Both are called for the items of the first, of which
    those at the places ``without`` are left out. Their answers may differ, and that is told.
    """
    module = best.workload.partition(":")[0]
    parameters = {
        **best.parameters,
        "items_of": module,
        PAIR: COMPARED if best.answers else ANY,
        **({"without": ",".join(map(str, without))} if without else {}),
    }
    theirs = replace(
        best,
        workload=other,
        parameters=parameters,
        block=f"{best.workload} against {other}",
        against="",
        host="",
        answers="",
        memory=False,
    )
    return replace(theirs, workload=best.workload, against=theirs.id), theirs


def is_of_pair(case: Case) -> bool:
    """Tell whether a case belongs to a comparison of two functions."""
    return PAIR in case.parameters
