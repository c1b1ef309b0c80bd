"""What a request of a program asks for: which trial, on which day, of which patient."""

from __future__ import annotations

from typing import Any

from screener.days import parse_days
from screener.trial import Trial
from screener.web.library import Library
from screener.web.problems import Problem

_WORDS = ("trial", "as_of", "profile")


def asked(data: object, library: Library) -> tuple[Trial, int | None, dict[str, Any]]:
    """What the body asks for.

    Raises:
        Problem: 422 with everything wrong with it, or 404 for an unknown trial.
    """
    if not isinstance(data, dict):
        raise Problem(422, "The body has to be an object.")
    errors = [
        {"pointer": "", "message": "an unknown word", "hint": f"words are {', '.join(_WORDS)}"}
        for word in data
        if word not in _WORDS
    ]
    name, said, profile = (data.get(word) for word in _WORDS)
    if not isinstance(name, str):
        errors.append({"pointer": "/trial", "message": "the name of a trial is needed"})
    day = None
    if said is not None:
        days = parse_days(said) if isinstance(said, str) else None
        if days is None or not days.exact:
            hint = "write year-month-day, as in 2026-10-31"
            errors.append({"pointer": "/as_of", "message": "not a day", "hint": hint})
        else:
            day = days.first
    if not isinstance(profile, dict):
        errors.append({"pointer": "/profile", "message": "a profile is needed, an object"})
    if errors or not isinstance(profile, dict):
        raise Problem(422, "The body is not as it is needed here.", errors)
    trial = found(str(name), library)
    return trial, day, profile


def found(name: str, library: Library) -> Trial:
    """A trial, or one version of it, by name."""
    bare, at, version = name.partition("@")
    trial = library.trial(bare)
    if trial is not None and at:
        chosen = tuple(one for one in trial.editions if one.protocol.version == version)
        trial = Trial(chosen, pinned=True) if chosen else None
    if trial is None:
        raise Problem(404, "There is no such trial or version.")
    return trial
