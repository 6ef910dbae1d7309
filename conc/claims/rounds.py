"""What the runners of one month found: a column a job, small enough to be kept for good.

A round holds the outcome of each claim and the key figures with their intervals. The samples are
in the raw file that a column names with its digest; once a newer one has replaced it, the history
of the repository has it still.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from conc.claims.changes import CHANGES
from conc.errors import ConcError
from conc.records import Estimate, Interpreter, Machine, Outcome, Profile, Record, Text
from conc.results import store

FORMAT = 1

FOLDER = Path("docs", "rounds")
"""Where rounds lie in the repository."""

MOST_BYTES = 200_000
"""The largest file of a round."""

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")

LOWEST, NEWEST, FREE = "lowest", "newest", "newest free-threaded"
"""What a Python is among those of its month: so a column goes on when a newer one is out."""

Reason = Literal["the data", "the rule", "the code", "Python", "the image"]
"""What can have turned a verdict."""


Again = Outcome | Literal[""]
"""What earlier samples say by the present rules; empty where they are not there any more."""


class Column(Record, frozen=True, kw_only=True):
    """What a job found, or in ``failed`` why it found nothing.

    ``role`` is what its Python is among those of the month, ``code`` a digest of the snippets that
    it timed, ``digest`` the SHA-256 of its raw ``file``.
    """

    image: Text
    python: Text
    role: Text
    commit: Text
    run: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    failed: Text = ""
    file: Text = ""
    digest: Text = ""
    machine: Machine | None = None
    interpreter: Interpreter | None = None
    machine_id: Text = ""
    measured: Text = ""
    profiles: tuple[Profile, ...] = ()
    code: Text = ""
    outdated: tuple[Text, ...] = ()
    verdicts: dict[Text, Outcome] = msgspec.field(default_factory=dict)
    figures: dict[Text, Estimate] = msgspec.field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str]:
        """What a column is followed by from month to month: the image, and which Python."""
        return self.image, self.role

    @property
    def version(self) -> str:
        """The Python that was measured, or the one that was asked for."""
        return self.interpreter.version if self.interpreter else self.python

    @property
    def cpu(self) -> str:
        """The CPU, empty where nothing was measured."""
        return self.machine.cpu if self.machine else ""


class Turn(Record, frozen=True, kw_only=True):
    """A verdict that another round decided otherwise, what each said, and what can have turned it.

    ``since`` is the month of the round before. ``again`` is what its samples say by the present
    rules, empty where they are not there any more.
    """

    image: Text
    role: Text
    claim: Text
    since: Text
    before: Outcome
    after: Outcome
    says: Annotated[str, msgspec.Meta(max_length=4_000)]
    said: Annotated[str, msgspec.Meta(max_length=4_000)] = ""
    again: Again = ""
    reasons: tuple[Reason, ...]


class Round(Record, frozen=True, kw_only=True):
    """The columns of a month, the version of the rules that judged, and the verdicts that turned.

    ``notes`` are told with it, such as an image that has another CPU than before.
    """

    month: Text
    rules: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    conc: Text
    columns: tuple[Column, ...]
    turned: tuple[Turn, ...] = ()
    notes: tuple[Text, ...] = ()
    format: int = FORMAT

    @property
    def measured(self) -> tuple[Column, ...]:
        """The columns that have a result."""
        return tuple(column for column in self.columns if not column.failed)


def encode(one: Round) -> bytes:
    """Return the bytes of a round, the same for the same. Raises ConcError where it is too large.

    A column is a line, so that a change of one is seen as such.
    """
    head = msgspec.to_builtins(msgspec.structs.replace(one, columns=(), turned=(), notes=()))
    parts = []
    for name, value in sorted(head.items()):
        if not isinstance(value, list | tuple):
            parts.append(f"{_json(name)}: {_json(value)}")
            continue
        lines = ",\n".join(f"  {_json(_bare(item))}" for item in getattr(one, name))
        parts.append(f"{_json(name)}: [\n{lines}\n]" if lines else f"{_json(name)}: []")
    content = ("{\n" + ",\n".join(parts) + "\n}\n").encode()
    if len(content) > MOST_BYTES:
        raise ConcError(f"{one.month}: {len(content):,} bytes, and the most is {MOST_BYTES:,}")
    return content


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _bare(item: object) -> object:
    """Return a part of a round without what says nothing, such as an empty list."""
    made = msgspec.to_builtins(item)
    if not isinstance(made, dict):
        return made
    figures = made.get("figures", {})
    for figure in figures.values():
        for name in ("quantity", "shown"):
            if not figure[name]:
                del figure[name]
    return {name: value for name, value in made.items() if value not in ("", [], (), {}, None)}


def load(path: Path) -> Round:
    """Read and check a round, whoever wrote it. Raises ConcError, naming the file."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConcError(f"{path}: can't be read: {error.strerror or error}") from error
    if len(content) > MOST_BYTES:
        raise ConcError(f"{path}: no round: larger than {MOST_BYTES:,} bytes")
    try:
        found = msgspec.json.decode(content, type=Round)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise store.refusal(path, "no round", str(error)) from error
    if found.format != FORMAT:
        raise ConcError(f"{path}: of format {found.format}, and this conc reads {FORMAT}")
    if found.month != path.stem or not MONTH.fullmatch(found.month):
        raise ConcError(f"{path}: its name has to be the month that it says it is of")
    return found


