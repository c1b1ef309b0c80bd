"""Records of patients as a wide frame, of each fact the one that speaks for all.

A patient of whom no single record speaks, or of whom a record says more than value, unit and day,
is marked; whoever answers has to read all of his records.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

import narwhals as nw
import polars as pl

from screener.cohort.records import DATE, UNIT, VALUE, WORD
from screener.cohort.speaking import Rule, Speaks
from screener.cohort.wide import any_of, read_wide
from screener.days import iso
from screener.interpreters.columns import PATIENT
from screener.site import FACT
from screener.vocabulary import AgeOf, Fact, Kind, Type, Vocabulary

#: What a further record of a fact is called in a wide frame; here it marks the patient.
_FURTHER = "#2"
_MARK = "more"
_OLDEST = "__oldest"
_BESIDE = ("source", "by")
_YES = ("true", "TRUE")
_DAY_WIDTH = 10
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
        self._as_of = iso(as_of)

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
        wide = people
        oldest = []
        for name in sorted(there & self._facts):
            fact = self._vocabulary[name]
            if name in said:
                # Two places speak of it; which of them, all records have to tell.
                found = self._of(rows, fact).group_by(PATIENT).agg(pl.lit(_MARK).alias(_MARK))
                one = found.collect()
            else:
                one = self._spoken(rows, fact).collect()
                oldest.append(f"{_OLDEST}_{name}")
            heading = f"{name}{_FURTHER}"
            taken = heading in wide.columns
            one = one.rename({_MARK: f"{_MARK}_{name}" if taken else heading})
            wide = wide.join(one, on=PATIENT, how="left", maintain_order="left")
            if taken:
                mark = pl.col(f"{_MARK}_{name}")
                both = pl.coalesce(mark, pl.col(heading).cast(pl.String)).alias(heading)
                wide = wide.with_columns(both).drop(f"{_MARK}_{name}")
        return self._checked(wide, oldest, said).drop(oldest)

    def _of(self, rows: pl.LazyFrame, fact: Fact) -> pl.LazyFrame:
        """The records of a fact, one that says nothing left aside."""
        mine = rows.filter(pl.col(FACT) == fact.name).drop(FACT)
        beside = {PATIENT, UNIT, *_BESIDE}
        if fact.shape.type is not Type.EVENT:
            beside.add(DATE)
        words = [name for name in mine.collect_schema() if name not in beside]
        return mine.filter(~pl.all_horizontal(_blank(mine, name) for name in words))

    def _spoken(self, rows: pl.LazyFrame, fact: Fact) -> pl.LazyFrame:
        """By patient: value, unit and day of the record that speaks, the mark, the oldest day."""
        name = fact.name
        speaks = self._speaks.get(
            name, Speaks(Rule.ALIKE if fact.kind is Kind.FIXED else Rule.NONE)
        )
        mine = self._of(rows, fact)
        schema = mine.collect_schema()
        numeric = fact.shape.type in _NUMERIC
        wordy = WORD in schema and not numeric and schema[VALUE].is_numeric()
        value = WORD if wordy else VALUE
        odd = [~_blank(mine, word) for word in schema if self._more(word, value, fact, speaks)]
        if fact.shape.type is not Type.EVENT:
            # Something is said of a value that is not there.
            odd.append(_blank(mine, value))
        if numeric and not speaks.limits:
            odd += _odd_limits(mine)
        columns = {name: pl.col(value)}
        ranked = fact.shape.type is Type.ORDINAL and schema[value].is_integer()
        if not numeric and schema[value].is_numeric() and not ranked:
            # A number, where a word is expected: who reads it says so.
            odd.append(pl.col(value).is_not_null())
            columns[name] = pl.lit(None, pl.String)
        if numeric:
            unit = pl.col(UNIT) if UNIT in schema else pl.lit(None, pl.String)
            columns[f"{name}.{UNIT}"] = unit
        if DATE in schema:
            columns[f"{name}.{DATE}"] = pl.col(DATE)
        marked = reduce(or_, [one.fill_null(False) for one in odd], pl.lit(False))
        plain = mine.select(PATIENT, marked.alias(_MARK), **columns)
        doubted = self._doubted(plain, name)
        return self._grouped(doubted, fact, speaks.rule or Rule.NONE)

    def _more(self, word: str, value: str, fact: Fact, speaks: Speaks) -> bool:
        """Whether a word, where it is filled, says more than value, unit and day."""
        if word in (PATIENT, value, DATE, *_BESIDE):
            return False
        numeric = fact.shape.type in _NUMERIC
        if word == UNIT:
            return not numeric
        return not (word in ("low", "high") and numeric and not speaks.limits)

    def _doubted(self, plain: pl.LazyFrame, name: str) -> pl.LazyFrame:
        """With the rows marked that no column says plainly, as in a wide frame."""
        frame = nw.from_native(plain)
        wide = read_wide(
            frame.drop(PATIENT, _MARK).collect_schema(), self._vocabulary, {name}, finite=False
        )
        native = plain.rename(dict(wide.source))
        frame = nw.from_native(native)
        for step in wide.prepared:
            frame = frame.with_columns(**step) if step else frame
        doubts = wide.doubts.get(name, [])
        frame = frame.with_columns((nw.col(_MARK) | any_of(doubts)).alias(_MARK))
        kept = frame.select(PATIENT, _MARK, *wide.source.values()).to_native()
        return kept.rename({ours: theirs for theirs, ours in wide.source.items()})

    def _grouped(self, rows: pl.LazyFrame, fact: Fact, rule: Rule) -> pl.LazyFrame:
        schema = rows.collect_schema()
        name, date = fact.name, f"{fact.name}.{DATE}"
        dated = date in schema
        kept = [one for one in (name, f"{name}.{UNIT}") if one in schema]
        alone = pl.len() == 1
        day = pl.col(date) if dated else pl.lit(None, pl.Date)
        known = (day.cast(pl.String).str.head(_DAY_WIDTH).max() <= self._as_of).fill_null(False)
        every = day.null_count() == 0
        if rule is Rule.NEWEST and dated:
            here = day == day.max()
            one_value = reduce(
                lambda x, y: x & y, [pl.col(one).filter(here).n_unique() == 1 for one in kept]
            )
            fits = every & known & one_value & self._all_positive(fact)
            chosen = [
                pl.when(alone).then(pl.col(one).first()).otherwise(pl.col(one).filter(here).first())
                for one in kept
            ]
            when = day.max()
        elif rule in (Rule.YES, Rule.ALIKE):
            alike = reduce(lambda x, y: x & y, [pl.col(one).n_unique() == 1 for one in kept])
            undated = day.null_count() == pl.len()
            fits = alike & (undated | (every & known))
            if rule is Rule.YES:
                fits = fits & _yes(pl.col(name), schema[name])
            chosen = [pl.col(one).first() for one in kept]
            when = day.min()
        else:
            fits, chosen, when = pl.lit(False), [pl.col(one).first() for one in kept], day.min()
        more = pl.col(_MARK).any() | ~(alone | fits)
        found = [
            pl.when(more).then(pl.lit(_MARK)).alias(_MARK),
            *(expr.alias(one) for one, expr in zip(kept, chosen, strict=True)),
            day.cast(pl.String).str.head(_DAY_WIDTH).min().alias(f"{_OLDEST}_{name}"),
        ]
        return rows.group_by(PATIENT).agg(*found, *([when.alias(date)] if dated else []))

    def _all_positive(self, fact: Fact) -> pl.Expr:
        """Of an event: nobody said that there was none."""
        if fact.shape.type is not Type.EVENT:
            return pl.col(fact.name).null_count() == 0
        value = pl.col(fact.name)
        return (value.is_null() | value.cast(pl.String).is_in(_YES)).all()

    def _checked(
        self, wide: pl.DataFrame, oldest: list[str], said: Mapping[str, str | None]
    ) -> pl.DataFrame:
        """With those marked whose newest record lies beyond a window, or a record before birth."""
        derived = (fact.derived for fact in self._vocabulary.values())
        for birth in {one.birth for one in derived if isinstance(one, AgeOf)}:
            heading = said.get(birth) or birth
            if heading in wide.columns and oldest:
                born = _text_of(wide, heading)
                first = pl.min_horizontal(oldest)
                wide = _marked(wide, birth, (first < born).fill_null(False))
        for name, speaks in self._speaks.items():
            day = f"{name}.{DATE}"
            if day not in wide.columns or f"{name}{_FURTHER}" not in wide.columns:
                continue
            for anchor, after in sorted(speaks.ends):
                heading = said.get(anchor) or anchor
                if heading not in wide.columns:
                    continue
                end = _text_of(wide, heading).str.to_date("%Y-%m-%d", strict=False)
                last = end + pl.duration(days=after)
                mine = _text_of(wide, day).str.to_date("%Y-%m-%d", strict=False)
                wide = _marked(wide, name, (mine > last).fill_null(False))
        return wide


def _marked(wide: pl.DataFrame, name: str, where: pl.Expr) -> pl.DataFrame:
    heading = f"{name}{_FURTHER}"
    before = pl.col(heading).cast(pl.String) if heading in wide.columns else pl.lit(None, pl.String)
    return wide.with_columns(pl.when(where).then(pl.lit(_MARK)).otherwise(before).alias(heading))


def _text_of(wide: pl.DataFrame, name: str) -> pl.Expr:
    """A day as text, whatever type the column has."""
    return pl.col(name).cast(pl.String).str.head(_DAY_WIDTH)


def _blank(rows: pl.LazyFrame, name: str) -> pl.Expr:
    kind, column = rows.collect_schema()[name], pl.col(name)
    if isinstance(kind, pl.String):
        return column.is_null() | (column == "")
    if kind.is_float():
        return column.is_null() | column.is_nan()
    return column.is_null()


def _odd_limits(rows: pl.LazyFrame) -> list[pl.Expr]:
    """Whether the reader may refuse a reference range, which else makes no difference."""
    schema = rows.collect_schema()
    there = [name for name in ("low", "high") if name in schema]
    odd = []
    numbers = []
    for name in there:
        column = pl.col(name)
        if schema[name].is_numeric():
            kept = column.cast(pl.Float64)
            odd.append(~(kept >= 0) & ~_blank(rows, name) | kept.is_infinite())
        else:
            column = column.cast(pl.String)
            odd.append(~column.str.contains(_LIMIT) & (column != ""))
            kept = column.cast(pl.Float64, strict=False)
        numbers.append(kept)
    if len(numbers) > 1:
        odd.append(numbers[0] >= numbers[1])
    return odd


def _yes(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if isinstance(kind, pl.Boolean):
        return column.all()
    return column.cast(pl.String).is_in(_YES).all()
