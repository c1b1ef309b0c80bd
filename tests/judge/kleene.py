"""Truths, causes and answers of the judge (semantics sections 1 and 3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

#: True, False or None (unknown).
Truth: TypeAlias = bool | None

#: In the order in which they are named.
CAUSES = [
    "conflict", "imprecise", "judgement", "no_range", "pending", "not_done", "asked_unknown",
    "not_in_record", "masked", "not_applicable", "inconclusive", "undated", "not_due", "missed",
    "stale", "missing",
]  # fmt: skip

#: The causes of an unknown truth of which this judge does not say why it is unknown.
UNCLAIMED = frozenset(["?"])


class Answer(NamedTuple):
    """A truth and, where it is unknown, why."""

    truth: Truth
    causes: frozenset[str] = frozenset()


def shared(truths: Iterable[Truth]) -> Truth:
    """The truth that all worlds share; unknown where they differ or there is none."""
    found = set(truths)
    return found.pop() if len(found) == 1 else None


def all_of(truths: Iterable[Truth]) -> Truth:
    found = set(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    return negated(all_of(negated(one) for one in truths))


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def unknown(*causes: str) -> Answer:
    return Answer(None, frozenset(causes))
