"""A fresh place for a log, in each kind of store: a file, and a database of a server of our own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.log.store import Log, open_log
from tests.log.servers import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server that only these tests use."""
    with Server() as one:
        yield one


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: what is tested is not the speed of a disk."""
    memory = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(prefix="log-", dir=memory if memory.is_dir() else None))
    yield made
    shutil.rmtree(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def name(request: pytest.FixtureRequest, folder: Path) -> str:
    """The name of a log that is not there yet."""
    if request.param == "sqlite":
        return str(folder / "log.db")
    server: Server = request.getfixturevalue("server")
    return server.database()


@pytest.fixture
def log(name: str) -> Iterator[Log]:
    """A new, empty log."""
    with open_log(name, create=True) as one:
        yield one
