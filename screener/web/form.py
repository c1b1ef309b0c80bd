"""What was typed into the form, as the profile it stands for; and a profile as form fields.

A field is named `FACT.ROW.WORD`, as in `platelets.0.value`. It decides which rows say something: a
date, unit or source alone does not. What they say is read by the intake, like any other profile.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from screener import units
from screener.intake.words import STATUSES
from screener.vocabulary import Fact, Kind, Type
from screener.web.words import units_of

#: More rows of one fact than anybody types; a longer list comes as a file.
MOST_ROWS = 20
#: The history of an event is known up to this day.
COMPLETE = "complete_to"
_FIELD = re.compile(r"([A-Za-z0-9_-]{1,80})\.([0-9]{1,2})\.(a\.)?([A-Za-z0-9_-]{1,80})", re.ASCII)
#: A number by itself, without a unit behind it.
BARE = re.compile(r"(?:[<>]=?|[≤≥])?\s*[-+]?[0-9]+(?:\.[0-9]+)?")
_NUMBER = re.compile(r"\s*((?:[<>]=?|[≤≥])?\s*[-+]?[0-9.]+)\s+(\S.*)")
_WORDS = ("value", "unit", "date", "absent", "source", "by", "low", "high", "start", "end")
_SAYS = ("value", "absent", "start", "end", "ongoing")

#: The typed words of one record: by word, attributes as `a.NAME`.
Row = dict[str, str]


@dataclass(slots=True)
class Form:
    """All that was typed: `rows` by fact and number, `complete` and `days` by fact and group.

    `days` are the dates of a group, which its rows without a date of their own take. `corrects` is
    the record of the log that this is a correction of.
    """

    patient: str = ""
    as_of: str = ""
    version: str = ""
    rows: dict[str, dict[int, Row]] = field(default_factory=dict)
    complete: dict[str, str] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)
    more: str = ""
    corrects: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is said of the patient yet."""
        return not any(says(row) for rows in self.rows.values() for row in rows.values())

    def fields(self) -> Iterator[tuple[str, str]]:
        """Every field with something in it, to be sent along."""
        yield from (("patient", self.patient), ("as_of", self.as_of), ("v", self.version))
        if self.corrects:
            yield ("corrects", self.corrects)
        for fact, rows in self.rows.items():
            for number, row in rows.items():
                yield from ((f"{fact}.{number}.{word}", said) for word, said in row.items())
        yield from ((f"{fact}.0.{COMPLETE}", said) for fact, said in self.complete.items())
        yield from ((f"day.{group}", said) for group, said in self.days.items())

    def others(self, facts: Container[str]) -> list[tuple[str, str]]:
        """What is not asked about here, to be sent along unseen."""
        return [
            (name, said)
            for name, said in self.fields()
            if name == "corrects"
            or ("." in name and not name.startswith("day.") and name.partition(".")[0] not in facts)
        ]


class Written(NamedTuple):
    """A profile, and the field that a JSON pointer into it belongs to, by pointer."""

    profile: dict[str, Any]
    fields: dict[str, str]

    def field_of(self, pointer: str) -> str:
        """The name of the field that a fault is about."""
        while pointer:
            if pointer in self.fields:
                return self.fields[pointer]
            pointer = pointer.rpartition("/")[0]
        return "patient"


def read_form(pairs: Iterable[tuple[str, str]]) -> Form:
    """The form out of the fields that were sent; those that are none of its own are left aside."""
    form = Form()
    cleared = ""
    for name, text in pairs:
        said = text.strip()
        if name == "patient":
            form.patient = said
        elif name == "as_of":
            form.as_of = said
        elif name == "v":
            form.version = said
        elif name == "more":
            form.more = said
        elif name == "corrects":
            form.corrects = said
        elif name == "clear":
            cleared = said
        elif name.startswith("day.") and said:
            form.days[name[4:]] = said
        elif said and (match := _FIELD.fullmatch(name)):
            fact, number, attribute, word = match[1], int(match[2]), match[3], match[4]
            if number >= MOST_ROWS:
                continue
            if word == COMPLETE:
                form.complete[fact] = said
            elif attribute or word in _WORDS or word == "ongoing":
                row = form.rows.setdefault(fact, {}).setdefault(number, {})
                row[f"a.{word}" if attribute else word] = said
    form.rows.pop(cleared, None)
    form.complete.pop(cleared, None)
    return form


def says(row: Mapping[str, str]) -> bool:
    """Whether a row says something of the patient: a value, a reason for none, or an event."""
    return any(row.get(word) for word in _SAYS) or any(word.startswith("a.") for word in row)


