"""Which records might make a selection come out as wanted: their words, and where their days lie.

Proposals, the most natural first; whether they do is for the engine to say. So nothing here has to
know all that a word of the language means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import islice, product
from math import ceil
from typing import Any

from screener.interpreters.smt.cells import among, cells, domain, inside
from screener.interpreters.smt.selections import Reading
from screener.ir import (
    After,
    Age,
    Attribute,
    Available,
    Before,
    Bound,
    Ever,
    Exposure,
    Fixed,
    HalfLives,
    Lasting,
    Length,
    Limit,
    Lookback,
    OfAttribute,
    OfFact,
    OfLimit,
    OfNumber,
    Pick,
    Point,
    Quantified,
    RecordSet,
    Related,
    Relative,
    Requirement,
    Run,
    Selection,
    Since,
    Starts,
    Stretch,
    Tally,
    Unless,
    Window,
    Within,
)
from screener.quantities import Number, Range, Value, decimal_text
from screener.selection.placing import window_of
from screener.selection.uses import sources
from screener.vocabulary import Kind, Shape, Vocabulary
from screener.workbench.values import REFERENCE, count, written

YES, NO = frozenset({True}), frozenset({False})
#: So many ways to fill in the attributes of one record are tried.
_FILLINGS = 6
#: What a half-life is taken to be, in days: short, and long enough to matter.
_HALF_LIVES = (1, 30)


@dataclass(frozen=True, slots=True)
class Sketch:
    """One record: its words without its day, and the windows that day has to lie in.

    `days`: how long an event lasts, its last day being the one that is placed. `beside`: records
    that go with it, in whose windows `THIS` is its first day. `years`: it is the birth date of
    somebody so old on the day of the window.
    """

    fact: str
    words: Mapping[str, Any]
    windows: tuple[Window, ...] = ()
    days: int = 1
    beside: tuple[Sketch, ...] = ()
    years: int | None = None


def sketches(reading: Reading, vocabulary: Vocabulary, today: int) -> Iterator[tuple[Sketch, ...]]:
    """The sets of records that may make a selection come out as read; none if nobody can say."""
    selection, cell = reading.selection, reading.possible[0]
    if not reading.settled:
        if isinstance(selection, Pick | Fixed):
            each = [list(_picked(selection, one, vocabulary, today)) for one in reading.possible]
            yield from (tuple(one) for one in islice(product(*each), _FILLINGS))
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
                yield from _windows(source.of)
            case _:
                yield from _windows(source.of)


# --- values -----------------------------------------------------------------------------------


def _picked(
    selection: Pick | Fixed, cell: Value, vocabulary: Vocabulary, today: int
) -> Iterator[Sketch]:
    if selection.judged is not None:
        yield from _relative(selection.of, selection.judged, cell == YES, vocabulary, today)
        return
    words = written(cell, vocabulary[selection.of.fact].shape, selection.times, today)
    if words is not None:
        yield from _records(selection.of, words, vocabulary, today)


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
                extra[bound.name] = _said(
                    int(REFERENCE), vocabulary[of.fact].attributes[bound.name]
                )
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
            for one in _records(of, words | extra, vocabulary, today):
                yield replace(one, beside=(*one.beside, *beside))


def _other_value(bound: OfFact, vocabulary: Vocabulary, today: int) -> tuple[Number, Sketch] | None:
    """A value of the fact that is compared with, and its record."""
    selection = bound.of
    if not isinstance(selection, Pick | Fixed):
        return None
    shape = vocabulary[selection.of.fact].shape
    words = written(cells([], among(shape))[0], shape)
    found = [] if words is None else list(_records(selection.of, words, vocabulary, today))
    return (Decimal(words["value"]), found[0]) if words and found else None


def _said(number: Number, shape: Shape) -> str:
    unit = "" if shape.unit == "1" else f" {shape.unit}"
    return f"{decimal_text(number)}{unit}"


def _ever(selection: Ever, yes: bool, vocabulary: Vocabulary, today: int) -> Iterator[Sketch]:
    windows = () if yes or selection.within is None else (selection.within,)
    for one in _records(selection.of, {"value": yes}, vocabulary, today):
        yield replace(one, windows=windows)


def _available(
    selection: Available, yes: bool, vocabulary: Vocabulary, today: int
) -> Iterator[Sketch]:
    of = selection.of
    if yes:
        whole = cells([], domain(Fixed(of), vocabulary))
        yield from _picked(Fixed(of), whole[0], vocabulary, today)
    else:
        yield Sketch(of.fact, {"absent": "not_done"}, _windows(of))


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
    for one in _records(of, {}, vocabulary, today):
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


# --- records ----------------------------------------------------------------------------------


def _records(
    of: RecordSet, words: Mapping[str, Any], vocabulary: Vocabulary, today: int
) -> Iterator[Sketch]:
    """Records of the set with these words, its attributes and the records they are related to."""
    beside = tuple(_partners(of, vocabulary, today))
    half_lives = [
        one
        for test in of.tests
        if isinstance(test, Lookback)
        for one in test.stretches
        if isinstance(one, HalfLives)
    ]
    for attributes in islice(_attributes(of, vocabulary[of.fact].attributes), _FILLINGS):
        if not half_lives:
            yield Sketch(of.fact, {**words, **attributes}, _windows(of), beside=beside)
        for days in _HALF_LIVES if half_lives else ():
            extra = {one.attribute: f"{days} d" for one in half_lives}
            windows = _windows(of, days)
            yield Sketch(of.fact, {**words, **attributes, **extra}, windows, beside=beside)


def _partners(of: RecordSet, vocabulary: Vocabulary, today: int) -> Iterator[Sketch]:
    for test in of.tests:
        if not isinstance(test, Related) or test.none:
            continue
        fact = vocabulary[test.other.fact]
        words: Mapping[str, Any] | None = {}
        if fact.kind is not Kind.EVENT:
            words = written(cells([], among(fact.shape))[0], fact.shape)
        if words is not None:
            yield from islice(_records(test.other, words, vocabulary, today), 1)


def _windows(of: RecordSet, half_life: int = 0) -> tuple[Window, ...]:
    """The windows a record has to lie in, all of them."""
    found = []
    for test in of.tests:
        match test:
            case Within() | Before() | After():
                found.append(window_of(test))
            case Starts():
                found.append(test.window)
            case Lookback():
                ends = [_back(test.before, one, half_life) for one in test.stretches]
                found += [Window(one, test.before) for one in ends[:1]]
            case _:
                pass
    return tuple(found)


def _back(before: Point, stretch: Stretch | HalfLives, half_life: int) -> Point:
    if isinstance(stretch, HalfLives):
        return replace(before, days=before.days - int(stretch.count * half_life))
    return replace(before, months=before.months - stretch.months, days=before.days - stretch.days)


def _attributes(of: RecordSet, shapes: Mapping[str, Shape]) -> Iterator[dict[str, Any]]:
    """Attributes with which a record is of the set: what it must be, and what it must not."""
    must = [test for test in of.tests if isinstance(test, Attribute)]
    excepted = [one for test in of.tests if isinstance(test, Unless) for one in test.alternatives]
    # It is enough that one test of an alternative does not hold.
    for failing in islice(product(*excepted), 4 * _FILLINGS):
        names = dict.fromkeys(one.name for one in (*must, *failing))
        filled = [
            _filled(
                [one.condition for one in must if one.name == name],
                [one.condition for one in failing if one.name == name],
                shapes[name],
            )
            for name in names
        ]
        for texts in islice(product(*filled), _FILLINGS):
            found: dict[str, Any] = {}
            for name, (text, extra) in zip(names, texts, strict=True):
                found |= {name: text} | extra
            yield found


def _filled(
    wanted: Sequence[Requirement], unwanted: Sequence[Requirement], shape: Shape
) -> list[tuple[Any, dict[str, Any]]]:
    """Values of one attribute, and of the attributes they are held against."""
    extra: dict[str, Any] = {}

    def plain(asked: Requirement) -> Range | frozenset[str | bool]:
        if not isinstance(asked, Relative):
            return asked
        for bound in (asked.low, asked.high):
            if isinstance(bound, OfAttribute):
                extra[bound.name] = _said(int(REFERENCE), shape)
        return Range(_against(asked.low), _against(asked.high), asked.low_open, asked.high_open)

    right, wrong = [plain(one) for one in wanted], [plain(one) for one in unwanted]
    suits = [
        cell
        for cell in cells([*right, *wrong], among(shape))
        if all(inside(cell, one) for one in right) and not any(inside(cell, one) for one in wrong)
    ]
    texts = [words for cell in suits if (words := written(cell, shape)) is not None]
    return [(_one_text(one), extra) for one in texts]


def _against(bound: Bound | None) -> Number | None:
    match bound:
        case OfNumber():
            return bound.number
        case OfAttribute():
            return bound.times * int(REFERENCE)
        case _:
            return None


def _one_text(words: Mapping[str, Any]) -> Any:
    return f"{words['value']} {words['unit']}" if "unit" in words else words["value"]
