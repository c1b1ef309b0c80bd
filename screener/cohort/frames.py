"""Screens a frame of any kind and gives back the kind of frame it was given.

It decides which engine computes: the frame's own, and polars for those of pandas and pyarrow, which
as engines have given wrong answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast

import narwhals as nw
import polars as pl

from screener.cohort.looked import check_kind, check_names, check_patients, typed
from screener.cohort.relations import screen_relation
from screener.cohort.screening import OnRefused, Screening
from screener.diagnostics import Fault, ProfileError
from screener.ir import Protocol
from screener.vocabulary import Vocabulary

_Frame = TypeVar("_Frame")

#: Packages whose tables an engine holds.
RELATIONS = ("duckdb", "pyspark")
#: What the frames of each package are called.
_TABLES = {
    "polars": ("DataFrame", "LazyFrame"),
    "pandas": ("DataFrame",),
    "pyarrow": ("Table", "RecordBatch"),
    "duckdb": ("DuckDBPyRelation",),
    "pyspark": ("DataFrame",),
}
#: What polars and pyarrow raise for a column that they cannot take over.
_NOT_TAKEN = (
    TypeError,
    ValueError,
    NotImplementedError,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
)


def screen_frame(
    protocol: Protocol,
    vocabulary: Vocabulary,
    frame: _Frame,
    as_of: int,
    *,
    wanted: Sequence[str] | None = None,
    refused: OnRefused | None = None,
    unique: bool = False,
) -> _Frame:
    """Screen a frame of any kind, see `Trial.screen_frame`."""
    screening = Screening(protocol, vocabulary, as_of, wanted=wanted, refused=refused)
    package = package_of(frame)
    given = in_polars(frame, RELATIONS)
    whole = nw.from_native(given).lazy()
    schema = whole.collect_schema()
    check_kind(schema)
    check_names(schema)
    # Before anything is computed, as a wrong column needs no look at the rows.
    read = screening.plan(schema, finite=package not in RELATIONS).source
    if any(isinstance(kind, nw.Unknown) for kind in schema.values()):
        whole = typed(whole, read)
        given = (
            whole.collect().to_native() if isinstance(given, pl.DataFrame) else whole.to_native()
        )
    if not unique:
        check_patients(whole)
    found: Any
    if package in RELATIONS:
        found = screen_relation(screening, given)
    elif isinstance(given, pl.LazyFrame):
        found = screening.lazy(given)
    else:
        found = screening.eager(given)
    found = back(found, package)
    if package == "pandas":
        found = found.set_index(cast(Any, frame).index)
    return cast(_Frame, found)


def package_of(frame: object) -> str:
    """The name of the package whose frame it is."""
    return type(frame).__module__.partition(".")[0]


def in_polars(frame: object, kept: Sequence[str] = ()) -> Any:
    """The frame as one of polars, unless it is of the packages `kept`.

    Raises:
        ProfileError: it is no frame, or of a package that is not read here.
    """
    given: Any = frame
    package = package_of(frame)
    if type(frame).__name__ in _TABLES.get(package, ()):
        if package in kept or package == "polars":
            return given
        if package not in RELATIONS:
            return _taken_over(given)
    message = f"a `{type(frame).__name__}` is no frame that can be screened"
    hint = "those of polars, duckdb, Spark, pandas and pyarrow are"
    if not kept:
        hint = "those of polars, pandas and pyarrow are; write others as Parquet"
    raise ProfileError([Fault("frame", message, hint)])


def _taken_over(given: Any) -> pl.DataFrame:
    """A table of pandas or pyarrow as a frame of polars."""
    try:
        return _as_polars(given)
    except _NOT_TAKEN as error:
        fault = next(_not_taken(given), Fault("frame", "it cannot be taken over", None))
        raise ProfileError([fault]) from error


def _as_polars(given: Any) -> pl.DataFrame:
    if package_of(given) == "pandas":
        return pl.from_pandas(given, nan_to_null=True)
    return pl.DataFrame(given)


def _not_taken(given: Any) -> Iterator[Fault]:
    """The columns for which a table cannot be taken over."""
    in_pandas = package_of(given) == "pandas"
    names = [str(one) for one in (given.columns if in_pandas else given.schema.names)]
    for place, name in enumerate(names):
        if names.index(name) < place:
            yield Fault(f"column {name}", "two columns are called so", "leave one out")
        try:
            _as_polars(given.iloc[:, [place]] if in_pandas else given.select([place]))
        except _NOT_TAKEN:
            message = "cells of several types, or of one that is not read"
            hint = "let the column hold texts, numbers, days, or yes and no"
            yield Fault(f"column {name}", message, hint)


def back(answers: pl.DataFrame | pl.LazyFrame, package: str) -> Any:
    """Answers of polars as a frame of that package."""
    if package == "pandas":
        return cast(pl.DataFrame, answers).to_pandas()
    return cast(pl.DataFrame, answers).to_arrow() if package == "pyarrow" else answers
