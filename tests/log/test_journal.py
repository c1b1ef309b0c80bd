"""How a commit is made to last, by the version of SQLite that runs; read back everywhere."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

import screener.log.store
from screener.log.journal import Journal, journal_for
from screener.log.store import open_log
from screener.log.verify import verify
from tests.log.support import screen

WAL, ROLLBACK = Journal("wal", "FULL"), Journal("delete", "EXTRA")
# Write-ahead logging is at fault from 3.7.0; mended in 3.51.3, 3.50.7 and 3.44.6; 3.52.0 withdrawn.
_MENDED = ["3.51.3", "3.51.4", "3.53.0", "3.54.1", "4.0.0", "3.50.7", "3.50.8", "3.44.6", "3.44.9"]
_FAULTY = [
    *("3.6.23", "3.7.0", "3.7.17", "3.31.1", "3.37.2", "3.40.1", "3.43.2", "3.44.0", "3.44.5"),
    *("3.45.0", "3.45.1", "3.46.1", "3.47.2", "3.48.0", "3.49.2", "3.50.0", "3.50.6", "3.51.0"),
    *("3.51.1", "3.51.2", "3.52.0"),
]


def _numbers(version: str) -> tuple[int, int, int]:
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


@pytest.mark.parametrize("version", _MENDED)
def test_a_mended_version_logs_ahead_and_syncs_fully(version: str) -> None:
    assert journal_for(_numbers(version)) == WAL


@pytest.mark.parametrize("version", _FAULTY)
def test_a_version_that_may_damage_the_file_keeps_a_rollback_journal(version: str) -> None:
    assert journal_for(_numbers(version)) == ROLLBACK


@pytest.mark.parametrize("journal", [WAL, ROLLBACK])
def test_every_connection_has_these_settings(
    folder: Path, monkeypatch: pytest.MonkeyPatch, journal: Journal
) -> None:
    monkeypatch.setattr(screener.log.store, "journal_for", lambda _: journal)
    name = str(folder / "log.db")
    with open_log(name, create=True) as log:
        screen(log)
        with log.reading() as first, log.reading() as second:
            for connection in (first, second):
                said = {
                    setting: connection.exec_driver_sql(f"PRAGMA {setting}").scalar_one()
                    for setting in (
                        *("journal_mode", "synchronous", "foreign_keys", "recursive_triggers"),
                        *("trusted_schema", "secure_delete", "busy_timeout"),
                    )
                }
                assert said == {
                    "journal_mode": journal.mode,
                    "synchronous": 2 if journal is WAL else 3,
                    "foreign_keys": 1,
                    "recursive_triggers": 1,
                    "trusted_schema": 0,
                    "secure_delete": 1,
                    "busy_timeout": 10_000,
                }
    assert verify(name).bad is None


def test_whoever_writes_takes_the_log_when_the_transaction_begins(folder: Path) -> None:
    said: list[str] = []
    with open_log(str(folder / "log.db"), create=True) as log:
        with log.reading() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.set_trace_callback(said.append)
        screen(log)
    assert [one for one in said if one.startswith("BEGIN")] == ["BEGIN IMMEDIATE"]
