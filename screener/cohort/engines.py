"""Screens files where another engine reads and computes: DuckDB, or Spark on a cluster.

The rows in doubt and their answers come here; the others go from file to file. Each trial reads the
data anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from screener.cohort.files import BATCH, Asked, parts, put, refusals, scan_files
from screener.cohort.frames import screen_frame
from screener.cohort.funnel import Funnel
from screener.cohort.texts import header_of
from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import names_of

#: Words of DuckDB's and of Spark's errors about a file that is not what its name says.
_UNREADABLE = ("InvalidInputException", "IOException", "FAILED_READ_FILE", "PATH_NOT_FOUND")


class Engine(StrEnum):
    """Who computes."""

    POLARS = "polars"
    DUCKDB = "duckdb"
    SPARK = "spark"


def screen_with(
    engine: Engine,
    master: str | None,
    asked: Sequence[Asked],
    path: Path,
    as_of: int,
    *,
    refused: Callable[[str, ProfileError], None],
) -> list[Funnel]:
    """Screen a wide Parquet or CSV file, see `files.screen_file`; `master`: of the Spark cluster.

    `path`: a file or folder that `files.read_frame` takes, which has looked through it.

    Raises:
        ProfileError: as `files.screen_file`; a file that is neither.
    """
    funnels = []
    with parts(asked) as folders, _reading(path):
        data = _on_duckdb(path) if engine is Engine.DUCKDB else _on_spark(path, master)
        for one, folder in zip(asked, folders, strict=True):
            answers: Any = screen_frame(
                one.protocol, one.vocabulary, data, as_of, refused=refusals(one, refused)
            )
            if engine is Engine.DUCKDB:
                answers.write_parquet(str(folder / "0.parquet"))
            else:
                answers.write.parquet(str(folder / "spark"))
                for number, part in enumerate(sorted((folder / "spark").glob("*.parquet"))):
                    part.replace(folder / f"{number:08}.parquet")
            names = names_of(one.protocol)
            funnel = Funnel(names.criteria)
            written = scan_files(folder)
            for batch in written.collect_batches(chunk_size=BATCH):
                funnel.add(batch)
            funnels.append(funnel)
        for one, folder in zip(asked, folders, strict=True):
            put(one.out, names_of(one.protocol), folder)
    return funnels


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Say of a file that the engine cannot read that it cannot, and nothing of what it holds."""
    try:
        yield
    except Exception as error:
        if not any(word in f"{type(error).__name__} {error}" for word in _UNREADABLE):
            raise
        hint = "it is cut off, or not what its name says"
        raise ProfileError([Fault(str(path), "cannot be read to its end", hint)]) from error


def _on_duckdb(path: Path) -> Any:
    import duckdb

    connection = duckdb.connect()
    if _is_parquet(path):
        return connection.read_parquet(str(path / "*.parquet" if path.is_dir() else path))
    names, delimiter = _header(path)
    # It is told all, as it guesses wrongly: of rows longer than the header it takes that for none.
    return connection.read_csv(
        str(path),
        header=True,
        auto_detect=False,
        columns=dict.fromkeys(names, "VARCHAR"),
        sep=delimiter,
        quotechar='"',
        escapechar='"',
    )


def _on_spark(path: Path, master: str | None) -> Any:
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    builder = builder.appName("screener").config("spark.sql.session.timeZone", "UTC")
    # Where in Python each expression was made takes as long to find out as to make it.
    builder = builder.config("spark.python.sql.dataFrameDebugging.enabled", "false")
    session = (builder if master is None else builder.master(master)).getOrCreate()
    if _is_parquet(path):
        return session.read.parquet(str(path / "*.parquet" if path.is_dir() else path))
    names, delimiter = _header(path)
    columns = ", ".join(f"`{one.replace('`', '``')}` string" for one in names)
    # A quote within quotes is doubled; a row of more or fewer cells than the header is an error,
    # which Spark looks for only where it takes all columns.
    return session.read.option("columnPruning", "false").csv(
        str(path), schema=columns, header=True, sep=delimiter, escape='"', mode="FAILFAST"
    )


def _header(path: Path) -> tuple[list[str], str]:
    """As `header_of`; of names that differ in capitals alone these engines know one."""
    names, delimiter = header_of(path)
    small = [one.lower() for one in names]
    twice = next((one for one in names if small.count(one.lower()) > 1), None)
    if twice is not None:
        message = f"two columns are called `{twice}`, but for capitals"
        raise ProfileError([Fault(f"{path.name}, row 1", message, "leave one out")])
    return names, delimiter


def _is_parquet(path: Path) -> bool:
    if path.is_dir() or path.suffix.lower() == ".parquet":
        return True
    if path.suffix.lower() == ".csv":
        return False
    message = "this engine reads Parquet and CSV"
    raise ProfileError([Fault(str(path), message, "leave `--engine` out, or write it as Parquet")])
