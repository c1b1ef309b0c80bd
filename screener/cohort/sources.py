"""Where records lie: in a file, in a folder of tables, or in one of OMOP."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import narwhals as nw
import polars as pl

from screener.cohort.files import read_frame, readable
from screener.cohort.looked import check_names
from screener.cohort.omop.translate import as_records, is_omop, read_folder
from screener.cohort.records import Tables
from screener.diagnostics import Fault, ProfileError
from screener.site import FACT
from screener.vocabulary import Vocabulary

RECORDS, PATIENTS = "records", "patients"


def find_tables(path: Path, vocabularies: Sequence[Vocabulary]) -> list[Tables] | pl.LazyFrame:
    """For each vocabulary the records of a folder or a file; where it holds none, its patients.

    A folder with `records` in it holds those; else one with the table `person` and others of OMOP.

    Raises:
        ProfileError: two files are called alike; a table of OMOP cannot be read.
    """
    if not path.is_dir():
        frame = read_frame(path)
        if FACT not in frame.collect_schema():
            return frame
        return [Tables(_of_records(frame), None)] * len(vocabularies)
    records = _called(path, RECORDS)
    if records is not None:
        patients = _called(path, PATIENTS)
        people = None if patients is None else read_frame(patients)
        tables = Tables(_of_records(read_frame(records)), people)
        return [tables] * len(vocabularies)
    if not is_omop(path):
        return read_frame(path)
    given = read_folder(path)
    found: list[Tables] = []
    for number, vocabulary in enumerate(vocabularies):
        # What trials declare alike is read once for all of them.
        same = [n for n in range(number) if vocabularies[n] == vocabulary]
        with readable(given.items()):
            found.append(found[same[0]] if same else as_records(given, vocabulary))
    return found


def holds_tables(path: Path) -> bool:
    """Whether it is a folder of tables of records, by the names in it; nothing is read."""
    return path.is_dir() and (_called(path, RECORDS) is not None or is_omop(path))


def _of_records(frame: pl.LazyFrame) -> pl.LazyFrame:
    check_names(nw.from_native(frame).collect_schema())
    return frame


def _called(folder: Path, name: str) -> Path | None:
    found = sorted(one for one in folder.iterdir() if one.stem.lower() == name)
    if len(found) > 1:
        said = ", ".join(f"`{one.name}`" for one in found)
        hint = f"leave one of them; a folder `{name}` may hold several Parquet files"
        raise ProfileError([Fault(str(folder), f"several are called `{name}`: {said}", hint)])
    return found[0] if found else None
