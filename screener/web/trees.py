"""How a criterion was worked out, as a tree: what each part asks, found, and comes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from screener.interpreters.prose import date_words
from screener.trace import CriterionTrace, Kind, Node
from screener.truth import Truth
from screener.web.words import capital, pretty, when_shown, window_words

_HOLDS = {Truth.TRUE: "Yes", Truth.FALSE: "No", Truth.UNKNOWN: "Open"}


class Branch(NamedTuple):
    """One part of a rule; `holds` is blank for what has no truth of its own.

    `decides`: it shares in the answer of the criterion.
    """

    holds: str
    decides: bool
    says: str
    found: str
    details: tuple[str, ...]
    parts: tuple[Branch, ...]


def trees(traced: CriterionTrace, day: date) -> Iterator[tuple[str, Branch]]:
    """The trees of a criterion, each with what it is: when it applies, and its rule."""
    if traced.applies_when is not None:
        yield "Applies where", _branch(traced.applies_when, day)
    yield (
        "Rules out where" if traced.kind == "exclusion" else "Met where",
        _branch(traced.rule, day),
    )


def _branch(node: Node, day: date) -> Branch:
    return Branch(
        holds="" if node.truth is None else _HOLDS[node.truth],
        decides=bool(node.decides),
        says=capital(pretty(node.says)),
        found=pretty(node.found or ""),
        details=tuple(_details(node, day)),
        parts=tuple(_branch(part, day) for part in node.parts),
    )


def _details(node: Node, day: date) -> Iterator[str]:
    if node.points is not None:
        low, high = node.points
        yield f"{low} points" if low == high else f"{low} to {high} points"
    if node.kind is Kind.PART:
        return
    for entry in node.because:
        if entry.date is not None:
            yield when_shown(entry.date, day)
        if entry.source is not None:
            yield f"source: {entry.source}"
    days = window_words(node.window)
    if days:
        yield f"counts if dated {days}"
    for change in node.changes if node.decides else ():
        yield f"on the same entries from {date_words(change.date)}: {_HOLDS[change.truth].lower()}"
