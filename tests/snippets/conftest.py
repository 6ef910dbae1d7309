"""The service that the I/O-bound snippets ask."""

from collections.abc import Iterator

import pytest

from conc.measure.service import ratings_service


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The question that the I/O-bound snippets ask, up to the name."""
    with ratings_service() as service:
        yield f"{service.address.url}/rating?latency_ms=1&name="
