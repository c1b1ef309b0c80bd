"""A profile in the making: what is given of a patient, and the records noted down beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from screener.days import iso
from screener.vocabulary import Kind, Vocabulary


@dataclass(frozen=True, slots=True)
class Notes:
    """Records by fact.

    `complete`: facts of which there are no others. `replaced`: facts of which what is given with a
    gap (an absence, a value or a day known in part) gives way to what is noted.
    """

    records: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()

    def with_records(self, added: Iterable[tuple[str, Any]]) -> Notes:
        """The same with more records."""
        records = dict(self.records)
        for fact, words in added:
            records[fact] = (*records.get(fact, ()), words)
        return Notes(records, self.complete, self.replaced)

    def only(self, facts: frozenset[str]) -> Notes:
        """What is noted of some facts."""
        kept = {fact: words for fact, words in self.records.items() if fact in facts}
        return Notes(kept, self.complete & facts, self.replaced & facts)

    def joined(self, other: Notes) -> Notes:
        """Both; of a fact that both know, what the other says."""
        return Notes(
            {**self.records, **other.records},
            self.complete | other.complete,
            self.replaced | other.replaced,
        )


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a patient before anything is made up; nobody in particular without it."""

    profile: Mapping[str, Any] = field(default_factory=dict)

    def has_any(self, facts: frozenset[str]) -> bool:
        """Whether something is said of one of the facts."""
        return any(not facts.isdisjoint(each) for each in self._each())

    def days(self) -> dict[str, int]:
        """The days that facts are given as."""
        found = {}
        for fact, said in (self.profile.get("facts") or {}).items():
            value = said.get("value") if isinstance(said, dict) else said
            if isinstance(value, str) and _whole_day(value):
                found[fact] = date.fromisoformat(value).toordinal()
        return found

    def _each(self) -> Iterable[Mapping[str, Any]]:
        yield self.profile.get("facts") or {}
        for visit in self.profile.get("visits") or ():
            yield visit.get("facts") or {}

    def with_notes(self, notes: Notes, vocabulary: Vocabulary, as_of: int) -> dict[str, Any]:
        """The profile with what is noted."""
        found = deepcopy(dict(self.profile))
        facts = found["facts"] = dict(found.get("facts") or {})
        for visit in found.get("visits") or ():
            visit["facts"] = _without_gaps(visit.get("facts") or {}, notes.replaced)
        facts.update(_without_gaps(facts, notes.replaced))
        for fact in [*facts]:
            if fact in notes.replaced and facts[fact] is None:
                del facts[fact]
        for fact in dict.fromkeys((*notes.records, *sorted(notes.complete))):
            said = _said(facts.get(fact), notes.records.get(fact, ()))
            if fact in notes.complete and vocabulary[fact].kind is Kind.EVENT:
                said = _whole(said, as_of)
            facts[fact] = said
        return found


def _said(before: Any, added: tuple[Any, ...]) -> Any:
    """One record as it is, several as a list, beside what was given."""
    if not added:
        return before
    if isinstance(before, dict) and "records" in before:
        return {**before, "records": [*before["records"], *added]}
    kept = [] if before is None else before if isinstance(before, list) else [before]
    together = [*kept, *added]
    return together[0] if len(together) == 1 else together


def _whole(said: Any, as_of: int) -> Any:
    """The records of an event, and that there are no others."""
    if said is None or said == []:
        return {"value": False, "date": iso(as_of)}
    if isinstance(said, dict) and "records" in said:
        return {**said, "complete_to": iso(as_of)}
    if said is False or (isinstance(said, dict) and "value" in said):
        return said
    return {"records": said if isinstance(said, list) else [said], "complete_to": iso(as_of)}


def _without_gaps(facts: Mapping[str, Any], which: frozenset[str]) -> dict[str, Any]:
    return {fact: _kept(said) if fact in which else said for fact, said in facts.items()}


def _kept(said: Any) -> Any:
    """What is said without the records that leave something open; None if nothing is left."""
    if isinstance(said, list):
        return [one for one in said if not _gap(one)] or None
    if isinstance(said, dict) and "records" in said:
        return {**said, "records": [one for one in said["records"] if not _gap(one)]}
    return None if _gap(said) else said


def _gap(record: Any) -> bool:
    if not isinstance(record, dict):
        return record is None
    if "absent" in record or "comparator" in record:
        return True
    if isinstance(record.get("value"), str) and record["value"][:1] in "<>":
        return True
    return any(not _whole_day(record[word]) for word in ("date", "start", "end") if word in record)


def _whole_day(text: Any) -> bool:
    try:
        date.fromisoformat(str(text))
    except ValueError:
        return False
    return True
