"""Trying a function from Python: what ``conc try`` does, for scripts, tests and notebooks."""

import os
import pickle
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from conc.advise import Advice, advise
from conc.errors import ConcError
from conc.experiments.tries import GIVEN, ITEMS_VARIABLE, MOST_ITEMS, NAME, Call, Function, Terms
from conc.measure.tries import try_here
from conc.records import Result
from conc.results import store
from conc.results.evidence import Evidence
from conc.show import tries

USUAL = Terms()


@dataclass(frozen=True, slots=True)
class TriedFunction:
    """What came of a try. It shows itself as text, and in a notebook as advice, chart and table.

    ``result`` holds every sample, ``path`` is the file in which it is kept until the next try.
    """

    function: str
    result: Result
    path: Path

    @property
    def advice(self) -> Advice:
        """What to do, and why. Raises ``LookupError`` where the plain loop gave no figure."""
        return advise(Evidence(self.result).of(NAME), self.function)

    def __str__(self) -> str:
        """Return advice and table as text."""
        return tries.to_text(self.result)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return tries.to_html(self.result)


def try_function(  # noqa: PLR0913 - an option each, as of the command
    function: Function,
    items: Iterable[object] | None = None,
    *,
    at_once: int = USUAL.at_once,
    seconds: float = USUAL.seconds,
    limit_s: float = USUAL.sample_limit_s,
    any_answer: bool = False,
) -> TriedFunction:
    """Call a function for items under every model and return which one pays.

    Without ``items`` it is called without an argument. The rest is as of ``conc try``: at most
    ``at_once`` calls wait at once, the whole takes at most ``seconds``, no sample longer than
    ``limit_s``; with ``any_answer`` calls may return something else each time. Raises
    :class:`ConcError` where other processes can't import the function or be given the items, or
    where it can't be called.
    """
    name = importable(function)
    terms = Terms(at_once, seconds, limit_s, any_answer)
    folder = store.results_folder()
    if items is None:
        path, result = try_here(Call(name), terms, folder, Path.cwd())
        return TriedFunction(name, result, path)
    with tempfile.TemporaryDirectory() as beside:
        given = Path(beside) / "items"
        given.write_bytes(_sent(name, items))
        os.environ[ITEMS_VARIABLE] = str(given)  # which the worker processes inherit
        try:
            path, result = try_here(Call(name, GIVEN), terms, folder, Path.cwd())
        finally:
            del os.environ[ITEMS_VARIABLE]
    return TriedFunction(name, result, path)


def importable(function: Callable[..., object]) -> str:
    """Return ``module:name`` of a function. Raises ConcError where others can't import it so."""
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None)
    if not module or not name:
        raise ConcError(
            f"{function!r} has no name that another process could import: wrap it in"
            " a function of a module"
        )
    if module == "__main__":
        raise ConcError(
            f"{name} is defined in this notebook or script, which no other process can import:"
            " write it to a file (in a notebook: %%writefile work.py) and import it from there"
        )
    if "<" in name:
        raise ConcError(
            f"{name} of {module} is defined within another function or without a name, and"
            " can't be imported: define it at the top of the module"
        )
    return f"{module}:{name}"


def _sent(name: str, items: Iterable[object]) -> bytes:
    try:
        return pickle.dumps(list(islice(items, MOST_ITEMS)))
    except Exception as error:  # whatever an object's own code raises
        raise ConcError(
            f"the items of {name} can't be sent to another process ({error}): make them there,"
            " by a function that returns them, and use conc try --items NAME"
        ) from error
