"""Which records might make a selection come out as wanted: their values, and how many of them.

Proposals, the most natural first; whether they do is for the engine to say. So nothing here has to
know all that a word of the language means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import islice, product
from math import ceil
from typing import Any

from screener.interpreters.smt.cells import among, cells, domain, inside
from screener.interpreters.smt.selections import Reading
from screener.ir import (
    Age,
    Available,
    Ever,
    Exposure,
    Fixed,
    Lasting,
    Length,
    Limit,
    OfAttribute,
    OfFact,
    OfLimit,
    OfNumber,
    Pick,
    Point,
    Quantified,
    RecordSet,
    Relative,
    Requirement,
    Run,
    Selection,
    Since,
    Stretch,
    Tally,
    Window,
)
from screener.quantities import Number, Range, Value, decimal_text
from screener.selection.uses import sources
from screener.vocabulary import Kind, Vocabulary
from screener.workbench.belonging import FILLINGS, Sketch, records, windows_for
from screener.workbench.values import REFERENCE, count, reference_text, written

YES, NO = frozenset({True}), frozenset({False})


def sketches(reading: Reading, vocabulary: Vocabulary, today: int) -> Iterator[tuple[Sketch, ...]]:
    """The sets of records that may make a selection come out as read; none if nobody can say."""
    selection, cell = reading.selection, reading.possible[0]
    if not reading.settled:
        if isinstance(selection, Pick | Fixed):
            each = [list(_picked(selection, one, vocabulary, today)) for one in reading.possible]
            yield from (tuple(one) for one in islice(product(*each), FILLINGS))
        return
    match selection:
        case Age():
            at = (Window(selection.at, selection.at),)
            yield (Sketch(selection.birth, {}, at, years=count(cell)),)
        case Pick() | Fixed():
            yield from ((one,) for one in _picked(selection, cell, vocabulary, today))
        case Ever():
            yield from ((one,) for one in _ever(selection, cell == YES, vocabulary, today))
        case Available():
            yield from ((one,) for one in _available(selection, cell == YES, vocabulary, today))
        case Quantified():
            met = cell == YES
            for one in _meeting(selection, selection.condition, met, vocabulary, today):
                yield (one,)
        case Run():
            right = list(_meeting(selection, selection.condition, True, vocabulary, today))
            wrong = list(_meeting(selection, selection.condition, False, vocabulary, today))
            for one in right if cell == YES else wrong:
                yield (one,) * selection.length
        case Tally():
            yield from _counted(selection, count(cell), vocabulary, today)
        case Exposure():
            days = count(cell)
            if days:
                for one in _events(selection.of, vocabulary, today):
                    yield (replace(one, days=days),)
            yield ()
        case Since():
            yield from _since(selection, cell == YES, vocabulary, today)
        case _:
            return


def windows_in(selection: Selection) -> Iterator[Window]:
    """The windows and the days that a selection hangs on."""
    for source in sources(selection):
        match source:
            case Age():
                yield Window(source.at, source.at)
            case Ever():
                if source.within is not None:
                    yield source.within
            case Since():
                yield Window(None, source.at)
                yield from windows_for(source.of)
            case _:
                yield from windows_for(source.of)


# --- values -----------------------------------------------------------------------------------


def _picked(
    selection: Pick | Fixed, cell: Value, vocabulary: Vocabulary, today: int
) -> Iterator[Sketch]:
    if selection.judged is not None:
        yield from _relative(selection.of, selection.judged, cell == YES, vocabulary, today)
        return
    words = written(cell, vocabulary[selection.of.fact].shape, selection.times, today)
    if words is not None:
        yield from records(selection.of, words, vocabulary, today)


def _meeting(
    selection: Quantified | Run | Tally,
    asked: Requirement | None,
    meets: bool,
    vocabulary: Vocabulary,
    today: int,
) -> Iterator[Sketch]:
    """A record whose value meets what is asked of it, or does not."""
    if isinstance(asked, Relative):
        yield from _relative(selection.of, asked, meets, vocabulary, today)
        return
    whole = domain(Fixed(selection.of, selection.times), vocabulary)
    for cell in cells([] if asked is None else [asked], whole):
        if asked is None or inside(cell, asked) is meets:
            yield from _picked(Fixed(selection.of, selection.times), cell, vocabulary, today)


def _relative(
    of: RecordSet, judged: Relative, meets: bool, vocabulary: Vocabulary, today: int
) -> Iterator[Sketch]:
    """A value beside the limit or the other value that it is judged by."""
    shape = vocabulary[of.fact].shape
    beside: list[Sketch] = []
    extra: dict[str, Any] = {}
    ends: list[Number | None] = []
    for bound in (judged.low, judged.high):
        end: Number | None = None
        match bound:
            case OfNumber():
                end = bound.number
            case OfLimit():
                end = bound.times * int(REFERENCE) + bound.plus
                side = "low" if bound.limit is Limit.LLN else "high"
                extra.setdefault("reference_range", {})[side] = decimal_text(int(REFERENCE))
            case OfAttribute():
                end = bound.times * int(REFERENCE)
                extra[bound.name] = reference_text(vocabulary[of.fact].attributes[bound.name])
            case OfFact():
                other = _other_value(bound, vocabulary, today)
                if other is None:
                    return
                end = Fraction(bound.times) * Fraction(other[0])
                beside.append(other[1])
            case None:
                pass
        ends.append(end)
    limits = Range(ends[0], ends[1], judged.low_open, judged.high_open)
    for cell in cells([limits], among(shape)):
        words = written(cell, shape) if inside(cell, limits) is meets else None
        if words is not None:
            for one in records(of, words | extra, vocabulary, today):
                yield replace(one, beside=(*one.beside, *beside))


def _other_value(bound: OfFact, vocabulary: Vocabulary, today: int) -> tuple[Number, Sketch] | None:
    """A value of the fact that is compared with, and its record."""
    selection = bound.of
    if not isinstance(selection, Pick | Fixed):
        return None
    shape = vocabulary[selection.of.fact].shape
    words = written(cells([], among(shape))[0], shape)
    found = [] if words is None else list(records(selection.of, words, vocabulary, today))
    return (Decimal(words["value"]), found[0]) if words and found else None


def _ever(selection: Ever, yes: bool, vocabulary: Vocabulary, today: int) -> Iterator[Sketch]:
    windows = () if yes or selection.within is None else (selection.within,)
    for one in records(selection.of, {"value": yes}, vocabulary, today):
        yield replace(one, windows=windows)


def _available(
    selection: Available, yes: bool, vocabulary: Vocabulary, today: int
) -> Iterator[Sketch]:
    of = selection.of
    if yes:
        whole = cells([], domain(Fixed(of), vocabulary))
        yield from _picked(Fixed(of), whole[0], vocabulary, today)
    else:
        yield Sketch(of.fact, {"absent": "not_done"}, windows_for(of))


# --- events and counts ------------------------------------------------------------------------


def _counted(
    tally: Tally, number: int, vocabulary: Vocabulary, today: int
) -> Iterator[tuple[Sketch, ...]]:
    if vocabulary[tally.of.fact].kind is Kind.EVENT:
        found = list(_events(tally.of, vocabulary, today))
    else:
        found = list(_meeting(tally, tally.condition, True, vocabulary, today))
    if not number:
        yield ()
        return
    yield from ((one,) * number for one in found)


def _events(of: RecordSet, vocabulary: Vocabulary, today: int) -> Iterator[Sketch]:
    lengths = [test.length for test in of.tests if isinstance(test, Lasting)]
    days = max((_lasting(one) for one in lengths), default=1)
    for one in records(of, {}, vocabulary, today):
        yield replace(one, days=days)


def _since(
    since: Since, yes: bool, vocabulary: Vocabulary, today: int
) -> Iterator[tuple[Sketch, ...]]:
    """None at all is long enough ago; else one that ended so long ago, or too lately."""
    if yes:
        yield ()
    low, high = since.length.low, since.length.high
    ends = [one for one in (low, high) if one is not None]
    for stretch in ends:
        edge = Point(
            since.at.anchor, since.at.months - stretch.months, since.at.days - stretch.days
        )
        for moved in (0, 1, -1):
            day = replace(edge, days=edge.days + moved)
            for one in _events(since.of, vocabulary, today):
                yield (replace(one, windows=(*one.windows, Window(day, day))),)


def _lasting(length: Length) -> int:
    """The least number of days that is so long."""
    low = length.low or Stretch(days=1)
    return max(1, ceil(low.months * 30.5) + low.days + (1 if length.low_open else 0))
