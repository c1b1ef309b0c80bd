"""`screener prove`: its options."""

from __future__ import annotations

from screener.cli import console, options


def prove(
    trial: options.TrialName,
    patient: options.Completed = None,
    as_of: options.AsOf = None,
    timeout: options.Timeout = 10.0,
    as_json: options.AsJson = False,
    criteria: options.Criteria = None,
) -> None:
    """Prove who can be eligible, what clashes, and what never matters."""

    def work() -> int:
        from screener.cli.prove import prove_patients, prove_trial

        folders, day = console.criteria_folders(criteria or []), console.day(as_of)
        if patient is not None:
            return prove_patients(trial, patient, folders, day, timeout=timeout, as_json=as_json)
        return prove_trial(trial, folders, day, timeout=timeout, as_json=as_json)

    console.run(work)
