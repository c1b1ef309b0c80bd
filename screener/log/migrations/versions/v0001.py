"""The first shape of the log: the tables, and the guards that let them only grow.

The guards stop a program that errs, not a person who owns the file; that is what the chain is for.
Those before an insert hold for `INSERT OR REPLACE` too, which goes past guards on deletion.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables, then their guards."""
    _tables()
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def _tables() -> None:
    op.create_table(
        "texts",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "entries",
        sa.Column("seq", _Number, primary_key=True, autoincrement=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("previous", sa.Text),
        sa.Column("target", _Number),
        sa.Column("trial", sa.Text, nullable=False),
        sa.Column("protocol_version", sa.Text, nullable=False),
        sa.Column("rules_sha256", sa.Text, sa.ForeignKey("texts.sha256")),
        sa.Column("vocabulary_sha256", sa.Text, sa.ForeignKey("texts.sha256")),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("semantics", sa.Text, nullable=False),
        sa.Column("at_utc", sa.Text, nullable=False),
        sa.Column("utc_offset", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("prev", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "contents",
        sa.Column(
            "seq", _Number, sa.ForeignKey("entries.seq"), primary_key=True, autoincrement=False
        ),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("patient", sa.Text),
        sa.Column("as_of", sa.Text),
        sa.Column("verdict", sa.Text),
        sa.Column("fails", sa.Text),
        sa.Column("unknowns", sa.Text),
        sa.Column("disposition", sa.Text),
        sa.Column("criterion", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("body", sa.LargeBinary),
        sqlite_strict=True,
    )
    op.create_index("entries_record", "entries", ["record", "version"])
    op.create_index("entries_trial", "entries", ["trial", "seq"])
    redacted = sa.text("target IS NOT NULL")
    op.create_index(
        "entries_target",
        "entries",
        ["target"],
        sqlite_where=redacted,
        postgresql_where=redacted,
    )
    op.create_index("contents_patient", "contents", ["patient", "seq"])
    op.create_index("contents_verdict", "contents", ["verdict", "seq"])


#: When a row may not go in: an entry out of its turn, a version that is there already, contents of
#: an entry that is not the newest (so that none come back), a text that is there.
_NEW_ENTRY = """NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entries)
  OR (NEW.event IN ('screening', 'correction') AND EXISTS (
    SELECT 1 FROM entries WHERE record = NEW.record AND version >= NEW.version))"""
_NEW_CONTENTS = """NEW.seq <> (SELECT max(seq) FROM entries)
  OR EXISTS (SELECT 1 FROM contents WHERE seq = NEW.seq)"""
_NEW_TEXT = "EXISTS (SELECT 1 FROM texts WHERE sha256 = NEW.sha256)"
_KEPT = "NOT EXISTS (SELECT 1 FROM entries WHERE target = OLD.seq AND event = 'redaction')"


def _guard(table: str, action: str, when: str = "1") -> str:
    return (
        f"CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, 'the log only grows'); END"
    )


_SQLITE = (
    _guard("entries", "UPDATE"),
    _guard("entries", "DELETE"),
    _guard("entries", "INSERT", _NEW_ENTRY),
    _guard("contents", "UPDATE"),
    _guard("contents", "DELETE", _KEPT),
    _guard("contents", "INSERT", _NEW_CONTENTS),
    _guard("texts", "UPDATE"),
    _guard("texts", "DELETE"),
    _guard("texts", "INSERT", _NEW_TEXT),
)


def _function(table: str, when: dict[str, str]) -> str:
    cases = "\n".join(
        f"  IF TG_OP = '{action}' THEN IF {test} THEN RAISE EXCEPTION 'the log only grows'; "
        f"END IF; RETURN {'OLD' if action == 'DELETE' else 'NEW'}; END IF;"
        for action, test in when.items()
    )
    return (
        f"CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n{cases}\n"
        "  RAISE EXCEPTION 'the log only grows'; END $$"
    )


def _triggers(table: str) -> tuple[str, str]:
    call = f"EXECUTE FUNCTION {table}_guard()"
    return (
        f"CREATE TRIGGER {table}_rows BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW {call}",
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
    )


_POSTGRESQL = (
    _function("entries", {"INSERT": _NEW_ENTRY}),
    *_triggers("entries"),
    _function("contents", {"INSERT": _NEW_CONTENTS, "DELETE": _KEPT}),
    *_triggers("contents"),
    _function("texts", {"INSERT": _NEW_TEXT}),
    *_triggers("texts"),
)
