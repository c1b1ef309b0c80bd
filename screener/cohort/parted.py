"""Files of records, larger than memory: patients are parted, and a part is screened at a time.

The tables are read once, into parts that lie beside the answers and are gone in the end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import narwhals as nw
import polars as pl

from screener.cohort.files import Asked, parts, put, read_frame, refusals
from screener.cohort.frames import check_patients
from screener.cohort.funnel import Funnel
from screener.cohort.histories import Histories
from screener.cohort.records import Aside, Records, read_records
from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import PATIENT
from screener.site import FACT

#: So many records are in memory at once, about.
ROWS = 4_000_000
_PIECE = 500_000
_PART = "__part"
RECORDS, PATIENTS = "records", "patients"


class Tables(NamedTuple):
    """A row for each record, and a row for each patient if there is such a table."""

    records: pl.LazyFrame
    patients: pl.LazyFrame | None


def find_tables(path: Path) -> Tables | None:
    """The tables of a folder with `records` in it, or of a file of records; None of others.

    Raises:
        ProfileError: two files are called `records`, or `patients`.
    """
    if path.is_dir():
        records = _called(path, RECORDS)
        if records is None:
            return None
        patients = _called(path, PATIENTS)
        return Tables(read_frame(records), None if patients is None else read_frame(patients))
    frame = read_frame(path)
    return Tables(frame, None) if FACT in frame.collect_schema() else None


def _called(folder: Path, name: str) -> Path | None:
    found = sorted(one for one in folder.iterdir() if one.stem.lower() == name)
    if len(found) > 1:
        said = ", ".join(f"`{one.name}`" for one in found)
        hint = f"leave one of them; a folder `{name}` may hold several Parquet files"
        raise ProfileError([Fault(str(folder), f"several are called `{name}`: {said}", hint)])
    return found[0] if found else None


def screen_tables(
    asked: Sequence[Asked],
    tables: Tables,
    as_of: int,
    *,
    refused: Callable[[str, ProfileError], None],
    aside: Callable[[str, Sequence[Aside]], None] = lambda *_: None,
    done: Callable[[int], None] = lambda _: None,
) -> list[Funnel]:
    """Screen records for each trial; arguments and errors as those of `files.screen_file`.

    `aside`: told of the records that a trial's vocabulary has no use for. The answers stand in the
    order of the patients, part by part where there are several parts.
    """
    if tables.patients is not None:
        if PATIENT not in tables.patients.collect_schema():
            hint = "name the column of the identifiers `patient`"
            raise ProfileError([Fault("patients", "there is no column `patient`", hint)])
        check_patients(nw.from_native(tables.patients))
    read = [read_records(tables.records, tables.patients, one.vocabulary) for one in asked]
    for one, its in zip(asked, read, strict=True):
        aside(one.protocol.trial, its.aside)
    histories = [
        Histories(one.protocol, one.vocabulary, as_of, refused=refusals(one, refused))
        for one in asked
    ]
    funnels = [Funnel(one.screening.names.criteria) for one in histories]
    with parts(asked) as folders, _parted(tables, asked[0].out.parent) as pieces:
        for number, piece in enumerate(pieces):
            count = 0
            for its, screens, funnel, folder in zip(read, histories, funnels, folders, strict=True):
                answers = screens.screen(_part_of(its, piece))
                funnel.add(answers)
                answers.write_parquet(folder / f"{number:08}.parquet")
                count = len(answers)
            done(count)
        for one, screens, folder in zip(asked, histories, folders, strict=True):
            put(one.out, screens.screening.names, folder)
    return funnels


def _part_of(read: Records, piece: Tables) -> Records:
    assert piece.patients is not None, "INVARIANT: every part names its patients"
    rows = piece.records.select(read.rows.collect_schema().names())
    return read.of(
        rows.filter(pl.col(FACT).cast(pl.String).is_in(sorted(read.facts))), piece.patients
    )


@contextmanager
def _parted(tables: Tables, place: Path) -> Iterator[Iterator[Tables]]:
    """The tables in parts, each with all that is recorded of its patients."""
    records = tables.records
    if "value" not in records.collect_schema():
        records = records.with_columns(pl.lit(None, pl.String).alias("value"))
    count = records.select(pl.len()).collect().item()
    number = -(-count // ROWS) or 1
    with tempfile.TemporaryDirectory(prefix=".screener-", dir=place) as folder:
        if number == 1:
            rows = records.collect()
            people = rows.select(PATIENT).unique().sort(PATIENT)
            if tables.patients is not None:
                people = tables.patients.collect()
            yield iter([Tables(rows.lazy(), people.lazy())])
            return
        _write(records, Path(folder) / RECORDS, number)
        if tables.patients is not None:
            _write(tables.patients, Path(folder) / PATIENTS, number)
        yield _pieces(Path(folder), number, tables.patients)


def _write(table: pl.LazyFrame, folder: Path, number: int) -> None:
    for turn in range(number):
        (folder / str(turn)).mkdir(parents=True)
    whose = pl.col(PATIENT).cast(pl.String).hash() % number
    for count, batch in enumerate(table.collect_batches(chunk_size=_PIECE)):
        for part in batch.with_columns(whose.alias(_PART)).partition_by(_PART):
            place = folder / str(part[_PART][0]) / f"{count:08}.parquet"
            part.drop(_PART).write_parquet(place)


def _pieces(folder: Path, number: int, patients: pl.LazyFrame | None) -> Iterator[Tables]:
    empty = None if patients is None else patients.head(0).collect()
    for turn in range(number):
        written = sorted((folder / RECORDS / str(turn)).iterdir())
        named = sorted((folder / PATIENTS / str(turn)).iterdir()) if patients is not None else []
        if (patients is None and not written) or (patients is not None and not named):
            continue
        some = written or sorted((folder / RECORDS).glob("*/*.parquet"))[:1]
        rows = pl.concat([pl.read_parquet(one) for one in some])
        rows = rows if written else rows.head(0)
        if empty is None:
            people = rows.select(PATIENT).unique().sort(PATIENT)
        else:
            people = pl.concat([empty, *(pl.read_parquet(one) for one in named)])
        yield Tables(rows.lazy(), people.lazy())
