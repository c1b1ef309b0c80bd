"""From the tables of an older program to those of this one: in one transaction, a copy kept first.

It is all done or not at all, whenever it is interrupted.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from screener.log.faults import UnknownLog
from screener.log.store import Log


def migrate(log: Log, found: str | None, config: Config | None = None) -> None:
    """Bring the tables up to the newest migration.

    Args:
        log: the log.
        found: the migration its tables are of, None if it has none.
        config: where the migrations are; those of this program unless told otherwise.

    Raises:
        UnknownLog: the log is of a newer program.
    """
    config = config or migrations()
    if found is not None:
        known = {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}
        if found not in known:
            raise UnknownLog(f"the log `{log.name}` is of a newer program", "update this one")
        _keep_copy(log, found)
    with log.writing() as connection:
        _upgrade(connection, config)


def migrations() -> Config:
    """The migrations of this program."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _upgrade(connection: Connection, config: Config) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _keep_copy(log: Log, found: str) -> None:
    """For a file: a copy beside it, named after the migration it is of."""
    if log.path is None:
        return
    from screener.log.copying import copy_file

    path = Path(f"{log.path}.before-{found}")
    path.unlink(missing_ok=True)
    copy_file(log, path)
