"""The words of a record beside its value: reason of absence, status, reference range, attributes.

It decides which of their spellings are accepted. Source: semantics sections 3.1, 6.2 and 9.5.
"""

from __future__ import annotations

from collections.abc import Mapping

from screener.causes import STATED_ABSENCES, Cause
from screener.intake.entry import Entry
from screener.intake.faults import Faults, described, listed, quoted, step
from screener.intake.known import Never
from screener.intake.numbers import COMPARATORS, read_quantity
from screener.intake.values import Given, read_text, read_value
from screener.quantities import Number
from screener.vocabulary import Shape, Type

#: What a status makes of a record: None lets it count, a text says why it never does.
STATUSES: Mapping[str, str | None] = {
    "final": None,
    "preliminary": None,
    "amended": None,
    "corrected": None,
    "appended": None,
    "active": None,
    "in-progress": None,
    "completed": None,
    "stopped": None,
    "resolved": None,
    "entered-in-error": "entered in error",
    "entered_in_error": "entered in error",
    "cancelled": "cancelled",
}

_ONE_NUMBER = "a reference limit is one number, without a comparator"


def value_of(
    words: Mapping[str, object], shape: Shape, name: str, at: str, value_at: str, faults: Faults
) -> Given | None:
    """The value of a record or an attribute, with the unit and the comparator beside it."""
    raw = words["value"]
    if isinstance(raw, dict | list):
        faults.add("not-a-value", value_at, f"{described(raw)} is not a value of {quoted(name)}")
        return None
    before = len(faults.found)
    unit = text_of(words, "unit", at, faults)
    comparator = _comparator(words, at, faults)
    if len(faults.found) > before:
        return None
    return read_value(raw, shape, name, value_at, faults, unit=unit, comparator=comparator)


def text_of(words: Mapping[str, object], word: str, at: str, faults: Faults) -> str | None:
    """A word whose value is a text, such as `source`; None where it is not given."""
    raw = words.get(word)
    return None if raw is None else read_text(raw, step(at, word), faults, word)


def absence_of(entry: Entry, faults: Faults) -> Cause | None:
    """The stated reason why there is no value."""
    raw = entry.words.get("absent")
    if raw is None:
        return None
    at = entry.place("absent")
    if not isinstance(raw, str) or raw not in STATED_ABSENCES:
        near = faults.guess(raw, STATED_ABSENCES) if isinstance(raw, str) else None
        message = f"{described(raw)} is not a reason of absence"
        faults.add("not-an-absence", at, message, near or f"reasons are {listed(STATED_ABSENCES)}")
        return None
    if "value" in entry.words:
        faults.add(
            "value-and-absence",
            at,
            "a value, and a reason why there is none",
            "leave one of them out",
        )
    return STATED_ABSENCES[raw]


def dropped_for(entry: Entry, faults: Faults) -> str | None:
    """Why the record never counts, if its status says so."""
    raw = entry.words.get("status")
    if raw is None:
        return None
    if isinstance(raw, Never):
        return raw.reason
    if isinstance(raw, str) and raw in STATUSES:
        return STATUSES[raw]
    near = faults.guess(raw, STATUSES) if isinstance(raw, str) else None
    message = f"{described(raw)} is not a status of a record"
    faults.add(
        "not-a-status", entry.place("status"), message, near or f"known are {listed(STATUSES, 20)}"
    )
    return None


def limits_of(
    entry: Entry, unit: str | None, faults: Faults
) -> tuple[Number | None, Number | None]:
    """The limits of the reference range in the unit of the fact; `unit`: that of the value."""
    raw = entry.words.get("reference_range")
    if raw is None:
        return None, None
    at = entry.place("reference_range")
    if not isinstance(raw, dict):
        message = f"{described(raw)} is not a reference range"
        faults.add("not-a-range", at, message, 'write `{"low": 10, "high": 40}`')
        return None, None
    for word in raw:
        if word not in ("low", "high"):
            near = faults.guess(str(word), ("low", "high"))
            message = f"{quoted(word)} is not a word of a reference range"
            faults.add("unknown-word", step(at, word), message, near)
    low, high = (
        _limit(entry, raw.get(word), unit, step(at, word), faults) for word in ("low", "high")
    )
    if low is not None and high is not None and low > high:
        faults.add("empty-range", at, "the lower limit is above the upper one")
    return low, high


def attribute_of(entry: Entry, name: str, shape: Shape, faults: Faults) -> Given | None:
    """An attribute: a scalar, or `{value, unit}`; None where it is not given."""
    raw = entry.words.get(name)
    if raw is None:
        return None
    at = entry.place(name)
    if not isinstance(raw, dict):
        return value_of({"value": raw}, shape, name, at, at, faults)
    words = _measured(raw, shape, name, at, faults)
    if words is None or words.get("value") is None:
        return None
    return value_of(words, shape, name, at, step(at, "value"), faults)


def _measured(
    raw: Mapping[str, object], shape: Shape, name: str, at: str, faults: Faults
) -> Mapping[str, object] | None:
    """The words of `{value, unit, comparator}`; None where there are others."""
    number = shape.type in (Type.QUANTITY, Type.NUMBER)
    allowed = ("value", "unit", "comparator") if number else ("value",)
    before = len(faults.found)
    for word in raw:
        if word not in allowed:
            message = f"{quoted(word)} is not a word of {quoted(name)}"
            faults.add("unknown-word", step(at, word), message, faults.guess(str(word), allowed))
    if "value" not in raw:
        faults.add("value-missing", at, f"{quoted(name)} without a value", "write `value`")
    return raw if len(faults.found) == before else None


def _limit(entry: Entry, raw: object, unit: str | None, at: str, faults: Faults) -> Number | None:
    if raw is None:
        return None
    shape, name = entry.fact.shape, at.rpartition("/")[2]
    own = None
    if isinstance(raw, dict):
        words = _measured(raw, shape, name, at, faults)
        if words is None or words["value"] is None:
            return None
        if words.get("comparator") is not None:
            faults.add("bad-limit", step(at, "comparator"), _ONE_NUMBER)
            return None
        before = len(faults.found)
        own, raw, at = text_of(words, "unit", at, faults), words["value"], step(at, "value")
        if len(faults.found) > before:
            return None
    quantity = read_quantity(raw, shape, entry.fact.name, at, faults, own, otherwise=unit)
    if quantity is None:
        return None
    low, high = quantity.value.low, quantity.value.high
    if low is None or low != high:
        faults.add("bad-limit", at, _ONE_NUMBER)
        return None
    return low


def _comparator(words: Mapping[str, object], at: str, faults: Faults) -> str | None:
    raw = words.get("comparator")
    if raw is None:
        return None
    if isinstance(raw, str) and raw in COMPARATORS:
        return COMPARATORS[raw]
    hint = "write `<`, `<=`, `>` or `>=`"
    faults.add(
        "not-a-comparator", step(at, "comparator"), f"{described(raw)} is not a comparator", hint
    )
    return None
