"""One plain thread, many requests in flight: the selectors module says which answer is there."""

import selectors
import socket
import sys
from collections import deque
from collections.abc import Sequence
from urllib.parse import quote, urlsplit


# --8<-- [start:ask]
def ask(url: str, name: str) -> socket.socket:
    address = urlsplit(url)
    target = f"{address.path}?{address.query}{quote(name)}"
    connection = socket.create_connection((address.hostname, address.port))
    connection.sendall(f"GET {target} HTTP/1.0\r\n\r\n".encode())
    return connection


def stars(answer: bytes) -> float:
    return float(answer.partition(b"\r\n\r\n")[2])


# --8<-- [end:ask]
# --8<-- [start:sequential]
def run_sequential(url: str, names: Sequence[str]) -> list[float]:
    found = []
    for name in names:
        with ask(url, name) as connection, connection.makefile("rb") as answer:
            found.append(stars(answer.read()))
    return found


# --8<-- [end:sequential]
# --8<-- [start:selector]
def run_selector(url: str, names: Sequence[str], level: int) -> list[float]:
    found: dict[str, float] = {}
    unasked = deque(names)
    with selectors.DefaultSelector() as selector:
        while len(found) < len(names):
            while unasked and len(selector.get_map()) < level:
                name = unasked.popleft()
                selector.register(ask(url, name), selectors.EVENT_READ, (name, bytearray()))
            for key, _ in selector.select():  # the thread sleeps here until something came
                connection, (name, answer) = key.fileobj, key.data
                assert isinstance(connection, socket.socket)
                if piece := connection.recv(4096):
                    answer += piece
                else:  # the service has closed: the answer is whole
                    selector.unregister(connection)
                    connection.close()
                    found[name] = stars(bytes(answer))
    return [found[name] for name in names]


# --8<-- [end:selector]
if __name__ == "__main__":
    service, *restaurants = sys.argv[1:]  # http://127.0.0.1:8000/rating?name= Pagoda Trattoria
    print("sequential", run_sequential(service, restaurants))
    print("selector  ", run_selector(service, restaurants, level=10))
