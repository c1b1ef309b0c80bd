"""Keys for programs: what a key may do, how it is made, and how it is told from a wrong one.

A key is 256 random bits, told once and kept as a hash only. Who has the file has no key.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum
from typing import NamedTuple

_START = "screener_"


class Scope(StrEnum):
    """What a key opens."""

    READ = "read"
    SCREEN = "screen"
    RULES = "rules"
    RECORD = "record"
    METRICS = "metrics"


#: What each scope is for, as help and documentation say it.
MEANING = {
    Scope.READ: "the trials, their criteria and facts",
    Scope.SCREEN: "judging patients",
    Scope.RULES: "checking and comparing rule files",
    Scope.RECORD: "recording answers in the screening log",
    Scope.METRICS: "the figures of the running server",
}


class Key(NamedTuple):
    """A key that is known: whose it is, what it opens, and when it ends (seconds), if ever."""

    name: str
    scopes: frozenset[Scope]
    until: float | None


def new_secret() -> str:
    """What the program sends; nobody can guess it."""
    return _START + secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def written(scopes: frozenset[Scope]) -> str:
    """Scopes as one text."""
    return " ".join(sorted(scopes))


def read(text: str) -> frozenset[Scope]:
    """Scopes out of such a text; a word of a later version opens nothing here."""
    known = {one.value for one in Scope}
    return frozenset(Scope(word) for word in text.split() if word in known)
