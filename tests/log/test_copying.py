"""A copy of a log: complete, verified, and the way back, from either kind of store to the other."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from screener.log.copying import backup
from screener.log.faults import LogFault, UnknownLog
from screener.log.read import Filter, lines
from screener.log.store import Log, open_log
from screener.log.verify import verify
from tests.log.servers import Server
from tests.log.support import everything, screen


def test_a_copy_holds_the_same_chain(log: Log, name: str, folder: Path) -> None:
    everything(log)
    to = folder / "copy.db"
    checked = backup(name, str(to))
    assert (checked.bad, checked.entries, checked.redacted) == (None, 10, 1)
    assert checked.head == verify(name).head
    with open_log(str(to)) as copy:
        assert list(lines(copy, Filter())) == list(lines(log, Filter()))
        assert screen(copy).seq == 11
    assert to.stat().st_mode & 0o777 == 0o600


def test_a_copy_goes_back_into_an_empty_database(
    log: Log, name: str, folder: Path, server: Server
) -> None:
    everything(log)
    backup(name, str(folder / "copy.db"))
    back = server.database()
    assert backup(str(folder / "copy.db"), back).head == verify(name).head
    with pytest.raises(UnknownLog, match=r"there is a log in .* already"):
        backup(name, back)


def test_a_copy_is_not_written_over_anything(log: Log, name: str, folder: Path) -> None:
    (folder / "copy.db").write_text("mine")
    with pytest.raises(UnknownLog, match="is there already"):
        backup(name, str(folder / "copy.db"))
    assert (folder / "copy.db").read_text() == "mine"


def test_a_log_that_does_not_verify_is_not_copied_in_good_faith(folder: Path) -> None:
    import sqlite3

    name = str(folder / "log.db")
    with open_log(name, create=True) as log:
        everything(log)
    with sqlite3.connect(name) as connection:
        connection.execute("DROP TRIGGER entries_update")
        connection.execute("UPDATE entries SET actor = 'x' WHERE seq = 4")
    with pytest.raises(LogFault, match="the copy does not verify: entry 4: it was changed"):
        backup(name, str(folder / "copy.db"))
    assert sorted(path.name for path in folder.iterdir()) == ["log.db"]


def test_a_folder_that_is_not_there_is_said(log: Log, name: str, folder: Path) -> None:
    with pytest.raises(LogFault, match=r"cannot be (made|written): no such file or directory"):
        backup(name, str(folder / "nowhere" / "copy.db"))


def test_a_copy_made_while_others_write_has_all_that_was_recorded_before(
    log: Log, name: str, folder: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            screen(log)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for one in writers:
        one.start()
    try:
        for number in range(5):
            before = verify(name).entries
            checked = backup(name, str(folder / f"{number}.db"))
            assert checked.entries >= before
    finally:
        stop.set()
        for one in writers:
            one.join()
    assert verify(name).bad is None
