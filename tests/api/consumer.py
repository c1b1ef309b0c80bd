"""An intake system that embeds the engine: type-checked strictly, as its author would, and run.

It uses what `screener` offers at its top and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date

from fastapi import FastAPI

from screener import (
    Because,
    Cause,
    CriterionResult,
    Judgement,
    Limits,
    Outcome,
    ProfileError,
    Result,
    RulesError,
    Settings,
    Trial,
    Truth,
    UnknownTrial,
    Verdict,
    create_app,
    load_trial,
)


def loaded(name: str) -> Trial | str:
    """A trial, or in one line why there is none."""
    try:
        return load_trial(name)
    except UnknownTrial as error:
        return f"{error.message} ({error.hint})"
    except RulesError as error:
        first = error.diagnostics[0]
        return f"{first.span.file}:{first.span.line}:{first.span.column}: {first.message}"


def judged(trial: Trial, profile: Mapping[str, object], day: date) -> str:
    """What to show the coordinator."""
    try:
        result: Result = trial.screen(profile, as_of=day)
    except ProfileError as error:
        return "; ".join(f"{one.pointer}: {one.message}" for one in error.faults)
    match result.verdict:
        case Verdict.ELIGIBLE:
            return "meets all criteria"
        case Verdict.INELIGIBLE:
            return "; ".join(one.sentence for one in against(result))
        case Verdict.UNDETERMINED:
            return ", ".join(one.label for one in result.missing)


def against(result: Result) -> list[CriterionResult]:
    """The criteria that fail."""
    return [one for one in result.criteria if one.outcome is Outcome.FAIL]


def stale(result: Result) -> set[str]:
    """The facts whose records are too old."""
    entries: list[Because] = [entry for one in result.criteria for entry in one.because]
    return {one.fact for one in entries if one.truth is Truth.UNKNOWN and one.cause is Cause.STALE}


async def sorted_out(
    trial: Trial, profiles: list[Mapping[str, object]], day: date
) -> list[Judgement]:
    """Many patients beside other work, which does not wait for them."""
    work = (asyncio.to_thread(trial.judge, one, as_of=day) for one in profiles)
    return await asyncio.gather(*work)


def intake() -> FastAPI:
    """The application of the intake system, with the form and the door for programs in it."""
    app = FastAPI()
    settings = Settings(names=("intake.example",), limits=Limits(at_once=50))
    app.mount("/screening", create_app(settings))
    return app
