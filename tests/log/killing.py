"""Writers killed at a random moment; what was acknowledged must be there, and the log go on."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from random import Random
from time import monotonic, sleep

from screener.log.store import open_log
from screener.log.verify import verify
from tests.log.servers import Server
from tests.log.support import screen
from tests.log.writing import lost, start

WRITERS = 4
#: Seconds a round may last from when the writers begin to open the log.
_LONGEST = 0.25
#: Seconds that opening and writing may take after a kill.
_PATIENCE = 2.0


def kill_round(name: str, folder: Path, random: Random, server: Server | None = None) -> list[str]:
    """One round: start writers, kill them all; with a server, now and then that one too."""
    acks = [folder / f"{random.getrandbits(64):x}.acks" for _ in range(WRITERS)]
    running = [start(name, path, threads=2, each=None) for path in acks]
    while not all(path.exists() for path in acks):
        sleep(0.001)
    sleep(random.uniform(0, _LONGEST))
    stopped = server is not None and random.random() < 0.25
    if server is not None and stopped:
        server.stop()
    for one in running:
        one.kill()
    for one in running:
        one.join()
    if server is not None and stopped:
        server.start()
    begun = monotonic()
    with open_log(name, create=True) as log:
        screen(log)
    problems = [] if monotonic() - begun < _PATIENCE else ["it took long to go on"]
    return problems + lost(name, acks)


def kill_rounds(what: str, rounds: int, seed: str) -> tuple[int, list[str]]:
    """Rounds on a log of their own, in a file or in a server: the entries, and what went wrong."""
    random = Random(seed)
    problems: list[str] = []
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="kill-", dir=memory if memory.is_dir() else None))
    try:
        if what == "postgresql":
            with Server() as server:
                name = server.database()
                for _ in range(rounds):
                    problems += kill_round(name, folder, random, server)
                return verify(name).entries, problems
        name = str(folder / "log.db")
        for _ in range(rounds):
            problems += kill_round(name, folder, random)
        return verify(name).entries, problems
    finally:
        shutil.rmtree(folder)


def main(store: str, rounds: str, seed: str) -> None:
    """Do the rounds, and print what went wrong."""
    print(json.dumps(kill_rounds(store, int(rounds), seed)[1]))


if __name__ == "__main__":
    main(*sys.argv[1:])
