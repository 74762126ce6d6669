"""A proxy on 127.0.0.1 that stands before a server and does what networks and services do at their worst.

The rule it keeps: what happens to a request is decided by the test, by number and method; the bytes of a request are
passed on as they came.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal

Fault = Literal["", "drop", "lose", "cut", "delay", "500", "503", "429", "failed"]
"""What happens to a request.

"drop": it is not passed on, and the connection ends. "lose": it is passed on, and no answer comes. "cut": half of the
answer comes. "delay": it comes late. A number: the proxy answers with it. "failed": it is passed on, and answered by 500.
"""
Judge = Callable[[int, str], Fault]
BUFFER = 65536
DELAY = 0.3


class Proxy:
    """Passes requests on to a port, as `judge` says of each.

    Attributes:
        port: Where it listens.
        judge: Told the number and the method of a request, says what happens to it; change it at any time.
        requests: The first line of every request so far.
        conditions: The headers of every request so far that say when it is to be done, in small letters.
    """

    def __init__(self, upstream: int) -> None:
        """Listen on a free port of the loopback."""
        self._upstream = upstream
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.judge: Judge = lambda _number, _method: ""
        self.requests: list[str] = []
        self.conditions: list[str] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(60)
            head, body = _read_request(client)
            if not head:
                return
            first = head.split(b"\r\n", 1)[0].decode(errors="replace")
            with self._lock:
                number = len(self.requests)
                self.requests.append(first)
                lines = head.lower().decode(errors="replace").split("\r\n")
                self.conditions += [line for line in lines[1:] if line.startswith("if-")]
                fault = self.judge(number, first.partition(" ")[0])
            self._answer(client, fault, head, body)

    def _answer(self, client: socket.socket, fault: Fault, head: bytes, body: bytes) -> None:
        if fault == "drop":
            return
        if fault.isdigit():
            client.sendall(_error(fault))
            return
        if fault == "delay":
            time.sleep(DELAY)
        answer = self._ask(head, body)
        if fault == "failed":
            client.sendall(_error("500"))
        elif fault == "cut":
            client.sendall(answer[: len(answer) // 2])
        elif fault != "lose":
            client.sendall(answer)

    def _ask(self, head: bytes, body: bytes) -> bytes:
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"expect:", b"connection:"))]
        with socket.create_connection(("127.0.0.1", self._upstream), timeout=60) as server:
            server.sendall(b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body)
            found = bytearray()
            while more := server.recv(BUFFER):
                found += more
        return _closing(bytes(found))


def _closing(answer: bytes) -> bytes:
    """Return an answer that says the connection ends with it."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


def _read_request(client: socket.socket) -> tuple[bytes, bytes]:
    found = b""
    while b"\r\n\r\n" not in found:
        more = client.recv(BUFFER)
        if not more:
            return b"", b""
        found += more
    head, _, rest = found.partition(b"\r\n\r\n")
    body = bytearray(rest)
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if b"expect" in headers:
        client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if headers.get(b"transfer-encoding") == b"chunked":
        while not body.endswith(b"0\r\n\r\n"):
            body += client.recv(BUFFER)
    while len(body) < int(headers.get(b"content-length", b"0")):
        more = client.recv(BUFFER)
        if not more:
            return b"", b""
        body += more
    return head, bytes(body)


def _error(status: str) -> bytes:
    return f"HTTP/1.1 {status} Bad Day\r\nContent-Length: 0\r\nRetry-After: 0\r\nConnection: close\r\n\r\n".encode()


@contextmanager
def faulty(upstream: int) -> Iterator[Proxy]:
    """Stand before a port until the end."""
    proxy = Proxy(upstream)
    try:
        yield proxy
    finally:
        proxy.close()


class Cutter:
    """Passes bytes of any protocol on, and cuts every connection when it is told to."""

    def __init__(self, upstream: int) -> None:
        """Listen on a free port of the loopback."""
        self._upstream = upstream
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more, and cut what is open."""
        self._listening.close()
        self.cut()

    def cut(self) -> None:
        """End every connection, wherever it is."""
        ending, self._open = self._open, []
        for one in ending:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._upstream))
                self._open += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while more := one.recv(BUFFER):
            other.sendall(more)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
