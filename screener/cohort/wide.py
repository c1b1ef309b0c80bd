"""The columns of a wide frame as what the columnar interpreter reads: a value, its unit, its day.

The headings are those of a wide CSV and mean the same. Of each fact it decides which rows the
columns say plainly: one value as a column of its type holds it, of a whole day, in a known unit,
and nothing beside it. What is not plain is not refused here, only left to the reader of tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import or_

import narwhals as nw
from narwhals.dtypes import DType

from screener import units
from screener.diagnostics import Fault, ProfileError
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.intake.tables.columns import Column, Columns, fact_named, read_header
from screener.interpreters.columns import Days, Numbers, Recorded, Scale, Tokens
from screener.quantities import Range
from screener.site import FACT, ROLES, Site
from screener.vocabulary import Fact, Shape, Type, Vocabulary

_PATIENT, _AS_OF = ROLES
_YES, _NO = ("true", "TRUE"), ("false", "FALSE")
#: Texts of so many digits stand for the float nearest to them and for no other.
_MOST_DIGITS = 15
_NUMBER = rf"^[-+]?[0-9]{{1,{_MOST_DIGITS}}}(\.[0-9]+)?$"
#: A whole day of the calendar; the 29th of February is left to who can tell leap years.
_DAY = (
    r"^[12][0-9]{3}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)"
    r"|(0[13578]|1[02])-31)$"
)
#: Words that do not change what a record says.
_BESIDE = ("source", "by")
_READ = ("value", "unit", "date", *_BESIDE)


@dataclass(slots=True)
class Wide:
    """A wide frame: what is recorded of each fact, by its name, and in which rows that is plain.

    `prepared`: columns to be added first, in two steps, by name. `doubts`: by fact, Boolean columns
    that are true of rows which are not plain. `source`: the columns that are read, and how they are
    called for the time of the work. `finite`: the columns of floats that hold nothing but
    finite numbers, by the word of whoever has looked; None: nobody has.
    """

    patient: str | None
    as_of: str | None = None
    recorded: dict[str, Recorded] = field(default_factory=dict)
    prepared: tuple[dict[str, nw.Expr], dict[str, nw.Expr]] = field(
        default_factory=lambda: ({}, {})
    )
    doubts: dict[str, list[nw.Expr]] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    finite: list[str] | None = None


def columns_of(schema: Mapping[str, DType], vocabulary: Vocabulary) -> Columns:
    """What the columns stand for.

    Raises:
        ProfileError: two say the same, or one is nearly a word that is known.
    """
    header = list(schema)
    if FACT in header:
        hint = "a wide frame has a column for each fact, and a row for each patient"
        raise ProfileError([Fault("column fact", "a frame with a row for each record", hint)])
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
    if _AS_OF in schema:
        wide.as_of = wide.source[_AS_OF] = "__as_of"
    faults: list[Fault] = []
    groups: dict[str, dict[int, list[Column]]] = {}
    for one in columns.words:
        assert one.fact is not None, "INVARIANT: in a wide table a column is of a fact"
        if one.fact.name in facts and not isinstance(schema[one.heading], nw.Unknown):
            groups.setdefault(one.fact.name, {}).setdefault(one.number, []).append(one)
            wide.source[one.heading] = f"__source_{one.position}"
    for name, numbered in groups.items():
        first, *others = (numbered[number] for number in sorted(numbered))
        reader = _Reader(vocabulary, vocabulary[name], schema, wide, faults)
        reader.read({one.word: one for one in first}, [one for group in others for one in group])
    if faults:
        raise ProfileError(faults)
    return wide


class _Reader:
    """One fact in the columns of a frame."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        fact: Fact,
        schema: Mapping[str, DType],
        wide: Wide,
        faults: list[Fault],
    ) -> None:
        self._vocabulary = vocabulary
        self._fact = fact
        self._schema = schema
        self._wide = wide
        self._faults = faults
        self._doubts: list[nw.Expr] = []

    def read(self, words: Mapping[str, Column], further: Iterable[Column]) -> None:
        """Add what the columns record; `further` belong to other records of the same row."""
        beside = [one for word, one in words.items() if word not in _READ]
        for one in (*beside, *further):
            self._doubts.append(self._filled(one.heading))
        day = self._day(words["date"].heading) if "date" in words else None
        value = words.get("value")
        found = self._value(value, words, day) if value is not None else self._no_value(day)
        self._wide.doubts[self._fact.name] = self._doubts
        if found is not None:
            self._wide.recorded[self._fact.name] = found

    def _column(self, heading: str) -> nw.Expr:
        return nw.col(self._wide.source[heading])

    def _filled(self, heading: str) -> nw.Expr:
        """Whether there is anything in the column."""
        column = self._column(heading)
        if isinstance(self._schema[heading], nw.String):
            return ~column.is_null() & (column != "")
        return ~column.is_null()

    def _prepare(self, word: str, expr: nw.Expr, step: int = 0) -> nw.Expr:
        name = f"__{self._fact.name}_{word}"
        self._wide.prepared[step][name] = expr
        return nw.col(name)

    def _wrong(self, heading: str, expected: str) -> None:
        found = str(self._schema[heading])
        message = f"a column of the type {found}, where {expected}"
        self._faults.append(Fault(f"column {heading}", message, "change the type of the column"))

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
                token = self._token(heading)
                if token is None:
                    return None
                return Recorded(~token.is_null(), Tokens(token), day)
            case Type.DATE:
                when = self._day(heading, "value")
                if when is None:
                    return None
                return Recorded(~when.column.is_null(), when, day)

    # --- columns by their type ----------------------------------------------------------------

    def _numbers(self, heading: str) -> tuple[nw.Expr, bool] | None:
        dtype, column = self._schema[heading], self._column(heading)
        if dtype.is_integer():
            return column, True
        if isinstance(dtype, nw.Float64) and self._wide.finite is not None:
            self._wide.finite.append(heading)
            return column, False
        if isinstance(dtype, nw.Float64):
            # NaN is how arrays write that there is nothing.
            kept = self._prepare("value", nw.when(~column.is_nan()).then(column))
            self._doubts.append(~kept.is_finite())
            return kept, False
        if isinstance(dtype, nw.Float32 | nw.Decimal):
            return self._number_text(nw.when(column == column).then(column.cast(nw.String)))
        if isinstance(dtype, nw.String):
            return self._number_text(column)
        self._wrong(heading, f"`{self._fact.name}` is a number")
        return None

    def _number_text(self, text: nw.Expr) -> tuple[nw.Expr, bool]:
        plain = text.str.contains(_NUMBER) & (text.str.len_chars() <= _MOST_DIGITS + 1)
        self._doubts.append(~text.is_null() & (text != "") & ~plain)
        return self._prepare("value", nw.when(plain).then(text).cast(nw.Float64)), False

    def _scales(self, value: Column, unit: Column | None, number: nw.Expr) -> tuple[Scale, ...]:
        """The units the rows may be in; rows in any other are in doubt."""
        factors = _factors(self._fact.name, self._fact.shape, self._vocabulary)
        alone = value.unit if value.unit is not None else "1"
        if unit is None:
            if alone in factors:
                return (Scale(factors[alone]),)
            if not isinstance(self._schema[value.heading], nw.String):
                hint = f"name the column `{self._fact.name} [{self._fact.shape.unit}]`, or say the "
                hint += f"unit of each row in a column `{self._fact.name}.unit`"
                message = f"nothing says in which unit `{self._fact.name}` is"
                if value.unit is not None:
                    message = f"`{value.unit}` is not a unit of `{self._fact.name}`"
                self._faults.append(Fault(f"column {value.heading}", message, hint))
            self._doubts.append(~number.is_null())
            return (Scale(Fraction(1)),)
        if not isinstance(self._schema[unit.heading], nw.String | nw.Enum | nw.Categorical):
            self._wrong(unit.heading, "a unit is a text")
            return (Scale(Fraction(1)),)
        written = self._column(unit.heading).cast(nw.String)
        by_factor: dict[Fraction, list[str]] = {}
        for spelling, factor in factors.items():
            by_factor.setdefault(factor, []).append(spelling)
        scales = [Scale(factor, written.is_in(names)) for factor, names in by_factor.items()]
        known = written.is_in([name for name in factors])
        if alone in factors:
            blank = written.is_null() | (written == "")
            scales.append(Scale(factors[alone], blank))
            if value.unit is not None:
                known = known & (written == alone)
            known = known | blank
        self._doubts.append(
            nw.when(number.is_null())
            .then(nw.lit(False))
            .when(known)
            .then(nw.lit(False))
            .otherwise(nw.lit(True))
        )
        return tuple(scales)

    def _boolean(self, heading: str) -> nw.Expr | None:
        dtype, column = self._schema[heading], self._column(heading)
        if isinstance(dtype, nw.Boolean):
            return column
        if not isinstance(dtype, nw.String | nw.Enum | nw.Categorical):
            self._wrong(heading, f"`{self._fact.name}` is yes or no")
            return None
        text = column.cast(nw.String)
        self._doubts.append(~text.is_null() & ~text.is_in([*_YES, *_NO, ""]))
        yes, no = text.is_in(_YES), text.is_in(_NO)
        return self._prepare("value", nw.when(yes).then(nw.lit(True)).when(no).then(nw.lit(False)))

    def _token(self, heading: str) -> nw.Expr | None:
        dtype, column = self._schema[heading], self._column(heading)
        known = words_of(self._fact.shape)
        if isinstance(dtype, nw.Enum):
            if set(dtype.categories) <= set(known):
                return column
            column = column.cast(nw.String)
        elif isinstance(dtype, nw.Categorical) or (
            dtype.is_integer() and self._fact.shape.type is Type.ORDINAL
        ):
            column = column.cast(nw.String)
        elif not isinstance(dtype, nw.String):
            self._wrong(heading, f"`{self._fact.name}` is a word")
            return None
        self._doubts.append(~column.is_null() & ~column.is_in([*known, ""]))
        # A blank is among no words, and must not count as a word that is not among them.
        return self._prepare("value", nw.when(column.is_in(known)).then(column))

    def _day(self, heading: str, word: str = "date") -> Days | None:
        dtype, column = self._schema[heading], self._column(heading)
        if isinstance(dtype, nw.Date):
            return Days(column, text=False)
        if isinstance(dtype, nw.Datetime):
            part = column.dt
            moment = (part.hour() + part.minute() + part.second() + part.microsecond()) != 0
            self._doubts.append(moment)
            return Days(self._prepare(word, column.cast(nw.Date)), text=False)
        if not isinstance(dtype, nw.String):
            self._wrong(heading, "a date is expected")
            return None
        plain = column.str.contains(_DAY)
        self._doubts.append(~column.is_null() & (column != "") & ~plain)
        return Days(self._prepare(word, nw.when(plain).then(column)), text=True)


def words_of(shape: Shape) -> list[str]:
    """The codes that may be written: the values declared, and what lies above and beneath them."""
    below = {code for under in shape.children.values() for code in under}
    return list(dict.fromkeys([*shape.values, *sorted({*shape.children, *below})]))


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
