"""Profiles as rows of a wide frame, where a wide table can say what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

Row = dict[str, str]

_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
_YEARS = {str(year) for year in range(1900, 2100)}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EVENT_DAYS = {"date", "start", "end", "ongoing"}


def records_of(profile: Mapping[str, Any], events: set[str]) -> list[tuple[str, Row]] | None:
    """The fact and the words of each record of the profile; None if no table can say it."""
    if profile.get("complete"):
        return None
    said: list[tuple[str, Row]] = []
    for name, raw in profile["facts"].items():
        for words in _records(raw, name in events):
            said.append((name, words))
    for visit in profile.get("visits", ()):
        for name, raw in visit["facts"].items():
            for words in _records(raw, name in events):
                if name in events and not words.keys() & {"date", "start"}:
                    return None  # under a visit: on an unknown day, but not after it
                if "complete_to" in words:
                    return None
                if name not in events:
                    words.setdefault("date", visit["date"])
                said.append((name, words))
    return said if all(words for _, words in said) else None


def wide_row(profile: Mapping[str, Any], events: set[str]) -> Row | None:
    """The row that says what the profile says; None if no wide table can."""
    said = records_of(profile, events)
    if said is None:
        return None
    row: Row = {}
    counts: dict[str, int] = {}
    for name, words in said:
        counts[name] = counts.get(name, 0) + 1
        number = "" if counts[name] == 1 else f"#{counts[name]}"
        for word, text in words.items():
            heading = f"{name}{number}" if word == "value" else f"{name}{number}.{word}"
            row[heading] = text
    return row


def _records(raw: Any, event: bool) -> Iterator[Row]:
    if raw is None:
        return
    if isinstance(raw, list):
        if not raw and event:
            yield {"value": "false"}
        for one in raw:
            yield from _records(one, event)
    elif isinstance(raw, dict) and ("records" in raw or "complete_to" in raw):
        records = [one for each in raw.get("records", ()) for one in _records(each, event)]
        yield from records
        if raw.get("complete_to") is not None:
            yield {"complete_to": str(raw["complete_to"])}
    elif isinstance(raw, dict):
        yield dict(_words(raw))
    else:
        yield {"value": _text(raw)}


def _words(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for word, value in record.items():
        if value is None:
            continue
        if word == "reference_range":
            yield from ((end, _text(limit)) for end, limit in value.items() if limit is not None)
        elif isinstance(value, dict):
            inner = dict(value)
            if inner.get("value") is not None:
                yield word, f"{inner.get('comparator', '')}{_text(inner['value'])}"
                if inner.get("unit"):
                    yield f"{word}.unit", _text(inner["unit"])
        else:
            yield word, _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def frame_of(rows: Sequence[Row], *, typed: bool) -> pl.DataFrame:
    """The rows as a frame of texts, or (`typed`) of numbers, dates, yes and no where all are."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    columns: dict[str, pl.Series] = {
        "patient": pl.Series([f"P{number}" for number in range(len(rows))], dtype=pl.String)
    }
    for heading in headings:
        texts = [row.get(heading) for row in rows]
        plain = not typed or heading.rpartition(".")[2] == "unit"
        columns[heading] = pl.Series(texts, dtype=pl.String) if plain else _typed(texts)
    return pl.DataFrame(columns)


def _typed(texts: list[str | None]) -> pl.Series:
    there = [one for one in texts if one is not None]
    if set(there) <= {"true", "false"}:
        return pl.Series(
            [None if one is None else one == "true" for one in texts], dtype=pl.Boolean
        )
    if all(_NUMBER.fullmatch(one) and one not in _YEARS for one in there):
        if not any("." in one for one in there):
            return pl.Series([None if one is None else int(one) for one in texts], dtype=pl.Int64)
        numbers = [None if one is None else float(one) for one in texts]
        return pl.Series(numbers, dtype=pl.Float64)
    if all(_DAY.fullmatch(one) and _calendar(one) for one in there):
        return pl.Series([None if one is None else date.fromisoformat(one) for one in texts])
    return pl.Series(texts, dtype=pl.String)


def _calendar(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
