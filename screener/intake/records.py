"""What a profile says of one fact, into records and statements.

It decides which of them count, which never do, and what deserves a warning.
Source: semantics sections 6 to 8.
"""

from __future__ import annotations

from screener.days import Days
from screener.facts import Record, Shown, Statement
from screener.intake.entry import Entry, Visit, known_words
from screener.intake.faults import described, quoted, step
from screener.intake.plain import plain_record
from screener.intake.sheet import Draft
from screener.intake.values import Given, read_days
from screener.intake.when import said_when, when
from screener.intake.words import (
    absence_of,
    attribute_of,
    dropped_for,
    limits_of,
    text_of,
    value_of,
)
from screener.quantities import Range, decimal_text, holds
from screener.truth import Truth
from screener.vocabulary import Fact, Shape, Type

_HISTORY_WORDS = ("records", "complete_to")
_NO = frozenset({False})


def read_fact(fact: Fact, raw: object, visit: Visit | None, at: str, draft: Draft) -> None:
    """Read all that stands under the name of a fact: a value, a record, a list or a history."""
    if isinstance(raw, dict) and any(word in raw for word in _HISTORY_WORDS):
        _history(fact, raw, visit, at, draft)
    elif isinstance(raw, list):
        _several(fact, raw, visit, at, draft)
        if not raw and fact.shape.type is Type.EVENT:
            _record(Entry(fact, {"value": False}, at, at, visit), draft)
    elif raw is not None:
        _one(fact, raw, visit, at, draft)


def _history(
    fact: Fact, raw: dict[str, object], visit: Visit | None, at: str, draft: Draft
) -> None:
    """Read `{records, complete_to}`."""
    for word in raw:
        if word not in _HISTORY_WORDS:
            message = f"{quoted(word)} does not stand beside `records`"
            draft.faults.add("unknown-word", step(at, word), message, "put it into the records")
    records, said = raw.get("records"), raw.get("complete_to")
    if isinstance(records, list):
        _several(fact, records, visit, step(at, "records"), draft)
    elif records is not None:
        message = f"{described(records)} is not a list of records"
        draft.faults.add("list-expected", step(at, "records"), message, "put it into `[` and `]`")
    if said is None:
        return
    there = step(at, "complete_to")
    if fact.shape.type is not Type.EVENT:
        message = f"{quoted(fact.name)} is not an event, so it has no `complete_to`"
        draft.faults.add("word-not-of-type", there, message)
        return
    if records is None:
        hint = 'write `"records": []` if there was none'
        draft.faults.add("history-incomplete", there, "`complete_to` without `records`", hint)
    days = read_days(said, there, draft.faults)
    if days is not None:
        none = records == []
        shown = Shown(value=False if none else None, date=str(said).strip())
        draft.say(fact.name, Statement(days, none, shown, visit.days if visit else None))


def _several(fact: Fact, raw: list[object], visit: Visit | None, at: str, draft: Draft) -> None:
    for index, one in enumerate(raw):
        if one is None:
            continue
        record = plain_record(fact, one, visit)
        if record is None:
            _one(fact, one, visit, step(at, index), draft)
        else:
            draft.record(fact.name, record)
            if fact.shape.type is Type.DATE:
                note_date(fact, record, step(at, index), draft)


def _one(fact: Fact, raw: object, visit: Visit | None, at: str, draft: Draft) -> None:
    """Read a scalar or a record."""
    if not isinstance(raw, dict):
        _record(Entry(fact, {"value": raw}, at, at, visit), draft)
        return
    if not raw:
        draft.faults.add(
            "value-missing",
            at,
            "an empty record says nothing",
            "write `null` for what is not known",
        )
        return
    before = len(draft.faults.found)
    words = known_words(fact, raw, at, draft.faults)
    misspelt = len(draft.faults.found) > before
    entry = Entry(fact, words, at, step(at, "value"), visit)
    if not words.keys() & {"value", "absent"}:
        # `"value": null` is not given, unless other words say that an event happened; and where
        # a word is misspelt, it may have been the value.
        silent = "value" in raw or misspelt
        if silent and not (entry.event and words.keys() - {"date", "status", "source", "by"}):
            return
        if entry.event and not words:
            return
    _record(entry, draft)


