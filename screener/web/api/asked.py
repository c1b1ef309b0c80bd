"""What a request of a program asks for: which trial, on which day, of which patient.

A body is read whole and everything wrong with it told at once; no message repeats what was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from screener.days import parse_days
from screener.trial import Trial
from screener.web.library import Library
from screener.web.problems import Problem

_WORDS = ("trial", "as_of", "profile")
_DAY = "write year-month-day, as in 2026-10-31"


class Body:
    """The words of a body, taken one by one; `settle` tells of everything that was wrong."""

    def __init__(self, data: object, words: Sequence[str]) -> None:
        """Take a body apart.

        Raises:
            Problem: 422 if it is no object.
        """
        if not isinstance(data, dict):
            raise Problem(422, "The body has to be an object.")
        self._said: dict[str, Any] = data
        hint = f"words are {', '.join(words)}"
        self._errors = [
            {"pointer": "", "message": "an unknown word", "hint": hint}
            for word in data
            if word not in words
        ]

    def text(self, word: str, message: str) -> str:
        """A text that has to be there."""
        said = self._said.get(word)
        if isinstance(said, str):
            return said
        self.wrong(word, message)
        return ""

    def day(self, word: str = "as_of") -> int | None:
        """A day (an ordinal) that may be left out."""
        said = self._said.get(word)
        if said is None:
            return None
        days = parse_days(said) if isinstance(said, str) else None
        if days is None or not days.exact:
            self.wrong(word, "not a day", _DAY)
            return None
        return days.first

    def profile(self) -> dict[str, Any]:
        """The patient."""
        said = self._said.get("profile")
        if isinstance(said, dict):
            return said
        self.wrong("profile", "a profile is needed, an object")
        return {}

    def flag(self, word: str) -> bool:
        """A yes or no; no where it is left out."""
        said = self._said.get(word)
        if isinstance(said, bool):
            return said
        if said is not None:
            self.wrong(word, "true or false is needed")
        return False

    def names(self, word: str) -> list[str]:
        """A list of texts; none where it is left out."""
        said = self._said.get(word)
        if isinstance(said, list) and all(isinstance(one, str) for one in said):
            return said
        if said is not None:
            self.wrong(word, "a list of texts is needed")
        return []

    def given(self, word: str) -> Any:
        """Whatever stands there."""
        return self._said.get(word)

    def wrong(self, word: str, message: str, hint: str | None = None) -> None:
        """Note what is wrong with a word."""
        error = {"pointer": f"/{word}", "message": message}
        self._errors.append(error if hint is None else {**error, "hint": hint})

    def settle(self) -> None:
        """Go on only if nothing was wrong.

        Raises:
            Problem: 422 with everything that was.
        """
        if self._errors:
            raise Problem(422, "The body is not as it is needed here.", self._errors)


def asked(data: object, library: Library) -> tuple[Trial, int | None, dict[str, Any]]:
    """What a body `{trial, as_of, profile}` asks for.

    Raises:
        Problem: 422 with everything wrong with it, or 404 for an unknown trial.
    """
    body = Body(data, _WORDS)
    name = body.text("trial", "the name of a trial is needed")
    day, profile = body.day(), body.profile()
    body.settle()
    return found(name, library), day, profile


def day_of_query(said: str | None) -> int | None:
    """A day that stands in the address.

    Raises:
        Problem: 400.
    """
    if said is None:
        return None
    days = parse_days(said)
    if days is None or not days.exact:
        wrong = [{"pointer": "", "message": "`as_of` is not a day", "hint": _DAY}]
        raise Problem(400, "The address is not as it is needed here.", wrong)
    return days.first


def found(name: str, library: Library) -> Trial:
    """A trial, or one version of it, by name.

    Raises:
        Problem: 404.
    """
    bare, at, version = name.partition("@")
    trial = library.trial(bare)
    if trial is not None and at:
        chosen = tuple(one for one in trial.editions if one.protocol.version == version)
        trial = Trial(chosen, pinned=True) if chosen else None
    if trial is None:
        raise Problem(404, "There is no such trial or version.")
    return trial
