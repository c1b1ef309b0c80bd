"""`screener schema`: its options."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from screener.cli import console, options


class Which(StrEnum):
    """What there is a schema of."""

    RULES = "rules"
    PROFILE = "profile"
    RESULT = "result"
    EXPLAIN = "explain"


def schema(
    which: Annotated[
        Which,
        typer.Argument(
            help="Of rule files, of patient profiles, or of what screen or explain print.",
        ),
    ],
    trial: Annotated[
        str | None,
        typer.Option(
            "--trial",
            metavar="TRIAL",
            help="Of a profile: with what this trial asks about. Of rules: the file's own facts.",
        ),
    ] = None,
    as_of: options.AsOf = None,
    out: options.Out = None,
    criteria: options.Criteria = None,
) -> None:
    """Print a JSON Schema, for editors, forms and other programs."""

    def work() -> int:
        from screener.cli.schema import write_schema

        return write_schema(
            which.value,
            trial,
            as_of=console.day(as_of),
            out=out,
            criteria=console.criteria_folders(criteria or []),
        )

    console.run(work)
