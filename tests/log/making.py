"""Programs that make or migrate a log, and are killed before their n-th statement."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event

import screener.log.migrate
from screener.log.migrate import migrate, migrations
from screener.log.schema import REVISION
from screener.log.store import open_log

KILLED = 9


def make(name: str, number: int) -> None:
    """Make a new log, but for what comes from the n-th statement on."""
    _killed_at(number)
    open_log(name, create=True).close()


def migrate_further(name: str, folder: str, number: int) -> None:
    """Bring a log to the migrations in a folder that follow ours."""
    config = migrations()
    own = Path(screener.log.migrate.__file__).parent / "migrations" / "versions"
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{own}\n{folder}")
    with open_log(name) as log:
        _killed_at(number)
        migrate(log, REVISION, config)


def _killed_at(number: int) -> None:
    statements = count(1)

    def counted(*_: object) -> None:
        if next(statements) == number:
            os._exit(KILLED)

    event.listen(Engine, "before_cursor_execute", counted)
