"""Why an answer is unknown: the closed list of causes, in the order in which they are named.

Source: semantics section 3. Nothing here decides which cause applies.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Cause(Enum):
    """Where several causes apply to one answer, the one listed first here is named."""

    CONFLICT = "conflict"
    IMPRECISE = "imprecise"
    JUDGEMENT = "judgement"
    NO_RANGE = "no_range"
    PENDING = "pending"
    NOT_DONE = "not_done"
    ASKED_UNKNOWN = "asked_unknown"
    NOT_IN_RECORD = "not_in_record"
    MASKED = "masked"
    NOT_APPLICABLE = "not_applicable"
    INCONCLUSIVE = "inconclusive"
    UNDATED = "undated"
    NOT_DUE = "not_due"
    MISSED = "missed"
    STALE = "stale"
    MISSING = "missing"

    # By identity, which takes a fifth of the time.
    __hash__ = object.__hash__


_RANK = {cause: rank for rank, cause in enumerate(Cause)}

#: The reasons of absence that a profile may state in place of a value.
STATED_ABSENCES = {
    cause.value: cause
    for cause in (
        Cause.PENDING,
        Cause.NOT_DONE,
        Cause.ASKED_UNKNOWN,
        Cause.NOT_IN_RECORD,
        Cause.MASKED,
        Cause.NOT_APPLICABLE,
        Cause.INCONCLUSIVE,
    )
}


def foremost(causes: Iterable[Cause]) -> Cause:
    """The cause to be named where all of these apply; `missing` where none does."""
    return min(causes, key=_RANK.__getitem__, default=Cause.MISSING)
