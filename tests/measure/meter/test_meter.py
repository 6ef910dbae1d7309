"""What the meter counts: real processes that use a known least of CPU time."""

import multiprocessing
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import pytest

from conc.measure.meter import reading as meter
from conc.measure.meter import totals, tree

needs_proc = pytest.mark.skipif(not tree.has_proc(), reason="there is no /proc here")
needs_fork_server = pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="no fork server here"
)
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no such switches")

BURN_S = 0.05
BURNING = """
import time
while input() == "burn":
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    print("burnt", flush=True)
"""


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@contextmanager
def child() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", BURNING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.communicate("end\n")


def burn_in(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("burn\n")
    process.stdin.flush()
    assert process.stdout.readline() == "burnt\n"


def used(usage: meter.Usage) -> float:
    assert usage.cpu_s is not None
    return usage.cpu_s


def test_the_cpu_time_of_this_process_counts() -> None:
    opening = meter.read()
    burn(BURN_S)
    usage = opening.until(meter.read())
    assert used(usage) >= BURN_S
    assert usage.wall_s > 0


def test_the_cpu_time_of_a_thread_that_has_ended_counts() -> None:
    opening = meter.read()
    thread = threading.Thread(target=burn, args=(BURN_S,))
    thread.start()
    thread.join()
    assert used(opening.until(meter.read())) >= BURN_S


def test_user_and_system_time_add_up_without_children() -> None:
    opening = meter.read()
    burn(BURN_S)
    usage = opening.until(meter.read())
    assert usage.user_s is not None
    assert usage.system_s is not None
    assert usage.user_s + usage.system_s == pytest.approx(used(usage))


def test_a_child_that_lives_before_and_after_counts() -> None:
    with child() as process:
        burn_in(process)
        opening = meter.read()
        burn_in(process)
        assert used(opening.until(meter.read())) >= BURN_S


def test_a_child_that_was_started_and_has_ended_in_between_counts() -> None:
    opening = meter.read()
    with child() as process:
        burn_in(process)
    assert used(opening.until(meter.read())) >= BURN_S


def test_what_a_child_had_used_before_does_not_count_when_it_ends() -> None:
    with child() as process:
        for _ in range(20):
            burn_in(process)
        opening = meter.read()
    assert used(opening.until(meter.read())) < 20 * BURN_S


@needs_proc
@needs_fork_server
def test_a_pool_whose_workers_a_fork_server_has_waited_for_counts_to_10_ms() -> None:
    fork_server = multiprocessing.get_context("forkserver")
    opening = meter.read()
    with ProcessPoolExecutor(1, mp_context=fork_server) as pool:
        pool.submit(burn, 4 * BURN_S).result()
    usage = opening.until(meter.read())
    assert used(usage) >= 4 * BURN_S - 0.02
    assert usage.voluntary is None, "nobody tells the switches of a fork server's children"


@posix
def test_a_voluntary_switch_for_each_sleep() -> None:
    opening = meter.read()
    for _ in range(20):
        time.sleep(0.0005)
    usage = opening.until(meter.read())
    assert usage.voluntary is not None
    assert usage.voluntary >= 20


@needs_proc
def test_the_switches_of_a_living_child_count() -> None:
    with child() as process:
        burn_in(process)
        opening = meter.read()
        for _ in range(5):
            burn_in(process)  # which waits for a line each time
        usage = opening.until(meter.read())
    assert usage.voluntary is not None
    assert usage.voluntary >= 5


@needs_proc
def test_run_delay_is_told_on_linux() -> None:
    delay_s = meter.read().until(meter.read()).run_delay_s
    assert delay_s is not None
    assert delay_s >= 0


def test_a_reading_is_itself_not_measured() -> None:
    opening = meter.read()
    closing = meter.read()
    assert opening.ended_s > opening.began_s
    assert opening.until(closing).wall_s == closing.began_s - opening.ended_s


def reading(**used: float) -> meter.Reading:
    return meter.Reading(
        began_s=0.0,
        own_at_beginning=totals.Totals(),
        others=totals.Totals(**used),
        delays_ns=None,
        own_at_end=totals.Totals(),
        ended_s=0.0,
    )


def test_what_the_system_does_not_tell_is_none() -> None:
    unknown = meter.Reading(
        began_s=1.0,
        own_at_beginning=totals.Totals(),
        others=totals.UNKNOWN_TOTALS,
        delays_ns=None,
        own_at_end=totals.Totals(),
        ended_s=1.0,
    )
    assert reading().until(unknown) == meter.Usage(1.0, None, None, None, None, None, None)


def test_nothing_is_negative_when_a_process_takes_its_part_along() -> None:
    usage = reading(cpu_s=3.0, user_s=2.0, voluntary=9).until(reading(cpu_s=1.0))
    assert (usage.cpu_s, usage.user_s, usage.voluntary) == (0.0, 0.0, 0)


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ({"1": 5}, {"1": 2_000_000_005}, 2.0),
        ({"1": 5}, {"1": 5, "2": 1_000_000_000}, 1.0),
        ({"1": 5, "2": 7}, {"1": 5}, 0.0),
        ({"1": 5_000_000_000}, {"1": 1}, 0.0),
    ],
    ids=["goes on", "is new", "has ended", "is another thread of the same id"],
)
def test_a_threads_delay_counts_by_its_id(
    then: totals.Delays, now: totals.Delays, expected: float
) -> None:
    assert meter._delay_s(then, now) == expected
