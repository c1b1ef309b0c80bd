"""`screener check`: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console, options


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH...]",
            help="Rule files, vocabularies, case files or folders.  [default: all trials found]",
        ),
    ] = None,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Find the faults of rule files, all at once."""

    def work() -> int:
        from screener.cli.check import check_paths

        return check_paths(paths or [], console.criteria_folders(criteria or []), as_json=as_json)

    console.run(work)
