"""The service that an experiment asks."""

from collections.abc import Iterator

import pytest

from conc.experiments.experiment import Service
from conc.measure.service import ratings_service


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """The real ratings service, as a worker process is told of it."""
    with ratings_service() as running:
        yield running.address
