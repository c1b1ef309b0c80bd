"""`screener sweep`: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from screener.cli import console, options


def sweep(
    trial: options.TrialName,
    files: options.PatientFiles,
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="CRITERION/FACT/END=FROM..TO[:STEP]",
            help="What to vary: B-I1/platelets/low=40..100:10 is a limit (low, high), in the unit "
            "of the fact; B-I1/platelets/from=-7..7 moves an end of the window (from, to) by days. "
            "Twice for a grid.",
        ),
    ],
    off: Annotated[
        list[str] | None,
        typer.Option("--off", metavar="CRITERION", help="Leave a criterion out; may be repeated."),
    ] = None,
    as_of: options.AsOf = None,
    picture: options.Picture = None,
    form: options.From = None,
    mapping: options.Mapping = None,
    strict: options.Strict = False,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Vary a limit or a window, and count who would be eligible."""

    def work() -> int:
        from screener.cli.counting import count_sweep
        from screener.cli.patients import Wanted

        return count_sweep(
            trial,
            files,
            console.criteria_folders(criteria or []),
            console.day(as_of),
            Wanted(form, mapping, strict, None, None),
            vary=vary,
            off=off or [],
            picture=picture,
            as_json=as_json,
        )

    console.run(work)
