"""The three truth values, and how a criterion and a verdict are named after them.

Nothing here knows patients or rules. Source: semantics section 1 (strong Kleene logic).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """Strong Kleene truth, ordered FALSE < UNKNOWN < TRUE: `and` is the least, `or` the most."""

    FALSE = "false"
    UNKNOWN = "unknown"
    TRUE = "true"

    # By identity, which takes a fifth of the time.
    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise TypeError("a truth has three values: write `truth is Truth.TRUE`")

    def __lt__(self, other: Truth) -> bool:
        return _RANK[self] < _RANK[other]

    def __gt__(self, other: Truth) -> bool:
        return _RANK[self] > _RANK[other]


#: The values by themselves: Python 3.11 takes ten times as long to look one up in its class, which
#: tells where every part of a formula is judged.
FALSE, UNKNOWN, TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
_RANK = {FALSE: 0, UNKNOWN: 1, TRUE: 2}


class Outcome(Enum):
    """How one criterion ends for one patient (semantics 2.1)."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    PASS = "pass"

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise TypeError("an outcome has three values: write `outcome is Outcome.PASS`")


class Verdict(Enum):
    """How a stage, a cohort or a trial ends for one patient (semantics 2.3)."""

    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"
    ELIGIBLE = "eligible"

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict has three values: write `verdict is Verdict.ELIGIBLE`")


OUTCOME = {
    Truth.FALSE: Outcome.FAIL,
    Truth.UNKNOWN: Outcome.UNKNOWN,
    Truth.TRUE: Outcome.PASS,
}
VERDICT = {
    Truth.FALSE: Verdict.INELIGIBLE,
    Truth.UNKNOWN: Verdict.UNDETERMINED,
    Truth.TRUE: Verdict.ELIGIBLE,
}


def negation(truth: Truth) -> Truth:
    """Swap true and false; unknown stays unknown."""
    if truth is TRUE:
        return FALSE
    return TRUE if truth is FALSE else UNKNOWN


def conjunction(truths: Iterable[Truth]) -> Truth:
    """False if any is false, else unknown if any is unknown; of nothing at all: true."""
    least = TRUE
    for truth in truths:
        if truth is FALSE:
            return FALSE
        if truth is UNKNOWN:
            least = UNKNOWN
    return least


def disjunction(truths: Iterable[Truth]) -> Truth:
    """True if any is true, else unknown if any is unknown; of nothing at all: false."""
    greatest = FALSE
    for truth in truths:
        if truth is TRUE:
            return TRUE
        if truth is UNKNOWN:
            greatest = UNKNOWN
    return greatest


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """True if `count` are true for certain, false if even the unknown ones cannot make it up."""
    certain = possible = 0
    for truth in truths:
        certain += truth is Truth.TRUE
        possible += truth is not Truth.FALSE
    if certain >= count:
        return Truth.TRUE
    return Truth.UNKNOWN if possible >= count else Truth.FALSE


def agreement(truths: Iterable[Truth]) -> Truth:
    """The truth all of them share; unknown where they differ or there are none."""
    shared = set(truths)
    return shared.pop() if len(shared) == 1 else Truth.UNKNOWN
