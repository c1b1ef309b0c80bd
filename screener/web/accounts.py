"""Who may sign in, and who is signed in: users, sessions and keys in one file of their own.

Passwords are kept as argon2 hashes, sessions as hashes of their random ids, so the file alone lets
nobody in. A session ends on the server: when it idles, when it is old, or by signing out.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from screener.web.keys import Key, hashed, new_secret, read, written
from screener.web.settings import Limits

SHORTEST_PASSWORD = 8
_TABLES = """
create table if not exists users(name text primary key, password text not null) strict;
create table if not exists sessions(
  id text primary key, user text not null, begun real not null, seen real not null) strict;
create table if not exists keys(
  name text primary key, secret text not null unique, scopes text not null, until real) strict;
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
        """Whether nobody could sign in, and no program has a key."""
        with self._open() as file:
            found = file.execute("select 1 from users union all select 1 from keys limit 1")
            return found.fetchone() is None

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
            file.execute("insert into sessions values (?, ?, ?, ?)", (hashed(id), name, now, now))
        return id

    def user_of(self, id: str, now: float, limits: Limits) -> str | None:
        """Whose session it is, if it still lasts; using it keeps it from idling."""
        with self._open() as file:
            row = file.execute(
                "select user, begun, seen from sessions where id = ?", (hashed(id),)
            ).fetchone()
            if row is None:
                return None
            user, begun, seen = row
            over = now - seen > limits.idle_session or now - begun > limits.longest_session
            if over:
                file.execute("delete from sessions where id = ?", (hashed(id),))
                return None
            file.execute("update sessions set seen = ? where id = ?", (now, hashed(id)))
        return str(user)

    def end(self, id: str) -> None:
        """End a session."""
        with self._open() as file:
            file.execute("delete from sessions where id = ?", (hashed(id),))

    def add_key(self, key: Key) -> str:
        """Make a key, in the place of one of that name; what its program sends, told this once."""
        secret = new_secret()
        row = (key.name, hashed(secret), written(key.scopes), key.until)
        with self._open() as file:
            file.execute("insert or replace into keys values (?, ?, ?, ?)", row)
        return secret

    def key_of(self, secret: str, now: float) -> Key | None:
        """The key of whoever sends this, if there is one and it still lasts."""
        with self._open() as file:
            row = file.execute(
                "select name, scopes, until from keys where secret = ?", (hashed(secret),)
            ).fetchone()
        if row is None or (row[2] is not None and now > row[2]):
            return None
        return Key(row[0], read(row[1]), row[2])

    def keys(self) -> list[Key]:
        """All keys, by name."""
        with self._open() as file:
            rows = file.execute("select name, scopes, until from keys order by name").fetchall()
        return [Key(name, read(scopes), until) for name, scopes, until in rows]

    def remove_key(self, name: str) -> bool:
        """Let a key open nothing any more; whether there was one."""
        with self._open() as file:
            return file.execute("delete from keys where name = ?", (name,)).rowcount > 0

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10)) as file, file:
            file.execute("pragma secure_delete = on")
            yield file
