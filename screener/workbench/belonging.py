"""Records that belong to a set: with which attributes, on which days, beside which others.

Proposals, as those of `sketches`, which says what their values have to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from screener.interpreters.smt.cells import among, cells, inside
from screener.ir import (
    After,
    Attribute,
    Before,
    Bound,
    HalfLives,
    Lookback,
    OfAttribute,
    OfNumber,
    Point,
    RecordSet,
    Related,
    Relative,
    Requirement,
    Starts,
    Stretch,
    Unless,
    Window,
    Within,
)
from screener.quantities import Number, Range
from screener.selection.placing import window_of
from screener.vocabulary import Kind, Shape, Vocabulary
from screener.workbench.values import REFERENCE, reference_text, written

#: So many ways to fill in the attributes of one record are tried.
FILLINGS = 6
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


def records(
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
    for attributes in islice(_attributes(of, vocabulary[of.fact].attributes), FILLINGS):
        if not half_lives:
            yield Sketch(of.fact, {**words, **attributes}, windows_for(of), beside=beside)
        for days in _HALF_LIVES if half_lives else ():
            extra = {one.attribute: f"{days} d" for one in half_lives}
            windows = windows_for(of, days)
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
            yield from islice(records(test.other, words, vocabulary, today), 1)


def windows_for(of: RecordSet, half_life: int = 0) -> tuple[Window, ...]:
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
    for failing in islice(product(*excepted), 4 * FILLINGS):
        names = dict.fromkeys(one.name for one in (*must, *failing))
        filled = [
            _filled(
                [one.condition for one in must if one.name == name],
                [one.condition for one in failing if one.name == name],
                shapes[name],
            )
            for name in names
        ]
        for texts in islice(product(*filled), FILLINGS):
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
                extra[bound.name] = reference_text(shape)
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
