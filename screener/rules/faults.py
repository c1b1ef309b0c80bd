"""Collects what is wrong with a file while reading goes on; decides nothing about what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import lru_cache

from screener.diagnostics import Diagnostic, Severity, Span

#: Beyond this many a file is not a rule file with faults but something else.
MOST_FAULTS = 200
_LONGEST_WORD = 60
_LONG = 20
_MOST_COMPARED = 500


class TooManyFaults(Exception):
    """Reading stops: enough has been found to say that the file cannot be used."""


class Faults:
    """The faults of one file, each once, in the order of their places."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: dict[tuple[str, Span, str], Diagnostic] = {}

    def error(
        self,
        id: str,
        span: Span,
        message: str,
        *,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Note a fault that keeps the file from being used."""
        self._note(Diagnostic(id, message, span, expected, hint))

    def warning(
        self,
        id: str,
        span: Span,
        message: str,
        *,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Note something worth a look that does not keep the file from being used."""
        self._note(Diagnostic(id, message, span, expected, hint, Severity.WARNING))

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """All faults and warnings, in file order."""
        return tuple(sorted(self._found.values(), key=lambda one: (one.span.line, one.span.column)))

    @property
    def errors(self) -> int:
        """How many of them keep the file from being used."""
        return sum(one.severity is Severity.ERROR for one in self._found.values())

    def _note(self, fault: Diagnostic) -> None:
        # A definition is read once per place that uses it: its faults are told once.
        self._found.setdefault((fault.id, fault.span, fault.message), fault)
        if len(self._found) >= MOST_FAULTS:
            raise TooManyFaults


def quoted(text: str) -> str:
    """The author's words in backticks, on one line and not too long."""
    flat = " ".join(text.split())
    if len(flat) > _LONGEST_WORD:
        flat = flat[: _LONGEST_WORD - 1] + "…"
    return f"`{flat}`"


def listed(words: Iterable[str], most: int = 12) -> str:
    """Several words in backticks, the first few of them if there are many."""
    every = [quoted(word) for word in words]
    return ", ".join(every[:most]) + (", …" if len(every) > most else "")


def one_of(words: Iterable[str], most: int = 12) -> str:
    """What is expected where there is a choice of words."""
    every = list(words)
    return ("one of " if len(every) > 1 else "") + listed(every, most)


def nearest(word: str, known: Collection[str]) -> str | None:
    """A hint that names the known word most like this one; None if none is like it."""
    # Comparing is slow: what differs much in length, or stands in a very long list, is left out.
    most = max(5, len(word) // 3)
    alike = tuple(one for one in known if abs(len(one) - len(word)) <= most)
    if len(word) > _LONGEST_WORD or len(alike) > _MOST_COMPARED:
        return None
    close = _closest(word, alike)
    return None if close is None else f"did you mean {quoted(close)}?{_foreign(word)}"


def _foreign(word: str) -> str:
    """Names a letter that may look like another one; nothing where all are plain."""
    strange = next((one for one in word if not one.isascii()), None)
    return "" if strange is None else f" `{strange}` is the letter U+{ord(strange):04X}"


@lru_cache(maxsize=256)
def _closest(word: str, known: tuple[str, ...]) -> str | None:
    by_small = {one.lower(): one for one in reversed(known)}
    cutoff = 0.6 if len(word) <= _LONG else 0.8
    close = get_close_matches(word.lower(), by_small, n=1, cutoff=cutoff)
    return by_small[close[0]] if close else None
