"""`screener log`: its commands and their options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console, options

app = typer.Typer(
    help="Verify, export, copy, replay and redact a screening log.", no_args_is_help=True
)


class What(StrEnum):
    """Which table is exported."""

    LOG = "log"
    CRITERIA = "criteria"
    CONSORT = "consort"


class Dates(StrEnum):
    """How dates are written."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


@app.command("verify")
def verify(
    log: options.LogName,
    head: Annotated[
        str | None,
        typer.Option(
            "--head", metavar="HASH", help="A head printed before: find out what was cut off since."
        ),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Prove that no entry was changed, added, moved or taken out; print the head to keep."""

    def work() -> int:
        from screener.cli.log import verify_log

        return verify_log(log, head, as_json=as_json)

    console.run(work)


@app.command("export")
def export(
    log: options.LogName,
    what: Annotated[
        What,
        typer.Option(
            "--what", help="The log, its criteria, or the counts of a CONSORT flow diagram."
        ),
    ] = What.LOG,
    trial: options.OneTrial = None,
    dates: Annotated[
        Dates, typer.Option("--dates", help="relative: days from the screening, no free text.")
    ] = Dates.ABSOLUTE,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="Write to a file.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Write the log as CSV that no spreadsheet takes for formulas."""

    def work() -> int:
        from screener.cli.log import export_log

        relative = dates is Dates.RELATIVE
        return export_log(log, what.value, trial, out, relative=relative, as_json=as_json)

    console.run(work)


@app.command("backup")
def backup(
    log: options.LogName,
    to: Annotated[
        str, typer.Argument(metavar="TO", help="A new file, or the URL of an empty database.")
    ],
    as_json: options.AsJson = False,
) -> None:
    """Copy a log while it is in use, and verify the copy; also the way back from a copy."""

    def work() -> int:
        from screener.cli.log import backup_log

        return backup_log(log, to, as_json=as_json)

    console.run(work)


@app.command("replay")
def replay(
    log: options.LogName, trial: options.OneTrial = None, as_json: options.AsJson = False
) -> None:
    """Give every recorded answer again, and name every outcome that differs."""

    def work() -> int:
        from screener.cli.log import replay_log

        return replay_log(log, trial, as_json=as_json)

    console.run(work)


@app.command("redact")
def redact(
    log: options.LogName,
    record: Annotated[str, typer.Argument(metavar="RECORD", help="The id of the record.")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; others will read this.")
    ],
    entry: Annotated[
        int | None,
        typer.Option("--entry", metavar="N", help="One entry of it.  [default: all of them]"),
    ] = None,
    by: options.By = None,
    as_json: options.AsJson = False,
) -> None:
    """Take out what a record says of a patient; that it was there, and why it went, stays."""

    def work() -> int:
        from screener.cli.log import redact_log

        return redact_log(log, record, entry, reason, by, as_json=as_json)

    console.run(work)
