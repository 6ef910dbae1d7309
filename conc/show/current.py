"""The result that is being shown, and from where: what tables, charts and prose ask for.

The MkDocs plugin says which result and page are at hand. Elsewhere (a test, a Python prompt) the
first question loads the newest result.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from conc.claims import invariants
from conc.claims.invariants import Broken
from conc.errors import ConcError
from conc.experiments.registry import get
from conc.records import Measurement, Result
from conc.results import staleness, store

P = ParamSpec("P")

_MARK = re.compile(r'<div data-conc="([0-9a-f]{16})"></div>')

DATA = "data"
"""The site's folder of raw data."""


class MissingError(ConcError):
    """What was asked for has not been measured. The message says what, and how to measure it."""


@dataclass(frozen=True, slots=True)
class View:
    """What is shown: a result, its file, the page that asks, and the folder for kept drawings.

    ``page`` is the page's address relative to the site's root, ``None`` outside a site. ``later``
    holds the HTML that is put into pages when they are written, by its mark; without it a block
    gets its HTML at once.
    """

    result: Result | None
    path: Path | None = None
    page: str | None = None
    cache: Path | None = None
    later: dict[str, str] | None = None


_view: View | None = None


def use(view: View | None) -> None:
    """Show ``view`` from now on; ``None`` goes back to finding a result on disk."""
    global _view  # noqa: PLW0603 — blocks in pages have no other way to be handed the result
    _view = view


def turn_to(page: str) -> None:
    """Say which page of the site asks from now on: links are relative to it."""
    use(replace(view(), page=page))


def view() -> View:
    """Return what is being shown; ConcError if its file can't be read."""
    if _view is None:
        use(_found())
    assert _view is not None
    return _view


def result() -> Result:
    """Return the result that is being shown; MissingError if there is none."""
    shown = view().result
    if shown is None:
        raise MissingError("nothing has been measured yet; measure with: conc measure")
    return shown


def measurement(experiment: str) -> Measurement:
    """Return what an experiment measured; MissingError if the result lacks it."""
    found = result().measurements.get(experiment)
    if found is None:
        raise MissingError(
            f"{experiment} has not been measured; measure it with: conc measure {experiment}"
        )
    return found


_checked: tuple[Result, tuple[Broken, ...]] | None = None


def broken() -> tuple[Broken, ...]:
    """Return the figures of the result that can't be; they are kept."""
    global _checked  # noqa: PLW0603 - many blocks of one build ask about one result
    shown = result()
    if _checked is None or _checked[0] is not shown:
        _checked = shown, tuple(invariants.check(shown))
    return _checked[1]


def cache() -> Path | None:
    """Return the folder where drawings may be kept, ``None`` where there is none."""
    return view().cache


def link(target: str) -> str:
    """Return the address of a file of the site, such as ``data/result.json``, for the page."""
    return "../" * (view().page or "").count("/") + target


def put_in_later(make: Callable[P, str]) -> Callable[P, str]:
    """Let a block give a mark only in place of the HTML that ``make`` returns.

    So nothing before the finished page has to parse it: Markdown, the table of contents, the search
    index. While the result stays it is made once.
    """

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> str:
        shown = view()
        if shown.later is None:
            return make(*args, **kwargs)
        asked = f"{make.__name__} {args} {kwargs} {link('')}"
        mark = hashlib.sha256(asked.encode()).hexdigest()[:16]
        if mark not in shown.later:
            shown.later[mark] = make(*args, **kwargs)
        return f'<div data-conc="{mark}"></div>'

    return made


def put_in(html: str, finish: Callable[[str], str]) -> str:
    """Return a page with what its marks stand for, after ``finish``."""
    later = view().later or {}
    return _MARK.sub(lambda mark: finish(later[mark[1]]), html)


def is_stale(experiment: str) -> bool:
    """Whether a snippet that an experiment times has changed since it was measured."""
    return bool(staleness.changed_snippets(measurement(experiment), get(experiment)))


def _found() -> View:
    path = store.newest(store.results_folder())
    return View(result=store.load(path) if path else None, path=path)
