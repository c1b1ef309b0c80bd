"""Which records make a selection come out as wanted: their words, and where their days lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

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
    Fixed,
    Limit,
    OfLimit,
    OfNumber,
    Pick,
    Quantified,
    RecordSet,
    Relative,
    Selection,
    Tally,
    Unless,
    Window,
    Within,
)
from screener.quantities import Number, Range, Value, decimal_text
from screener.selection.placing import window_of
from screener.vocabulary import Kind, Shape, Vocabulary
from screener.workbench.values import REFERENCE, count, written

_YES = frozenset({True})
#: The selections that records can be written for.
Writable: TypeAlias = Fixed | Pick | Ever | Quantified | Available | Tally


@dataclass(frozen=True, slots=True)
class Entry:
    """One record to be written: its words without the date, and where its day has to lie.

    `number` tells apart the records that are counted.
    """

    fact: str
    words: Mapping[str, Any]
    dated: bool
    windows: tuple[Window, ...]
    cell: Value
    of: RecordSet
    number: int = 0


def windows_of(selection: Writable) -> tuple[Window, ...]:
    """The windows a record has to lie in, all of them."""
    if isinstance(selection, Ever):
        return () if selection.within is None else (selection.within,)
    return _dated(selection.of)


def _dated(of: RecordSet) -> tuple[Window, ...]:
    return tuple(window_of(test) for test in of.tests if isinstance(test, Within | Before | After))


def entries_of(reading: Reading, vocabulary: Vocabulary, today: int) -> Iterator[Entry | None]:
    """The records that make a selection come out as read; None for what cannot be written.

    What may lie in several cells is written as records that disagree, one a cell.
    """
    selection, cell = reading.selection, reading.possible[0]
    if not reading.settled and not isinstance(selection, Pick | Fixed):
        yield None
        return
    match selection:
        case Age():
            return
        case Pick() | Fixed() if selection.judged is None:
            for cell in reading.possible:
                yield _value(selection.of, cell, selection, vocabulary, today)
        case Pick() | Fixed():
            yield _relative(selection, cell == _YES, vocabulary)
        case Ever():
            windows = windows_of(selection)
            if cell == _YES:
                windows = ()
            fact = vocabulary[selection.of.fact]
            words = {"value": cell == _YES} | (_attributes(selection.of, fact.attributes) or {})
            yield Entry(fact.name, words, True, windows, cell, selection.of)
        case Quantified() if not isinstance(selection.condition, Relative):
            fact = vocabulary[selection.of.fact]
            pick = Fixed(selection.of, selection.times)
            parts = cells([selection.condition], domain(pick, vocabulary))
            meets = cell == _YES
            suits = [one for one in parts if inside(one, selection.condition) is meets]
            yield _value(selection.of, suits[0], pick, vocabulary, today) if suits else None
        case Available():
            if cell != _YES:
                dated = vocabulary[selection.of.fact].kind is not Kind.FIXED
                words = {"absent": "not_done"}
                windows = windows_of(selection)
                yield Entry(selection.of.fact, words, dated, windows, cell, selection.of)
            else:
                whole = cells([], domain(Fixed(selection.of), vocabulary))
                yield _value(selection.of, whole[0], selection, vocabulary, today)
        case Tally():
            yield from _counted(selection, cell, vocabulary, today)
        case _:
            yield None


def _counted(
    tally: Tally, cell: Value, vocabulary: Vocabulary, today: int
) -> Iterator[Entry | None]:
    fact = vocabulary[tally.of.fact]
    for number in range(count(cell)):
        if fact.kind is Kind.EVENT:
            attributes = _attributes(tally.of, fact.attributes)
            if attributes is None:
                yield None
                return
            yield Entry(fact.name, attributes, True, windows_of(tally), cell, tally.of, number)
            continue
        if isinstance(tally.condition, Relative):
            yield None
            return
        among = domain(Fixed(tally.of, tally.times), vocabulary)
        parts = cells([] if tally.condition is None else [tally.condition], among)
        suits = [one for one in parts if tally.condition is None or inside(one, tally.condition)]
        yield _value(tally.of, suits[0], Fixed(tally.of, tally.times), vocabulary, today)


def _value(
    of: RecordSet, cell: Value, selection: Selection, vocabulary: Vocabulary, today: int
) -> Entry | None:
    fact = vocabulary[of.fact]
    times = selection.times if isinstance(selection, Pick | Fixed) else None
    words = written(cell, fact.shape, times, today)
    attributes = _attributes(of, fact.attributes)
    if words is None or attributes is None:
        return None
    windows = _dated(of)
    dated = fact.kind is not Kind.FIXED
    return Entry(of.fact, words | attributes, dated, windows, cell, of)


def _relative(selection: Pick | Fixed, meets: bool, vocabulary: Vocabulary) -> Entry | None:
    """A value beside the reference limit it is judged by; None for other values to judge by."""
    fact, judged = vocabulary[selection.of.fact], selection.judged
    if judged is None:
        return None
    low, high = _end(judged.low), _end(judged.high)
    if (judged.low is not None and low is None) or (judged.high is not None and high is None):
        return None
    limits = Range(low, high, judged.low_open, judged.high_open)
    suits = [
        words
        for cell in cells([limits], among(fact.shape))
        if inside(cell, limits) is meets and (words := written(cell, fact.shape)) is not None
    ]
    attributes = _attributes(selection.of, fact.attributes)
    if not suits or attributes is None:
        return None
    reference = {"low": REFERENCE, "high": REFERENCE}
    sides = {
        "low" if one.limit is Limit.LLN else "high"
        for one in (judged.low, judged.high)
        if isinstance(one, OfLimit)
    }
    ranged = {side: decimal_text(reference[side]) for side in sorted(sides)}
    words = suits[0] | attributes | ({"reference_range": ranged} if ranged else {})
    dated = fact.kind is not Kind.FIXED
    cell = frozenset({meets})
    return Entry(fact.name, words, dated, _dated(selection.of), cell, selection.of)


def _end(bound: Bound | None) -> Number | None:
    """The number that an end comes to beside the reference limit that is written."""
    match bound:
        case OfNumber():
            return bound.number
        case OfLimit():
            return bound.times * int(REFERENCE) + bound.plus
        case _:
            return None


def _attributes(of: RecordSet, shapes: Mapping[str, Shape]) -> dict[str, Any] | None:
    """Attributes with which a record is of the set; None where there are none."""
    must: dict[str, list[Any]] = {}
    must_not: dict[str, list[Any]] = {}
    for test in of.tests:
        if isinstance(test, Attribute):
            must.setdefault(test.name, []).append(test.condition)
        elif isinstance(test, Unless):
            for alternative in test.alternatives:
                # It is enough that one test of an alternative does not hold.
                must_not.setdefault(alternative[0].name, []).append(alternative[0].condition)
    found: dict[str, Any] = {}
    for name in dict.fromkeys((*must, *must_not)):
        shape = shapes[name]
        wanted, unwanted = must.get(name, []), must_not.get(name, [])
        suits = [
            cell
            for cell in cells([*wanted, *unwanted], among(shape))
            if all(inside(cell, one) for one in wanted)
            and not any(inside(cell, one) for one in unwanted)
        ]
        texts = [words for cell in suits if (words := written(cell, shape)) is not None]
        if not texts:
            return None
        found[name] = _one_text(texts[0])
    return found


def _one_text(words: Mapping[str, Any]) -> Any:
    return f"{words['value']} {words['unit']}" if "unit" in words else words["value"]
