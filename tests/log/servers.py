"""A PostgreSQL server in a folder of its own, with as many databases as are asked for.

The programs come with the package `pgserver`. The server does not run as root: there it runs as
`nobody`.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from time import sleep
from types import TracebackType

import pgserver
import psycopg
from pgserver.utils import ensure_prefix_permissions
from psycopg import sql

_PROGRAMS = Path(pgserver.__file__).parent / "pginstall" / "bin"
_MEMORY = Path("/dev/shm")


class Server:
    """Started when entered, gone with all its data when left."""

    def __init__(self) -> None:
        self._user = "nobody" if os.geteuid() == 0 else None
        # Short, for the path of a socket may be about a hundred characters long.
        memory = _MEMORY if _MEMORY.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=memory))
        self._count = itertools.count(1)
        self._address = f"host={self.folder} user=postgres dbname=postgres"

    def __enter__(self) -> Server:
        if self._user is not None:
            shutil.chown(self.folder, self._user)
            ensure_prefix_permissions(_PROGRAMS)
        self._do(
            "initdb",
            "--username=postgres",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
        )
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start it and wait until it answers."""
        where = f"-k {self.folder} -c listen_addresses="
        self._do("pg_ctl", "-w", "-l", str(self.folder / "server.log"), "-o", where, "start")

    def stop(self) -> None:
        """Stop it at once, as a power cut would, but for what the disk still holds."""
        self._do("pg_ctl", "-w", "-m", "immediate", "stop")

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"log{next(self._count)}"
        self.run(f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Run a statement as the owner of everything."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement))

    def set(self, setting: str, value: str) -> None:
        """Change a setting and wait until the server goes by it."""
        self.run(f"ALTER SYSTEM SET {setting} = '{value}'")
        self.run("SELECT pg_reload_conf()")
        while self._shown(setting) != value:
            sleep(0.01)

    def _shown(self, setting: str) -> str:
        with psycopg.connect(self._address) as connection:
            found = connection.execute("SELECT current_setting(%s)", (setting,)).fetchone()
            assert found is not None
            return str(found[0])

    def _do(self, program: str, *words: str) -> None:
        # Not to a pipe: the server would keep it open.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(_PROGRAMS / program), "-D", str(self.folder), *words],
                stdout=said,
                stderr=subprocess.STDOUT,
                user=self._user,
                cwd="/",
                check=False,
            )
            said.seek(0)
            assert done.returncode == 0, said.read()