def _record(entry: Entry, draft: Draft) -> None:
    """Read one record and file it: it counts, never counts, or says that an event never was."""
    fact, words, faults = entry.fact, entry.words, draft.faults
    before = len(faults.found)
    absence = absence_of(entry, faults)
    given = None
    if "value" in words:
        given = value_of(words, fact.shape, fact.name, entry.at, entry.value_at, faults)
    elif "absent" not in words and not entry.event:
        hint = 'write `value`, or say why there is none, as in `{"absent": "not_done"}`'
        faults.add(
            "value-missing", entry.at, f"a record of {quoted(fact.name)} without a value", hint
        )
    low = high = None
    if given is not None or "value" not in words:
        unit = given.original_unit if given else text_of(words, "unit", entry.at, faults)
        low, high = limits_of(entry, unit, faults)
    attributes = {
        name: attribute_of(entry, name, shape, faults) for name, shape in fact.attributes.items()
    }
    dropped = dropped_for(entry, faults)
    source = text_of(words, "source", entry.at, faults)
    by = text_of(words, "by", entry.at, faults)
    laboratory = text_of(words, "laboratory", entry.at, faults)
    never = entry.event and given is not None and given.value == _NO
    if never:
        for name in fact.attributes.keys() & words.keys():
            message = f"`false` says there was none, so it has no {quoted(name)}"
            faults.add("none-with-words", entry.place(name), message)
    day = said_when(entry, faults) if never else when(entry, faults)
    if len(faults.found) > before:
        return
    signed = True
    if fact.asked_of and absence is None and not dropped:
        signed = _signed(fact, by, day.named, draft)
    record = Record(
        value=None if entry.event or given is None else given.value,
        absence=absence,
        start=day.start,
        end=day.end,
        undated=day.undated,
        low=low,
        high=high,
        attributes={name: one.value if one else None for name, one in attributes.items()},
        shown=_shown(given, entry.event and absence is None, day.shown, source),
        signed=signed,
        since=day.since,
        laboratory=laboratory and laboratory.strip(),
    )
    if dropped:
        draft.drop(fact.name, record, dropped)
        return
    if never:
        draft.say(fact.name, Statement(day.start, True, record.shown, day.start))
        return
    draft.record(fact.name, record)
    for name, one, shape in [
        (fact.name, given, fact.shape),
        *((name, attributes[name], shape) for name, shape in fact.attributes.items()),
    ]:
        if one is not None:
            _plausible(fact, name, one, shape, draft)
    if fact.shape.type is Type.DATE and given is not None:
        note_date(fact, record, entry.value_at, draft)


def _shown(given: Given | None, happened: bool, date: str | None, source: str | None) -> Shown:
    if given is None:
        return Shown(value=True if happened else None, date=date, source=source)
    return Shown(given.shown, given.unit, given.original, given.original_unit, date, source)


def note_date(fact: Fact, record: Record, at: str, draft: Draft) -> None:
    """Note the value of a date fact, and that it stands there."""
    value = record.value
    assert isinstance(value, Range), "INVARIANT: the value of a date fact is a range of days"
    assert value.low is not None, "INVARIANT: a written date has a first day"
    assert value.high is not None, "INVARIANT: a written date has a last day"
    draft.date(fact.name, at, Days(int(value.low), int(value.high)))


def _signed(fact: Fact, by: str | None, dated: bool, draft: Draft) -> bool:
    """Whether a judgement says who judged and when (6.7)."""
    lacks = [word for word, there in (("the name (`by`)", by), ("the date", dated)) if not there]
    if lacks:
        message = f"the judgement on `{fact.name}` lacks {' and '.join(lacks)}"
        draft.warn(fact.name, "unsigned-judgement", message)
    return not lacks


def _plausible(fact: Fact, name: str, given: Given, shape: Shape, draft: Draft) -> None:
    """Warn of a value that lies outside the plausible range altogether (10.3)."""
    if shape.plausible is None or not isinstance(given.value, Range):
        return
    lowest, highest = shape.plausible
    if holds(given.value, Range(lowest, highest)) is not Truth.FALSE:
        return
    unit = f" {given.unit}" if given.unit else ""
    whose = f"`{fact.name}`" if name == fact.name else f"`{name}` of `{fact.name}`"
    draft.warn(
        fact.name,
        "implausible",
        f"{whose}: {given.shown}{unit} is outside the plausible range "
        f"{decimal_text(lowest)} to {decimal_text(highest)}{unit}; check the number and its unit",
    )
