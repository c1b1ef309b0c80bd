"""Rows that the columns of a frame do not say plainly, answered one by one like rows of a CSV file.

The rows are written as a table and read by the reader of tables, so that a value, a fault and its
message are those that anybody gets who screens the same table.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import NamedTuple, TypeAlias

import polars as pl
import polars.selectors as cs

from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.tables.patients import read_table
from screener.interpreters.columns import REASON, VERDICT, names_of
from screener.ir import Protocol
from screener.judging import Judged
from screener.screening import judged_sheet
from screener.truth import FALSE, TRUE, UNKNOWN
from screener.truth import VERDICT as WORDS
from screener.vocabulary import Vocabulary

#: The answers of a patient by the names of their columns.
Answer: TypeAlias = dict[str, str | bool | None]

#: The first and the last day that can be written, in days since 1970.
_FIRST, _LAST = ((one - date(1970, 1, 1)).days for one in (date.min, date.max))
_ROW = re.compile(r"^row [0-9,]*[0-9](, )?")
_AS_BOOL = {TRUE: True, FALSE: False, UNKNOWN: None}


class Refused(NamedTuple):
    """A patient whose row cannot be read: his place in the frame, and what is wrong."""

    row: int
    error: ProfileError


def answer_rows(
    protocol: Protocol, vocabulary: Vocabulary, rows: pl.DataFrame, as_of: int
) -> Iterator[Answer | Refused]:
    """The answers to rows of a wide frame, in their order; `patient` numbers them."""
    taken = _read(vocabulary, rows, as_of)
    for number, sheet in enumerate(taken):
        yield _answered(protocol, vocabulary, number, sheet, as_of)


def answer_records(
    protocol: Protocol, vocabulary: Vocabulary, rows: pl.DataFrame, count: int, as_of: int
) -> Iterator[Answer | Refused]:
    """The answers to so many patients, of whom a long table has all records.

    `patient` numbers them from 0; they stand in that order, and of some there may be no row.
    """
    number = 0
    for sheet in _read(vocabulary, rows, as_of) if len(rows) else ():
        assert sheet.patient is not None, "INVARIANT: every row names the number of its patient"
        while number < int(sheet.patient):
            yield _answered(protocol, vocabulary, number, FactSheet(None), as_of)
            number += 1
        yield _answered(protocol, vocabulary, number, sheet, as_of)
        number += 1
    for further in range(number, count):
        yield _answered(protocol, vocabulary, further, FactSheet(None), as_of)


def sheets_of(
    vocabulary: Vocabulary, rows: pl.DataFrame, as_of: int
) -> Iterator[FactSheet | ProfileError]:
    """The facts of each patient of a wide frame, or what is wrong with them, in their order."""
    for sheet in _read(vocabulary, rows, as_of):
        yield _placed(sheet) if isinstance(sheet, ProfileError) else sheet


def _read(
    vocabulary: Vocabulary, rows: pl.DataFrame, as_of: int
) -> Iterator[FactSheet | ProfileError]:
    for taken in read_table(as_table(rows), "frame", vocabulary, as_of=as_of):
        if taken.sheet is not None:
            yield taken.sheet


def _answered(
    protocol: Protocol,
    vocabulary: Vocabulary,
    number: int,
    sheet: FactSheet | ProfileError,
    as_of: int,
) -> Answer | Refused:
    if isinstance(sheet, ProfileError):
        return Refused(number, _placed(sheet))
    try:
        judged = judged_sheet(protocol, vocabulary, sheet, as_of)
    except ProfileError as error:
        return Refused(number, error)
    return answer_of(protocol, judged)


def as_table(rows: pl.DataFrame) -> io.BytesIO:
    """The rows as a CSV file: NaN as a blank cell, midnights as days."""
    written = io.BytesIO()
    # NaN is how arrays write that there is nothing.
    plain = rows.with_columns(cs.float().fill_nan(None))
    plain.with_columns(
        _day(pl.col(name)) if isinstance(kind, pl.Date) else _moment(pl.col(name))
        for name, kind in rows.schema.items()
        if isinstance(kind, pl.Date | pl.Datetime)
    ).write_csv(written)
    written.seek(0)
    return written


def _day(dates: pl.Expr) -> pl.Expr:
    """Days as texts."""
    return _written(dates, dates.to_physical(), "%Y-%m-%d")


def _moment(moments: pl.Expr) -> pl.Expr:
    """Midnights as days, other moments as such."""
    days = moments.dt.epoch("d")
    return (
        pl.when(moments.dt.time() == time())
        .then(_written(moments, days, "%Y-%m-%d"))
        .otherwise(_written(moments, days, "%Y-%m-%dT%H:%M:%S"))
    )


def _written(column: pl.Expr, days: pl.Expr, form: str) -> pl.Expr:
    """What four digits of a year cannot write, as a text that no reader takes."""
    within = pl.when(days.is_between(_FIRST, _LAST)).then(column)
    beyond = pl.when(column.is_not_null()).then(pl.lit("no day of the years 1 to 9999"))
    return pl.coalesce(within.dt.to_string(form), beyond)


def _placed(error: ProfileError) -> ProfileError:
    """The faults without the rows of the table that was made for reading."""
    faults = [one._replace(pointer=_ROW.sub("", one.pointer)) for one in error.faults]
    return ProfileError(faults, error.patient)


def answer_of(protocol: Protocol, judged: Judged) -> Answer:
    """The answers of one patient by the names of their columns."""
    names = names_of(protocol)
    heads = [*judged.truths_of(protocol.stages), *judged.truths_of(protocol.cohorts)]
    words = [WORDS[one].value for one in heads]
    return {
        VERDICT: WORDS[judged.truth].value,
        REASON: _reason(names.criteria, judged),
        **dict(zip((*names.stages, *names.cohorts), words, strict=True)),
        **dict(zip(names.criteria, map(_AS_BOOL.__getitem__, judged.truths), strict=True)),
    }


def _reason(ids: Sequence[str], judged: Judged) -> str | None:
    """The first criterion that fails; of an open verdict, the first that it waits for."""
    if judged.truth is FALSE:
        return next((id for id, one in zip(ids, judged.truths, strict=True) if one is FALSE), None)
    return next((ids[index] for index in judged.waiting), None)
