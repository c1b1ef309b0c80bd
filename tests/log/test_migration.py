"""The tables of a log: as the queries see them, made whole or not at all, and from older ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from screener.log.faults import UnknownLog
from screener.log.schema import REVISION, metadata
from screener.log.store import Log, open_log
from screener.log.verify import verify
from tests.log import making
from tests.log.support import everything, screen
from tests.log.writing import forked

_NEXT = '''"""A made-up further migration."""

import sqlalchemy as sa
from alembic import op

revision = "made_up"
down_revision = "0001"


def upgrade() -> None:
    op.create_table("sites", sa.Column("name", sa.Text, primary_key=True))
    op.execute("INSERT INTO sites VALUES ('one')")
    op.execute("INSERT INTO sites VALUES ('two')")
    op.create_index("sites_name", "sites", ["name"])
'''


def test_the_migrations_make_the_tables_that_the_queries_see(log: Log) -> None:
    with log.reading() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert found == []


def test_killed_at_any_statement_a_new_log_is_made_the_next_time(folder: Path) -> None:
    number = 0
    while True:
        number += 1
        name = str(folder / f"{number}.db")
        killed = _ended(making.make, name, number)
        with open_log(name, create=True) as log:
            assert screen(log).seq == 1
        assert verify(name).bad is None
        if not killed:
            break
    # Three tables, five indexes and nine guards, to begin with.
    assert number > 17


def test_killed_at_any_statement_an_old_log_is_the_old_or_the_new_one(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "further.py").write_text(_NEXT)
    number = 0
    while True:
        number += 1
        name = str(folder / f"{number}.db")
        with open_log(name, create=True) as log:
            everything(log)
        killed = _ended(making.migrate_further, name, str(tmp_path), number)
        with sqlite3.connect(name) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if "sites" in tables:
                assert connection.execute("SELECT count(*) FROM sites").fetchone() == (2,)
        assert ("sites_name" in tables) == ("sites" in tables) == (not killed)
        if not killed:
            break
        with open_log(name) as log:
            assert screen(log).seq == 11
        assert verify(name).bad is None
    assert number > 4
    assert verify(f"{name}.before-{REVISION}").entries == 10
    with pytest.raises(UnknownLog, match="is of a newer program"):
        open_log(name)


def _ended(target: Callable[..., None], *arguments: object) -> bool:
    """Whether a process was killed before it came to its end."""
    process = forked(target, *arguments)
    process.join()
    assert process.exitcode in (0, making.KILLED)
    return process.exitcode == making.KILLED
