"""Opening a log: which database a name means, how its transactions begin, and what went wrong.

A transaction that writes takes the log for itself when it begins, so that it never has to give
up half-way. Every fault of a database comes out as a `LogFault`, without a password or a value.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from screener.log.faults import LogFault, UnknownLog
from screener.log.journal import SYNCHRONOUS, journal_for
from screener.log.schema import REVISION

#: How long to wait, in seconds, while another program writes.
WAIT = 10.0
#: The lock of PostgreSQL that whoever writes to a log holds: a number of our own.
_LOCK = 0x5C4EE4E4

_SQLITE_FAULTS = {
    "SQLITE_BUSY": ("another program has it locked", "close what else uses it and try again"),
    "SQLITE_FULL": ("there is no space left for it", "make room on its disk and try again"),
    "SQLITE_READONLY": ("it may not be written to", "see to the permissions of file and folder"),
    "SQLITE_CANTOPEN": ("it cannot be opened", "see to the permissions of file and folder"),
    "SQLITE_PERM": ("it cannot be opened", "see to the permissions of file and folder"),
    "SQLITE_IOERR": ("reading or writing its file failed", "see to the disk it lies on"),
    "SQLITE_NOTADB": ("it is not a log", None),
    "SQLITE_CORRUPT": ("its file is damaged", "go back to a backup; `screener log verify` it"),
    "SQLITE_CONSTRAINT": ("its guards refuse the entry", "`screener log verify` it"),
}
#: By the class of the SQLSTATE, the longer first.
_POSTGRESQL_FAULTS = {
    "53100": ("there is no space left for it", "make room on the disk of the server"),
    "55P03": ("another program has it locked", "close what else uses it and try again"),
    "42501": ("it may not be written to", "see to the rights of the role"),
    "25006": ("it may not be written to", "see to the rights of the role"),
    "08": ("the connection to its server failed", "see to the server and the address"),
    "57": ("its server was shut down", "see to the server"),
    "53": ("its server has no room for it", "see to the server"),
}


class Log:
    """An open log. Safe to use from several threads: one at a time writes, any number read.

    `name` is for people and without a password; `path` is that of the file, if it is one.
    """

    def __init__(self, name: str, engine: Engine, path: Path | None, wait: float) -> None:
        self.name = name
        self.engine = engine
        self.path = path
        self._wait = wait
        self._turn = threading.Lock()

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has the log for itself; once it ends well, what it wrote lasts.

        Raises:
            LogFault: it could not be done; then nothing of it is in the log.
        """
        if not self._turn.acquire(timeout=self._wait):
            raise self._fault(*_SQLITE_FAULTS["SQLITE_BUSY"])
        try:
            with self._told(), self.engine.begin() as connection:
                if self.path is None:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                yield connection
        except LogFault as fault:
            if isinstance(fault.__cause__, DBAPIError):
                self.engine.dispose()  # a connection that has failed is not used again
            raise
        finally:
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the log and changes nothing.

        It should be short: a rollback journal keeps writers waiting while somebody reads.
        """
        with self._told(), self.engine.connect() as connection:
            yield connection.execution_options(reads_only=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self._fault(*_words(error)) from error

    def _fault(self, message: str, hint: str | None = None) -> LogFault:
        return LogFault(f"the log `{self.name}` cannot be used: {message}", hint)


def open_log(name: str, *, create: bool = False, wait: float = WAIT) -> Log:
    """Open the log that a path or a database URL names.

    Args:
        name: `screening.db`, `sqlite:///screening.db`, or `postgresql://user@host/database`.
        create: make it if it is not there.
        wait: seconds to wait while another program writes.

    Raises:
        UnknownLog: it is not there, or is no log, or one of a newer program.
        LogFault: it cannot be opened.
    """
    url = _url(name)
    shown = url.render_as_string(hide_password=True) if "://" in name else name
    if url.drivername == "sqlite":
        path = Path(url.database or "")
        log = Log(shown, _sqlite(path, shown, create, wait), path, wait)
    else:
        log = Log(shown, _postgresql(url, wait), None, wait)
    try:
        _bring_up(log, create)
    except BaseException:
        log.close()
        raise
    return log


def _url(name: str) -> URL:
    if "://" not in name:
        return URL.create("sqlite", database=name)
    try:
        url = make_url(name)
    except ArgumentError:
        raise UnknownLog("the address of the log is not a database URL") from None
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    shown = url.render_as_string(hide_password=True)
    hint = "write a path, or `postgresql://user@host/database`"
    raise UnknownLog(f"`{shown}` is not a log", hint)


# --- SQLite -----------------------------------------------------------------------------------


def _sqlite(path: Path, shown: str, create: bool, wait: float) -> Engine:
    if path.is_dir():
        raise UnknownLog(f"`{shown}` is not a log, but a folder")
    if not path.exists():
        if not create:
            raise UnknownLog(f"there is no log `{shown}`")
        try:
            # Nobody but its owner reads it; the journal beside it takes the same permissions.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise UnknownLog(f"the log `{shown}` cannot be made: {reason}") from error
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=wait,
            isolation_level=None,
            check_same_thread=False,
        ),
        poolclass=QueuePool,
    )
    journal = journal_for(_version(sqlite3.sqlite_version))
    event.listen(engine, "connect", lambda connection, _: _prepare(connection, journal))
    event.listen(engine, "begin", _begin)
    return engine


def _version(words: str) -> tuple[int, int, int]:
    major, minor, patch = (int(part) for part in words.split(".")[:3])
    return major, minor, patch


def _prepare(connection: sqlite3.Connection, journal: Any) -> None:
    """What holds for every connection; the settings are read back, for SQLite says no silently."""
    cursor = connection.cursor()
    (mode,) = cursor.execute(f"PRAGMA journal_mode={journal.mode}").fetchone()
    cursor.execute(f"PRAGMA synchronous={journal.synchronous}")
    (synchronous,) = cursor.execute("PRAGMA synchronous").fetchone()
    if (mode, synchronous) != (journal.mode, SYNCHRONOUS[journal.synchronous]):
        raise sqlite3.OperationalError("the journal cannot be set")
    for setting in (
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


# --- PostgreSQL -------------------------------------------------------------------------------


def _postgresql(url: URL, wait: float) -> Engine:
    try:
        engine = create_engine(url, pool_pre_ping=True, connect_args={"client_encoding": "utf8"})
    except ModuleNotFoundError:
        hint = "install `screener[postgres]`"
        raise UnknownLog("a log in PostgreSQL needs a driver that is not here", hint) from None

    def prepare(connection: Any, _: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = on")
            cursor.execute(f"SET lock_timeout = '{int(wait * 1000)}ms'")
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine


# --- the shape of the tables ------------------------------------------------------------------


def _bring_up(log: Log, create: bool) -> None:
    """Make the tables, or those of an older program the present ones."""
    _check_server(log)
    with log.reading() as connection:
        found = _revision(log, connection)
    if found == REVISION:
        return
    if found is None and not create:
        raise UnknownLog(f"`{log.name}` is not a log")
    from screener.log.migrate import migrate

    migrate(log, found)


def _revision(log: Log, connection: Connection) -> str | None:
    """Which migration the tables are of; None if there are no tables.

    Raises:
        UnknownLog: if they are those of something else.
    """
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables and {"entries", "contents"} <= tables:
        found: str = connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalar_one()
        return found
    if tables:
        raise UnknownLog(f"`{log.name}` is not a log: it holds something else")
    return None


def _check_server(log: Log) -> None:
    if log.path is not None:
        return
    with log.reading() as connection:
        if connection.exec_driver_sql("SHOW server_encoding").scalar_one() != "UTF8":
            raise UnknownLog(f"the database of `{log.name}` does not hold UTF-8")
        if connection.exec_driver_sql("SHOW fsync").scalar_one() != "on":
            hint = "set `fsync = on` in the configuration of the server"
            message = f"the server of the log `{log.name}` does not keep what it confirms"
            raise LogFault(message, hint)


# --- what went wrong --------------------------------------------------------------------------


def _words(error: Exception) -> tuple[str, str | None]:
    cause = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(cause, "sqlite_errorname", None)
    if isinstance(name, str):
        for known, words in _SQLITE_FAULTS.items():
            if name.startswith(known):
                return words
        return f"the database says {name}", None
    state = getattr(cause, "sqlstate", None) or ("08" if cause is not error else "")
    for length in (5, 2):
        if state[:length] in _POSTGRESQL_FAULTS:
            return _POSTGRESQL_FAULTS[state[:length]]
    return f"the database refuses ({state or type(error).__name__})", None
