"""Users who ask a server as fast as they are answered, each over a connection of his own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple


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
