"""Whoever owns the file can change it; `verify` says where, for every row and every column of it.

The log of `everything` has ten entries, of which the eighth is redacted by the ninth.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from screener.log.chain import START, entry_hash
from screener.log.faults import LogFault
from screener.log.store import open_log
from screener.log.verify import Checked, verify
from tests.log.support import everything, screen

_HELD = [1, 2, 3, 4, 5, 6, 7, 9, 10]
Rows = dict[int, dict[str, object]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of ten entries."""
    path = tmp_path_factory.mktemp("whole") / "log.db"
    with open_log(str(path), create=True) as log:
        everything(log)
    return path


@pytest.fixture
def path(whole: Path, folder: Path) -> Path:
    """A copy of it to tamper with."""
    return Path(shutil.copy(whole, folder / "log.db"))


def _tamper(path: Path, *statements: str, values: tuple[object, ...] = ()) -> Checked:
    """Change a log as somebody would who owns the file, and verify it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for (guard,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {guard}")
        for statement in statements:
            connection.execute(statement, values if "?" in statement else ())
    return verify(str(path))


def _bad(checked: Checked) -> int | None:
    return None if checked.bad is None else checked.bad[0]


def _rows(path: Path, table: str) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {row["seq"]: dict(row) for row in connection.execute(f"SELECT * FROM {table}")}


#: For a column that holds nothing: something of its type.
_NEW: dict[str, object] = {"target": 99, "body": b"x", "salt": b"x"}


def _other(column: str, value: object) -> object:
    """The value with one bit of it changed."""
    if value is None:
        return _NEW.get(column, "x")
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    assert isinstance(value, str)
    return chr(ord(value[0]) ^ 1) + value[1:] if value else "x"


def test_the_untouched_log_holds(path: Path) -> None:
    checked = verify(str(path))
    assert (checked.bad, checked.entries, checked.redacted) == (None, 10, 1)


@pytest.mark.parametrize("table", ["entries", "contents"])
def test_one_bit_changed_in_any_column_of_any_row_is_found(path: Path, table: str) -> None:
    kept = path.read_bytes()
    tried = 0
    for seq, row in _rows(path, table).items():
        for column, value in row.items():
            if column == "seq":
                continue
            change = f"UPDATE {table} SET {column} = ? WHERE seq = {seq}"
            checked = _tamper(path, change, values=(_other(column, value),))
            # The ninth redacts the eighth: where it says otherwise, that one has lost its contents.
            first = 8 if (column, seq) == ("target", 9) else seq
            assert _bad(checked) == first, (column, seq, checked)
            tried += 1
            path.write_bytes(kept)
    assert tried == (10 * 19 if table == "entries" else 9 * 10)


@pytest.mark.parametrize("table", ["entries", "contents"])
def test_a_row_moved_to_another_place_is_found(path: Path, table: str) -> None:
    kept = path.read_bytes()
    for seq in _HELD:
        checked = _tamper(path, f"UPDATE {table} SET seq = 99 WHERE seq = {seq}")
        assert _bad(checked) == seq
        path.write_bytes(kept)


def test_a_row_taken_out_is_found(path: Path) -> None:
    kept = path.read_bytes()
    for seq in range(1, 10):
        taken = f"DELETE FROM contents WHERE seq = {seq}"
        checked = _tamper(path, taken, f"DELETE FROM entries WHERE seq = {seq}")
        # Without the redaction, the ninth, the eighth has lost its contents for no reason.
        assert _bad(checked) == (8 if seq == 9 else seq)
        path.write_bytes(kept)
    for seq in _HELD:
        assert _bad(_tamper(path, f"DELETE FROM contents WHERE seq = {seq}")) == seq
        path.write_bytes(kept)


def test_contents_put_back_after_a_redaction_are_found(path: Path) -> None:
    put = "INSERT INTO contents (seq, salt) SELECT 8, salt FROM contents WHERE seq = 10"
    assert _bad(_tamper(path, put)) == 8


def test_a_redaction_taken_back_is_found(path: Path) -> None:
    assert _bad(_tamper(path, "UPDATE entries SET target = 7 WHERE seq = 9")) == 7


def test_contents_without_an_entry_are_found(path: Path) -> None:
    for seq in (-1, 0, 11):
        put = f"INSERT INTO contents (seq, salt) SELECT {seq}, salt FROM contents WHERE seq = 10"
        checked = _tamper(path, put)
        assert checked.bad == (seq, "contents without an entry")
        _tamper(path, f"DELETE FROM contents WHERE seq = {seq}")


def test_two_rows_swapped_are_found_at_the_first_of_them(path: Path) -> None:
    kept = path.read_bytes()
    for table in ("entries", "contents"):
        for seq in (one for one in range(1, 10) if {one, one + 1} <= set(_HELD)):
            checked = _tamper(
                path,
                f"UPDATE {table} SET seq = -1 WHERE seq = {seq}",
                f"UPDATE {table} SET seq = {seq} WHERE seq = {seq + 1}",
                f"UPDATE {table} SET seq = {seq + 1} WHERE seq = -1",
            )
            assert _bad(checked) == seq
            path.write_bytes(kept)


def test_an_entry_put_in_between_is_found(path: Path) -> None:
    # Everything after moves on by one, and a copy of the third goes in as the fourth.
    names = ", ".join(_rows(path, "entries")[1])
    checked = _tamper(
        path,
        "UPDATE entries SET seq = -seq WHERE seq > 3",
        "UPDATE entries SET seq = 1 - seq WHERE seq < 0",
        f"INSERT INTO entries ({names}) SELECT {names.replace('seq', '4', 1)} FROM entries "
        "WHERE seq = 3",
    )
    assert _bad(checked) == 4


def test_an_entry_written_anew_with_its_own_hash_breaks_the_next(path: Path) -> None:
    from screener.log.chain import ENTRY

    row = _rows(path, "entries")[4]
    row["actor"] = "Somebody Else"
    hashed = entry_hash([row[one] for one in ENTRY])  # type: ignore[misc]
    change = "UPDATE entries SET actor = 'Somebody Else', hash = ? WHERE seq = 4"
    checked = _tamper(path, change, values=(hashed,))
    assert checked.bad == (5, "it does not follow the entry before it")


def test_a_text_that_was_changed_or_lost_is_found_at_the_first_entry_that_rests_on_it(
    path: Path,
) -> None:
    kept = path.read_bytes()
    for change in (
        "UPDATE texts SET content = CAST(content || x'20' AS BLOB)",
        "DELETE FROM texts",
    ):
        assert _bad(_tamper(path, change)) == 1
        path.write_bytes(kept)


def _cut(path: Path, last: int) -> Checked:
    return _tamper(
        path,
        f"DELETE FROM contents WHERE seq > {last}",
        f"DELETE FROM entries WHERE seq > {last}",
    )


def test_entries_cut_off_the_end_show_against_a_head_kept_outside(path: Path) -> None:
    head = verify(str(path)).head
    kept = path.read_bytes()
    for last in (0, 1, 6, 9):
        assert _cut(path, last).bad is None
        checked = verify(str(path), head=head)
        assert checked.bad is not None
        assert checked.bad[0] == last
        assert "is not in the chain" in checked.bad[1]
        path.write_bytes(kept)


def test_a_head_of_an_earlier_day_is_still_in_a_log_that_has_grown(path: Path) -> None:
    head = verify(str(path)).head
    with open_log(str(path)) as log:
        screen(log)
        screen(log)
    checked = verify(str(path), head=head)
    assert (checked.bad, checked.since) == (None, 2)
    assert verify(str(path), head=START).since == 12


def test_an_older_copy_put_back_shows_against_the_head(path: Path) -> None:
    older = path.read_bytes()
    with open_log(str(path)) as log:
        head = screen(log).hash
    path.write_bytes(older)
    assert verify(str(path)).bad is None
    assert _bad(verify(str(path), head=head)) == 10


def test_parts_read_by_several_processes_find_the_same(path: Path) -> None:
    for change in _changes():
        kept = path.read_bytes()
        alone = _tamper(path, change)
        assert verify(str(path), processes=2) == alone
        path.write_bytes(kept)


def killed(part: object) -> None:
    """What a system does to a process when it runs out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_of_a_log_whose_reader_was_killed_nothing_is_known(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screener.log.verify._in_process", killed)
    with pytest.raises(LogFault, match="one of 2 processes that read the log was ended"):
        verify(str(path), processes=2)


def _changes() -> Iterator[str]:
    yield "SELECT 1"
    for seq in (5, 6):
        yield f"UPDATE entries SET actor = 'x' WHERE seq = {seq}"
