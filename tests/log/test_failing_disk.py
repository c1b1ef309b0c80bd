"""Errors of the disk: at whichever call they come, no half record is left, and it is said."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from screener.log.faults import LogFault
from screener.log.store import Log, open_log
from screener.log.verify import verify
from tests.log.servers import Server
from tests.log.strace import watched
from tests.log.support import screen
from tests.log.writing import acknowledged, lost

_NO_SPACE = "there is no space left for it"
_FAILED = "reading or writing its file failed"
_CLOSED = "it cannot be opened"
_READ_ONLY = "it may not be written to"
_DAMAGED = "its file is damaged"
#: More calls than a program makes; Python opens many files when it starts.
_LIMITS = {"openat": 4_000}
_LIMIT = 150


@pytest.mark.parametrize(
    ("call", "error", "messages"),
    [
        ("pwrite64", "EIO", {_FAILED}),
        ("pwrite64", "ENOSPC", {_NO_SPACE}),
        ("fdatasync", "EIO", {_FAILED}),
        ("openat", "EACCES", {_CLOSED, _READ_ONLY}),
        ("unlink", "EIO", {_FAILED}),
        ("pread64", "EIO", {_FAILED, _DAMAGED}),
    ],
)
def test_an_error_at_any_call_leaves_no_half_record(
    folder: Path, call: str, error: str, messages: set[str]
) -> None:
    base, limit = folder / "base.db", _LIMITS.get(call, _LIMIT)
    with open_log(str(base), create=True) as log:
        screen(log)
    options = ["-f", "-o", "/dev/null", "-e", f"trace={call}"]
    options += ["-e", f"inject={call}:error={error}:when={limit}"]
    done = watched("tests.log.failing", str(base), str(folder), call, str(limit), options=options)
    assert done.returncode == 0, done.stderr
    programs = sorted(folder.glob("*.said"))
    assert 1 < len(programs) < limit - 1
    said = "".join(path.read_text() for path in programs)
    assert "crash" not in said
    faults = [line for line in said.splitlines() if line.startswith("fault ")]
    assert faults
    assert all(any(line.endswith(one) for one in messages) for line in faults), faults
    for path in programs:
        name = str(path.with_suffix(".db"))
        assert lost(name, [path]) == []
        # What failed may be there all the same, where only its acknowledgement failed.
        assert verify(name).entries - 1 - len(acknowledged([path])) in (0, 1)
        with open_log(name) as log:
            screen(log)
        assert verify(name).bad is None


def test_a_full_disk_is_said_and_what_was_recorded_before_stays(folder: Path) -> None:
    name = str(folder / "log.db")
    with open_log(name, create=True) as log:
        screen(log)
        with log.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            # The connection that is used next: SQLite then takes the disk for full.
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        with pytest.raises(LogFault) as caught:
            _fill(log)
        assert caught.value.message == f"the log `{name}` cannot be used: {_NO_SPACE}"
        assert caught.value.hint == "make room on its disk and try again"
        before = verify(name)
        assert before.bad is None
        # A connection that has failed is not used again; the next one finds room.
        assert screen(log).seq == before.entries + 1


def _fill(log: Log) -> None:
    for number in range(10):
        screen(log, f"S-{number}")


def test_a_locked_log_is_waited_for_and_then_said(folder: Path) -> None:
    name = str(folder / "log.db")
    open_log(name, create=True).close()
    other = sqlite3.connect(name, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LogFault, match="another program has it locked"), _patient(name) as log:
        screen(log)
    other.execute("COMMIT")
    with _patient(name) as log:
        assert screen(log).seq == 1


def _patient(name: str) -> Log:
    return open_log(name, wait=0.2)


def test_a_locked_log_in_postgresql_is_waited_for_and_then_said(server: Server) -> None:
    name = server.database()
    open_log(name, create=True).close()
    with (
        open_log(name) as other,
        open_log(name, wait=0.2) as log,
        other.writing(),
        pytest.raises(LogFault, match="another program has it locked"),
    ):
        screen(log)
    with open_log(name) as log:
        assert screen(log).seq == 1


def test_a_server_that_goes_away_is_said_and_found_again(server: Server) -> None:
    name = server.database()
    with open_log(name, create=True) as log:
        screen(log)
        server.stop()
        with pytest.raises(LogFault, match="its server"):
            screen(log)
        server.start()
        assert screen(log).seq == 2
    assert verify(name).bad is None
