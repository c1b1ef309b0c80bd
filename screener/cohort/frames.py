"""Screens a frame of any kind and gives back the kind of frame it was given.

It decides which engine computes: the frame's own, and polars for those of pandas and pyarrow, which
as engines have given wrong answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

import narwhals as nw
import polars as pl

from screener.cohort.relations import screen_relation
from screener.cohort.screening import OnRefused, Screening
from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import PATIENT
from screener.ir import Protocol
from screener.vocabulary import Vocabulary

_Frame = TypeVar("_Frame")

#: Packages whose tables an engine holds.
RELATIONS = ("duckdb", "pyspark")


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
    if not unique:
        check_patients(nw.from_native(given).lazy())
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
    if package == "pandas":
        return pl.from_pandas(given, nan_to_null=True)
    if package == "pyarrow":
        return pl.DataFrame(given)
    if package == "polars" or package in kept:
        return given
    message = f"a `{type(frame).__name__}` is no frame that can be screened"
    hint = "those of polars, duckdb, Spark, pandas and pyarrow are"
    if not kept:
        hint = "those of polars, pandas and pyarrow are; write others as Parquet"
    raise ProfileError([Fault("frame", message, hint)])


def back(answers: pl.DataFrame | pl.LazyFrame, package: str) -> Any:
    """Answers of polars as a frame of that package."""
    if package == "pandas":
        return cast(pl.DataFrame, answers).to_pandas()
    return cast(pl.DataFrame, answers).to_arrow() if package == "pyarrow" else answers


def check_patients(frame: nw.LazyFrame[Any]) -> None:
    """Refuse a frame in which a patient has two rows, or none is named.

    Nobody is judged on a part of what is recorded.
    """
    if PATIENT not in frame.collect_schema():
        return
    named = nw.col(PATIENT)
    counts = frame.select(all=nw.len(), none=named.null_count(), different=named.n_unique())
    # Of no rows DuckDB and Spark tell no counts.
    every, none, different = (one or 0 for one in counts.collect(backend="polars").row(0))
    if none:
        message = f"rows that name no patient: {none}"
        raise ProfileError([Fault("column patient", message, "name one in each row")])
    if different < every:
        rows = frame.group_by(PATIENT).agg(rows=nw.len()).filter(nw.col("rows") > 1)
        some = rows.sort(PATIENT).head(3).collect(backend="polars")[PATIENT].to_list()
        message = f"{every - different} rows name a patient who has another row: "
        hint = "further records of a patient stand in columns such as `platelets#2`"
        fault = Fault("column patient", message + ", ".join(f"`{one}`" for one in some), hint)
        raise ProfileError([fault])
