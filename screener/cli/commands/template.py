"""`screener template`: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console, options


def make_template(
    trial: options.TrialName,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="OUT", help="Write the table here, its dictionary beside it."
        ),
    ] = None,
    dictionary: Annotated[
        bool, typer.Option("--dictionary", help="Print the dictionary in place of the header.")
    ] = False,
    as_of: options.AsOf = None,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Make an empty table for a trial's patients, and say what belongs into it."""

    def work() -> int:
        from screener.cli.template import write_template

        day = console.day(as_of)
        return write_template(
            trial,
            console.criteria_folders(criteria or []),
            console.today() if day is None else day,
            out=out,
            dictionary=dictionary,
            as_json=as_json,
        )

    console.run(work)
