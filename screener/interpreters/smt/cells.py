"""Into which cells the conditions of a protocol cut the values of a selection.

All values of one cell meet the same conditions, so that no formula can tell them apart: whether a
value is 41 or 42 never matters, only on which side of each limit it lies. What is known of a
selection is then the set of cells it may lie in. Source: semantics 8 and 9.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor
from typing import NamedTuple

from screener.ir import Age, Available, Ever, Fixed, Pick, Quantified, Selection, Tally
from screener.quantities import Condition, Number, Range, Value, empty, holds, point
from screener.truth import Truth
from screener.vocabulary import Shape, Type, Vocabulary

#: Stands for every code that the vocabulary does not list.
OTHER = "(any other)"


class Numbers(NamedTuple):
    """Numbers from `low` on (None: from anywhere); `whole`: whole numbers only."""

    low: Number | None = None
    whole: bool = False


class Codes(NamedTuple):
    """A list of codes; `open`: others may occur."""

    values: tuple[str | bool, ...]
    open: bool = False


def domain(selection: Selection, vocabulary: Vocabulary) -> Numbers | Codes | None:
    """The values that a selection from records can have; None for one that is computed."""
    match selection:
        case Tally() | Age():
            return Numbers(0, whole=True)
        case Ever() | Quantified() | Available():
            return Codes((False, True))
        case Pick() | Fixed():
            if selection.judged is not None:
                return Codes((False, True))
            if selection.times is not None:
                return Numbers(0)
            return among(vocabulary[selection.of.fact].shape)
        case _:
            return None


def among(shape: Shape) -> Numbers | Codes:
    """The values that can be recorded of a fact, or of an attribute."""
    match shape.type:
        case Type.QUANTITY | Type.NUMBER:
            # What is not plausible is used all the same (semantics 10.3), below zero too.
            return Numbers()
        case Type.DATE:
            return Numbers(whole=True)
        case Type.BOOLEAN:
            return Codes((False, True))
        case _:
            return Codes(shape.values, open=not shape.values)


def cells(conditions: Iterable[Condition], within: Numbers | Codes | None) -> tuple[Value, ...]:
    """The cells, in rising order (numbers) or by what they meet (codes); never empty."""
    asked = tuple(conditions)
    if any(isinstance(one, Range) for one in asked) or isinstance(within, Numbers):
        limits = tuple(one for one in asked if isinstance(one, Range))
        return _intervals(limits, within if isinstance(within, Numbers) else Numbers())
    sets = tuple(one for one in asked if isinstance(one, frozenset))
    return _classes(sets, within if isinstance(within, Codes) else Codes((), open=True))


def inside(cell: Value, condition: Condition) -> bool:
    """Whether the values of a cell meet a condition that took part in cutting it."""
    return holds(cell, condition) is Truth.TRUE


def _intervals(limits: Sequence[Range], among: Numbers) -> tuple[Value, ...]:
    cuts = sorted({end for one in limits for end in (one.low, one.high) if end is not None})
    if not cuts:
        return (Range(among.low, None),)
    every = [Range(None, cuts[0], False, True)]
    for index, cut in enumerate(cuts):
        above = cuts[index + 1] if index + 1 < len(cuts) else None
        every += [point(cut), Range(cut, above, True, above is not None)]
    found = tuple(one for cell in every if (one := _within(cell, among)) is not None)
    return found or (Range(among.low, None),)


def _within(cell: Range, among: Numbers) -> Range | None:
    low, low_open = cell.low, cell.low_open
    if among.low is not None and (low is None or low < among.low):
        low, low_open = among.low, False
    clipped = Range(low, cell.high, low_open, cell.high_open)
    if empty(clipped) or (among.whole and not _holds_whole(clipped)):
        return None
    return clipped


def _holds_whole(cell: Range) -> bool:
    """Whether a whole number lies in an interval."""
    if cell.low is None or cell.high is None:
        return True
    first = floor(cell.low)
    if first < cell.low or cell.low_open:
        first += 1
    return first < cell.high or (first == cell.high and not cell.high_open)


def _classes(sets: Sequence[frozenset[str | bool]], among: Codes) -> tuple[Value, ...]:
    """Codes that meet the same conditions belong together."""
    named = dict.fromkeys((*among.values, *sorted({one for each in sets for one in each}, key=str)))
    classes: dict[tuple[bool, ...], list[str | bool]] = {}
    for code in (*named, *((OTHER,) if among.open else ())):
        classes.setdefault(tuple(code in one for one in sets), []).append(code)
    return tuple(frozenset(codes) for codes in classes.values())
