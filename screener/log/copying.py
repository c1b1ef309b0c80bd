"""A copy of a log while it is in use: complete up to a moment, verified before it bears its name.

A file is copied page by page by SQLite itself; from or to another database the rows are copied, and
the chain holds as it held. Copying a file that is in use by other means may copy halves.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import insert, select

from screener.log.faults import LogFault, UnknownLog
from screener.log.schema import contents, entries, texts
from screener.log.store import Log, open_log
from screener.log.verify import Checked, verify

#: Called with how much is done, and of how much.
Progress = Callable[[int, int], object]
_PAGES = 4_000
_ROWS = 1_000


def backup(name: str, to: str, progress: Progress | None = None) -> Checked:
    """Copy a log and verify the copy.

    Args:
        name: the log.
        to: a new file, or the URL of a database without a log; also the way back from a copy.
        progress: told how far it is.

    Raises:
        UnknownLog: there is no such log, or there is something in place of the copy.
        LogFault: reading or writing failed, or the copy does not verify.
    """
    with open_log(name) as log:
        if "://" in to:
            with open_log(to, create=True) as copy:
                _copy_rows(log, copy, progress)
            return _checked(to)
        path = Path(to)
        if path.exists():
            raise UnknownLog(f"`{to}` is there already", "give a new name")
        part = path.with_name(f"{path.name}.part")
        try:
            part.unlink(missing_ok=True)
            if log.path is not None:
                _copy_pages(log, part, progress)
            else:
                with open_log(str(part), create=True) as copy:
                    _copy_rows(log, copy, progress)
            checked = _checked(str(part))
            _sync(part)
            part.rename(path)
            _sync(path.absolute().parent)
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise LogFault(f"the copy `{to}` cannot be written: {reason}") from error
        finally:
            part.unlink(missing_ok=True)
        return checked


def copy_file(log: Log, path: Path, progress: Progress | None = None) -> None:
    """Copy the file of a log to a new file that only its owner reads."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with log.reading() as connection:
        # From here on nobody changes the file until the copy is done.
        connection.execute(select(entries.c.seq).limit(1)).all()
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection), "INVARIANT: the driver of SQLite"
        with closing(sqlite3.connect(path)) as copy:
            raw.backup(copy, pages=_PAGES, progress=_told(progress))


def _copy_pages(log: Log, part: Path, progress: Progress | None) -> None:
    copy_file(log, part, progress)
    with closing(sqlite3.connect(part)) as copy:
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise LogFault(
            f"the copy is damaged: {found}", "the log itself may be; `screener log verify` it"
        )


def _told(progress: Progress | None) -> Callable[[int, int, int], None] | None:
    if progress is None:
        return None
    return lambda _, remaining, total: (progress(total - remaining, total), None)[1]


def _copy_rows(log: Log, copy: Log, progress: Progress | None) -> None:
    with log.reading() as connection:
        known = connection.execute(select(texts)).mappings().all()
        newest = select(entries.c.seq).order_by(entries.c.seq.desc()).limit(1)
        last = connection.execute(newest).scalar_one_or_none() or 0
    with copy.writing() as writer:
        if writer.execute(select(entries.c.seq).limit(1)).one_or_none() is not None:
            raise UnknownLog(f"there is a log in `{copy.name}` already", "give an empty database")
        for text in known:
            writer.execute(insert(texts).values(**text))
        for after in range(0, last, _ROWS):
            upto = min(after + _ROWS, last)
            with log.reading() as connection:
                chained = select(entries).where(entries.c.seq > after, entries.c.seq <= upto)
                held = select(contents).where(contents.c.seq > after, contents.c.seq <= upto)
                those = {one["seq"]: one for one in connection.execute(held).mappings()}
                rows = connection.execute(chained.order_by(entries.c.seq)).mappings().all()
            for row in rows:
                writer.execute(insert(entries).values(**row))
                if row["seq"] in those:
                    writer.execute(insert(contents).values(**those[row["seq"]]))
            if progress is not None:
                progress(upto, last)


def _checked(name: str) -> Checked:
    checked = verify(name)
    if checked.bad is not None:
        entry, what = checked.bad
        raise LogFault(f"the copy does not verify: entry {entry}: {what}", "verify the log itself")
    return checked


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
