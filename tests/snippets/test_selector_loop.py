"""One thread with a selector fetches what one request after the other fetches."""

import pytest

from conc.snippets import selector_loop
from tests.snippets.running import printed

NAMES = ["Pagoda", "Trattoria", "Bistro", "Taberna", "Diner"]


@pytest.mark.parametrize("level", [1, 2, 10])
def test_the_stars_and_their_order_are_those_of_one_after_the_other(url: str, level: int) -> None:
    found = selector_loop.run_selector(url, NAMES, level)
    assert found == selector_loop.run_sequential(url, NAMES)


def test_the_script_prints_the_same_stars_twice(url: str) -> None:
    sequential, selector = printed("selector_loop.py", url, *NAMES)
    assert sequential.removeprefix("sequential") == selector.removeprefix("selector  ")
