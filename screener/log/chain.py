"""The chain: the one place that says which bytes are hashed, and how one entry holds the next.

An entry's hash covers all its columns, the hash of the entry before it and the salted hash of its
contents. The contents are hashed apart, so that they can be redacted and the chain still holds;
the salt goes with them, so that nobody can guess them back from the hash. Hashes are SHA-256, in
hexadecimal; columns are hashed as a JSON array in UTF-8 without spaces, in the order given here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeAlias

from pydantic_core import to_json

#: What the first entry holds as the hash of the one before it.
START = "0" * 64
#: The length of a salt in bytes.
SALT = 16

Column: TypeAlias = str | int | None

#: The columns of an entry that its hash covers, in this order; `hash` follows them.
ENTRY = (
    "seq",
    "event",
    "record",
    "version",
    "attempt",
    "previous",
    "target",
    "trial",
    "protocol_version",
    "rules_sha256",
    "vocabulary_sha256",
    "engine",
    "semantics",
    "at_utc",
    "utc_offset",
    "actor",
    "identity",
    "content_sha256",
    "prev",
)
#: The columns of the contents that their hash covers, in this order, between salt and body.
CONTENT = (
    "seq",
    "patient",
    "as_of",
    "verdict",
    "fails",
    "unknowns",
    "disposition",
    "criterion",
    "reason",
)


def entry_hash(columns: Sequence[Column]) -> str:
    """The hash of an entry, over its columns in the order of `ENTRY`."""
    return hashlib.sha256(b"entry\n" + to_json(columns)).hexdigest()


def content_hash(salt: bytes, columns: Sequence[Column], body: bytes | None) -> str:
    """The hash of contents, over their columns in the order of `CONTENT`.

    JSON has no line break, so where the columns end and the body begins is never in doubt; no body
    and an empty one differ by that line break.
    """
    text = b"contents\n" + salt + to_json(columns)
    return hashlib.sha256(text if body is None else text + b"\n" + body).hexdigest()
