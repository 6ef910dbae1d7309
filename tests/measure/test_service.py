"""The real ratings service on loopback: its answers, its log, its end."""

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

import psutil
import pytest

from conc.errors import ConcError
from conc.experiments.parts import ceiling
from conc.measure import ratings_server, service
from conc.measure.service import RatingsService, ratings_service


@pytest.fixture(scope="module")
def shared() -> Iterator[RatingsService]:
    """Start one service for all tests that leave it running."""
    with ratings_service() as running:
        yield running


@pytest.fixture
def running(shared: RatingsService) -> RatingsService:
    take_log(shared)
    return shared


def connect(running: RatingsService) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(running.address.url).netloc, timeout=20)


def take_log(running: RatingsService) -> list[tuple[str, float, float]]:
    """Return when each request came and its answer went, since the last look into the log."""
    return [(id_, came, went) for id_, came, went in json.loads(get(running, "/log")[1])]


def get(running: RatingsService, target: str) -> tuple[int, str]:
    connection = connect(running)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(condition: Callable[[], bool], limit_s: float = 20.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


@pytest.mark.parametrize("name", ["Pagoda", "Café Zoë & Söhne", "", "a" * 2000])
def test_a_rating_is_a_pure_function_of_the_name(name: str, running: RatingsService) -> None:
    answers = {get(running, f"/rating?name={quote(name)}") for _ in range(2)}
    assert answers == {(200, str(ratings_server.rating(name)))}


def test_ratings_differ_and_run_from_1_to_5_in_tenths() -> None:
    ratings = {ratings_server.rating(f"restaurant {number}") for number in range(2000)}
    assert ratings == {1 + tenths / 10 for tenths in range(41)}


def test_an_answer_never_comes_before_its_latency(running: RatingsService) -> None:
    began_s = time.perf_counter()
    get(running, "/rating?name=Pagoda&latency_ms=30&id=one")
    asked_s = time.perf_counter() - began_s
    ((_, came_s, went_s),) = take_log(running)
    resolution_s = 1e-3
    assert asked_s >= 0.03 - resolution_s
    assert went_s - came_s >= 0.03 - resolution_s


@pytest.mark.parametrize("latency", ["x", "-1", "nan", "inf", "60001", "1e999", ""])
def test_a_malformed_latency_is_refused(latency: str, running: RatingsService) -> None:
    status, text = get(running, f"/rating?name=Pagoda&latency_ms={latency}")
    assert status == 400
    assert "latency_ms" in text


def test_a_request_without_a_name_is_refused(running: RatingsService) -> None:
    assert get(running, "/rating")[0] == 400


def test_there_is_nothing_else(running: RatingsService) -> None:
    assert get(running, "/../etc/passwd")[0] == 404


def test_a_connection_is_kept_for_the_next_request(running: RatingsService) -> None:
    connection = connect(running)
    try:
        for _ in range(3):
            connection.request("GET", "/rating?name=Pagoda")
            assert connection.getresponse().read()
            kept = connection.sock
            assert kept is not None
    finally:
        connection.close()


def test_the_log_says_when_each_request_came_and_went(running: RatingsService) -> None:
    before_s = time.perf_counter()
    get(running, "/rating?name=Pagoda&id=first")
    get(running, "/rating?name=Pagoda&latency_ms=5")
    after_s = time.perf_counter()
    log = take_log(running)
    assert [id_ for id_, _, _ in log] == ["first", ""]
    times = [moment for _, *moments in log for moment in moments]
    if sys.platform != "win32":  # where the clock of perf_counter is the machine's
        assert [before_s, *times, after_s] == sorted([before_s, *times, after_s])


def test_taking_the_log_empties_it(running: RatingsService) -> None:
    get(running, "/rating?name=Pagoda")
    assert len(take_log(running)) == 1
    assert take_log(running) == []


def test_a_full_log_forgets_the_oldest() -> None:
    ratings = ratings_server.Ratings(log_entries=2)
    ratings._log.extend((str(number), 0.0, 1.0) for number in range(5))
    assert json.loads(ratings.take_log()) == [["3", 0.0, 1.0], ["4", 0.0, 1.0]]


def test_a_client_that_leaves_does_no_harm(running: RatingsService) -> None:
    port = urlsplit(running.address.url).port
    with socket.create_connection((service.LOOPBACK, port)) as leaving:
        leaving.sendall(b"GET /rating?name=a&latency_ms=50&id=left HTTP/1.1\r\nHost: a\r\n\r\n")
    until(lambda: [id_ for id_, _, _ in take_log(running)] == ["left"])
    assert get(running, "/rating?name=Pagoda")[0] == 200
    assert running.alive()


def test_hundreds_at_once_are_all_answered(running: RatingsService) -> None:
    assert ceiling.ask(running.address.url, requests=900, concurrency=300, latency_ms=20) == 900
    assert len(take_log(running)) == 900


def test_more_connections_than_requests_are_not_opened(running: RatingsService) -> None:
    assert ceiling.ask(running.address.url, requests=2, concurrency=50) == 2


def test_a_refused_request_is_an_error_for_the_cheap_client(running: RatingsService) -> None:
    with pytest.raises(ConnectionError, match="400"):
        ceiling.ask(running.address.url, requests=1, concurrency=1, latency_ms=-1)


def test_nothing_is_left_after_the_end() -> None:
    with ratings_service() as running:
        assert running.alive()
    assert not running.alive()
    assert ended(running._process.pid)
    with pytest.raises(ConnectionRefusedError):
        get(running, "/rating?name=Pagoda")


def test_what_is_under_way_is_answered_before_the_end() -> None:
    with ThreadPoolExecutor(1) as pool:
        with ratings_service() as running:
            slow = pool.submit(get, running, "/rating?name=Pagoda&latency_ms=400")
            time.sleep(0.1)
        assert slow.result() == (200, str(ratings_server.rating("Pagoda")))


def test_asking_while_it_stops_gives_an_answer_or_a_closed_connection() -> None:
    stop = threading.Event()
    answers = []

    def keep_asking(running: RatingsService) -> None:
        while not stop.is_set():
            try:
                answers.append(get(running, "/rating?name=Pagoda&latency_ms=5")[0])
            except (OSError, http.client.HTTPException):
                answers.append(0)

    with ThreadPoolExecutor(4) as pool:
        with ratings_service() as running:
            asking = [pool.submit(keep_asking, running) for _ in range(4)]
            until(lambda: len(answers) >= 8)
        stop.set()
        for asker in asking:
            asker.result()
    assert set(answers) <= {200, 0}
    assert ended(running._process.pid)


def test_its_death_is_noticed() -> None:
    with ratings_service() as running:
        psutil.Process(running._process.pid).kill()
        until(lambda: not running.alive())


PARENT = """
import time
from conc.measure.service import ratings_service
with ratings_service() as running:
    print(running._process.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM"])
def test_it_ends_with_a_parent_that_is_killed(end: str) -> None:
    if not hasattr(signal, end):
        pytest.skip(f"this system has no {end}")
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not ended(pid)
        os.kill(parent.pid, getattr(signal, end))
    until(lambda: ended(pid))


def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "rubbish")
    with pytest.raises(ConcError, match=r"did not start: .*PYTHONHASHSEED"), ratings_service():
        pass


def test_a_server_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def start_hanging(errors: object) -> subprocess.Popen[bytes]:
        del errors
        code = "import time; time.sleep(60)"
        pipe = subprocess.PIPE
        started.append(subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe))
        return started[0]

    monkeypatch.setattr(service, "START_LIMIT_S", 0.2)
    monkeypatch.setattr(service, "_start", start_hanging)
    with pytest.raises(ConcError, match="did not start"), ratings_service():
        pass
    assert started[0].returncode is not None


def test_the_cheap_client_says_when_nobody_is_there() -> None:
    with socket.create_server((service.LOOPBACK, 0)) as lent:
        port = lent.getsockname()[1]
    with pytest.raises(OSError, match=r"refused|[Cc]onnect"):
        ceiling.ask(f"http://{service.LOOPBACK}:{port}", requests=5, concurrency=5)


def test_the_cheap_client_puts_a_split_answer_together() -> None:
    async def slow_server() -> int:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            for part in (b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 3\r\n\r\n4", b".2"):
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.01)
            writer.close()
            await writer.wait_closed()
            answered.set()

        answered = asyncio.Event()
        async with await asyncio.start_server(answer, service.LOOPBACK, 0) as server:
            port = server.sockets[0].getsockname()[1]
            url = f"http://{service.LOOPBACK}:{port}"
            came = await asyncio.to_thread(ceiling.ask, url, requests=1, concurrency=1)
            await answered.wait()
            return came

    assert asyncio.run(slow_server()) == 1
