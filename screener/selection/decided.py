"""The value of the first row of a table that holds, over all that its parts may be.

Rows that may hold are all possible until one does for certain. Source: semantics 11.9.
"""

from __future__ import annotations

from collections.abc import Sequence

from screener.causes import Cause, foremost
from screener.ir import Decision
from screener.quantities import Condition, Value, holds
from screener.selection.selected import Lack, Selected, distinct
from screener.truth import Truth, agreement, conjunction


def decision(node: Decision, parts: Sequence[Selected]) -> Selected:
    """The values of the rows that may be the first to hold."""
    values: dict[Value, None] = {}
    causes: list[Cause] = []
    lacks: list[Lack] = []
    for row in node.rows[:-1]:
        truths = [_truth(parts[index], condition) for index, condition in row.tests]
        holding = conjunction(truths)
        if holding is Truth.FALSE:
            continue
        values[frozenset({row.value})] = None
        if holding is Truth.TRUE:
            break
        for truth, (index, condition) in zip(truths, row.tests, strict=True):
            if truth is Truth.UNKNOWN:
                cause = _cause(parts[index], condition)
                causes.append(cause)
                lacks += [one._replace(cause=one.cause or cause) for one in parts[index].lacks]
    else:
        values[frozenset({node.rows[-1].value})] = None
    settled = len(values) == 1
    return Selected(
        tuple(values),
        None if settled else foremost(causes),
        1,
        distinct([entry for one in parts for entry in one.used]),
        () if settled else distinct(lacks),
        distinct([entry for one in parts for entry in one.aside]),
    )


def _truth(part: Selected, condition: Condition) -> Truth:
    if not part.values or part.short:
        return Truth.UNKNOWN
    return agreement(holds(value, condition) for value in part.values)


def _cause(part: Selected, condition: Condition) -> Cause:
    """Why it is open whether a part meets a condition."""
    if not part.values:
        return part.cause or Cause.MISSING
    firm = {holds(value, condition) for value in part.values[: part.firm]}
    if {Truth.TRUE, Truth.FALSE} <= firm:
        return Cause.CONFLICT
    return part.cause or Cause.IMPRECISE
