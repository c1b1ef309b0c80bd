"""`screener match`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from screener.cli import console, options


def match_trials(
    files: options.PatientFiles,
    as_of: options.AsOf = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Reviews of evidence too, not trials alone.")
    ] = False,
    form: options.From = None,
    mapping: options.Mapping = None,
    strict: options.Strict = False,
    report: options.Report = None,
    rejected: options.Rejected = None,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Judge patients against every trial there is, the most promising first."""

    def work() -> int:
        from screener.cli.match import match_files
        from screener.cli.patients import Wanted

        return match_files(
            files,
            as_of=console.day(as_of),
            as_json=as_json,
            everything=everything,
            criteria=console.criteria_folders(criteria or []),
            wanted=Wanted(form, mapping, strict, report, rejected),
        )

    console.run(work)
