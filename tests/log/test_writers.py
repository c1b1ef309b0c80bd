"""Many writers at once, and writers killed: nothing that was acknowledged is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.log.store import open_log
from screener.log.verify import verify
from tests.log.killing import kill_rounds
from tests.log.writing import acknowledged, faults, lost, start

PROCESSES, THREADS, EACH = 8, 50, 1


def test_eight_processes_of_fifty_writers_lose_nothing(name: str, folder: Path) -> None:
    acks = [folder / f"{number}.acks" for number in range(PROCESSES)]
    open_log(name, create=True).close()
    running = [start(name, path, THREADS, EACH) for path in acks]
    for one in running:
        one.join()
    assert faults(acks) == []
    assert lost(name, acks) == []
    assert sorted(acknowledged(acks)) == list(range(1, PROCESSES * THREADS * EACH + 1))
    assert verify(name).entries == PROCESSES * THREADS * EACH


def test_processes_that_all_make_the_log_make_one(name: str, folder: Path) -> None:
    acks = [folder / f"{number}.acks" for number in range(8)]
    running = [start(name, path, 1, 1) for path in acks]
    for one in running:
        one.join()
    assert faults(acks) == []
    assert sorted(acknowledged(acks)) == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_killed_at_any_moment_nothing_acknowledged_is_lost(store: str) -> None:
    entries, problems = kill_rounds(store, 20, "test")
    assert problems == []
    assert entries > 20
