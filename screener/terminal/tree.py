"""A trace as text: each criterion with its tree, and at every node what was found.

Whether a node holds is always said in words; a star marks what decides the answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from screener.result import Because
from screener.terminal.answer import (
    COST_WORDS,
    HEADLINE,
    OUTCOME_INK,
    OUTCOME_WORDS,
    aside_words,
    days_words,
    dose_lines,
    remedy_words,
)
from screener.terminal.text import Ink, Paint, clean, plain, wrapped
from screener.trace import CriterionTrace, Kind, Node, Trace
from screener.truth import Outcome, Truth

_HOLDS = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "open"}
_WIDEST = 4
_LEGEND = "yes, no, open: whether it holds; * marks what decides the answer."


def render_trace(trace: Trace, width: int = 100, paint: Paint = plain) -> str:
    """All criteria of a trace, ending with a line break."""
    parts = [
        _head(trace, width, paint),
        *(_criterion(one, width, paint) for one in trace.criteria),
        dose_lines(trace.arms, width),
    ]
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def _head(trace: Trace, width: int, paint: Paint) -> Iterator[str]:
    if trace.as_of is None:
        yield clean(f"{trace.trial} version {trace.version}: the criteria, and what is encoded")
        return
    who = "Patient without a name" if trace.patient is None else f"Patient {trace.patient}"
    yield clean(f"{who}, {trace.trial} version {trace.version}, as of {trace.as_of}")
    if trace.verdict is not None:
        words, ink = HEADLINE[trace.verdict]
        yield paint(words, ink)
    yield from wrapped(_LEGEND, width)


def _criterion(one: CriterionTrace, width: int, paint: Paint) -> Iterator[str]:
    yield f"{clean(one.id)}  {paint(_title(one), _ink(one))}"
    source = f" ({one.source})" if one.source else ""
    yield from wrapped(f"{one.text}{source}", width, "  ", "  ")
    if one.reading:
        yield from wrapped(f"read as: {one.reading}", width, "  ", "    ")
    if one.carried_over:
        yield from wrapped(f"carried over unread from {one.carried_over}", width, "  ", "    ")
    if one.sentence is not None:
        yield from wrapped(f"> {one.sentence}", width, "  ", "    ")
        yield from _ahead(one, width)
    else:
        yield from wrapped(f"encoded: {one.says}", width, "  ", "    ")
    if one.sentence is None and not any(part.parts for part in one.rule.parts):
        return  # the sentence says it all
    if one.applies_when is not None:
        yield "  applies where:"
        yield from _node(one.applies_when, "  ", width, paint)
    yield "  excluded where:" if one.kind == "exclusion" else "  met where:"
    yield from _node(one.rule, "  ", width, paint)


def _title(one: CriterionTrace) -> str:
    if one.outcome is None:
        return clean(f"{one.kind}, {one.stage}")
    if one.applies is Truth.FALSE and one.outcome is Outcome.PASS:
        return "does not apply"
    return OUTCOME_WORDS[one.kind, one.outcome]


def _ink(one: CriterionTrace) -> Ink:
    return Ink.STRONG if one.outcome is None else OUTCOME_INK[one.outcome]


def _ahead(one: CriterionTrace, width: int) -> Iterator[str]:
    """What is to come for the criterion as a whole."""
    if one.outcome is Outcome.FAIL and one.remedy is not None:
        yield from wrapped(remedy_words(one.remedy), width, "  ", "    ")
    if one.valid_until is not None:
        yield f"  stands until {one.valid_until}"


def _node(node: Node, indent: str, width: int, paint: Paint) -> Iterator[str]:
    mark = paint("*", Ink.STRONG) if node.decides else " "
    holds = "" if node.truth is None else _HOLDS[node.truth]
    if node.truth is None:
        first = f"{indent}- "
        rest = indent + "  "
    else:
        first = f"{indent}{'*' if node.decides else ' '} {holds:<{_WIDEST}}  "
        rest = " " * len(first)
    lines = wrapped(node.says, width, first, rest)
    if lines and node.truth is not None:
        shown = paint(f"{holds:<{_WIDEST}}", Ink.STRONG if node.decides else Ink.FAINT)
        lines[0] = f"{indent}{mark} {shown}  {lines[0][len(first) :]}"
    yield from lines
    for detail in _details(node):
        yield from wrapped(detail, width, rest + "  ", rest + "    ")
    for part in node.parts:
        yield from _node(part, indent + "  ", width, paint)


def _details(node: Node) -> Iterator[str]:
    """What was found at a node, and what would change it."""
    if node.found is not None:
        yield f"found: {node.found}"
    if node.points is not None:
        low, high = node.points
        yield f"points: {low}" if low == high else f"points: {low} to {high}"
    if node.kind is Kind.PART:
        return
    yield from dict.fromkeys(_source(entry) for entry in node.because if entry.source)
    days = days_words(node.window)
    if days:
        yield f"records count if dated {days}"
    for aside in node.set_aside:
        yield f"set aside: {aside_words(aside)}"
    if not node.decides:
        return
    for one in node.wanted:
        dated = days_words(one.window)
        cost = COST_WORDS.get(one.cost, one.cost)
        yield f"would settle it: {one.label}{f', dated {dated}' if dated else ''}; {cost}"
    if node.truth is not Truth.UNKNOWN and node.new_result:
        yield "a new result could change this"
    for change in node.changes:
        yield f"with the same records from {change.date}: {_HOLDS[change.truth]}"


def _source(entry: Because) -> str:
    return (
        f"source of {entry.fact} of {entry.date}: {entry.source}"
        if entry.date
        else (f"source of {entry.fact}: {entry.source}")
    )
