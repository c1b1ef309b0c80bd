"""A running server for the tests, on a port of its own, at a fixed time, in this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from screener.web.server import open_socket, serve
from screener.web.settings import Limits, Settings

ROOT = Path(__file__).resolve().parents[2]
#: The day of most example patients.
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def settings(**changes: Any) -> Settings:
    """Those of a server on loopback with the shipped trials."""
    base = Settings(now=lambda: NOW, criteria=(ROOT / "criteria",))
    return base.model_copy(update=changes)


@contextmanager
def running(given: Settings | None = None) -> Iterator[int]:
    """A server that answers; its port."""
    listening = open_socket("127.0.0.1", 0)
    port = int(listening.getsockname()[1])
    begun = threading.Event()
    servers: list[uvicorn.Server] = []

    def started(server: uvicorn.Server) -> None:
        servers.append(server)
        begun.set()

    thread = threading.Thread(
        target=serve, args=(given or settings(), listening), kwargs={"started": started}
    )
    thread.start()
    try:
        assert begun.wait(30), "the server does not start"
        yield port
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(20)
        listening.close()


def raw(port: int, *pieces: bytes, wait: float = 5) -> bytes:
    """Everything the server answers to these bytes, until it closes or has nothing more to say."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        for piece in pieces:
            connection.sendall(piece)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except (TimeoutError, ConnectionError):
            pass
    return answer


def request(
    port: int,
    target: str,
    body: bytes = b"",
    *,
    method: str | None = None,
    media: str = "application/x-www-form-urlencoded",
    headers: dict[str, str] | None = None,
    wait: float = 10,
) -> tuple[int, dict[str, str], bytes]:
    """One request over a connection of its own: status, headers by lower-case name, body."""
    method = method or ("POST" if body else "GET")
    said = {"Host": f"127.0.0.1:{port}", "Connection": "close"}
    if body or method == "POST":
        said |= {"Content-Length": str(len(body)), "Content-Type": media}
    said |= headers or {}
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in said.items())
    return parsed(raw(port, head.encode("latin-1") + b"\r\n" + body, wait=wait))


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """An answer taken apart; status 0 where there is none."""
    if not answer:
        return 0, {}, b""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines if ": " in line]
    headers = {name.lower(): value for name, value in pairs}
    return int(first.split(" ")[1]), headers, body


def limits(**changes: Any) -> Limits:
    """The default limits with some of them changed."""
    return Limits(**changes)
