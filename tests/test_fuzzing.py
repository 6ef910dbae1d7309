"""A part of the fuzzing: ``make bench ONLY=fuzz`` tries fifty times as many inputs."""

import pytest

from tests.fuzzing import KINDS, Fuzz

INPUTS = 2000


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_whatever_the_input_it_is_taken_or_refused_in_one_line(kind: Fuzz) -> None:
    assert list(kind.broken(range(INPUTS // len(KINDS)))) == []


def test_what_breaks_is_told_with_the_seed_that_makes_it_again() -> None:
    def odd(content: bytes) -> bool:
        if content == b"3":
            raise ValueError(content)
        return content != b"2"

    fuzz = Fuzz("digits", lambda chance: str(chance.getrandbits(2)).encode(), odd)
    found = list(fuzz.broken(range(40)))
    assert any("broken" in line for line in found)
    assert any("ValueError" in line for line in found)
    seeds = [int(line.split("seed ")[1].split(":")[0]) for line in found]
    assert list(fuzz.broken(seeds)) == found
