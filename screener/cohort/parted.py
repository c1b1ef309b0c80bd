"""Files of records, larger than memory: patients are parted, and a part is screened at a time.

The tables are read once, into parts that lie beside the answers and are gone in the end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import narwhals as nw
import polars as pl

from screener.cohort.files import Asked, parts, put, readable, refusals
from screener.cohort.funnel import Funnel
from screener.cohort.histories import Histories
from screener.cohort.looked import check_patients
from screener.cohort.records import VALUE, Aside, Records, Tables, read_records
from screener.cohort.sources import PATIENTS, RECORDS
from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import PATIENT

#: So many records are in memory at once, about.
ROWS = 4_000_000
_PIECE = 500_000
_PART = "__part"


def screen_tables(
    asked: Sequence[Asked],
    tables: Sequence[Tables],
    as_of: int,
    *,
    refused: Callable[[str, ProfileError], None],
    aside: Callable[[str, Sequence[Aside]], None] = lambda *_: None,
    done: Callable[[int], None] = lambda _: None,
) -> list[Funnel]:
    """Screen records for each trial; arguments and errors as those of `files.screen_file`.

    `tables`: of each trial; all have the same patients. `aside`: told of the records that a trial's
    vocabulary has no use for. The answers stand in the order of the patients, part by part where
    there are several parts.
    """
    with readable([pair for one in different(tables) for pair in one.named()]):
        return _in_parts(asked, tables, as_of, refused, aside, done)


def _in_parts(
    asked: Sequence[Asked],
    tables: Sequence[Tables],
    as_of: int,
    refused: Callable[[str, ProfileError], None],
    aside: Callable[[str, Sequence[Aside]], None],
    done: Callable[[int], None],
) -> list[Funnel]:
    for given in different(tables):
        if given.patients is not None:
            if PATIENT not in given.patients.collect_schema():
                hint = "name the column of the identifiers `patient`"
                raise ProfileError([Fault("patients", "there is no column `patient`", hint)])
            check_patients(nw.from_native(given.patients))
    read = [
        read_records(its.records, its.patients, one.vocabulary)
        for one, its in zip(asked, tables, strict=True)
    ]
    for one, given, its in zip(asked, tables, read, strict=True):
        aside(one.protocol.trial, (*given.aside, *its.aside))
    histories = [
        Histories(one.protocol, one.vocabulary, as_of, refused=refusals(one, refused))
        for one in asked
    ]
    funnels = [Funnel(one.screening.names.criteria) for one in histories]
    with parts(asked) as folders, parted(tables, asked[0].out.parent) as pieces:
        for number, each in enumerate(pieces):
            count = 0
            for its, piece, screens, funnel, folder in zip(
                read, each, histories, funnels, folders, strict=True
            ):
                answers = screens.screen(part_of(its, piece))
                funnel.add(answers)
                answers.write_parquet(folder / f"{number:08}.parquet")
                count = len(answers)
            done(count)
        for one, screens, folder in zip(asked, histories, folders, strict=True):
            put(one.out, screens.screening.names, folder)
    return funnels


def part_of(read: Records, piece: Tables) -> Records:
    """What was read, of the patients of a part."""
    assert piece.patients is not None, "INVARIANT: every part names its patients"
    return read.of(piece.records.select(read.rows.collect_schema().names()), piece.patients)


def different(tables: Sequence[Tables]) -> list[Tables]:
    """Each of the tables once."""
    return list({id(one): one for one in tables}.values())


@contextmanager
def parted(tables: Sequence[Tables], place: Path) -> Iterator[Iterator[list[Tables]]]:
    """The tables of each trial in parts, each with all that is recorded of its patients."""
    once = different(tables)
    counts = [one.records.select(pl.len()).collect().item() for one in once]
    number = -(-max(counts) // ROWS) or 1
    with tempfile.TemporaryDirectory(prefix=".screener-", dir=place) as folder:
        if number == 1:
            pieces = [iter([_in_memory(one)]) for one in once]
        else:
            pieces = [
                _on_disk(one, Path(folder) / str(place), number) for place, one in enumerate(once)
            ]
        places = [next(n for n, one in enumerate(once) if one is its) for its in tables]
        yield ([each[place] for place in places] for each in zip(*pieces, strict=True))


def _in_memory(tables: Tables) -> Tables:
    rows = _with_value(tables.records).collect()
    people = rows.select(PATIENT).unique().sort(PATIENT)
    if tables.patients is not None:
        people = tables.patients.collect()
    return Tables(rows.lazy(), people.lazy())


def _with_value(records: pl.LazyFrame) -> pl.LazyFrame:
    if VALUE in records.collect_schema():
        return records
    return records.with_columns(pl.lit(None, pl.String).alias(VALUE))


def _on_disk(tables: Tables, folder: Path, number: int) -> Iterator[Tables]:
    _write(_with_value(tables.records), folder / RECORDS, number)
    if tables.patients is not None:
        _write(tables.patients, folder / PATIENTS, number)
    return _pieces(folder, number, tables.patients)


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
        rows = pl.concat([pl.read_parquet(one, glob=False) for one in some])
        rows = rows if written else rows.head(0)
        if empty is None:
            people = rows.select(PATIENT).unique().sort(PATIENT)
        else:
            people = pl.concat([empty, *(pl.read_parquet(one, glob=False) for one in named)])
        yield Tables(rows.lazy(), people.lazy())
