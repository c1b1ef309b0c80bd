"""Tables of records that a program hands over, of any package, and the answers to them.

Polars computes, whatever the package. Tables that an engine holds come here in batches, and their
answers go back to it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import narwhals as nw
import polars as pl

from screener.cohort.files import scan_files
from screener.cohort.frames import RELATIONS, back, in_polars, package_of
from screener.cohort.histories import Histories
from screener.cohort.looked import check_names, check_patients, typed
from screener.cohort.omop.translate import as_records, read_folder
from screener.cohort.parted import ROWS, part_of, parted
from screener.cohort.records import Tables, header_of, read_records
from screener.cohort.relations import batches, given_back
from screener.cohort.screening import OnRefused
from screener.cohort.typed import UNSAYABLE, wrong_type
from screener.cohort.wide import columns_of
from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import PATIENT
from screener.ir import Protocol
from screener.site import FACT, ROLES
from screener.vocabulary import Vocabulary

_Frame = TypeVar("_Frame")


def screen_records(
    protocol: Protocol,
    vocabulary: Vocabulary,
    records: _Frame,
    patients: object | None,
    as_of: int,
    *,
    wanted: Sequence[str] | None = None,
    refused: OnRefused | None = None,
) -> _Frame:
    """Screen tables of records, see `Trial.screen_records`."""
    histories = Histories(protocol, vocabulary, as_of, wanted=wanted, refused=refused)
    if package_of(records) in RELATIONS:
        return cast(_Frame, _of_engine(histories, vocabulary, records, patients))
    people = None if patients is None else _here(patients).lazy()
    if people is not None:
        check_patients(nw.from_native(people))
    given = in_polars(records)
    check_names(nw.from_native(given).collect_schema())
    read = read_records(given.lazy(), people, vocabulary)
    if people is None:
        # Patients without a table of their own stand in the order of their names.
        read = read.of(read.rows, read.people.sort(PATIENT))
    found = histories.screen(read)
    answers = found.lazy() if isinstance(given, pl.LazyFrame) else found
    return cast(_Frame, back(answers, package_of(records)))


def _here(table: object) -> Any:
    """A table of any package as a frame of polars."""
    if package_of(table) not in RELATIONS:
        return in_polars(table)
    every = list(batches(table))
    return pl.concat(every) if every else _without_rows(table)


def _of_engine(
    histories: Histories, vocabulary: Vocabulary, records: object, patients: object | None
) -> Any:
    """The answers to records that an engine holds, part by part, as a table of that engine."""
    with tempfile.TemporaryDirectory(prefix="screener-") as place:
        rows = _taken(_of_records(records, vocabulary), Path(place))
        people = None if patients is None else _here(_of_people(patients, vocabulary)).lazy()
        if people is not None:
            if PATIENT not in people.collect_schema():
                hint = "name the column of the identifiers `patient`"
                raise ProfileError([Fault("patients", "there is no column `patient`", hint)])
            check_patients(nw.from_native(people))
        read = read_records(rows, people, vocabulary)
        with parted([Tables(rows, people)], Path(place)) as pieces:
            answers = [histories.screen(part_of(read, piece)) for (piece,) in pieces]
    return given_back(records, histories.screening, pl.concat(answers))


def _of_records(table: object, vocabulary: Vocabulary) -> object:
    schema = nw.from_native(cast(Any, table)).collect_schema()
    check_names(schema)
    words = header_of(list(schema), vocabulary).words
    return _read(table, {PATIENT, FACT, *(one.heading for one in words)})


def _of_people(table: object, vocabulary: Vocabulary) -> object:
    if package_of(table) not in RELATIONS:
        return table
    columns = columns_of(nw.from_native(cast(Any, table)).collect_schema(), vocabulary)
    return _read(table, {*ROLES, *(one.heading for one in columns.words)})


def _read(table: object, columns: Collection[str]) -> object:
    """Only these columns: an engine may hold others, of types that nobody could bring here.

    Raises:
        ProfileError: one of these is of such a type.
    """
    frame = nw.from_native(cast(Any, table)).lazy()
    schema = frame.collect_schema()
    kinds = {name: kind for name, kind in schema.items() if name in columns}
    expected = "texts, numbers or days are expected"
    wrong = [
        wrong_type(name, kind, expected)
        for name, kind in kinds.items()
        if isinstance(kind, UNSAYABLE)
    ]
    if wrong:
        raise ProfileError(wrong)
    frame = typed(frame, kinds)
    kept = frame.collect_schema()
    return cast(object, frame.drop(name for name in kept if name not in kinds).to_native())


def _taken(table: object, place: Path) -> pl.LazyFrame:
    """The rows of a table that an engine holds: in memory, or where they are many in files."""
    kept: list[pl.DataFrame] = []
    count = 0
    for number, batch in enumerate(batches(table)):
        count += len(batch)
        kept.append(batch)
        if count > ROWS:
            pl.concat(kept).write_parquet(place / f"{number:08}.parquet")
            kept, count = [], 0
    if not list(place.glob("*.parquet")):
        return (pl.concat(kept) if kept else _without_rows(table)).lazy()
    if kept:
        pl.concat(kept).write_parquet(place / "last.parquet")
    return scan_files(place)


def _without_rows(table: object) -> pl.DataFrame:
    schema = nw.from_native(cast(Any, table)).collect_schema().to_polars()
    return pl.DataFrame(schema=schema)


def screen_omop(
    protocol: Protocol,
    vocabulary: Vocabulary,
    tables: str | Path | Mapping[str, object],
    as_of: int,
    *,
    wanted: Sequence[str] | None = None,
    refused: OnRefused | None = None,
    aside: Callable[[str, int], None] | None = None,
) -> pl.DataFrame:
    """Screen tables of OMOP, see `Trial.screen_omop`."""
    if isinstance(tables, Mapping):
        given = {name: in_polars(table).lazy() for name, table in tables.items()}
    else:
        given = read_folder(Path(tables))
    found = as_records(given, vocabulary)
    assert found.patients is not None, "INVARIANT: patients are those of the table `person`"
    check_patients(nw.from_native(found.patients))
    read = read_records(found.records, found.patients, vocabulary)
    if aside is not None:
        for one in (*found.aside, *read.aside):
            aside(one.reason, one.rows)
    return Histories(protocol, vocabulary, as_of, wanted=wanted, refused=refused).screen(read)
