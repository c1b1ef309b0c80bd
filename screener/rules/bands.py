"""Whether the rows of a table cover every number once: no gap, no overlap, no open end.

Source: semantics 11.2 and 11.3.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from screener.diagnostics import Span
from screener.quantities import Number, Range, decimal_text, holds, point
from screener.rules.faults import Faults
from screener.truth import Truth

COMPARATORS = ("less_than", "at_most", "at_least", "more_than", "between")
LOWER = ("at_least", "more_than")
UPPER = ("at_most", "less_than")

_WIDEST = 1_000

#: A row and its place.
Row = tuple[Range, Span]


def check_cover(rows: list[Row], place: Span, faults: Faults) -> None:
    """Note where a number lies in no row or in two."""
    ordered = sorted(rows, key=lambda row: _low(row[0]))
    if not ordered:
        faults.error("empty-list", place, "`bands` lists nothing")
        return
    first, last = ordered[0], ordered[-1]
    if first[0].low is not None:
        _gap(f"below {_text(first[0].low)}", first[1], faults)
    if last[0].high is not None:
        _gap(f"above {_text(last[0].high)}", last[1], faults)
    for (left, _), (right, span) in pairwise(ordered):
        high, low = left.high, right.low
        if high is None or low is None or low < high:
            faults.error("bands-overlap", span, "a value lies in this band and in another one")
        elif low > high:
            _gap(f"between {_text(high)} and {_text(low)}", span, faults)
        elif left.high_open and right.low_open:
            _gap(f"of {_text(low)}", span, faults)
        elif not left.high_open and not right.low_open:
            faults.error(
                "bands-overlap", span, f"{_text(low)} lies in this band and in another one"
            )


def check_whole_cover(rows: list[Row], low: int, high: int, place: Span, faults: Faults) -> None:
    """Note each whole number from `low` to `high` that lies in no row or in two."""
    if high - low > _WIDEST:
        faults.error("bad-number", place, f"a score from {low} to {high} is too wide to grade")
        return
    if len(rows) > high - low + 1:
        faults.error("bands-overlap", place, "there are more bands than scores")
        return
    empty: list[int] = []
    for score in [*range(low, high + 1), high + 2]:
        if empty and score > empty[-1] + 1:
            to = f" to {empty[-1]}" if len(empty) > 1 else ""
            _gap(f"of {empty[0]}{to}", place, faults)
            empty = []
        if score > high:
            break
        there = [span for band, span in rows if holds(point(Decimal(score)), band) is Truth.TRUE]
        if not there:
            empty.append(score)
        elif len(there) > 1:
            faults.error("bands-overlap", there[1], f"{score} lies in this band and in another one")


def _low(band: Range) -> tuple[bool, Number, bool]:
    return (band.low is not None, band.low or 0, band.low_open)


def _gap(where: str, span: Span, faults: Faults) -> None:
    faults.error("bands-gap", span, f"no band holds a value {where}")


def _text(number: Number) -> str:
    return decimal_text(number)
