"""Who may sign in, and who is signed in: users and sessions in one file of their own.

Passwords are kept as argon2 hashes, sessions as hashes of their random ids, so the file alone lets
nobody in. A session ends on the server: when it idles, when it is old, or by signing out.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from screener.web.settings import Limits

SHORTEST_PASSWORD = 8
_TABLES = """
create table if not exists users(name text primary key, password text not null) strict;
create table if not exists sessions(
  id text primary key, user text not null, begun real not null, seen real not null) strict;
"""
#: Of nobody's password: so that an unknown name takes as long as a wrong password.
_NOBODY = PasswordHasher().hash(secrets.token_hex(16))


class Accounts:
    """The file of users and sessions; times are seconds of the server's clock."""

    def __init__(self, path: Path, *, make: bool = False) -> None:
        """Open the file; `make`: it may be new.

        Raises:
            FileNotFoundError: there is none, and none is to be made.
            sqlite3.Error: it is not such a file.
        """
        if not make and not path.is_file():
            raise FileNotFoundError(path)
        self._path = path
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        with self._open() as file:
            file.executescript(_TABLES)

    def add(self, name: str, password: str) -> bool:
        """Add a user, or give one a new password, which ends his sessions; whether he is new."""
        kept = PasswordHasher().hash(password)
        with self._open() as file:
            new = file.execute("select 1 from users where name = ?", (name,)).fetchone() is None
            file.execute("insert or replace into users values (?, ?)", (name, kept))
            file.execute("delete from sessions where user = ?", (name,))
        return new

    @property
    def empty(self) -> bool:
        """Whether nobody could sign in."""
        with self._open() as file:
            return file.execute("select 1 from users limit 1").fetchone() is None

    def password_fits(self, name: str, password: str) -> bool:
        """Whether that is the user's password; as slow for a user that does not exist."""
        with self._open() as file:
            row = file.execute("select password from users where name = ?", (name,)).fetchone()
        try:
            PasswordHasher().verify(_NOBODY if row is None else row[0], password)
        except (VerificationError, InvalidHashError):
            return False
        return row is not None

    def begin(self, name: str, now: float) -> str:
        """A new session of a user; its id is known to his browser alone."""
        id = secrets.token_urlsafe(32)
        with self._open() as file:
            file.execute("insert into sessions values (?, ?, ?, ?)", (_hashed(id), name, now, now))
        return id

    def user_of(self, id: str, now: float, limits: Limits) -> str | None:
        """Whose session it is, if it still lasts; using it keeps it from idling."""
        with self._open() as file:
            row = file.execute(
                "select user, begun, seen from sessions where id = ?", (_hashed(id),)
            ).fetchone()
            if row is None:
                return None
            user, begun, seen = row
            over = now - seen > limits.idle_session or now - begun > limits.longest_session
            if over:
                file.execute("delete from sessions where id = ?", (_hashed(id),))
                return None
            file.execute("update sessions set seen = ? where id = ?", (now, _hashed(id)))
        return str(user)

    def end(self, id: str) -> None:
        """End a session."""
        with self._open() as file:
            file.execute("delete from sessions where id = ?", (_hashed(id),))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10)) as file, file:
            file.execute("pragma secure_delete = on")
            yield file


def _hashed(id: str) -> str:
    return hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()
