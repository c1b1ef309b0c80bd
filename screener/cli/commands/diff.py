"""`screener diff`: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console, options


def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD", help="NCT01681446@2012-08-23, a rule file, or NCT01681446@git:HEAD~1."
        ),
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The version to compare it with.")],
    patients: Annotated[
        list[str] | None,
        typer.Option(
            "--patients",
            metavar="FILE",
            help="Screen these by both versions; may be repeated; - is standard input.",
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            metavar="FROM:TO",
            help="End with 1 if a patient moves so, as in eligible:ineligible; may be repeated.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write it, too, as a page into this new file."),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            metavar="N",
            min=1,
            help="At most so many judge a crowd at once; fewer take less memory.  "
            "[default: one a processor, at most 8]",
        ),
    ] = None,
    as_of: options.AsOf = None,
    timeout: options.Timeout = 10.0,
    form: options.From = None,
    mapping: options.Mapping = None,
    strict: options.Strict = False,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Compare two versions: in words, by proof, and on patients."""

    def work() -> int:
        from screener.cli.diff import Asked, diff_versions
        from screener.cli.patients import Wanted

        return diff_versions(
            old,
            new,
            Asked(
                patients or [],
                fail_on or [],
                console.day(as_of),
                timeout,
                as_json,
                html,
                processes,
            ),
            criteria=console.criteria_folders(criteria or []),
            wanted=Wanted(form, mapping, strict, None, None),
        )

    console.run(work)
