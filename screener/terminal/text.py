"""Text for a terminal: lines of a width, colours that say nothing by themselves."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from textwrap import wrap


class Ink(Enum):
    """What colour a word may be given; it always says its meaning without it."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"
    STRONG = "strong"
    FAINT = "faint"


Paint = Callable[[str, Ink], str]


def plain(text: str, ink: Ink) -> str:
    """No colour at all."""
    return text


def clean(text: str) -> str:
    """Text of a file or a patient on one line and without control characters."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Text as lines of at most `width`, the first and the others with their own indent."""
    return wrap(
        clean(text),
        max(width, len(rest) + 20),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
