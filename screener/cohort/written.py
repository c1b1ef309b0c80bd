"""The patients of a cohort as the CSV table that says the same, for who reads them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import narwhals as nw
import polars as pl
import polars.selectors as cs

from screener.cohort.files import readable
from screener.cohort.looked import check_patients
from screener.cohort.onebyone import as_table
from screener.cohort.records import NUMBER, Aside, Tables, in_words, read_records
from screener.cohort.sources import find_tables
from screener.cohort.wide import columns_of
from screener.interpreters.columns import PATIENT
from screener.site import FACT
from screener.vocabulary import Type, Vocabulary


def table_of(
    path: Path, patients: Sequence[str], vocabulary: Vocabulary
) -> tuple[BinaryIO, tuple[Aside, ...]]:
    """The table of some patients, or (none named) of all, and which records are left aside.

    Raises:
        ProfileError: the file or folder cannot be read, or a patient has two rows.
    """
    tables = find_tables(path, [vocabulary])
    if not isinstance(tables, pl.LazyFrame):
        with readable(tables[0].named()):
            return _long(tables[0], patients, vocabulary)
    data = _of(tables, patients)
    with readable([("patients", data)]):
        check_patients(nw.from_native(data))
        # What is nested is of no fact, and cannot stand in a table.
        return as_table(data.select(~cs.nested()).collect()), ()


def _of(frame: pl.LazyFrame, patients: Sequence[str]) -> pl.LazyFrame:
    if PATIENT not in frame.collect_schema() or not patients:
        return frame
    return frame.filter(pl.col(PATIENT).cast(pl.String).is_in(list(patients)))


def _long(
    tables: Tables, patients: Sequence[str], vocabulary: Vocabulary
) -> tuple[BinaryIO, tuple[Aside, ...]]:
    if tables.patients is not None:
        check_patients(nw.from_native(tables.patients))
    read = read_records(tables.records, tables.patients, vocabulary)
    people = _of(read.people, patients).collect()
    rows = _of(read.rows, patients).collect()
    if tables.patients is None:
        people = people.sort(PATIENT)
    columns = columns_of(nw.from_native(people).schema, vocabulary)
    numbers = people.select(PATIENT).with_row_index(NUMBER)
    said = in_words(rows, people, columns, numbers)
    if not len(said):
        said = said.select(pl.col(PATIENT).cast(pl.Int64), pl.exclude(PATIENT))
    # Of whom nothing is said there is a row that says nothing.
    silent = numbers.select(pl.col(NUMBER).cast(pl.Int64).alias(PATIENT)).join(
        said, on=PATIENT, how="anti"
    )
    blank = silent.with_columns(pl.lit(_any_fact(vocabulary)).alias(FACT))
    table = pl.concat([said, blank], how="diagonal").sort(PATIENT, maintain_order=True)
    names = numbers.select(pl.col(NUMBER).cast(pl.Int64), pl.col(PATIENT).alias("name"))
    named = table.join(names, left_on=PATIENT, right_on=NUMBER, maintain_order="left")
    named = named.with_columns(pl.col("name").alias(PATIENT)).drop("name")
    return as_table(named), (*tables.aside, *read.aside)


def _any_fact(vocabulary: Vocabulary) -> str:
    """A fact of which silence never means anything."""
    kinds = (Type.QUANTITY, Type.NUMBER, Type.CODE, Type.DATE, Type.ORDINAL)
    found = (name for name, fact in vocabulary.items() if fact.shape.type in kinds)
    return next(found, next(iter(vocabulary)))
