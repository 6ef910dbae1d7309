"""What the tests of showing share: a result that is being shown, and a folder for drawings."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conc.records import Result
from conc.show import blocks
from conc.show.shown import Shown

Shower = Callable[[Result], None]


@pytest.fixture(scope="session")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that keeps drawings for the whole session: drawing is what takes time."""
    return tmp_path_factory.mktemp("drawings")


@pytest.fixture(autouse=True)
def _nothing_shown() -> Iterator[None]:
    """Let the blocks forget, after each test, what it has shown."""
    yield
    blocks.use(None)


@pytest.fixture
def shown(drawings: Path) -> Shower:
    """Return a function that shows a result on the page ``cpu-bound/``, until the test ends."""

    def show(result: Result) -> None:
        blocks.use(Shown(result, page="cpu-bound/", cache=drawings))

    return show
