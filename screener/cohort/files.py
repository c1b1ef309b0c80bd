"""A cohort from a file to files of answers: one trial or several, read once, batch by batch.

Memory does not grow with the data. Answers are written beside their place and put there when all of
them are: whoever interrupts leaves what was there before.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import narwhals as nw
import polars as pl

from screener.cohort.funnel import Funnel
from screener.cohort.looked import check_patients, typed
from screener.cohort.screening import OnRefused, Screening
from screener.cohort.texts import check_csv, check_lines
from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import PATIENT, Names
from screener.ir import Protocol
from screener.truth import OUTCOME, Truth
from screener.vocabulary import Vocabulary

#: So many patients are in memory at once.
BATCH = 100_000
_LISTS = (".ndjson", ".jsonl")
_FORMS = (".parquet", ".csv", *_LISTS)
#: What is read, as a hint.
_READ = f"files end in {', '.join(_FORMS)}, or a folder holds Parquet files"


class Asked(NamedTuple):
    """One trial that is asked for, and where its answers go: a file ending in .parquet or .csv."""

    protocol: Protocol
    vocabulary: Vocabulary
    out: Path


def read_frame(path: Path) -> pl.LazyFrame:
    """A wide file, or a folder of Parquet files, as a frame that is read when it is computed.

    The cells of a CSV file are texts, as everywhere.

    Raises:
        ProfileError: it is of no form that is known, or is not what its name says.
    """
    try:
        frame = _scan(path)
        frame.collect_schema()
    except pl.exceptions.PolarsError as error:
        what = "there is no table in it that can be read"
        raise ProfileError([Fault(str(path), what, _READ)]) from error
    return frame


def _scan(path: Path) -> pl.LazyFrame:
    suffix = path.suffix.lower()
    if path.is_dir():
        return _scan_folder(path)
    if suffix == ".parquet":
        return pl.scan_parquet(path, glob=False)
    if suffix == ".csv":
        return scan_csv(path)
    if suffix in _LISTS:
        check_lines(path)
        # All of it, as a column may begin to be filled in the last line.
        return pl.scan_ndjson(path, infer_schema_length=None)
    raise ProfileError([Fault(str(path), "nobody can tell what the file is written in", _READ)])


def scan_csv(path: Path, *, quoted: bool = True) -> pl.LazyFrame:
    """A CSV file whose cells are texts; `quoted`: see `check_csv`."""
    names, delimiter = check_csv(path, quoted=quoted)
    quote = '"' if quoted else None
    return pl.scan_csv(
        path,
        separator=delimiter,
        quote_char=quote,
        infer_schema=False,
        new_columns=names,
        glob=False,
    )


def _scan_folder(path: Path) -> pl.LazyFrame:
    """A folder of Parquet files that all have the same columns, in whatever order.

    Raises:
        ProfileError: naming a file that has others, which engines would pass over.
    """
    first: tuple[Path, dict[str, pl.DataType]] | None = None
    for one in sorted(path.glob("*.parquet")):
        schema = dict(pl.scan_parquet(one, glob=False).collect_schema())
        if first is None:
            first = one, schema
        name = next(
            (name for name in {**schema, **first[1]} if schema.get(name) != first[1].get(name)),
            None,
        )
        if name is not None:
            there, here = (
                f"of the type {kinds[name]}" if name in kinds else "not there"
                for kinds in (first[1], schema)
            )
            message = f"it is {here}, and in `{first[0].name}` {there}"
            hint = "write all files with the same columns, of the same types"
            raise ProfileError([Fault(f"{one}, column {name}", message, hint)])
    return scan_files(path)


def scan_files(folder: Path) -> pl.LazyFrame:
    """The Parquet files of a folder, in the order of their names, whatever is in those."""
    return pl.scan_parquet(sorted(folder.glob("*.parquet")), glob=False)


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Say of a table that cannot be read that it cannot, and nothing of what it holds.

    Raises:
        ProfileError: instead of the error of whoever reads it.
    """
    try:
        yield
    except (pl.exceptions.ComputeError, nw.exceptions.ComputeError) as error:
        hint = "it is cut off, or not what its name says"
        raise ProfileError([Fault(what, "cannot be read to its end", hint)]) from error


