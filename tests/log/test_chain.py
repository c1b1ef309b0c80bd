"""The bytes that are hashed, worked out here a second time from what the chain's module says."""

from __future__ import annotations

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from screener.log.chain import CONTENT, ENTRY, content_hash, entry_hash

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_COLUMN = st.none() | st.integers(-(2**53), 2**53) | _TEXT


def _json(columns: list[str | int | None]) -> bytes:
    return json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


@given(st.lists(_COLUMN, min_size=len(ENTRY), max_size=len(ENTRY)))
def test_an_entry_is_hashed_as_json_in_utf_8(columns: list[str | int | None]) -> None:
    assert entry_hash(columns) == hashlib.sha256(b"entry\n" + _json(columns)).hexdigest()


@given(
    st.binary(min_size=16, max_size=16),
    st.lists(_COLUMN, min_size=len(CONTENT), max_size=len(CONTENT)),
    st.none() | st.binary(),
)
def test_contents_are_hashed_with_their_salt_before_and_their_body_behind(
    salt: bytes, columns: list[str | int | None], body: bytes | None
) -> None:
    text = b"contents\n" + salt + _json(columns) + (b"" if body is None else b"\n" + body)
    assert content_hash(salt, columns, body) == hashlib.sha256(text).hexdigest()
