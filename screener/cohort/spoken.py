"""The records of one fact, and of each patient the one that speaks for all, if there is one.

Newest and oldest records are found in arrays with a place for each patient, which takes a tenth of
the time that grouping or sorting the records takes.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl

from screener.cohort.speaking import Rule

#: The number of a patient, for the time of the work, and what marks records that are not plain: by
#: themselves, or as soon as the patient has others.
PERSON, ODD, ODD_AMONG = "__person", "__odd", "__odd_among"
#: The day of a patient's first record that has one, for the time of the work.
OLDEST = "__oldest"

_Ints: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
_Flags: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"

#: A record as a number: its day above its place, so that the greatest is the newest.
_PLACES = 32
_PLACE = (1 << _PLACES) - 1
#: The day of a record without one, before all days there are.
_NEVER = -(1 << 30)
_NOBODY = np.iinfo(np.int64)


class Spoken(NamedTuple):
    """What one fact adds to a wide frame.

    `columns`: those of the record that speaks and `OLDEST`, a row for each patient. `marked`: the
    numbers of patients of whom no single record speaks, some maybe several times.
    """

    columns: pl.DataFrame
    marked: _Ints


def spoken(rows: pl.DataFrame, people: int, day: str | None, rule: Rule, as_of: int) -> Spoken:
    """Which record speaks by this rule.

    Args:
        rows: `PERSON`, `ODD` and `ODD_AMONG` without nulls, and the columns of a record.
        people: how many patients there are.
        rule: how records speak for others.
        day: which of the columns has the days, as dates; None: none has.
        as_of: the day of screening, in days since 1970.
    """
    person = rows[PERSON].to_numpy().astype(np.intp)
    days = _days(rows, day)
    keys = (days << _PLACES) | np.arange(len(rows))
    newest = np.full(people, _NOBODY.min)
    np.maximum.at(newest, person, keys)
    oldest = np.full(people, _NOBODY.max)
    np.minimum.at(oldest, person, keys)
    there, several = newest != _NOBODY.min, newest > oldest
    of_many = several[person]
    by_day = rule is Rule.NEWEST and day is not None
    chosen = newest if by_day else oldest
    marked = [np.flatnonzero(several & (newest >> _PLACES > as_of))]
    doubtful = rows[ODD].to_numpy() | (rows[ODD_AMONG].to_numpy() & of_many)
    if by_day or rule in (Rule.YES, Rule.ALIKE):
        undated = days == _NEVER
        if by_day:
            doubtful |= of_many & undated
            beside = of_many & (days == newest[person] >> _PLACES)
        else:
            doubtful |= undated != (oldest[person] >> _PLACES == _NEVER)
            beside = of_many
        (places,) = np.nonzero(beside & (chosen[person] != keys))
        kept = [one for one in rows.columns if one not in (PERSON, ODD, ODD_AMONG, day)]
        others = chosen[person[places]] & _PLACE
        marked.append(person[places[_differing(rows.select(kept), places, others)]])
    else:
        marked.append(np.flatnonzero(several))
    marked.append(person[doubtful])
    return Spoken(_placed(rows, there, chosen, oldest), np.concatenate(marked))


def _days(rows: pl.DataFrame, day: str | None) -> _Ints:
    if day is None:
        return np.full(len(rows), _NEVER)
    return rows[day].to_physical().fill_null(_NEVER).to_numpy().astype(np.int64)


def _differing(rows: pl.DataFrame, some: _Ints, others: _Ints) -> _Flags:
    """Where the rows of some places say anything else than those of others."""
    here, there = rows[some], rows[others]
    found = [here[name].ne_missing(there[name]).to_numpy() for name in rows.columns]
    return reduce(or_, found, np.zeros(len(some), dtype=np.bool_))


def _placed(rows: pl.DataFrame, there: _Flags, chosen: _Ints, oldest: _Ints) -> pl.DataFrame:
    """The rows chosen, a row for each patient; null where he has none."""
    everybody = bool(there.all())
    places = pl.Series((chosen & _PLACE).astype(np.uint32))
    first = pl.Series(OLDEST, oldest >> _PLACES)
    if not everybody:
        nobody = pl.Series(~there)
        places, first = places.set(nobody, None), first.set(nobody, None)
    first = first.set(first == _NEVER, None).cast(pl.Int32).cast(pl.Date)
    columns = pl.all().exclude(PERSON, ODD, ODD_AMONG)
    return rows.select(columns.gather(places)).with_columns(first)
