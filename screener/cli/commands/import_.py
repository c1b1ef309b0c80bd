"""`screener import`: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console, options


def import_record(
    record: Annotated[
        str,
        typer.Argument(
            metavar="RECORD",
            help="A registry record (API v2 JSON or classic XML), or the criteria as plain text; "
            "- is standard input.",
        ),
    ],
    trial: Annotated[
        str | None,
        typer.Argument(metavar="[TRIAL]", help="With --compare: the trial to compare with."),
    ] = None,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Say whether the record still matches the file of TRIAL."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="OUT", help="Write the draft here; never over a file."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="The version of a text or record without a day of its own.  [default: today]",
        ),
    ] = None,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Make a draft rule file out of a registry record; a person has to settle it."""

    def work() -> int:
        from screener.cli import import_ as door

        folders = console.criteria_folders(criteria or [])
        if compare or trial is not None:
            if out is not None or as_of is not None:
                raise console.UsageFault("`--compare` makes no draft: leave `-o` and `--as-of` out")
            if not compare:
                raise console.UsageFault("a trial is named only with `--compare`")
            return door.compare_with(record, trial, folders, as_json=as_json)
        if as_json:
            raise console.UsageFault("a draft is YAML: `--json` goes with `--compare`")
        day = console.day(as_of)
        return door.write_draft(record, folders, console.today() if day is None else day, out)

    console.run(work)
