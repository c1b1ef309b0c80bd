"""The tables of the Common Data Model that are read, and the columns of each, under common names.

It decides which columns count and that a cell of a wrong type is an error; what a row means is
decided elsewhere. Source: https://ohdsi.github.io/CommonDataModel/cdm54.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import PATIENT

PERSON, CONCEPT, ANCESTOR = "person", "concept", "concept_ancestor"
TABLE, SOURCE = "table", "source"
#: Concepts of a row: what it is of (by the standard, as its source called it), and what it says.
STANDARD, ORIGIN, ANSWER, UNIT, OPERATOR = "standard", "origin", "answer", "unit", "operator"
STATUS, KIND, ROUTE, QUALIFIER = "status", "kind", "route", "qualifier"
UNIT_TEXT = "unit_text"
VALUE, LOW, HIGH, SUPPLY = "value", "low", "high", "supply"
DAY, END, VERBATIM = "day", "end", "verbatim"
CONCEPTS = (STANDARD, ORIGIN, ANSWER, UNIT, OPERATOR, STATUS, KIND, ROUTE, QUALIFIER)
NUMBERS = (VALUE, LOW, HIGH, SUPPLY)
DAYS = (DAY, END, VERBATIM)
_TYPES: Mapping[str, pl.DataType] = {
    **dict.fromkeys(CONCEPTS, pl.Int64()),
    UNIT_TEXT: pl.String(),
    **dict.fromkeys(NUMBERS, pl.Float64()),
    **dict.fromkeys(DAYS, pl.Date()),
}
_TEXTS = (pl.String, pl.Enum, pl.Categorical)
#: A day, whatever time of it is said.
_DAY = "^([0-9]{4}-[0-9]{2}-[0-9]{2})([T ].*)?$"
_NO_DAY = pl.lit(None, pl.Date)
_LEAVE_OUT = "leave one out; capitals make no difference"


class Table(NamedTuple):
    """A table of events. `resource`: what FHIR calls such a record. `columns`: by common name."""

    name: str
    resource: str
    columns: Mapping[str, str]

    @property
    def key(self) -> str:
        """The column that numbers its rows."""
        return f"{self.name}_id"


_VALUES = {
    VALUE: "value_as_number",
    ANSWER: "value_as_concept_id",
    UNIT: "unit_concept_id",
    UNIT_TEXT: "unit_source_value",
}
TABLES: Mapping[str, Table] = {
    one.name: one
    for one in (
        Table(
            "measurement",
            "Observation",
            {
                STANDARD: "measurement_concept_id",
                ORIGIN: "measurement_source_concept_id",
                DAY: "measurement_date",
                **_VALUES,
                OPERATOR: "operator_concept_id",
                LOW: "range_low",
                HIGH: "range_high",
                KIND: "measurement_type_concept_id",
            },
        ),
        Table(
            "observation",
            "Observation",
            {
                STANDARD: "observation_concept_id",
                ORIGIN: "observation_source_concept_id",
                DAY: "observation_date",
                **_VALUES,
                QUALIFIER: "qualifier_concept_id",
                KIND: "observation_type_concept_id",
            },
        ),
        Table(
            "condition_occurrence",
            "Condition",
            {
                STANDARD: "condition_concept_id",
                ORIGIN: "condition_source_concept_id",
                DAY: "condition_start_date",
                END: "condition_end_date",
                STATUS: "condition_status_concept_id",
                KIND: "condition_type_concept_id",
            },
        ),
        Table(
            "procedure_occurrence",
            "Procedure",
            {
                STANDARD: "procedure_concept_id",
                ORIGIN: "procedure_source_concept_id",
                DAY: "procedure_date",
                END: "procedure_end_date",
                KIND: "procedure_type_concept_id",
            },
        ),
        Table(
            "drug_exposure",
            "MedicationStatement",
            {
                STANDARD: "drug_concept_id",
                ORIGIN: "drug_source_concept_id",
                DAY: "drug_exposure_start_date",
                END: "drug_exposure_end_date",
                VERBATIM: "verbatim_end_date",
                SUPPLY: "days_supply",
                ROUTE: "route_concept_id",
                KIND: "drug_type_concept_id",
            },
        ),
    )
}


def events_of(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """The rows of all tables of events under the common names, `TABLE` and `SOURCE` among them.

    Raises:
        ProfileError: a column is missing, or a cell is not of the type that the model gives it.
    """
    found = [
        _events(table, lower(tables[name])) for name, table in TABLES.items() if name in tables
    ]
    empty = pl.LazyFrame(
        schema={PATIENT: pl.String(), TABLE: pl.String(), SOURCE: pl.String(), **_TYPES}
    )
    return pl.concat([empty, *found])


def lower(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The columns under names in small letters, as the model writes them.

    Raises:
        ProfileError: two differ in nothing but capitals.
    """
    names = frame.collect_schema().names()
    small = [name.lower() for name in names]
    for name in names:
        if small.count(name.lower()) > 1:
            raise ProfileError([Fault(f"column {name}", "two columns are called so", _LEAVE_OUT)])
    return frame.rename(dict(zip(names, small, strict=True)))


