"""`screener explain`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from screener.cli import console, options


def explain(
    trial: options.TrialName,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help="Patients: a profile (JSON, NDJSON), FHIR, or a CSV table; - is standard input. "
            "Left out: what the criteria ask for, beside the protocol's text.",
        ),
    ] = None,
    patient: Annotated[
        list[str] | None,
        typer.Option("--patient", metavar="ID", help="Only this patient; may be repeated."),
    ] = None,
    criterion: Annotated[
        list[str] | None,
        typer.Option("--criterion", metavar="ID", help="Only this criterion; may be repeated."),
    ] = None,
    as_of: options.AsOf = None,
    form: options.From = None,
    mapping: options.Mapping = None,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Take an answer apart: the tree of each criterion, with every record and truth."""

    def work() -> int:
        from screener.cli.explain import explain_file
        from screener.cli.patients import Wanted

        return explain_file(
            trial,
            file,
            patients=patient or [],
            only=criterion or [],
            as_of=console.day(as_of),
            as_json=as_json,
            criteria=console.criteria_folders(criteria or []),
            wanted=Wanted(form, mapping),
        )

    console.run(work)