@contextmanager
def readable(tables: Iterable[tuple[str, pl.LazyFrame | None]]) -> Iterator[None]:
    """Where something cannot be computed as one of the tables cannot be read, say which.

    Raises:
        ProfileError: instead of that error; any other error stays what it is.
    """
    try:
        yield
    except (pl.exceptions.ComputeError, nw.exceptions.ComputeError):
        for name, table in tables:
            if table is not None:
                with _reading(name):
                    table.null_count().collect()
        raise


def _batches(data: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """The rows, so many at a time; what reads them alone can fail in here."""
    with _reading("patients"):
        yield from data.collect_batches(chunk_size=BATCH)


def screen_file(
    asked: Sequence[Asked],
    data: pl.LazyFrame,
    as_of: int,
    *,
    refused: Callable[[str, ProfileError], None],
    done: Callable[[int], None] = lambda _: None,
) -> list[Funnel]:
    """Screen a wide frame for each trial, reading it once.

    Args:
        asked: the trials.
        data: a row for each patient, with a column `patient`.
        as_of: the day of screening, as an ordinal.
        refused: told of each patient who cannot be read, with the trial that does not judge him.
        done: told, batch by batch, of how many patients there are answers.

    Raises:
        ProfileError: a column that cannot be read, a patient in two rows, or none named.
    """
    schema = nw.from_native(data).collect_schema()
    if PATIENT not in schema:
        hint = "name the column of the identifiers `patient`"
        raise ProfileError([Fault("row 1", "there is no column `patient`", hint)])
    with _reading("patients"):
        check_patients(nw.from_native(data))
    screenings = [
        Screening(one.protocol, one.vocabulary, as_of, refused=refusals(one, refused))
        for one in asked
    ]
    needed = {PATIENT}.union(*(one.plan(schema).source for one in screenings))
    with _reading("patients"):
        read = typed(nw.from_native(data), [name for name in schema if name in needed])
    there = read.collect_schema().names()
    funnels = [Funnel(one.names.criteria) for one in screenings]
    with parts(asked) as folders:
        batches = data.select(name for name in there if name in needed)
        for number, batch in enumerate(_batches(batches)):
            for screening, funnel, folder in zip(screenings, funnels, folders, strict=True):
                answers = screening.eager(batch)
                funnel.add(answers)
                answers.write_parquet(folder / f"{number:08}.parquet")
            done(len(batch))
        for one, screening, folder in zip(asked, screenings, folders, strict=True):
            if not any(folder.iterdir()):
                nobody = batches.head(0).collect()
                screening.eager(nobody).write_parquet(folder / "0.parquet")
            put(one.out, screening.names, folder)
    return funnels


def refusals(one: Asked, refused: Callable[[str, ProfileError], None]) -> OnRefused:
    """Tells of a refused patient together with the trial."""
    return lambda error: refused(one.protocol.trial, error)


@contextmanager
def parts(asked: Sequence[Asked]) -> Iterator[list[Path]]:
    """A folder for the parts of each answer, beside its place; gone in the end."""
    with ExitStack() as stack:
        yield [
            Path(
                stack.enter_context(
                    tempfile.TemporaryDirectory(
                        prefix=".screener-", dir=one.out.parent, ignore_cleanup_errors=True
                    )
                )
            )
            for one in asked
        ]


def put(out: Path, names: Names, folder: Path) -> None:
    """Join the parts and put them in their place at once."""
    answers = scan_files(folder)
    whole = folder / "whole"
    if out.suffix.lower() == ".csv":
        answers.with_columns(map(_outcome, names.criteria)).sink_csv(whole)
    else:
        answers.sink_parquet(whole)
    whole.replace(out)


def _outcome(name: str) -> pl.Expr:
    """How a criterion ends, as a word."""
    words = {truth: OUTCOME[truth].value for truth in Truth}
    passes = pl.col(name)
    word = (
        pl.when(passes)
        .then(pl.lit(words[Truth.TRUE]))
        .when(~passes)
        .then(pl.lit(words[Truth.FALSE]))
        .otherwise(pl.lit(words[Truth.UNKNOWN]))
    )
    return word.alias(name)