def _events(table: Table, frame: pl.LazyFrame) -> pl.LazyFrame:
    there = frame.collect_schema()
    require(table.name, there.names(), ["person_id", table.columns[STANDARD], table.columns[DAY]])
    wanted = {table.columns[role]: kind for role, kind in _TYPES.items() if role in table.columns}
    typed = typed_of(table.name, frame, {"person_id": pl.Int64(), table.key: pl.Int64(), **wanted})
    columns = {}
    for role, kind in _TYPES.items():
        name = table.columns.get(role, "")
        column = pl.lit(None, kind) if name not in there else typed[name]
        time = f"{name}time"
        if role in DAYS and time in there:
            column = pl.coalesce(column, typed_of(table.name, frame, {time: pl.Date()})[time])
        columns[role] = column
    source = pl.lit(None, pl.String)
    if table.key in there:
        source = pl.format("{}/{}", pl.lit(table.name), typed[table.key])
    return frame.select(
        typed["person_id"].cast(pl.String).alias(PATIENT),
        pl.lit(table.name).alias(TABLE),
        source.alias(SOURCE),
        **columns,
    )


def require(table: str, there: Sequence[str], names: Sequence[str]) -> None:
    """Refuse a table without a column that it must have.

    Raises:
        ProfileError: naming each.
    """
    hint = "the columns are those of the OMOP Common Data Model 5.4"
    faults = [
        Fault(table, f"there is no column `{one}`", hint) for one in names if one not in there
    ]
    if faults:
        raise ProfileError(faults)


def typed_of(
    table: str, frame: pl.LazyFrame, wanted: Mapping[str, pl.DataType]
) -> dict[str, pl.Expr]:
    """Columns in the types of the model, of those that are there; a blank text is null.

    Raises:
        ProfileError: a cell, or a whole column, is of another type.
    """
    schema = frame.collect_schema()
    typed = {
        name: _typed(name, schema[name], kind) for name, kind in wanted.items() if name in schema
    }
    unread = {
        name: (_filled(name, schema[name]) & column.is_null()).sum()
        for name, column in typed.items()
    }
    if not unread:
        return typed
    counts = frame.select(**unread).collect().row(0, named=True)
    kinds = {pl.Int64(): "whole numbers", pl.Float64(): "numbers", pl.Date(): "days (YYYY-MM-DD)"}
    faults = [
        Fault(
            f"{table}, column {name}",
            f"{count:,} cells of the type {schema[name]} cannot be read",
            f"{kinds.get(wanted[name], 'texts')} are expected",
        )
        for name, count in counts.items()
        if count
    ]
    if faults:
        raise ProfileError(faults)
    return typed


def _typed(name: str, given: pl.DataType, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    text = isinstance(given, _TEXTS)
    if text:
        column = column.cast(pl.String).str.strip_chars()
        column = pl.when(column != "").then(column)
    if isinstance(kind, pl.Date):
        if text:
            return column.str.extract(_DAY).str.to_date("%Y-%m-%d", strict=False)
        # The day where the column is at home: a cast would take that of Greenwich.
        return column.dt.date() if isinstance(given, pl.Date | pl.Datetime) else _NO_DAY
    if isinstance(kind, pl.String):
        return column.cast(pl.String)
    if not text and not given.is_numeric():
        return pl.lit(None, kind)
    number = column.cast(pl.Float64, strict=False).fill_nan(None)
    if isinstance(kind, pl.Float64):
        return number
    if given.is_integer():
        return column.cast(pl.Int64, strict=False)
    # Columns with gaps often hold whole numbers as floats.
    whole = pl.when(number == number.floor()).then(number.cast(pl.Int64, strict=False))
    return pl.coalesce(column.cast(pl.Int64, strict=False), whole) if text else whole


def _filled(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, _TEXTS):
        text = column.cast(pl.String).str.strip_chars()
        return text.is_not_null() & ~text.str.to_lowercase().is_in(["", "nan"])
    return column.is_not_null() & ~column.is_nan() if kind.is_float() else column.is_not_null()
