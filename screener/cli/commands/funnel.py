"""`screener funnel`: its options."""

from __future__ import annotations

from screener.cli import console, options


def funnel(
    trial: options.TrialName,
    files: options.PatientFiles,
    as_of: options.AsOf = None,
    picture: options.Picture = None,
    form: options.From = None,
    mapping: options.Mapping = None,
    strict: options.Strict = False,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Count where patients are lost, criterion by criterion, and what each criterion costs."""

    def work() -> int:
        from screener.cli.counting import count_funnel
        from screener.cli.patients import Wanted

        return count_funnel(
            trial,
            files,
            console.criteria_folders(criteria or []),
            console.day(as_of),
            Wanted(form, mapping, strict, None, None),
            picture=picture,
            as_json=as_json,
        )

    console.run(work)
