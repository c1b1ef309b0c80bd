"""What a line of criteria may come to: a rule, with how it reads what has two readings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from screener.registry.lines import Side
from screener.registry.wording import BEFORE_RANDOMIZATION, Unclear, stretch
from screener.rules.writing import Data
from screener.vocabulary import Fact, Vocabulary

#: A rule as plain data.
Rule: TypeAlias = Mapping[str, Data]


class Proposal(NamedTuple):
    """A rule for a line, what it is about (as `hinted` names it), and how it is read."""

    rule: Rule
    about: frozenset[str]
    reading: str | None = None


class Ages(NamedTuple):
    """The limits of age that the record states in fields of their own, in years."""

    low: Decimal | None = None
    high: Decimal | None = None


class Known(NamedTuple):
    """What a line is read with: its side, the facts there are, the ages stated elsewhere."""

    side: Side
    vocabulary: Vocabulary
    ages: Ages = Ages()


#: Reads what a pattern matched; None where it is something else after all.
Read: TypeAlias = Callable[[re.Match[str], Known], Proposal | Unclear | None]
#: Patterns of whole lines, each with what reads it.
Patterns: TypeAlias = list[tuple[str, Read]]

#: The date fact that washouts and windows count from.
RANDOMIZATION = "randomization"
LEAD = (
    r"(?:(?:the )?(?:patient|subject|participant)s? (?:must|should|shall) have (?:an? )?"
    r"|(?:patients|subjects|participants) with (?:an? )?)?"
)
WINDOW = rf"(?:,? (?:(?:obtained|measured|assessed|done|performed) )?{BEFORE_RANDOMIZATION})?"


def with_window(leaf: Mapping[str, Data], match: re.Match[str]) -> Rule:
    """The leaf with the stretch before the randomization, where one is said."""
    if match["count"] is None:
        return leaf
    return {**leaf, "within": f"{stretch(match['count'], match['time'])} before {RANDOMIZATION}"}


def direction(word: str, side: Side, fact: Fact) -> Unclear | None:
    """Why a limit that asks for the worse values is not proposed: it may be misplaced."""
    if fact.worse is None:
        return None
    upper = word in ("at_most", "less_than")
    asks_better = upper if fact.worse == "high" else not upper
    if asks_better is (side is Side.INCLUSION):
        return None
    return Unclear(
        "it asks for the worse values"
        if side is Side.INCLUSION
        else "it would exclude the better values, and reads like a requirement"
    )
