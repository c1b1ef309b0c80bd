"""`screener screen`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from screener.cli import console, options
from screener.standards.fhir import Release


def screen(
    trial: options.TrialName,
    files: options.PatientFiles,
    as_of: options.AsOf = None,
    form: options.From = None,
    mapping: options.Mapping = None,
    strict: options.Strict = False,
    report: options.Report = None,
    rejected: options.Rejected = None,
    as_json: options.AsJson = False,
    fhir: Annotated[
        Release | None,
        typer.Option(
            "--fhir", help="Answer in FHIR, one ResearchSubject a line, and nothing else."
        ),
    ] = None,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code", help="End with 10 if any is ineligible, else 11 if any is undetermined."
        ),
    ] = False,
    criteria: options.Criteria = None,
    log: options.LogOption = None,
    by: options.By = None,
) -> None:
    """Judge patients, and say why."""

    def work() -> int:
        from screener.cli.patients import Wanted
        from screener.cli.screen import screen_files

        return screen_files(
            trial,
            files,
            as_of=console.day(as_of),
            as_json=as_json,
            fhir=fhir,
            exit_code=exit_code,
            criteria=console.criteria_folders(criteria or []),
            wanted=Wanted(form, mapping, strict, report, rejected),
            log=log,
            by=by,
        )

    console.run(work)
