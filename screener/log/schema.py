"""The tables of a log as queries see them; the migrations make them, a test holds both together.

`entries` is the chain and never changes. `contents` holds what is of a patient and what a person
wrote, one row an entry until it is redacted. `texts` holds rule files and vocabularies, each once,
by their hash.

`contents.as_of` is the day that an answer is for, or on which a disposition happened; `fails` and
`unknowns` are ids of criteria as `;I1;E2;`, so that a criterion can be looked for.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

#: The migration that this program reads and writes.
REVISION = "0001"

metadata = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")

entries = Table(
    "entries",
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("previous", Text),
    Column("target", _Number),
    Column("trial", Text, nullable=False),
    Column("protocol_version", Text, nullable=False),
    Column("rules_sha256", Text, ForeignKey("texts.sha256")),
    Column("vocabulary_sha256", Text, ForeignKey("texts.sha256")),
    Column("engine", Text, nullable=False),
    Column("semantics", Text, nullable=False),
    Column("at_utc", Text, nullable=False),
    Column("utc_offset", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("entries_record", "record", "version"),
    Index("entries_trial", "trial", "seq"),
)
Index(
    "entries_target",
    entries.c.target,
    sqlite_where=entries.c.target.is_not(None),
    postgresql_where=entries.c.target.is_not(None),
)

contents = Table(
    "contents",
    metadata,
    Column("seq", _Number, ForeignKey("entries.seq"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("patient", Text),
    Column("as_of", Text),
    Column("verdict", Text),
    Column("fails", Text),
    Column("unknowns", Text),
    Column("disposition", Text),
    Column("criterion", Text),
    Column("reason", Text),
    Column("body", LargeBinary),
    Index("contents_patient", "patient", "seq"),
    Index("contents_verdict", "verdict", "seq"),
)

texts = Table(
    "texts",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
