"""Points from the least to the most that they may be, against limits and the bands of grades."""

from __future__ import annotations

from collections.abc import Sequence

from screener.interpreters.cql.text import decimal
from screener.ir import Band
from screener.quantities import Condition, Range


def meets(least: str, most: str, condition: Condition) -> str:
    """Whether every number from the least to the most lies in the range."""
    assert isinstance(condition, Range), "INVARIANT: points are compared with a number"
    inside, outside = [], []
    if condition.low is not None:
        low = decimal(condition.low)
        inside.append(f"{least} {'>' if condition.low_open else '>='} {low}")
        outside.append(f"{most} {'<=' if condition.low_open else '<'} {low}")
    if condition.high is not None:
        high = decimal(condition.high)
        inside.append(f"{most} {'<' if condition.high_open else '<='} {high}")
        outside.append(f"{least} {'>=' if condition.high_open else '>'} {high}")
    return (
        f"case when {' and '.join(inside)} then true "
        f"when {' or '.join(outside)} then false else null end"
    )


def touches(least: str, most: str, band: Range) -> str:
    """Whether a number from the least to the most lies in the band."""
    ends = []
    if band.low is not None:
        ends.append(f"{most} {'>' if band.low_open else '>='} {decimal(band.low)}")
    if band.high is not None:
        ends.append(f"{least} {'<' if band.high_open else '<='} {decimal(band.high)}")
    return "(" + " and ".join(ends) + ")"


def of_possible(bands: Sequence[tuple[Band, str]], condition: Condition) -> str:
    """True if all grades that the score may be meet the condition, false if none does."""
    assert isinstance(condition, frozenset), "INVARIANT: a grade is compared with codes"
    hits = [touched for band, touched in bands if band.grade in condition]
    misses = [touched for band, touched in bands if band.grade not in condition]
    hit, miss = " or ".join(hits) or "false", " or ".join(misses) or "false"
    return (
        f"case when not ({miss}) and ({hit}) then true "
        f"when not ({hit}) and ({miss}) then false else null end"
    )
