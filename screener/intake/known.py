"""What other forms can say of a record that the text of a profile cannot spell.

Each stands in the place of a word of a record and is taken as it is; what it stands for has been
decided by the reader of that form.
"""

from __future__ import annotations

from typing import NamedTuple

from screener.days import Days


class KnownDays(NamedTuple):
    """A date known only as some day of a stretch, and the text that shows it."""

    days: Days
    text: str

    def __str__(self) -> str:
        return self.text


class Between(NamedTuple):
    """A number known only to lie between two, both included, in one unit."""

    low: object
    high: object


class Never(NamedTuple):
    """The status of a record that never counts, and why."""

    reason: str
