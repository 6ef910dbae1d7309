"""Inputs that nobody would write: whatever they are, they are taken or refused in one line."""

import gzip
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conc.errors import ConcError
from conc.experiments import registry
from conc.records import Capture, KernelThread, ListingRow
from conc.results import contribution, screen, store
from conc.show import screens
from tests.invented.results import invented_result

Chance = random.Random
"""Each input is made from a chance of its own seed, so that one alone can be made again."""


@dataclass(frozen=True)
class Fuzz:
    """A kind of input: how one is made, and what of it must hold."""

    name: str
    make: Callable[[Chance], bytes]
    holds: Callable[[bytes], bool]

    def broken(self, seeds: Sequence[int]) -> Iterator[str]:
        """Yield each seed whose input raises what it should not, or breaks what must hold."""
        for seed in seeds:
            try:
                fault = "" if self.holds(self.make(Chance(seed))) else "broken"
            except Exception as error:  # noqa: BLE001 — any is what is looked for
                fault = repr(error)
            if fault:
                yield f"{self.name}, seed {seed}: {fault}"


CONTROL = [b"\x1b[", b"\x1b]", b"\x1b", b";", b"9999999", b"?", b">", b"m", b"H", b"\x9b", b"\n"]
COLOURS = [b"\x1b[", b"38;5;200m", b"7m", b"31;42m", b"?3h", b"\x1b(0", b"<script>"]
JSON = [b"null", b"-1", b"1e999", b"NaN", b"{}", b"[]", b'""', b"\xff", b"\\u0000", b"[" * 3000]


def terminal(pieces: Sequence[bytes], chance: Chance, count: int) -> bytes:
    """Return control sequences, whole and torn, between random bytes."""
    return b"".join(
        chance.choice(pieces) if chance.random() < 0.6 else chance.randbytes(3)
        for _ in range(count)
    )


def draws(raw: bytes) -> bool:
    """Whether a screen of as many lines as it has comes of the bytes."""
    try:
        return len(screen.replay(raw, 80, 10).display) == 10
    except ConcError as refused:
        return in_one_line(refused)


def shows(raw: bytes) -> bool:
    """Whether the bytes become a screen or a reason, and never more than text."""
    html = str(
        screens.figure(
            Capture(
                program="threads",
                tool="ps",
                view="-f",
                version="4",
                command="ps",
                raw=b"PID CMD\n1 x\n" + raw,
                rows=[ListingRow(line=1, id=1)],
                truth=[KernelThread(id=1, tgid=1, ppid=0, name="python")],
            )
        )
    )
    said = "conc-terminal" in html or "Not captured here" in html
    return said and "<script" not in html


WHOLE = store.encode(invented_result(registry.EXPERIMENTS[:2], runs=1, rounds=1))


def damaged(chance: Chance) -> bytes:
    """Return a result file with one to four places overwritten, cut out or doubled."""
    content = bytearray(WHOLE)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(content))
        end = start + chance.choice([0, 1, 1, 2, 8, 200])
        doubled = bytes(content[start:end])
        content[start:end] = chance.choice([*JSON, doubled * 2, b"", chance.randbytes(2)])
    return bytes(content)


def loads(content: bytes) -> bool:
    """Whether a file with this content is loaded, and then saved as it was, or refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.json"
        path.write_bytes(content)
        try:
            result = store.load(path)
        except ConcError as refused:
            return in_one_line(refused)
        store.save(result, path)
        return store.load(path) == result


UNPACKED = gzip.decompress(contribution.pack(invented_result(registry.EXPERIMENTS[:2], rounds=2)))
PIECES = [
    *JSON,
    b'"<script>alert(1)</script>"',
    b"[0," + b"0," * 50_000 + b"0]",
    b"[" + b"[]," * 50_000 + b"[]]",
    b"[" + b"{}," * 50_000 + b"{}]",
    b'"' + b"x" * 100_000 + b'"',
    b'{"case":[],"fields":{}}',
    b"9" * 5_000,
]


def damaged_contribution(chance: Chance) -> bytes:
    """Return a contributed file whose content, or the file itself, was damaged in some places."""
    content = bytearray(UNPACKED)
    for _ in range(chance.randint(1, 4)):
        start, end = sorted(_place(content, chance) for _ in range(2))
        if chance.random() < 0.7:  # a whole value, so that the JSON stays sound
            end = start + max(1, content[start:].find(b",")) if b"," in content[start:] else start
        content[start:end] = chance.choice([*PIECES, b"", content[start:end] * 2])
    packed = bytearray(gzip.compress(bytes(content), 1, mtime=0))
    if chance.random() < 0.1:
        packed[chance.randrange(len(packed))] ^= 1 << chance.randrange(8)
    return bytes(packed)


def _place(content: bytearray, chance: Chance) -> int:
    """Return where a value begins: often one of the few that shape the file."""
    sign = chance.choice([b":", b",", b"[", b"{"])
    found = content.find(sign, chance.randrange(len(content)))
    return found + 1 if found >= 0 else len(content) // 2


def loads_contribution(packed: bytes) -> bool:
    """Whether a contributed file is loaded, and then packed as it was, or refused in one line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{contribution.SUFFIX}"
        path.write_bytes(packed)
        try:
            result = contribution.load(path)
        except ConcError as refused:
            return in_one_line(refused)
        try:
            path.write_bytes(contribution.pack(result))
        except ConcError as refused:
            return in_one_line(refused)
        return contribution.load(path).machine == result.machine


CONTRIBUTED = Fuzz("a contributed file, damaged", damaged_contribution, loads_contribution)


def in_one_line(refused: ConcError) -> bool:
    """Whether a refusal is one line that a terminal can show."""
    return str(refused).isprintable()


KINDS = (
    Fuzz("bytes of a terminal, drawn", lambda chance: terminal(CONTROL, chance, 400), draws),
    Fuzz("bytes of a terminal, shown", lambda chance: terminal(COLOURS, chance, 300), shows),
    Fuzz("a result file, damaged", damaged, loads),
)
