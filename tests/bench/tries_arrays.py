"""The same as :mod:`tests.bench.tries_functions` with arrays, which take long to import."""

import numpy as np

NUMBERS = np.random.default_rng(1).random(2_000_000)
MATRIX = np.random.default_rng(1).random((700, 700))


def multiply(times: int) -> float:
    """Use several cores by itself."""
    return sum(float((MATRIX @ MATRIX)[0, 0]) for _ in range(times))


def read_through(_item: int) -> float:
    """Read more memory than caches hold."""
    return float(NUMBERS[::7].sum() + NUMBERS[1::7].sum())
