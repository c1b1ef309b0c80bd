"""`screener trials`: its options."""

from __future__ import annotations

from screener.cli import console, options


def list_found(
    as_of: options.AsOf = None, as_json: options.AsJson = False, criteria: options.Criteria = None
) -> None:
    """List trials, versions, and which is in force."""

    def work() -> int:
        from screener.cli.trials import list_trials

        day = console.day(as_of)
        folders = console.criteria_folders(criteria or [])
        return list_trials(folders, console.today() if day is None else day, as_json=as_json)

    console.run(work)
