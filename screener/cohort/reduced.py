"""Records of patients as a wide frame, of each fact the one that speaks for all.

A patient of whom no single record speaks, or of whom a record says more than value, unit and day,
is marked; whoever answers has to read all of his records.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

import narwhals as nw
import polars as pl

from screener.cohort.records import DATE, UNIT, VALUE, WORD
from screener.cohort.speaking import Rule, Speaks
from screener.cohort.spoken import ODD, ODD_AMONG, OLDEST, PERSON, Spoken, spoken
from screener.cohort.wide import any_of, read_wide
from screener.interpreters.columns import PATIENT
from screener.site import FACT
from screener.vocabulary import AgeOf, Fact, Kind, Type, Vocabulary

#: What a further record of a fact is called in a wide frame; here it marks the patient.
_FURTHER = "#2"
_MARK = "more"
_BESIDE = ("source", "by")
_YES = ("true", "TRUE")
_DAY_WIDTH = 10
#: So many facts are looked at at once, at most.
_AT_ONCE = 4
_EPOCH = date(1970, 1, 1).toordinal()
_LIMIT = r"^[0-9]{1,15}(\.[0-9]+)?$"
_NUMERIC = (Type.QUANTITY, Type.NUMBER)


class Reducer:
    """Makes wide frames of records, for one protocol and day.

    Args:
        facts: those that the protocol asks for.
        speaks: see `speaking`.
        as_of: the day of screening, as an ordinal.
    """

    def __init__(
        self,
        facts: frozenset[str],
        speaks: Mapping[str, Speaks],
        vocabulary: Vocabulary,
        as_of: int,
    ) -> None:
        self._facts = facts
        self._speaks = speaks
        self._vocabulary = vocabulary
        self._as_of = as_of - _EPOCH

    def wide(
        self,
        rows: pl.LazyFrame,
        people: pl.DataFrame,
        there: frozenset[str],
        said: Mapping[str, str | None],
    ) -> pl.DataFrame:
        """The wide frame of these people.

        `there`: facts with records; `said`: facts with columns, and the column of their values.
        """
        numbered = _numbered(rows, people, there)
        names = sorted(there & self._facts)

        def found(name: str) -> Spoken:
            mine = self._of(numbered, self._vocabulary[name])
            if name in said:
                # Two places speak of it; which of them, all records have to tell.
                return Spoken(pl.DataFrame(), mine[PERSON].to_numpy())
            return self._spoken(mine.lazy(), self._vocabulary[name], len(people))

        wide, oldest = people, []
        with ThreadPoolExecutor(min(pl.thread_pool_size(), _AT_ONCE)) as pool:
            for name, (columns, marked) in zip(names, pool.map(found, names), strict=True):
                if OLDEST in columns:
                    oldest.append(columns.drop_in_place(OLDEST))
                wide = _marked(wide.hstack(columns), name, marked)
        return self._checked(wide, oldest, said)

    def _of(self, rows: pl.DataFrame, fact: Fact) -> pl.DataFrame:
        """The records of a fact, one that says nothing left aside."""
        mine = rows.filter(pl.col(FACT) == fact.name).drop(FACT)
        beside = {PERSON, UNIT, *_BESIDE}
        if fact.shape.type is not Type.EVENT:
            beside.add(DATE)
        words = [name for name in mine.columns if name not in beside]
        blank = pl.all_horizontal(_blank(mine.schema, name) for name in words)
        # Most often every record says something, and need not be moved.
        nothing = mine.select(blank).to_series()
        return mine.filter(~nothing) if nothing.any() else mine

    def _spoken(self, rows: pl.LazyFrame, fact: Fact, people: int) -> Spoken:
        """Value, unit and day of the records that speak, and whose records have all to be read."""
        name = fact.name
        alike = Rule.ALIKE if fact.kind is Kind.FIXED else Rule.NONE
        speaks = self._speaks.get(name, Speaks(alike))
        rule = speaks.rule or Rule.NONE
        schema = rows.collect_schema()
        numeric = fact.shape.type in _NUMERIC
        wordy = WORD in schema and not numeric and schema[VALUE].is_numeric()
        value = WORD if wordy else VALUE
        odd = [~_blank(schema, word) for word in schema if self._more(word, value, fact, speaks)]
        if fact.shape.type is not Type.EVENT:
            # Something is said of a value that is not there.
            odd.append(_blank(schema, value))
        if numeric and not speaks.limits:
            odd += _odd_limits(schema)
        columns = {name: pl.col(value)}
        ranked = fact.shape.type is Type.ORDINAL and schema[value].is_integer()
        if not numeric and schema[value].is_numeric() and not ranked:
            # A number, where a word is expected: who reads it says so.
            odd.append(pl.col(value).is_not_null())
            columns[name] = pl.lit(None, pl.String)
        if numeric:
            unit = pl.col(UNIT) if UNIT in schema else pl.lit(None, pl.String)
            columns[f"{name}.{UNIT}"] = unit
        day = f"{name}.{DATE}" if DATE in schema else None
        if day is not None:
            columns[day] = pl.col(DATE)
        among = _odd_among(pl.col(name), rule, fact)
        plain = (
            self._doubted(rows.select(PERSON, _any_of(odd).alias(ODD), **columns), name)
            .with_columns(_any_of([among]).alias(ODD_AMONG))
            .with_columns([] if day is None else [_day_of(day, schema[DATE])])
            .collect()
        )
        return spoken(plain, people, day, rule, self._as_of)

    def _more(self, word: str, value: str, fact: Fact, speaks: Speaks) -> bool:
        """Whether a word, where it is filled, says more than value, unit and day."""
        if word in (PERSON, value, DATE, *_BESIDE):
            return False
        numeric = fact.shape.type in _NUMERIC
        if word == UNIT:
            return not numeric
        return not (word in ("low", "high") and numeric and not speaks.limits)

    def _doubted(self, plain: pl.LazyFrame, name: str) -> pl.LazyFrame:
        """With the rows marked that no column says plainly, as in a wide frame."""
        frame = nw.from_native(plain)
        wide = read_wide(
            frame.drop(PERSON, ODD).collect_schema(), self._vocabulary, {name}, finite=False
        )
        frame = frame.rename(dict(wide.source))
        for step in wide.prepared:
            frame = frame.with_columns(**step) if step else frame
        doubts = wide.doubts.get(name, [])
        frame = frame.with_columns((nw.col(ODD) | any_of(doubts)).alias(ODD))
        kept = frame.select(PERSON, ODD, *wide.source.values()).to_native()
        return kept.rename({ours: theirs for theirs, ours in wide.source.items()})

    def _checked(
        self, wide: pl.DataFrame, oldest: list[pl.Series], said: Mapping[str, str | None]
    ) -> pl.DataFrame:
        """With those marked whose newest record lies beyond a window, or a record before birth."""
        derived = (fact.derived for fact in self._vocabulary.values())
        for birth in {one.birth for one in derived if isinstance(one, AgeOf)}:
            heading = said.get(birth) or birth
            if heading in wide.columns and oldest:
                first = pl.select(pl.min_horizontal(*oldest)).to_series()
                wide = _marked(wide, birth, (first < _dates(wide, heading)).arg_true())
        for name, speaks in self._speaks.items():
            day = f"{name}.{DATE}"
            if day not in wide.columns or f"{name}{_FURTHER}" not in wide.columns:
                continue
            for anchor, after in sorted(speaks.ends):
                heading = said.get(anchor) or anchor
                if heading in wide.columns:
                    last = _dates(wide, heading) + timedelta(days=after)
                    wide = _marked(wide, name, (_dates(wide, day) > last).arg_true())
        return wide


def _numbered(rows: pl.LazyFrame, people: pl.DataFrame, facts: frozenset[str]) -> pl.DataFrame:
    """With the number of the patient in place of his name, and the fact as one of these words."""
    given = rows.collect()
    numbers = people.select(PATIENT).with_row_index(PERSON)
    whose = given.select(PATIENT).join(numbers, on=PATIENT, how="left", maintain_order="left")
    known = given[FACT]
    if not isinstance(known.dtype, pl.Enum):
        known = known.cast(pl.String).cast(pl.Enum(sorted(facts)))
    return given.drop(PATIENT).with_columns(known, whose[PERSON])


def _marked(wide: pl.DataFrame, name: str, numbers: Any) -> pl.DataFrame:
    """With these patients marked, each by his number, beside those who are."""
    heading = f"{name}{_FURTHER}"
    here = pl.Series(heading, [None], dtype=pl.Boolean).new_from_index(0, len(wide))
    marks = here.scatter(numbers, True) if len(numbers) else here
    if heading in wide.columns:
        before = wide[heading].cast(pl.String)
        marks = before.set(marks.is_not_null(), _MARK)
    return wide.with_columns(marks)


def _dates(wide: pl.DataFrame, name: str) -> pl.Series:
    """A column as whole days; null where it says none."""
    return wide.select(_day_of(name, wide.schema[name])).to_series()


def _day_of(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.String):
        return column.str.head(_DAY_WIDTH).str.to_date("%Y-%m-%d", strict=False)
    if isinstance(kind, pl.Date | pl.Datetime):
        return column.dt.date()
    # Who reads the column refuses it.
    return pl.repeat(None, pl.len(), dtype=pl.Date).alias(name)


def _blank(schema: Mapping[str, pl.DataType], name: str) -> pl.Expr:
    kind, column = schema[name], pl.col(name)
    if isinstance(kind, pl.String):
        return column.is_null() | (column == "")
    if isinstance(kind, pl.Categorical):
        return column.is_null() | (column.cast(pl.String) == "")
    if kind.is_float():
        return column.is_null() | column.is_nan()
    return column.is_null()


def _odd_limits(schema: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """Whether the reader may refuse a reference range, which else makes no difference."""
    there = [name for name in ("low", "high") if name in schema]
    odd = []
    numbers = []
    for name in there:
        column = pl.col(name)
        if schema[name].is_numeric():
            kept = column.cast(pl.Float64)
            odd.append(~(kept >= 0) & ~_blank(schema, name) | kept.is_infinite())
        else:
            column = column.cast(pl.String)
            odd.append(~column.str.contains(_LIMIT) & (column != ""))
            kept = column.cast(pl.Float64, strict=False)
        numbers.append(kept)
    if len(numbers) > 1:
        odd.append(numbers[0] >= numbers[1])
    return odd


def _odd_among(value: pl.Expr, rule: Rule, fact: Fact) -> pl.Expr:
    """Whether a value keeps others of the same patient from being spoken for."""
    if rule is Rule.YES or (rule is Rule.NEWEST and fact.shape.type is Type.EVENT):
        # Somebody said that there was none; of an event its day says that it happened.
        return ~(value.is_null() | value.cast(pl.String).is_in(_YES))
    if rule is not Rule.NEWEST:
        return pl.lit(False)
    return value.is_null()


def _any_of(conditions: list[pl.Expr]) -> pl.Expr:
    """Whether one of these holds; what is null does not."""
    return reduce(or_, [one.fill_null(False) for one in conditions], pl.lit(False))
