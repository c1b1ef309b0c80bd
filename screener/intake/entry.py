"""One record as it is written: its words, where they stand, and which of them its fact may have.

It refuses words that mean nothing for the fact; what the words say is read elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from screener.days import Days
from screener.intake.faults import Faults, quoted, step
from screener.vocabulary import Fact, Type

EVENT_WORDS = ("start", "end", "ongoing")
NUMBER_WORDS = ("unit", "comparator", "reference_range", "laboratory")
_WORDS = ("value", "date", "absent", "status", "source", "by")


class Visit(NamedTuple):
    """The day under which facts stand, and its text."""

    days: Days
    text: str


class Entry(NamedTuple):
    """One record: its words without those that are null, and the pointers to it and its value."""

    fact: Fact
    words: Mapping[str, object]
    at: str
    value_at: str
    visit: Visit | None

    def place(self, word: str) -> str:
        """The JSON pointer to one of its words."""
        return self.value_at if word == "value" else step(self.at, word)

    @property
    def event(self) -> bool:
        """Whether the fact is an event."""
        return self.fact.shape.type is Type.EVENT


def known_words(
    fact: Fact, raw: Mapping[str, object], at: str, faults: Faults
) -> dict[str, object]:
    """The words of a record without those that are null; notes those it cannot have."""
    event = fact.shape.type is Type.EVENT
    number = fact.shape.type in (Type.QUANTITY, Type.NUMBER)
    allowed = [*_WORDS, *fact.attributes]
    allowed += EVENT_WORDS if event else ()
    allowed += NUMBER_WORDS if number else ()
    words: dict[str, object] = {}
    for word, part in raw.items():
        elsewhere = word in EVENT_WORDS or word in NUMBER_WORDS
        if part is not None and word in allowed:
            words[word] = part
        if word in allowed or (part is None and elsewhere):
            continue
        message = f"{quoted(word)} is not a word of a record of {quoted(fact.name)}"
        id, hint = "unknown-word", None if elsewhere else faults.guess(str(word), allowed)
        if word in EVENT_WORDS:
            message = f"{quoted(fact.name)} is not an event, so it has no {quoted(word)}"
            id, hint = "word-not-of-type", "use `date`"
        elif word in NUMBER_WORDS:
            message = f"{quoted(fact.name)} is not a number, so it has no {quoted(word)}"
            id = "word-not-of-type"
        faults.add(id, step(at, word), message, hint)
    return words
