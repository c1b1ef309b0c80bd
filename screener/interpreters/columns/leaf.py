"""A test on the only fact that is recorded of those it asks for: a table of answers as a column.

The answers are those of the reference, which was asked once for each piece of what may be recorded;
nothing is decided here. Source: semantics sections 6 to 9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import narwhals as nw

from screener.interpreters.columns.formula import Column, as_expr, negated
from screener.interpreters.columns.pieces import Axis, Words
from screener.interpreters.columns.thresholds import Days, Numbers, Tokens
from screener.quantities import Range
from screener.truth import FALSE, TRUE, UNKNOWN, Truth


@dataclass(frozen=True, slots=True)
class Recorded:
    """How one fact stands in the columns of a frame.

    `given`: whether there is a value (of an event, whether it has been or not); never null.
    `values`: the column of the values. `day`: when it is dated, null where it is not; None if no
    row is. `low`, `high`: its reference limits, in the unit that the value is written in.
    `attributes`: what else is recorded with it, in words.
    """

    given: nw.Expr
    values: Numbers | Days | Tokens
    day: Days | None = None
    low: nw.Expr | None = None
    high: nw.Expr | None = None
    attributes: Mapping[str, Tokens] = field(default_factory=dict)


class Table(NamedTuple):
    """The answers to one test by what is recorded of one fact.

    A row for undated records and one for each piece of `days`, in each an answer for every piece of
    `values`.
    """

    values: Axis | Words
    days: Axis
    answers: Sequence[Sequence[Truth]]


def judged(recorded: Recorded, table: Table, nothing: Truth) -> Column:
    """The column of a test that rests on this fact alone; `nothing`: where it is not recorded."""
    rows = [_of_values(recorded, table.values, row) for row in table.answers]
    if all(row == table.answers[0] for row in table.answers):
        found = rows[0]
    else:
        found = _of_days(recorded, table, rows)
    if isinstance(found, Truth):
        if found is nothing:
            return found
        return nw.when(recorded.given).then(as_expr(found)).otherwise(as_expr(nothing))
    # An answer that does not ask for the value would be given where there is none.
    asks_for_value = all(row is UNKNOWN or not isinstance(row, Truth) for row in rows)
    if nothing is UNKNOWN and asks_for_value:
        return found
    return nw.when(recorded.given).then(found).otherwise(as_expr(nothing))


def _of_days(recorded: Recorded, table: Table, rows: list[Column]) -> nw.Expr:
    """The columns by day, those of neighbouring pieces with the same answers as one."""
    assert recorded.day is not None, "INVARIANT: answers differ by day only where days are known"
    keys = [tuple(row) for row in table.answers]
    by_key = dict(zip(keys, rows, strict=True))
    parts = [(recorded.day.within(run), key) for run, key in table.days.runs(keys[1:])]
    undated = keys[0]
    chain = None
    for inside, key in parts:
        if all(one is UNKNOWN for one in key):
            continue
        column = as_expr(by_key[key])
        if inside is None:
            inside = ~recorded.day.column.is_null()
        chain = nw.when(inside).then(column) if chain is None else chain.when(inside).then(column)
    if any(one is not UNKNOWN for one in undated):
        there = recorded.day.column.is_null()
        column = as_expr(by_key[undated])
        chain = nw.when(there).then(column) if chain is None else chain.when(there).then(column)
    assert chain is not None, "INVARIANT: rows of answers that are all unknown are all the same"
    return chain


def _of_values(recorded: Recorded, pieces: Axis | Words, row: Sequence[Truth]) -> Column:
    if all(one is row[0] for one in row):
        return row[0]
    if isinstance(pieces, Words):
        assert isinstance(recorded.values, Tokens), "INVARIANT: words stand in a column of words"
        among = recorded.values.among
        return _chosen([(among(words), one) for words, one in pieces.runs(row)])
    assert not isinstance(recorded.values, Tokens), (
        "INVARIANT: numbers stand in a column of numbers"
    )
    return _in_order(pieces.runs(row), recorded.values.within)


def _in_order(runs: list[tuple[Range, Truth]], within: Callable[[Range], nw.Expr | None]) -> Column:
    """Two or three runs of which the outer agree are one comparison, or its contrary."""
    truths = [one for _, one in runs]
    if UNKNOWN not in truths and (len(runs) == 2 or (len(runs) == 3 and truths[0] is truths[2])):
        index = 1 if len(runs) == 3 else truths.index(TRUE)
        inside = within(runs[index][0])
        assert inside is not None, "INVARIANT: one of several runs has an end"
        return inside if truths[index] is TRUE else negated(inside)
    return _chosen([(inside, one) for run, one in runs if (inside := within(run)) is not None])


def _chosen(parts: list[tuple[nw.Expr, Truth]]) -> Column:
    """The truth of the part that holds; two parts that rule each other out are one."""
    truths = [one for _, one in parts]
    if len(parts) == 2 and UNKNOWN not in truths:
        return parts[truths.index(TRUE)][0]
    chain = None
    for inside, truth in parts:
        if truth is UNKNOWN:
            continue
        column = nw.lit(truth is not FALSE)
        chain = nw.when(inside).then(column) if chain is None else chain.when(inside).then(column)
    assert chain is not None, "INVARIANT: answers that are all unknown are all the same"
    return chain
