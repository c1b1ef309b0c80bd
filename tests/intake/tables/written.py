"""Writes profiles as tables, wide and long: the way there that the intake goes back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any


class NotInATable(Exception):
    """What a profile says under a visit and a table has no column for."""


def wide(patient: str, profile: Mapping[str, Any]) -> str:
    """A row per record of the fact that has most of them; the others stand in the first rows."""
    columns: list[str] = ["patient"]
    rows: list[dict[str, str]] = []
    filled: dict[str, int] = {}
    for fact, words in _records(profile):
        index = filled[fact] = filled.get(fact, -1) + 1
        while index >= len(rows):
            rows.append({"patient": patient})
        for word, text in words.items():
            column = fact if word == "value" else f"{fact}.{word}"
            columns += [column] if column not in columns else []
            rows[index][column] = text
    return _table(columns, rows or [{"patient": patient}])


def long(patient: str, profile: Mapping[str, Any]) -> str:
    """A row per record."""
    columns = ["patient", "fact", "value"]
    rows = []
    for fact, words in _records(profile):
        columns += [word for word in words if word not in columns]
        rows.append({"patient": patient, "fact": fact, **words})
    return _table(columns, rows or [{"patient": patient}])


def _table(columns: list[str], rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _records(profile: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for fact, said in profile.get("facts", {}).items():
        yield from _of(fact, said, None)
    for visit in profile.get("visits", []):
        for fact, said in visit["facts"].items():
            yield from _of(fact, said, visit["date"])


def _of(fact: str, said: Any, visit: str | None) -> Iterator[tuple[str, dict[str, str]]]:
    if said is None:
        return
    if isinstance(said, Mapping) and ("records" in said or "complete_to" in said):
        if visit is not None:
            raise NotInATable(fact)
        for one in said.get("records") or []:
            yield fact, _words(one)
        if said.get("complete_to"):
            yield fact, {"complete_to": said["complete_to"]}
        return
    for one in said if isinstance(said, list) else [said]:
        words = _words(one)
        if visit is not None and not {"date", "start", "end"} & set(words):
            if set(words) - {"value", "unit", "by", "absent", "source"} or words == {
                "value": "true"
            }:
                raise NotInATable(fact)
            words["date"] = visit
        yield fact, words
    if said == []:
        yield fact, {"value": "false"}


def _words(one: Any) -> dict[str, str]:
    if not isinstance(one, Mapping):
        return {"value": _text(one)}
    words: dict[str, str] = {}
    for word, said in one.items():
        if word == "reference_range":
            words |= {limit: _text(number) for limit, number in said.items()}
        elif isinstance(said, Mapping):
            words |= {word: _text(said["value"]), f"{word}.unit": said["unit"]}
        elif said is not None:
            words[word] = _text(said)
    return words


def _text(said: Any) -> str:
    return {True: "true", False: "false"}[said] if isinstance(said, bool) else str(said)