def write_profile(
    form: Form, facts: Mapping[str, Fact], groups: Mapping[str, str], patient: str | None
) -> Written:
    """The profile that a form stands for.

    Args:
        form: what was typed.
        facts: the facts that are asked about; others are left out.
        groups: the group that a fact stands in, whose date it may take.
        patient: the screening id, if it may be used.
    """
    said: dict[str, Any] = {}
    fields = {"/as_of": "as_of", "/patient": "patient"}
    for name, fact in facts.items():
        rows = {number: row for number, row in form.rows.get(name, {}).items() if says(row)}
        whole = form.complete.get(name, "") if fact.kind is Kind.EVENT else ""
        if not rows and not whole:
            continue
        at = f"/facts/{name}/records" if whole else f"/facts/{name}"
        records = []
        for index, (number, row) in enumerate(sorted(rows.items())):
            stem = f"{name}.{number}"
            records.append(_record(row, fact, form.days.get(groups.get(name, ""), "")))
            here = f"{at}/{index}"
            fields |= {f"{here}/{word}": f"{stem}.{word}" for word in row}
            fields |= {f"{here}/{word[2:]}": f"{stem}.{word}" for word in row if word[:2] == "a."}
            fields |= {f"{here}/reference_range/{one}": f"{stem}.{one}" for one in ("low", "high")}
            fields[here] = f"{stem}.value"
        said[name] = {"records": records, COMPLETE: whole} if whole else records
        fields[f"/facts/{name}/{COMPLETE}"] = f"{name}.0.{COMPLETE}"
        fields[f"/facts/{name}"] = f"{name}.0.value"
    profile: dict[str, Any] = {"facts": said}
    if patient:
        profile = {"patient": patient, **profile}
    return Written(profile, fields)


def _record(row: Mapping[str, str], fact: Fact, day: str) -> dict[str, Any]:
    record: dict[str, Any] = {
        word: row[word]
        for word in ("value", "unit", "date", "absent", "source", "by", "start", "end")
        if row.get(word)
    }
    if "absent" in record or "value" not in record:
        record.pop("unit", None)
    elif fact.shape.type is Type.QUANTITY and "unit" not in record and BARE.fullmatch(row["value"]):
        # Where the form offers one unit only, its label says it.
        offered = units_of(fact.shape)
        record |= {"unit": offered[0]} if len(offered) == 1 else {}
    limits = {word: row[word] for word in ("low", "high") if row.get(word)}
    if limits:
        record["reference_range"] = limits
    if row.get("ongoing"):
        record["ongoing"] = "true"
    record |= {word[2:]: said for word, said in row.items() if word.startswith("a.")}
    happened = fact.kind is Kind.EVENT and record.get("value") != "false" and "absent" not in record
    if happened and record.keys() & {"start", "end", "ongoing"}:
        record.pop("value", None)
    # The date of the group is when something was said or found; an event has days of its own.
    if day and "date" not in record and not happened and fact.kind is not Kind.FIXED:
        record["date"] = day
    return record


def form_of(profile: Mapping[str, Any], facts: Mapping[str, Fact]) -> Form:
    """A profile that is known to be good, as fields; facts not asked about are left out."""
    form = Form(patient=str(profile.get("patient") or ""), as_of=str(profile.get("as_of") or ""))
    visits = profile.get("visits") or []
    for day, said in [(None, profile), *((one["date"], one) for one in visits)]:
        for name, what in (said.get("facts") or {}).items():
            if name in facts:
                _add(form, facts[name], what, day)
    return form


def _add(form: Form, fact: Fact, what: Any, day: str | None) -> None:
    if isinstance(what, dict) and ("records" in what or COMPLETE in what):
        if what.get(COMPLETE):
            form.complete[fact.name] = str(what[COMPLETE])
        what = what.get("records")
    if what == [] and fact.kind is Kind.EVENT:
        what = False
    for one in what if isinstance(what, list) else [what]:
        if one is None or (isinstance(one, dict) and STATUSES.get(str(one.get("status")))):
            continue  # The form has no place for records that never count.
        rows = form.rows.setdefault(fact.name, {})
        rows[len(rows)] = _row(fact, one, day)


def _row(fact: Fact, one: Any, day: str | None) -> Row:
    words = dict(one) if isinstance(one, dict) else {"value": one}
    row: Row = {}
    for word, said in words.items():
        if said is None:
            continue
        if word == "reference_range":
            row |= {end: _text(limit) for end, limit in said.items() if limit is not None}
        elif word == "comparator":
            row["value"] = _text(said) + row.get("value", _text(words.get("value")))
        elif word in fact.attributes:
            row[f"a.{word}"] = _text(said)
        elif word == "ongoing":
            row |= {"ongoing": "true"} if _text(said) == "true" else {}
        elif word in _WORDS and not (word == "value" and "value" in row):
            row[word] = _text(said)
    _split_unit(row, fact)
    event = fact.kind is Kind.EVENT and row.get("value") != "false"
    if event and "absent" not in row:
        row.setdefault("value", "true")
        if "date" in row:
            row["start"] = row["end"] = row.pop("date")
    elif day is not None and fact.kind is not Kind.FIXED:
        row.setdefault("date", day)
    return row


def _split_unit(row: Row, fact: Fact) -> None:
    """Take the unit out of a text such as `4.2 cm`, where the form has a place for it."""
    offered = units_of(fact.shape)
    match = _NUMBER.fullmatch(row.get("value", ""))
    if match and fact.shape.type is Type.QUANTITY and "unit" not in row:
        unit = units.canonical(match[2])
        if unit in offered:
            row["value"], row["unit"] = match[1], unit


def _text(said: Any) -> str:
    if isinstance(said, bool):
        return "true" if said else "false"
    if isinstance(said, dict):
        return f"{_text(said.get('value'))} {said.get('unit') or ''}".strip()
    return "" if said is None else str(said)
