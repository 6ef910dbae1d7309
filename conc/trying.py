"""Trying a function from Python: what ``conc try`` does, for scripts, tests and notebooks."""

import os
import pickle
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from conc.advise import Advice, advise
from conc.errors import ConcError
from conc.experiments.tries import (
    GIVEN,
    ITEMS_VARIABLE,
    MOST_ITEMS,
    NAME,
    Call,
    Function,
    Terms,
    holding,
)
from conc.measure.tries import try_held, try_here
from conc.records import Result
from conc.results import store
from conc.results.evidence import Evidence
from conc.show import tries

USUAL = Terms()


@dataclass(frozen=True, slots=True)
class TriedFunction:
    """What came of a try. It shows itself as text, and in a notebook as advice, chart and table.

    ``result`` holds every sample, ``path`` is the file in which it is kept until the next try.
    ``note`` says what could not be tried, and why.
    """

    function: str
    result: Result
    path: Path
    note: str = ""

    @property
    def advice(self) -> Advice:
        """What to do, and why. Raises ``LookupError`` where the plain loop gave no figure."""
        return advise(Evidence(self.result).of(NAME), self.function)

    def __str__(self) -> str:
        """Return advice and table as text."""
        return "\n".join(filter(None, (tries.to_text(self.result), self.note)))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return tries.to_html(self.result, self.note)


def try_function(  # noqa: PLR0913 - an option each, as of the command
    function: Function,
    items: Iterable[object] | None = None,
    *,
    at_once: int = USUAL.at_once,
    seconds: float = USUAL.seconds,
    limit_s: float = USUAL.sample_limit_s,
    any_answer: bool = False,
    executors: Sequence[str] = (),
    against: Function | None = None,
    why: bool = False,
) -> TriedFunction:
    """Call a function for items under every model and return which one pays.

    Without ``items`` it is called without an argument. The rest is as of ``conc try``: at most
    ``at_once`` calls wait at once, the whole takes at most ``seconds``, no sample longer than
    ``limit_s``; with ``any_answer`` calls may return something else each time. ``executors`` are
    tried too: names as of ``--executor``, or the address of a Dask scheduler. The function is then
    compared with ``against``, another one, under the best model; ``why`` asks how much of their
    time threads waited for the GIL. A function that no other process can import, as one of a
    notebook, is tried within this one, as far as that goes: without these three.

    Raises :class:`ConcError` where other processes can't be given the items or a function that has
    to be sent to them, and where the function can't be called.
    """
    folder = store.results_folder()
    if reason := not_importable(function):
        terms = Terms(at_once, seconds, limit_s, any_answer)
        if executors or against or why:
            raise ConcError(
                f"{reason}, which no other process can import: executors, against and why need"
                " functions of a module; write them to a file and import them from there"
            )
        return _tried_here(function, items, reason, terms, folder)
    name, other = _full_name(function), _full_name(against) if against else ""
    if against and (reason := not_importable(against)):
        raise ConcError(f"{reason}, which no other process can import: write it to a file")
    if other == name:
        raise ConcError(f"against names {name} itself")
    terms = Terms(at_once, seconds, limit_s, any_answer, against=other, why=why)
    tried = partial(try_here, terms=terms, folder=folder, modules=Path.cwd(), executors=executors)
    if items is None:
        path, result = tried(Call(name))
        return TriedFunction(name, result, path)
    with tempfile.TemporaryDirectory() as beside:
        given = Path(beside) / "items"
        given.write_bytes(_sent(name, items))
        os.environ[ITEMS_VARIABLE] = str(given)  # which the worker processes inherit
        try:
            path, result = tried(Call(name, GIVEN))
        finally:
            del os.environ[ITEMS_VARIABLE]
    return TriedFunction(name, result, path)


def _full_name(function: Function) -> str:
    return f"{function.__module__}:{_name(function)}"


def not_importable(function: Callable[..., object]) -> str:
    """Say why no other process can import a function, with its name; nothing where it can."""
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None)
    if not module or not name:
        return f"{_name(function)} has no name of a module's"
    if module == "__main__":
        return f"{name} is defined in this notebook or script"
    if "<" in name:
        return f"{name} is defined within another function or without a name"
    return ""


def _tried_here(
    function: Function, items: Iterable[object] | None, why: str, terms: Terms, folder: Path
) -> TriedFunction:
    name = f"{getattr(function, '__module__', None) or '__main__'}:{_name(function)}"
    with holding(name, function, items):
        path, result = try_held(name, terms, folder)
    processes = (
        "processes are copies of it here and were tried too"
        if any(case.model == "processes" for case in result.measurements[NAME].cases)
        else "processes and interpreters begin without it and were not tried"
    )
    note = (
        f"{why}, which no other process can import. So it was called within this one: in a plain"
        f" loop, and in threads or an event loop; {processes}. To try it under every model, write"
        " it to a file (in a notebook: %%writefile work.py) and import it from there."
    )
    return TriedFunction(name, result, path, note)


def _name(function: Callable[..., object]) -> str:
    return str(getattr(function, "__qualname__", type(function).__name__))


def _sent(name: str, items: Iterable[object]) -> bytes:
    try:
        return pickle.dumps(list(islice(items, MOST_ITEMS)))
    except Exception as error:  # whatever an object's own code raises
        raise ConcError(
            f"the items of {name} can't be sent to another process ({error}): make them there,"
            " by a function that returns them, and use conc try --items NAME"
        ) from error
