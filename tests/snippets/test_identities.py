"""Every thread of Python is one of the operating system's."""

import gc
from concurrent.futures import Executor
from pathlib import Path

from conc.snippets import identities


def test_each_python_thread_has_a_thread_id_of_its_own_and_no_pool() -> None:
    others = sum(isinstance(thing, Executor) for thing in gc.get_objects())
    found = identities.run_threads(workers=5, seconds=0.01)
    assert (found.python_threads, found.os_thread_ids, found.pools - others) == (5, 5, 0)


def test_the_cpus_are_seen_where_the_system_shows_them() -> None:
    found = identities.run_threads(workers=2, seconds=0.01)
    assert (found.cpus_seen > 0) == Path("/proc/thread-self/stat").exists()
