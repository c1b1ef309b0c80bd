"""A table of answers by several columns of whole numbers, looked up one column after the other.

What makes no difference any more is joined on the way: of points that are added up, so many columns
of points become one of each sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import narwhals as nw

from screener.interpreters.columns.kept import Keep, Kept
from screener.interpreters.columns.thresholds import one_of


def looked_up(
    parts: Sequence[tuple[Kept, int]], table: Mapping[tuple[int, ...], int], keep: Keep
) -> Kept:
    """The entries of the table, row by row.

    Args:
        parts: columns of numbers from 0, never null, each with how many there are.
        table: an entry for every choice of them.
        keep: see `Keep`.
    """
    counts = [count for _, count in parts]
    # What is left to ask after some columns, numbered: the same number where it is the same.
    rests: list[dict[tuple[int, ...], int]] = [dict(table)]
    for place in reversed(range(1, len(parts))):
        numbered: dict[tuple[int, ...], int] = {}
        rests.insert(0, {})
        for chosen in product(*map(range, counts[:place])):
            rest = tuple(rests[1][*chosen, one] for one in range(counts[place]))
            rests[0][chosen] = numbered.setdefault(rest, len(numbered))
    state, level = parts[0][0]
    before: dict[tuple[int, ...], int] = {(one,): one for one in range(counts[0])}
    for place, after in enumerate(rests):
        if place:
            (column, there), count = parts[place]
            state, level = state * count + column, max(level, there)
            states = {rest: chosen for chosen, rest in rests[place - 1].items()}
            before = {
                (*chosen, one): rest * count + one
                for rest, chosen in states.items()
                for one in range(count)
            }
        entries = {number: after[key] for key, number in before.items()}
        state, level = keep(_entries(state, entries), level)
    return Kept(state, level)


def _entries(column: nw.Expr, table: Mapping[int, int]) -> nw.Expr:
    """The entry of each number."""
    grouped: dict[int, list[int]] = {}
    for number, entry in table.items():
        grouped.setdefault(entry, []).append(number)
    last = max(grouped, key=lambda entry: len(grouped[entry]))
    numbers = grouped.pop(last)
    otherwise = nw.lit(last)
    chain = None
    for entry, numbers in grouped.items():
        here, then = one_of(column, numbers), nw.lit(entry)
        chain = nw.when(here).then(then) if chain is None else chain.when(here).then(then)
    return otherwise if chain is None else chain.otherwise(otherwise)
