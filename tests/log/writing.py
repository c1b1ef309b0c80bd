"""Programs that append to a log, and put down beside it what the log acknowledged.

They are forked from one process that has everything imported, so that many of them start fast.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import select

from screener.log.append import append
from screener.log.entries import Screening
from screener.log.faults import LogFault
from screener.log.schema import entries
from screener.log.store import open_log
from screener.log.verify import verify
from tests.log.support import AT, WHO, evaluation

_context = get_context("forkserver")
_context.set_forkserver_preload(["tests.log.warm"])


def start(name: str, acks: Path, threads: int, each: int | None) -> ForkServerProcess:
    """A program with `threads` writers, of `each` entries, or of as many as there is time for."""
    return forked(write, name, acks, threads, each)


def forked(target: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """Start a program."""
    process = _context.Process(target=target, args=arguments)
    process.start()
    return process


def write(name: str, acks: Path, threads: int, each: int | None) -> None:
    """Append, and put down the hash of each entry once it is acknowledged."""
    answer = evaluation("S-001", 150)
    with acks.open("ab", buffering=0) as put, open_log(name, create=True, wait=60) as log:

        def run() -> None:
            count = 0
            while each is None or count < each:
                try:
                    done = append(log, Screening(evaluation=answer, who=WHO, when=AT))
                except LogFault as fault:
                    os.write(put.fileno(), f"fault {fault.message}\n".encode())
                    return
                os.write(put.fileno(), f"ack {done.seq} {done.hash}\n".encode())
                count += 1

        running = [threading.Thread(target=run) for _ in range(threads)]
        for one in running:
            one.start()
        for one in running:
            one.join()


def acknowledged(acks: Sequence[Path]) -> dict[int, str]:
    """What was acknowledged: the hash of each entry, by its number."""
    found: dict[int, str] = {}
    for path in acks:
        for line in path.read_text().splitlines() if path.exists() else ():
            what, _, rest = line.partition(" ")
            if what == "ack":
                seq, _, hashed = rest.partition(" ")
                assert int(seq) not in found, f"entry {seq} was acknowledged twice"
                found[int(seq)] = hashed
    return found


def faults(acks: Sequence[Path]) -> list[str]:
    """What the writers could not do."""
    return [
        line.removeprefix("fault ")
        for path in acks
        for line in path.read_text().splitlines()
        if line.startswith("fault ")
    ]


def lost(name: str, acks: Sequence[Path]) -> list[str]:
    """What is wrong with a log after that: entries that were acknowledged and are not there."""
    checked = verify(name)
    if checked.bad is not None:
        return [f"the chain breaks at {checked.bad}"]
    with open_log(name) as log, log.reading() as connection:
        held = dict(connection.execute(select(entries.c.seq, entries.c.hash)).all())
    return [
        f"entry {seq} is lost" for seq, one in acknowledged(acks).items() if held.get(seq) != one
    ]
