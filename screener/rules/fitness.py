"""Which words of a leaf go together, and with which kind of fact.

It refuses what has no meaning; what the rest means is decided by the leaf and semantics 5 to 8.
"""

from __future__ import annotations

from screener.rules.conditions import given_comparators
from screener.rules.faults import Faults, quoted
from screener.rules.words import Words
from screener.vocabulary import AgeOf, Fact, Kind

TIMING = ("within", "before", "after")
#: Words for observations and words for events; and all that ask for records of one's own.
_RESULTS = ("per", "consecutive", "same", "baseline")
_EVENTS = ("lasting", "days", "since_last")
_RECORDS = ("where", "except", "use", "count", "clear_of", *_RESULTS, *_EVENTS)
#: Each of these says how the records become one answer.
_ANSWERS = ("count", "available", "use", "consecutive", "days", "since_last")


def words_fit(words: Words, fact: Fact, faults: Faults) -> bool:
    """Whether the words of a leaf go together, and with the kind of its fact; faults are noted."""
    misfits, kind = _misfits(fact)
    found = [word for word in misfits if word in words]
    for word in found:
        hint = "`within` chooses the records" if word == "at" else None
        faults.error(
            "word-kind",
            words.key(word),
            f"{quoted(word)} cannot be asked of {quoted(fact.name)}, which is {kind}",
            hint=hint,
        )
    valued = fact.kind is not Kind.EVENT or _event_without_condition(words, fact, faults)
    return _alone(words, faults) and valued and not found


def _misfits(fact: Fact) -> tuple[tuple[str, ...], str]:
    """The words that a fact does not go with, and what it is that they do not go with."""
    if isinstance(fact.derived, AgeOf):
        return (*TIMING, *_RECORDS, "available"), "derived"
    if fact.derived is not None:
        return (*_RECORDS, "available"), "derived"
    beside = (*_RESULTS, *_EVENTS, "clear_of")
    match fact.kind:
        case Kind.FIXED:
            return (*TIMING, "at", "use", "count", *beside), "fixed"
        case Kind.CUMULATIVE:
            words = ("before", "after", "at", "use", "count", "available", *beside)
            return words, "cumulative"
        case Kind.EVENT:
            return ("at", "use", "available", *_RESULTS), "an event"
        case Kind.OBSERVATION:
            return ("at", *_EVENTS), "observed, not derived"


def _event_without_condition(words: Words, fact: Fact, faults: Faults) -> bool:
    given = given_comparators(words)
    for word in given:
        faults.error(
            "event-condition",
            words.key(word),
            f"{quoted(fact.name)} is an event and has no value",
            hint="without a condition the leaf asks whether it happened; "
            "put it under `not` to ask that it did not",
        )
    return not given


def _alone(words: Words, faults: Faults) -> bool:
    """Whether no two words each say how the records become one answer."""
    rivals = [word for word in _ANSWERS if word in words]
    if "available" in words:
        rivals += given_comparators(words)
    if "at" in words:
        rivals = [word for word in TIMING if word in words]
        rivals = ["at", *rivals] if rivals else []
    for word in rivals[1:]:
        faults.error(
            "words-clash",
            words.key(word),
            f"{quoted(word)} cannot stand beside {quoted(rivals[0])}",
        )
    return len(rivals) < 2
