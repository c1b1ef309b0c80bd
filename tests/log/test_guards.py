"""The log only grows: its tables refuse whatever else a program may try."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from screener.log.faults import LogFault
from screener.log.store import Log
from screener.log.verify import verify
from tests.log.support import everything, screen

_CHANGES = [
    "UPDATE entries SET actor = 'somebody else' WHERE seq = 2",
    "UPDATE contents SET verdict = 'eligible' WHERE seq = 2",
    "UPDATE texts SET content = content",
    "DELETE FROM entries WHERE seq = 10",
    "DELETE FROM contents WHERE seq = 10",
    "DELETE FROM texts",
    "INSERT INTO texts SELECT * FROM texts",
    "INSERT INTO entries SELECT * FROM entries WHERE seq = 10",
    # Contents that were redacted do not come back, and nobody's contents go to another entry.
    "INSERT INTO contents (seq, salt) SELECT 8, salt FROM contents WHERE seq = 10",
]
_ONLY_SQLITE = [
    "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE seq = 2",
    "REPLACE INTO contents SELECT * FROM contents WHERE seq = 2",
    "INSERT OR REPLACE INTO texts SELECT * FROM texts",
    "UPDATE OR REPLACE entries SET seq = 3 WHERE seq = 2",
]
_ONLY_POSTGRESQL = [
    "TRUNCATE entries CASCADE",
    "TRUNCATE contents",
    "INSERT INTO texts SELECT * FROM texts ON CONFLICT (sha256) DO UPDATE SET content = 'x'",
]


@pytest.mark.parametrize("change", _CHANGES)
def test_nothing_is_changed_taken_out_or_put_in_out_of_turn(
    log: Log, name: str, change: str
) -> None:
    _refuses(log, name, change)


@pytest.mark.parametrize("name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", _ONLY_SQLITE)
def test_a_replacing_insert_is_refused_by_sqlite(log: Log, name: str, change: str) -> None:
    _refuses(log, name, change)


@pytest.mark.parametrize("name", ["postgresql"], indirect=True)
@pytest.mark.parametrize("change", _ONLY_POSTGRESQL)
def test_a_table_is_not_emptied_or_overwritten_in_postgresql(
    log: Log, name: str, change: str
) -> None:
    _refuses(log, name, change)


@pytest.mark.parametrize("change", _ONLY_SQLITE)
def test_a_replacing_insert_is_refused_without_our_settings_too(
    folder: object, change: str
) -> None:
    import sqlite3
    from pathlib import Path

    from screener.log.store import open_log

    assert isinstance(folder, Path)
    name = str(folder / "log.db")
    with open_log(name, create=True) as log:
        everything(log)
    with sqlite3.connect(name) as stranger, pytest.raises(sqlite3.IntegrityError):
        stranger.execute(change)
    assert verify(name).bad is None


def _refuses(log: Log, name: str, change: str) -> None:
    everything(log)
    before = verify(name)
    with pytest.raises(LogFault), log.writing() as connection:
        connection.execute(text(change))
    assert verify(name) == before
    assert before.bad is None
    assert screen(log).seq == 11
