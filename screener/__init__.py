"""Screens patients against clinical-trial eligibility criteria, with reasons.

`load_trial("NCT01681446")` reads a trial once; `trial.screen(profile, as_of="2026-11-24")` judges
one patient and may be called from any number of threads. A profile is a mapping or JSON text as
docs/intake.md describes it: quantities carry their units (UCUM), days are ISO dates, and what is
left out is unknown, never no. The `Result` is frozen; compare `result.verdict` with a `Verdict`,
for it is no yes or no.

What can go wrong is told apart: `RulesError` (a rule file, each fault with file, line and column),
`ProfileError` (a patient, each fault with its JSON pointer), `UnknownTrial` (a name, or no version
in force on that day), and `ValueError` (an `as_of` that is no day).

`create_app(Settings(...))` is the web form and the door for programs, to be mounted in another
application; it needs `pip install 'screener[web]'`. Source: docs/semantics.md says what each answer
means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.causes import Cause
from screener.diagnostics import Diagnostic, Fault, ProfileError, RulesError, Span, UnknownTrial
from screener.facts import FactSheet
from screener.result import Because, CriterionResult, Judgement, Missing, Remedy, Result
from screener.trial import Trial, load_trial
from screener.truth import Outcome, Truth, Verdict
from screener.version import VERSION as __version__

if TYPE_CHECKING:
    from screener.web.app import create_app
    from screener.web.settings import Limits, Settings

__all__ = [
    "Because",
    "Cause",
    "CriterionResult",
    "Diagnostic",
    "FactSheet",
    "Fault",
    "Judgement",
    "Limits",
    "Missing",
    "Outcome",
    "ProfileError",
    "Remedy",
    "Result",
    "RulesError",
    "Settings",
    "Span",
    "Trial",
    "Truth",
    "UnknownTrial",
    "Verdict",
    "__version__",
    "create_app",
    "load_trial",
]


def __getattr__(name: str) -> object:
    """What belongs to the web, imported when it is first asked for."""
    try:
        if name == "create_app":
            from screener.web.app import create_app

            return create_app
        if name in ("Limits", "Settings"):
            from screener.web import settings

            return getattr(settings, name)
    except ModuleNotFoundError as error:
        hint = "it belongs to the web form: pip install 'screener[web]'"
        raise ImportError(f"`screener.{name}` cannot be imported; {hint}") from error
    raise AttributeError(f"module `screener` has no attribute `{name}`")
