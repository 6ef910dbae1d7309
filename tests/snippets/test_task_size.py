"""A pool does the same tasks as a plain loop."""

from concurrent.futures import ProcessPoolExecutor

from conc.snippets import task_size


def test_a_task_counts_its_payload_and_its_loops() -> None:
    assert task_size.work(4, b"abc") == 3 + 0 + 1 + 4 + 9


def test_a_pool_of_processes_gives_the_answers_of_a_plain_loop_in_order() -> None:
    payloads = [b"", b"a", b"ab"]
    alone = task_size.run_sequential(10, payloads)
    with ProcessPoolExecutor(2) as pool:
        assert task_size.run_pool(pool, 10, payloads) == alone
