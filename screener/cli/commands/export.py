"""`screener export`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from screener.cli import console, options
from screener.cli.export import Target


def export(
    trial: options.TrialName,
    to: Annotated[
        Target,
        typer.Option(
            "--to",
            help="fhir: the criteria as Group and EvidenceVariable (R5). questionnaire: what it "
            "asks about, for R5 or R4. cdisc: the criteria as the dataset TI of SDTM (CSV). "
            "cql: the criteria as a library that asks for FHIR R4 records.",
        ),
    ],
    log: Annotated[
        str | None,
        typer.Option(
            "--log",
            metavar="LOG",
            help="With cdisc: the dataset IE, the criteria that the subjects in this log did not "
            "meet.",
        ),
    ] = None,
    as_of: options.AsOf = None,
    out: options.Out = None,
    criteria: options.Criteria = None,
    mapping: options.Mapping = None,
) -> None:
    """Write a trial in the form of another standard."""

    def work() -> int:
        from screener.cli.export import export_trial

        day = console.day(as_of)
        return export_trial(
            trial,
            to,
            console.criteria_folders(criteria or []),
            console.today() if day is None else day,
            out=out,
            log=log,
            mapping=mapping,
        )

    console.run(work)
