"""`screener test`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from screener.cli import console, options


def run_examples(
    trials: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TRIAL...]", help="Which trials.  [default: all trials found]"),
    ] = None,
    coverage: Annotated[
        float | None,
        typer.Option(
            "--coverage",
            metavar="PERCENT",
            min=0,
            max=100,
            help="List what the examples do not exercise; end with 1 if they exercise less.",
        ),
    ] = None,
    mutate: Annotated[
        bool,
        typer.Option(
            "--mutate",
            help="Make small mistakes in the rules; end with 1 if no example notices one.",
        ),
    ] = False,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Screen the example patients of trials."""

    def work() -> int:
        from screener.cli.cases import run_cases

        return run_cases(
            trials or [],
            console.criteria_folders(criteria or []),
            as_json=as_json,
            least_coverage=coverage,
            mutate=mutate,
        )

    console.run(work)
