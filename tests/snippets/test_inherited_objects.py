"""What of an inherited list becomes a forked child's own."""

import gc
import multiprocessing
import sys

import pytest

from conc.snippets import inherited_objects
from tests.snippets.running import printed

pytestmark = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="nothing can be forked here"
)
tells_own_pages = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells whose pages they are"
)
ROWS = 100_000
MOST_OF_THE_LIST = 60 * ROWS
"""A small list with its item takes more than this many bytes."""


def own_after(way: str, *, frozen: bool) -> int:
    try:
        found = inherited_objects.run_forked(inherited_objects.WAYS[way], ROWS, frozen=frozen)
    finally:
        gc.unfreeze()
    return found["uss_bytes"]


@tells_own_pages
def test_a_child_that_reads_has_the_list_for_its_own_in_the_end_frozen_or_not() -> None:
    idle = own_after("nothing", frozen=False)
    assert own_after("walk", frozen=False) - idle > MOST_OF_THE_LIST
    assert own_after("walk", frozen=True) - idle > MOST_OF_THE_LIST


@tells_own_pages
def test_a_collection_copies_the_list_unless_it_was_frozen() -> None:
    idle = own_after("nothing", frozen=False)
    assert own_after("collect", frozen=False) - idle > MOST_OF_THE_LIST
    assert own_after("collect", frozen=True) - idle < MOST_OF_THE_LIST / 2


def test_nothing_stays_of_the_list() -> None:
    inherited_objects.run_forked(inherited_objects.nothing, 10, frozen=False)
    assert inherited_objects.inherited == []


def test_the_script_prints_a_line_for_each_way_frozen_and_not() -> None:
    lines = printed("inherited_objects.py")
    assert ["bytes" in line for line in lines] == [True] * 2 * len(inherited_objects.WAYS)
