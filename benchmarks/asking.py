"""Users who ask a server as fast as they are answered, each over a connection of his own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.request import Request, urlopen


class Taken(NamedTuple):
    """The seconds that every answer took, and how many of them were no answer (not 2xx)."""

    seconds: list[float]
    failed: int


def post(path: str, body: bytes) -> bytes:
    """A request that brings JSON."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def answered(port: int, path: str, body: bytes) -> dict[str, Any]:
    """What a server makes of a body."""
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", body, headers), timeout=30) as answer:
        said: dict[str, Any] = json.load(answer)
    return said


def in_turn(
    ports: Mapping[str, int],
    requests: Mapping[str, Sequence[bytes]],
    users: int,
    seconds: float,
    rounds: int,
) -> dict[str, Taken]:
    """Ask servers in turn, so often and so many seconds each; by name what each took in all.

    So whatever else the machine does falls on all of them. One that has had nothing to do while the
    others were asked finds its memory anew: half a second of every turn does not count.
    """
    taken = {name: Taken([], 0) for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            more = ask(port, requests[name], users, seconds, warming=0.5)
            before = taken[name]
            taken[name] = Taken(before.seconds + more.seconds, before.failed + more.failed)
    return taken


def ask(port: int, requests: Sequence[bytes], users: int, seconds: float, warming: float) -> Taken:
    """Ask on this machine for so many seconds; what is asked while warming does not count.

    The users take the requests in turn, each beginning with another.
    """
    return asyncio.run(_ask(port, requests, users, seconds, warming))


async def _ask(
    port: int, requests: Sequence[bytes], users: int, seconds: float, warming: float
) -> Taken:
    begins = time.perf_counter() + warming
    taken: list[float] = []
    failed = 0

    async def user(number: int) -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        turn = number
        while (asked := time.perf_counter()) < begins + seconds:
            writer.write(requests[turn % len(requests)])
            turn += users
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            if asked >= begins:
                taken.append(time.perf_counter() - asked)
                failed += head[9:10] != b"2"
        writer.close()

    await asyncio.gather(*(user(number) for number in range(users)))
    return Taken(taken, failed)
