"""An experiment whose module starts a thread when it is imported."""

import threading
from contextlib import AbstractContextManager

from conc.experiments.experiment import Service, Trial
from conc.records import Case
from tests.measure import tiny

threading.Thread(target=threading.Event().wait, daemon=True).start()


def open_case(case: Case, service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready."""
    return tiny.open_case(case, service)
