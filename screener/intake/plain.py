"""The plain way of writing a fact: a value alone, or with nothing but its unit and its date.

Most of a profile is written so, and this reads it without asking for each word a record may have.
It decides nothing of its own: whatever it is not sure of it leaves, without a word, to `records`,
which would make the same record of what is read here. That a fact is a date is noted by the caller.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from screener.days import ANY_DAY, Days, parse_days
from screener.facts import NO_ATTRIBUTES, Answer, Record, Shown
from screener.intake.entry import Visit
from screener.intake.faults import Faults
from screener.intake.numbers import Quantity, in_own_unit, read_quantity
from screener.quantities import Range, Value
from screener.same import Same
from screener.vocabulary import AgeOf, Fact, Kind, Shape, Type, Vocabulary

#: The records that answers in one word make, by the fact and the word.
Answers: TypeAlias = dict[tuple[str, str | bool], Record]

_BOOLEAN, _CODES = Type.BOOLEAN, (Type.CODE, Type.ORDINAL)
_IN_ONE_WORD = (_BOOLEAN, *_CODES)
_DATE = Type.DATE
_NUMBERS = (Type.QUANTITY, Type.NUMBER)
_YES, _NO = frozenset({True}), frozenset({False})
_CUMULATIVE = Kind.CUMULATIVE
#: So many characters a number and its unit have at most where they are kept for others.
_USUAL = 40


class _Unheard(Faults):
    """Faults that nobody is told of: the record is read again, and they with it."""

    def add(self, id: str, at: str, message: str, hint: str | None = None) -> None:
        """Pass over it."""

    def guess(self, word: str, known: object) -> str | None:
        """No hint."""


_UNHEARD = _Unheard()


def answers_of(vocabulary: Vocabulary, visit: Visit | None) -> Answers:
    """The answers in one word that were read under such a visit, see `keep`."""
    return _answers(Same(vocabulary), visit)


@lru_cache(maxsize=256)
def _answers(vocabulary: Same[Vocabulary], visit: Visit | None) -> Answers:
    return {}


def keep(answers: Answers, fact: Fact, said: object, record: Record) -> None:
    """Keep an answer in one word for the next who gives it: there are as many as codes of facts."""
    if (type(said) is bool or type(said) is str) and fact.shape.type in _IN_ONE_WORD:
        answers[fact.name, said] = record


def plain_record(fact: Fact, raw: object, visit: Visit | None) -> Record | None:
    """The record that stands there, if it is written plainly; None if it takes closer reading."""
    if fact.asked_of is not None or fact.attributes:
        return None
    unit: object = None
    date: object = None
    if type(raw) is dict:
        value, unit, date = raw.get("value"), raw.get("unit"), raw.get("date")
        if len(raw) != (value is not None) + (unit is not None) + (date is not None):
            return None
    else:
        value = raw
    start: Days | None = ANY_DAY
    undated = True
    text: str | None = None
    if isinstance(date, str):
        start, undated, text = parse_days(date), False, date
        if start is None:
            return None
    elif date is not None:
        return None
    elif visit is not None:
        start, undated, text = visit.days, False, visit.text
    elif fact.kind is _CUMULATIVE or isinstance(fact.derived, AgeOf):
        start, undated = None, False
    shape = fact.shape
    if shape.type is _BOOLEAN:
        if type(value) is bool and unit is None:
            return _record(_YES if value else _NO, value, start, undated, text)
    elif shape.type in _CODES:
        if type(value) is str and value in shape.values and unit is None:
            codes = shape.children.get(value, frozenset()) | {value}
            return _record(codes, value, start, undated, text)
    elif shape.type is _DATE:
        days = parse_days(raw) if type(raw) is str and shape.plausible is None else None
        if days is not None:
            return _dated(days, raw, start, undated, text)
    elif shape.type in _NUMBERS:
        return _number(fact, value, unit, start, undated, text)
    return None


@lru_cache(maxsize=4096)
def _record(
    value: Value, said: str | bool, start: Days | None, undated: bool, date: str | None
) -> Answer:
    # The same answer of the same day is the same record, whoever gives it.
    shown = Shown(said, date=date)
    return Answer(value, None, start, None, undated, None, None, NO_ATTRIBUTES, shown)


def _dated(days: Days, said: object, start: Days | None, undated: bool, date: str | None) -> Record:
    value = Range(days.first, days.last)
    shown = Shown(str(said), date=date)
    return Record(value, None, start, None, undated, None, None, NO_ATTRIBUTES, shown)


@lru_cache(maxsize=8192)
def _recurring(shape: Same[Shape], text: str, unit: str | None) -> Quantity | None:
    """A number in text; as rounded as measurements are written, the same ones come again."""
    return read_quantity(text, shape.it, "", "", _UNHEARD, unit)


def _number(
    fact: Fact,
    value: object,
    unit: object,
    start: Days | None,
    undated: bool,
    date: str | None,
) -> Record | None:
    shape = fact.shape
    if unit == shape.unit:
        quantity = in_own_unit(value, shape)
    elif unit is not None and not (type(unit) is str and unit.strip()):
        return None
    elif type(value) is str and len(value) + len(unit or "") <= _USUAL:
        quantity = _recurring(Same(shape), value, unit)
    else:
        quantity = read_quantity(value, shape, fact.name, "", _UNHEARD, unit)
    if quantity is None:
        return None
    number, plausible = quantity.value.low, shape.plausible
    if number is None or number is not quantity.value.high:
        return None
    if plausible is not None and not plausible[0] <= number <= plausible[1]:
        return None
    # Past their own `__new__`, which takes twice as long.
    words = (quantity.shown, quantity.unit, quantity.original, quantity.written, date, None, ())
    shown = tuple.__new__(Shown, words)
    record = (quantity.value, None, start, None, undated, None, None, NO_ATTRIBUTES, shown)
    return tuple.__new__(Record, (*record, True, None, None, None))
