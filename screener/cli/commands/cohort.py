"""`screener cohort`: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console, options

_NO_MAPPING = (
    "a cohort is read without a mapping file: leave `--mapping` out, and call columns and facts by "
    "their names; the tables of OMOP are read by their codes. `screener screen` maps other files"
)


def cohort(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="TRIAL... DATA",
            help="Trials, and last the patients: a wide Parquet, CSV or NDJSON file, or a folder "
            "of Parquet files; or records: a long file, or a folder with `records` and `patients`.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="OUT",
            help="Where the answers go: a .parquet or .csv file; of several trials a folder.",
        ),
    ],
    as_of: options.AsOf = None,
    engine: Annotated[
        str, typer.Option("--engine", metavar="polars|duckdb|spark", help="Who computes.")
    ] = "polars",
    master: Annotated[
        str | None,
        typer.Option(
            "--master", metavar="URL", help="The Spark cluster, such as spark://host:7077."
        ),
    ] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", hidden=True)] = None,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Judge a whole cohort in dataframes, and count where it is lost."""

    def work() -> int:
        from screener.cli.cohort import screen_cohort

        if mapping is not None:
            raise console.UsageFault(_NO_MAPPING)
        return screen_cohort(
            names,
            out,
            engine=engine,
            master=master,
            as_of=console.day(as_of),
            as_json=as_json,
            criteria=console.criteria_folders(criteria or []),
        )

    console.run(work)
