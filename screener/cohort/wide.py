"""The columns of a wide frame as what the columnar interpreter reads: a value, its unit, its day.

The headings are those of a wide CSV and mean the same. Of each fact it decides which rows the
columns say plainly: one value as a column of its type holds it, of a whole day, in a known unit,
and nothing beside it. What is not plain is not refused here, only left to the reader of tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from operator import or_

import narwhals as nw
from narwhals.dtypes import DType

from screener import units
from screener.cohort.typed import NESTED, TEXTS, UNSAYABLE, Typed, Wide, wrong_type
from screener.diagnostics import Fault, ProfileError
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.intake.tables.columns import Column, Columns, fact_named, read_header
from screener.interpreters.columns import Days, Numbers, Recorded, Scale, Tokens, one_of
from screener.quantities import Range
from screener.site import FACT, ROLES, Site
from screener.vocabulary import Fact, Shape, Type, Vocabulary

_PATIENT, _AS_OF = ROLES
#: Words that do not change what a record says.
_BESIDE = ("source", "by")
#: Words whose columns have a type of their own.
_TYPED = ("value", "unit", "date")
_READ = (*_TYPED, *_BESIDE)
_LIMITS = ("low", "high")
#: What holds the facts of a profile, which is no row of a table.
_OF_PROFILES = ("facts", "visits")
_NUMERIC = (Type.QUANTITY, Type.NUMBER)


def columns_of(schema: Mapping[str, DType], vocabulary: Vocabulary) -> Columns:
    """What the columns stand for.

    Raises:
        ProfileError: two say the same, or one is nearly a word that is known.
    """
    header = list(schema)
    if FACT in header:
        hint = "a wide frame has a column for each fact, and a row for each patient"
        raise ProfileError([Fault("column fact", "a frame with a row for each record", hint)])
    for heading in _OF_PROFILES:
        if isinstance(schema.get(heading), NESTED) and heading not in vocabulary:
            hint = "`screener screen` reads profiles; a wide frame has a column for each fact"
            raise ProfileError([Fault(f"column {heading}", "these are profiles", hint)])
    added = [] if _PATIENT in header else [_PATIENT]
    columns = read_header([*header, *added], vocabulary, Site())
    faults = [
        Fault(f"column {heading}", f"`{heading}` is not a known column", hint)
        for heading, hint in columns.unknown
        if hint or fact_named(heading) in vocabulary
    ]
    if faults:
        raise ProfileError(faults)
    return columns


def read_wide(
    schema: Mapping[str, DType], vocabulary: Vocabulary, facts: Collection[str], *, finite: bool
) -> Wide:
    """Read the columns of these facts; `finite`: the floats among them are all finite numbers.

    Raises:
        ProfileError: a column has a type that its fact is not recorded in.
    """
    columns = columns_of(schema, vocabulary)
    wide = Wide(_PATIENT if _PATIENT in schema else None, finite=[] if finite else None)
    faults: list[Fault] = []
    if _AS_OF in schema:
        wide.as_of = wide.source[_AS_OF] = "__as_of"
        if isinstance(schema[_AS_OF], UNSAYABLE):
            faults.append(wrong_type(_AS_OF, schema[_AS_OF], "a date is expected"))
    groups: dict[str, dict[int, list[Column]]] = {}
    for one in columns.words:
        assert one.fact is not None, "INVARIANT: in a wide table a column is of a fact"
        if one.fact.name not in facts:
            continue
        wide.source[one.heading] = f"__source_{one.position}"
        # One of a type that is not known here is taken to be empty, see `looked.typed`.
        if not isinstance(schema[one.heading], nw.Unknown):
            groups.setdefault(one.fact.name, {}).setdefault(one.number, []).append(one)
    for name, numbered in groups.items():
        first, *others = (numbered[number] for number in sorted(numbered))
        reader = _Reader(vocabulary, vocabulary[name], schema, wide, faults)
        reader.read({one.word: one for one in first}, [one for group in others for one in group])
    if faults:
        raise ProfileError(faults)
    return wide


class _Words:
    """A column of any words; those of an Enum are compared in a fraction of the time of texts."""

    def __init__(self, column: nw.Expr, dtype: DType) -> None:
        self._there = frozenset(dtype.categories) if isinstance(dtype, nw.Enum) else None
        self.column = column if isinstance(dtype, nw.Enum | nw.String) else column.cast(nw.String)

    def among(self, words: Sequence[str]) -> nw.Expr:
        """Whether the word is one of these; null where there is none."""
        some = [one for one in words if self._there is None or one in self._there]
        return one_of(self.column, some) if some else self.column != self.column


class _Reader(Typed):
    """One fact in the columns of a frame."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        fact: Fact,
        schema: Mapping[str, DType],
        wide: Wide,
        faults: list[Fault],
    ) -> None:
        super().__init__(fact, schema, wide, faults)
        self._vocabulary = vocabulary

    def read(self, words: Mapping[str, Column], further: Iterable[Column]) -> None:
        """Add what the columns record; `further` belong to other records of the same row."""
        further = list(further)
        for one in (*(one for word, one in words.items() if word not in _TYPED), *further):
            if isinstance(self._schema[one.heading], UNSAYABLE):
                self._wrong(one.heading, "texts, numbers or days are expected")
        for one in further:
            self._doubts.append(self._filled(one.heading))
        day = self._day(words["date"].heading) if "date" in words else None
        value = words.get("value")
        found = self._value(value, words, day) if value is not None else self._no_value(day)
        beside = {word: one.heading for word, one in words.items() if word not in _READ}
        if found is None:
            self._doubts += map(self._filled, beside.values())
        else:
            self._wide.recorded[self._fact.name] = self._with_beside(found, beside)
        self._wide.doubts[self._fact.name] = self._doubts

    def _with_beside(self, found: Recorded, beside: Mapping[str, str]) -> Recorded:
        """With the limits and attributes that columns say plainly."""
        limits: dict[str, nw.Expr] = {}
        attributes: dict[str, Tokens] = {}
        for word, heading in beside.items():
            if (limit := self._limit(word, heading)) is not None:
                limits[word] = limit
                said = limit
            elif (tokens := self._attribute(word, heading)) is not None:
                attributes[word] = tokens
                said = tokens.column
            else:
                self._doubts.append(self._filled(heading))
                continue
            # Something is said of a value that is not there.
            self._doubts.append(~said.is_null() & ~found.given)
        if len(limits) > 1:
            self._doubts.append(limits["low"] >= limits["high"])
        low, high = map(limits.get, _LIMITS)
        return replace(found, low=low, high=high, attributes=attributes)

    def _limit(self, word: str, heading: str) -> nw.Expr | None:
        dtype = self._schema[heading]
        if word not in _LIMITS or self._fact.shape.type not in _NUMERIC:
            return None
        if not (dtype.is_numeric() or isinstance(dtype, nw.String)):
            return None
        numbers = self._numbers(heading, word)
        if numbers is not None:
            self._doubts.append(numbers[0] <= 0)
        return None if numbers is None else numbers[0]

    def _attribute(self, word: str, heading: str) -> Tokens | None:
        shape, dtype = self._fact.attributes.get(word), self._schema[heading]
        text = isinstance(dtype, TEXTS)
        if shape is None:
            return None
        if shape.type is Type.BOOLEAN and (text or isinstance(dtype, nw.Boolean)):
            truth = self._boolean(heading, word)
            return None if truth is None else Tokens(truth, text=False)
        ranked = shape.type is Type.ORDINAL and dtype.is_integer()
        if ranked or (text and shape.type in (Type.CODE, Type.ORDINAL)):
            token = self._token(heading, shape, word)
            return None if token is None else Tokens(token)
        return None

    def _no_value(self, day: Days | None) -> Recorded | None:
        """A fact without a column of values: of an event its day says that it happened."""
        if day is None or self._fact.shape.type is not Type.EVENT:
            return None
        happened = self._prepare("happened", nw.when(~day.column.is_null()).then(nw.lit(True)), 1)
        return Recorded(~happened.is_null(), Tokens(happened, text=False), day)

    def _value(
        self, value: Column, words: Mapping[str, Column], day: Days | None
    ) -> Recorded | None:
        shape, heading = self._fact.shape, value.heading
        match shape.type:
            case Type.QUANTITY | Type.NUMBER:
                numbers = self._numbers(heading)
                if numbers is None:
                    return None
                column, whole = numbers
                scales = self._scales(value, words.get("unit"), column)
                return Recorded(~column.is_null(), Numbers(column, whole, scales), day)
            case Type.BOOLEAN | Type.EVENT:
                truth = self._boolean(heading)
                if truth is None:
                    return None
                if shape.type is Type.EVENT and day is not None:
                    dated = truth.is_null() & ~day.column.is_null()
                    truth = self._prepare(
                        "happened", nw.when(dated).then(nw.lit(True)).otherwise(truth), 1
                    )
                return Recorded(~truth.is_null(), Tokens(truth, text=False), day)
            case Type.CODE | Type.ORDINAL:
                token = self._token(heading, shape)
                if token is None:
                    return None
                return Recorded(~token.is_null(), Tokens(token), day)
            case Type.DATE:
                when = self._day(heading, "value")
                if when is None:
                    return None
                return Recorded(~when.column.is_null(), when, day)

    def _scales(self, value: Column, unit: Column | None, number: nw.Expr) -> tuple[Scale, ...]:
        """The units the rows may be in; rows in any other are in doubt."""
        factors = _factors(self._fact.name, self._fact.shape, self._vocabulary)
        alone = value.unit if value.unit is not None else "1"
        if unit is None:
            if alone in factors:
                return (Scale(factors[alone]),)
            if not isinstance(self._schema[value.heading], TEXTS):
                hint = f"name the column `{self._fact.name} [{self._fact.shape.unit}]`, or say the "
                hint += f"unit of each row in a column `{self._fact.name}.unit`"
                message = f"nothing says in which unit `{self._fact.name}` is"
                if value.unit is not None:
                    message = f"`{value.unit}` is not a unit of `{self._fact.name}`"
                self._faults.append(Fault(f"column {value.heading}", message, hint))
            self._doubts.append(~number.is_null())
            return (Scale(Fraction(1)),)
        if not isinstance(self._schema[unit.heading], TEXTS):
            self._wrong(unit.heading, "a unit is a text")
            return (Scale(Fraction(1)),)
        written = _Words(self._column(unit.heading), self._schema[unit.heading])
        by_factor: dict[Fraction, list[str]] = {}
        for spelling, factor in factors.items():
            by_factor.setdefault(factor, []).append(spelling)
        scales = [Scale(factor, written.among(names)) for factor, names in by_factor.items()]
        known = written.among([*factors])
        if alone in factors:
            blank = written.column.is_null() | written.among([""])
            scales.append(Scale(factors[alone], blank))
            if value.unit is not None:
                known = known & written.among([alone])
            known = known | blank
        self._doubts.append(
            nw.when(number.is_null())
            .then(nw.lit(False))
            .when(known)
            .then(nw.lit(False))
            .otherwise(nw.lit(True))
        )
        return tuple(scales)


def _factors(name: str, shape: Shape, vocabulary: Vocabulary) -> dict[str, Fraction]:
    """How many units of the fact one is of every unit it may be written in, by spelling."""
    codes = {shape.unit, *shape.accepted}
    spellings = [*codes, *(one for one in units.known_units() if units.canonical(one) in codes)]
    found: dict[str, Fraction] = {}
    for one in dict.fromkeys(spellings):
        factor = _one(
            read_profile({"facts": {name: {"value": "1", "unit": one}}}, vocabulary), name
        )
        if factor is not None:
            found[one] = factor
    return found


def _one(sheet: FactSheet, name: str) -> Fraction | None:
    (record,) = sheet.records[name]
    value = record.value
    return Fraction(value.low) if isinstance(value, Range) and value.low is not None else None


def any_of(doubts: Sequence[nw.Expr]) -> nw.Expr:
    """Whether one of these holds; what is null does not."""
    sure = [nw.when(one).then(nw.lit(True)).otherwise(nw.lit(False)) for one in doubts]
    return reduce(or_, sure) if sure else nw.lit(False)
