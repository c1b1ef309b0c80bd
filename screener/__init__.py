"""Screens patients against clinical-trial eligibility criteria, with reasons.

Load a trial with `load_trial("NCT01681446")`, screen a profile with
`trial.screen(profile, as_of="2026-11-24")`, compare `result.verdict` with a `Verdict`.
"""

from screener.diagnostics import ProfileError, RulesError, UnknownTrial
from screener.facts import FactSheet
from screener.result import CriterionResult, Missing, Result
from screener.trial import Trial, load_trial
from screener.truth import Outcome, Truth, Verdict
from screener.version import VERSION as __version__

__all__ = [
    "CriterionResult",
    "FactSheet",
    "Missing",
    "Outcome",
    "ProfileError",
    "Result",
    "RulesError",
    "Trial",
    "Truth",
    "UnknownTrial",
    "Verdict",
    "__version__",
    "load_trial",
]
