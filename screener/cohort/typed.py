"""A column of a frame by the type of what it holds: numbers, yes and no, words, days.

Of each it decides which rows hold a value plainly; the others are in doubt, and left to the reader
of tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import narwhals as nw
from narwhals.dtypes import DType

from screener.causes import STATED_ABSENCES
from screener.diagnostics import Fault
from screener.intake.mapping import EMPTY_WORDS
from screener.interpreters.columns import Days, Recorded, one_of
from screener.vocabulary import Fact, Shape, Type

_YES, _NO = ("true", "TRUE"), ("false", "FALSE")
#: Types whose cells are texts.
TEXTS = nw.String | nw.Enum | nw.Categorical
#: Types of which no cell can be written as a text that says the same.
NESTED = nw.List | nw.Array | nw.Struct | nw.Map
UNSAYABLE = NESTED | nw.Binary | nw.Object | nw.Duration | nw.Time
#: Days that every engine can be told: to Spark they are written with the digits that a year has.
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date.max
#: Texts of so many digits stand for the float nearest to them and for no other.
_MOST_DIGITS = 15
_NUMBER = rf"^[-+]?[0-9]{{1,{_MOST_DIGITS}}}(\.[0-9]+)?$"
#: A whole day of the calendar; the 29th of February is left to who can tell leap years.
_DAY = (
    r"^[12][0-9]{3}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)"
    r"|(0[13578]|1[02])-31)$"
)
#: A code of which nothing is declared.
_CODE = "^[a-z][a-z0-9_]*$"
#: Words that say that there is nothing, where any code may stand.
_NOTHING = tuple(sorted({*EMPTY_WORDS, *STATED_ABSENCES}))


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


class Typed:
    """The columns of one fact; what is wrong with them goes to `faults`."""

    def __init__(
        self, fact: Fact, schema: Mapping[str, DType], wide: Wide, faults: list[Fault]
    ) -> None:
        self._fact = fact
        self._schema = schema
        self._wide = wide
        self._faults = faults
        self._doubts: list[nw.Expr] = []

    def _column(self, heading: str) -> nw.Expr:
        return nw.col(self._wide.source[heading])

    def _text(self, heading: str) -> nw.Expr:
        column = self._column(heading)
        return column if isinstance(self._schema[heading], nw.String) else column.cast(nw.String)

    def _filled(self, heading: str) -> nw.Expr:
        """Whether there is anything in the column."""
        column = self._column(heading)
        if isinstance(self._schema[heading], nw.String):
            return ~column.is_null() & (column != "")
        return ~column.is_null()

    def _prepare(self, word: str, expr: nw.Expr, step: int = 0) -> nw.Expr:
        name = f"__{self._fact.name}__{word}"
        self._wide.prepared[step][name] = expr
        return nw.col(name)

    def _wrong(self, heading: str, expected: str) -> None:
        self._faults.append(wrong_type(heading, self._schema[heading], expected))

    def _numbers(self, heading: str, word: str = "value") -> tuple[nw.Expr, bool] | None:
        dtype, column = self._schema[heading], self._column(heading)
        if dtype.is_integer():
            return column, True
        if isinstance(dtype, nw.Float64) and self._wide.finite is not None:
            self._wide.finite.append(heading)
            return column, False
        if isinstance(dtype, nw.Float64):
            # NaN is how arrays write that there is nothing.
            kept = self._prepare(word, nw.when(~column.is_nan()).then(column))
            self._doubts.append(~kept.is_finite())
            return kept, False
        if isinstance(dtype, nw.Float32 | nw.Decimal):
            text = nw.when(column == column).then(column.cast(nw.String))
            return self._number_text(text, word)
        if isinstance(dtype, TEXTS):
            return self._number_text(self._text(heading), word)
        self._wrong(heading, f"`{self._fact.name}` is a number")
        return None

    def _number_text(self, text: nw.Expr, word: str) -> tuple[nw.Expr, bool]:
        plain = text.str.contains(_NUMBER) & (text.str.len_chars() <= _MOST_DIGITS + 1)
        self._doubts.append(~text.is_null() & (text != "") & ~plain)
        return self._prepare(word, nw.when(plain).then(text).cast(nw.Float64)), False

    def _boolean(self, heading: str, word: str = "value") -> nw.Expr | None:
        dtype, column = self._schema[heading], self._column(heading)
        if isinstance(dtype, nw.Boolean):
            return column
        if not isinstance(dtype, TEXTS):
            self._wrong(heading, f"`{self._fact.name}` is yes or no")
            return None
        text = self._text(heading)
        self._doubts.append(~text.is_null() & ~one_of(text, [*_YES, *_NO, ""]))
        yes, no = one_of(text, _YES), one_of(text, _NO)
        return self._prepare(word, nw.when(yes).then(nw.lit(True)).when(no).then(nw.lit(False)))

    def _token(self, heading: str, shape: Shape, word: str = "value") -> nw.Expr | None:
        """A column of words: of those declared, or of any where none is."""
        dtype, column = self._schema[heading], self._column(heading)
        known = words_of(shape)
        if isinstance(dtype, nw.Enum):
            if known and set(dtype.categories) <= set(known):
                return column
            column = column.cast(nw.String)
        elif isinstance(dtype, nw.Categorical) or (
            dtype.is_integer() and shape.type is Type.ORDINAL
        ):
            column = column.cast(nw.String)
        elif not isinstance(dtype, nw.String):
            self._wrong(heading, f"`{self._fact.name}` is a word")
            return None
        plain = one_of(column, known)
        if not shape.values and word != "value":
            plain = column.str.contains(_CODE) & ~one_of(column, _NOTHING)
        self._doubts.append(~column.is_null() & (column != "") & ~plain)
        # A blank is among no words, and must not count as a word that is not among them.
        return self._prepare(word, nw.when(plain).then(column))

    def _day(self, heading: str, word: str = "date") -> Days | None:
        dtype, column = self._schema[heading], self._column(heading)
        if isinstance(dtype, nw.Date):
            self._doubts.append((column < FIRST_DAY) | (column > LAST_DAY))
            return Days(column, text=False)
        if isinstance(dtype, nw.Datetime):
            part = column.dt
            # Apart, as the sum of all would not fit into the smallest of their types.
            self._doubts += [
                part.hour() + part.minute() != 0,
                part.second() + part.microsecond() != 0,
            ]
            # The day where the column is at home: a cast would take that of Greenwich.
            day = self._prepare(word, part.date())
            self._doubts.append((day < FIRST_DAY) | (day > LAST_DAY))
            return Days(day, text=False)
        if not isinstance(dtype, TEXTS):
            self._wrong(heading, "a date is expected")
            return None
        text = self._text(heading)
        plain = text.str.contains(_DAY)
        self._doubts.append(~text.is_null() & (text != "") & ~plain)
        return Days(self._prepare(word, nw.when(plain).then(text)), text=True)


def wrong_type(heading: str, found: object, expected: str) -> Fault:
    """What is said of a column of another type than its cells may have."""
    message = f"a column of the type {found}, where {expected}"
    return Fault(f"column {heading}", message, "change the type of the column")


def words_of(shape: Shape) -> list[str]:
    """The codes that may be written: the values declared, and what lies above and beneath them."""
    below = {code for under in shape.children.values() for code in under}
    return list(dict.fromkeys([*shape.values, *sorted({*shape.children, *below})]))
