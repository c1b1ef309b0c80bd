"""`screener prove`: its options."""

from __future__ import annotations

from screener.cli import console, options


def prove(
    trial: options.TrialName,
    as_of: options.AsOf = None,
    timeout: options.Timeout = 10.0,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Prove who can be eligible, what clashes, and what never matters."""

    def work() -> int:
        from screener.cli.prove import prove_trial

        return prove_trial(
            trial,
            console.criteria_folders(criteria or []),
            console.day(as_of),
            timeout=timeout,
            as_json=as_json,
        )

    console.run(work)
