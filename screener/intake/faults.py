"""How the faults of a profile are gathered, where they are, and how they quote what was written.

It decides no fault itself; every reader adds to one list, so that all are reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from screener.diagnostics import Fault

#: Of a short word a letter is a third: what is that far off is another abbreviation.
_SHORT, _LIKE, _LIKE_OF_SHORT = 4, 0.6, 0.7
#: Nearest names are looked up for so many faults at most: a file of nonsense must stay cheap.
_MOST_GUESSES = 50
_LONGEST_QUOTE = 60


class Faults:
    """All that is wrong with one profile, in the order of reading."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, id: str, at: str, message: str, hint: str | None = None) -> None:
        """Note a fault of that stable id (docs/profile-faults.md) at a JSON pointer."""
        self.found.append(Fault(at, message, hint, id))

    def guess(self, word: str, known: Iterable[str]) -> str | None:
        """The hint that names the nearest known word, if one is near."""
        if len(self.found) >= _MOST_GUESSES or len(word) > _LONGEST_QUOTE:
            return None
        words = list(known)
        alike = {one.casefold(): one for one in reversed(words)}
        cutoff = _LIKE_OF_SHORT if len(word) <= _SHORT else _LIKE
        near = get_close_matches(word.casefold(), alike, n=1, cutoff=cutoff)
        if not near:
            return None
        strange = next((one for one in word if not one.isascii()), None)
        looks = "" if strange is None else f" {quoted(strange)} is the letter U+{ord(strange):04X}"
        return f"did you mean {quoted(alike[near[0]])}?{looks}"


def step(at: str, key: object) -> str:
    """The JSON pointer to a member or an element of what `at` points to."""
    token = str(key).replace("~", "~0").replace("/", "~1")
    return f"{at}/{_printable(token)}"


def quoted(word: object) -> str:
    """What somebody wrote, in backticks: cut short, and safe to print."""
    text = str(word)
    if len(text) > _LONGEST_QUOTE:
        text = text[:_LONGEST_QUOTE] + "…"
    return f"`{_printable(text)}`"


def listed(words: Iterable[str], most: int = 8) -> str:
    """Words in backticks, with commas; of many only the first."""
    every = list(words)
    shown = ", ".join(quoted(word) for word in every[:most])
    return f"{shown} and {len(every) - most} more" if len(every) > most else shown


def described(raw: object) -> str:
    """What kind of thing a JSON value is, in words for a message."""
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return quoted("true" if raw else "false")
    if isinstance(raw, str):
        return quoted(raw)
    if isinstance(raw, dict):
        return "an object"
    if isinstance(raw, list):
        return "a list"
    return "a number"


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else "\ufffd" for one in text)