def load_all(folder: Path) -> tuple[Round, ...]:
    """Return the rounds of a folder by month, the oldest first. Raises ConcError as load."""
    return tuple(load(path) for path in sorted(folder.glob("*.json")) if path.is_file())


def digests(rounds: Iterable[Round]) -> frozenset[str]:
    """Return the digests of all raw files that rounds name."""
    return frozenset(column.digest for one in rounds for column in one.measured)


SHOWN = "ubuntu-24.04"
"""The image whose newest result a site shows that measures nothing itself."""


def shown(rounds: Sequence[Round]) -> Column | None:
    """Return the newest result of :data:`SHOWN` with the newest Python that has a GIL."""
    for one in sorted(rounds, key=lambda one: one.month, reverse=True):
        columns = [
            column
            for column in one.measured
            if column.image == SHOWN and not column.python.endswith("t")
        ]
        if columns:
            return max(columns, key=lambda column: _numbers(column.python))
    return None


def before(rounds: Iterable[Round], month: str, place: tuple[str, str]) -> "Found | None":
    """Return the last column of a place that was measured before a month."""
    earlier = sorted((one for one in rounds if one.month < month), key=lambda one: one.month)
    for one in reversed(earlier):
        for column in one.measured:
            if column.place == place:
                return one, column
    return None


Found = tuple[Round, Column]


def is_decided(outcome: str) -> bool:
    """Tell whether an outcome says something of the claim."""
    return outcome not in {"undecided", "not tested here"}


def roles(pythons: Iterable[str]) -> Mapping[str, str]:
    """Return what each Python is among those that were asked for, such as ``3.14t``."""
    asked = {*pythons}
    plain = sorted((one for one in asked if not one.endswith("t")), key=_numbers)
    free = sorted((one for one in asked if one.endswith("t")), key=_numbers)
    known = {one: one for one in asked}
    if plain:
        known |= {plain[0]: LOWEST, plain[-1]: NEWEST}
    return known | ({free[-1]: FREE} if free else {})


def reasons(claim: str, then: Found, now: Column, rules: int, again: Again) -> tuple[Reason, ...]:
    """Return what can have turned a verdict.

    ``again`` is what the earlier samples say by the present rules. Where they say what is said now,
    the rule alone turned it; where they say what was said, the rule did not.
    """
    round_, old = then
    ruled = any(
        change.version > round_.rules and (not change.claims or claim in change.claims)
        for change in CHANGES
        if change.version <= rules
    )
    if again and again == now.verdicts[claim]:
        return ("the rule",)
    if again and again == old.verdicts[claim]:
        ruled = False
    told: list[tuple[Reason, bool]] = [
        ("the rule", ruled),
        ("the code", old.code != now.code),
        ("Python", old.version != now.version),
        ("the image", _system(old) != _system(now)),
        ("the data", True),
    ]
    return tuple(reason for reason, is_one in told if is_one)


def _system(column: Column) -> tuple[object, ...]:
    machine = column.machine
    if machine is None:
        return ()
    return (column.machine_id, machine.kernel, machine.system)


def _numbers(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.removesuffix("t").split(".") if part.isdigit())
