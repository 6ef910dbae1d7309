"""The loader of contributed files against inputs that nobody would write: its time and memory.

``python -m tests.bench.loader [INPUTS]``
"""

import gzip
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from conc.errors import ConcError
from conc.results import contribution
from tests.bench.build import peak_memory
from tests.bench.figures import Figure, at_most, show
from tests.fuzzing import CONTRIBUTED

INPUTS = 100_000
LIMIT_S = 1.0
LIMIT_MB = 200
_HEAD = b'{"result":{"format":1,"measurements":{"x":{"cases":['
_COLUMNS = b']}}},"samples":{"x":{"case":[],"fields":{'
FULL = {
    "cases": (_HEAD, b'{"workload":"a","model":"b"},', b'0]}}},"samples":{}}'),
    "columns": (_HEAD + _COLUMNS, b'"a":[],', b'"b":[]}}}}'),
    "numbers": (_HEAD + _COLUMNS + b'"a":[', b"0,", b"0]}}}}"),
    "places": (_HEAD + b']}}},"samples":{"x":{"case":[', b"0,", b'0],"fields":{}}}}'),
    "answers": (_HEAD + _COLUMNS + b'},"answers":[', b'"",', b'""]}}}'),
    "spans": (_HEAD + _COLUMNS + b'},"spans":[[', b"{},", b"{}]]}}}"),
    "traces": (_HEAD + _COLUMNS + b'},"spans":[', b"[],", b"[]]}}}"),
    "brackets": (_HEAD, b"[", b""),
    "objects": (_HEAD, b'{"a":', b""),
}
"""Files that are made of one thing, as often as a file can hold it: how each begins and ends."""


def figures(inputs: int) -> Iterator[Figure]:
    """Try damaged files, then full ones; yield how many broke something, and what it took.

    It is CPU time that counts: what else the machine does is not the loader's.
    """
    before = peak_memory(os.getpid())
    broken: list[str] = []
    longest_s = 0.0
    for seed in range(inputs):
        began_s = time.process_time()
        broken += CONTRIBUTED.broken([seed])
        longest_s = max(longest_s, time.process_time() - began_s)
    print(*broken[:10], sep="\n", end="\n" * bool(broken))
    yield at_most("loader: inputs that broke something", len(broken), "inputs", 0)
    yield at_most("loader: the longest, made and loaded", longest_s, "s of CPU time", LIMIT_S)
    longest_s = max(seconds_to_refuse(*parts) for parts in FULL.values())
    yield at_most("loader: the longest of full files", longest_s, "s of CPU time", LIMIT_S)
    grown = (peak_memory(os.getpid()) - before) / 1e6
    yield at_most("loader: memory beyond that at the start", grown, "MB", LIMIT_MB)


def seconds_to_refuse(head: bytes, piece: bytes, tail: bytes) -> float:
    """Return the CPU time of a file that is full of one thing."""
    room = contribution.MOST_UNPACKED - len(head) - len(tail)
    content = head + piece * (room // len(piece)) + tail
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{contribution.SUFFIX}"
        path.write_bytes(gzip.compress(content))
        began_s = time.process_time()
        try:
            contribution.load(path)
        except ConcError:
            return time.process_time() - began_s
    raise AssertionError(f"a file full of {piece!r} was taken for a result")


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else INPUTS)))
