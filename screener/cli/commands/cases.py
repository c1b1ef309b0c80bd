"""`screener cases`: its options."""

from __future__ import annotations

from screener.cli import console, options


def cases(
    trial: options.TrialName,
    out: options.Out = None,
    as_of: options.AsOf = None,
    timeout: options.Timeout = 10.0,
    criteria: options.Criteria = None,
) -> None:
    """Find example patients: every criterion deciding, both sides of every limit and window."""

    def work() -> int:
        from screener.cli.examples_found import write_cases

        folders = console.criteria_folders(criteria or [])
        return write_cases(trial, folders, console.day(as_of), out=out, timeout=timeout)

    console.run(work)
