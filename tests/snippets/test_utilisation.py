"""Each kind of work gives the same answer wherever it runs."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from conc.snippets import utilisation


@pytest.mark.parametrize("name", utilisation.WORKS)
def test_every_worker_of_either_pool_gives_the_answer_of_a_plain_call(name: str) -> None:
    work = utilisation.WORKS[name]
    alone = work(2)
    for pool_type in (ThreadPoolExecutor, ProcessPoolExecutor):
        with pool_type(2) as pool:
            assert utilisation.run_pool(pool, work, 3, 2) == [alone] * 3


def test_more_repetitions_are_more_work() -> None:
    assert utilisation.pure_python(3) == 0 + 1 + 4
    assert utilisation.compressing(4) == 2 * utilisation.compressing(2)
    assert utilisation.hashing(1) != utilisation.hashing(2)
