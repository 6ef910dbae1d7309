"""What equal answers of different processes and models have in common, in sixteen characters."""

import contextlib
import dataclasses
import hashlib
import json
import re
import sys
from collections.abc import Iterator

_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


def digest(answer: object) -> str:
    """Return what equal answers of different processes and models have in common.

    The order of a mapping or set does not count, nor whether a sequence is a list or a tuple; but
    what JSON can't say, such as a mapping by tuples, is taken as Python writes it. An answer of
    ``None`` is none: it has the empty digest.
    """
    if answer is None:
        return ""
    with _integers_of_any_length():
        try:
            text = json.dumps(answer, sort_keys=True, default=_plain)
        except (TypeError, ValueError):
            text = written(answer)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


@contextlib.contextmanager
def _integers_of_any_length() -> Iterator[None]:
    """Lift Python's limit on writing long integers, which guards against hostile input."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)


def _plain(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return written(value)


def written(value: object) -> str:
    """Return an object as Python writes it, without its address in this process."""
    return _ADDRESS.sub("", repr(value))
