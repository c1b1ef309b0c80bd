"""What is looked for in a frame before anything is computed: who is named, and what is not read.

Each is an error, as nobody is judged on a part of what is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw
from narwhals.dtypes import DType

from screener.cohort.typed import TEXTS, UNSAYABLE, wrong_type
from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import PATIENT

#: Types whose cells name nobody.
_NO_NAMES = UNSAYABLE | nw.Boolean | nw.Date | nw.Datetime
#: What stands around names, and is no part of them.
_WHITE = " \t\n\v\f\r\u00a0\u2007\u202f\u3000\ufeff"


def check_kind(schema: Mapping[str, DType]) -> None:
    """Refuse a column of identifiers that holds none.

    Raises:
        ProfileError: it is of another type than texts and numbers.
    """
    if isinstance(schema.get(PATIENT), _NO_NAMES):
        expected = "identifiers are texts or numbers"
        raise ProfileError([wrong_type(PATIENT, schema[PATIENT], expected)])


def check_patients(frame: nw.LazyFrame[Any], table: str = "") -> None:
    """Refuse a frame in which a patient has two rows, or none is named.

    `table`: how to call it in an error, where there are several.

    Raises:
        ProfileError: naming some of them; or the column holds what is no identifier.
    """
    schema = frame.collect_schema()
    if PATIENT not in schema:
        return
    check_kind(schema)
    place = ", ".join(filter(None, (table, f"column {PATIENT}")))
    said = _named(frame, schema[PATIENT])
    name = nw.col(PATIENT)
    counts = said.select(all=nw.len(), none=name.null_count(), different=name.n_unique())
    # Of no rows DuckDB and Spark tell no counts.
    every, none, different = (one or 0 for one in counts.collect(backend="polars").row(0))
    if none:
        raise ProfileError([unnamed(none, place)])
    if different < every:
        rows = said.group_by(PATIENT).agg(rows=nw.len()).filter(nw.col("rows") > 1)
        some = rows.sort(PATIENT).head(3).collect(backend="polars")[PATIENT].to_list()
        message = f"{every - different:,} rows name a patient who has another row: "
        hint = "further records of a patient stand in columns such as `platelets#2`; white space "
        hint += "around a name makes nobody else of him"
        fault = Fault(place, message + ", ".join(f"`{one}`" for one in some), hint)
        raise ProfileError([fault])


def unnamed(rows: int, place: str) -> Fault:
    """What is said of rows that name nobody."""
    hint = "name one in each row; a blank, NaN or an infinite number names nobody"
    return Fault(place, f"rows that name no patient: {rows:,}", hint)


def nobodies(frame: nw.LazyFrame[Any]) -> int:
    """How many rows name nobody."""
    said = _named(frame, frame.collect_schema()[PATIENT])
    return said.select(nw.col(PATIENT).null_count()).collect(backend="polars").item() or 0


def _named(frame: nw.LazyFrame[Any], kind: DType) -> nw.LazyFrame[Any]:
    """The names without white space around them; null where they are none."""
    name = nw.col(PATIENT)
    if isinstance(kind, TEXTS):
        name = name.cast(nw.String).str.strip_chars(_WHITE)
        name = nw.when(name != "").then(name)
    elif kind.is_float():
        name = nw.when(name.is_finite()).then(name)
    return frame.select(name.alias(PATIENT))


def typed(frame: nw.LazyFrame[Any], read: Iterable[str]) -> nw.LazyFrame[Any]:
    """The frame without columns of a type that is not known here, in which there is nothing.

    `read`: the columns that are read.

    Raises:
        ProfileError: there is something in one that is read.
    """
    schema = frame.collect_schema()
    unknown = [one for one in read if isinstance(schema[one], nw.Unknown)]
    if not unknown:
        return frame
    counts = frame.select(*(nw.col(one).count() for one in unknown)).collect(backend="polars")
    faults = [
        Fault(f"column {one}", "a column of a type that is not read", "change it to a text")
        for one, count in zip(unknown, counts.row(0), strict=True)
        if count
    ]
    if faults:
        raise ProfileError(faults)
    return frame.drop(unknown)


def check_names(schema: Mapping[str, DType]) -> None:
    """Refuse a column whose name is taken for the time of the work.

    Raises:
        ProfileError: naming each.
    """
    message, hint = "names that begin with `__` are taken", "rename the column, or leave it out"
    taken = [Fault(f"column {one}", message, hint) for one in schema if one.startswith("__")]
    if taken:
        raise ProfileError(taken)
