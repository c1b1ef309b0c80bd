"""Fills a trial's questionnaire in from a profile, as a form in an EHR would.

It reads the questionnaire alone and knows nothing of how the answers are taken in. What a
profile says and the questionnaire has no item for is `Unasked`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
_WRITTEN = re.compile(r"(<=|>=|<|>)?\s*(-?[0-9.]+)\s*(.*)")


class Unasked(Exception):
    """The questionnaire has no item for what the profile says."""


def filled(questionnaire: Json, profile: Mapping[str, Any], authored: str) -> Json:
    """The response of the day `authored`, of the patient whom the profile names."""
    tops = {one["linkId"]: one for one in questionnaire["item"]}
    items: list[Json] = []
    for fact, said, day in _said(profile):
        if fact not in tops:
            continue
        records, complete_to = _records(said)
        if complete_to is not None:
            items.append(_answered(tops, f"{fact}.complete_to", complete_to, {}))
        inner = {one["linkId"].removeprefix(f"{fact}."): one for one in tops[fact]["item"]}
        for record in records:
            words = dict(_words(record, inner, day, event=f"{fact}.complete_to" in tops))
            none_on = words.pop("none_on", None)
            if none_on is not None:
                items.append(_answered(tops, f"{fact}.complete_to", none_on, {}))
            else:
                answers = [_answered(inner, word, value, words) for word, value in words.items()
                           if word not in ("unit", "comparator")]  # fmt: skip
                items.append({"linkId": fact, "item": answers})
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "r1",
        "questionnaire": f"{questionnaire['url']}|{questionnaire['version']}",
        "status": "completed",
        "authored": f"{authored}T10:00:00+01:00",
        "subject": {"reference": f"Patient/{profile.get('patient', 'anonymous')}"},
        "item": items,
    }


def _said(profile: Mapping[str, Any]) -> Iterator[tuple[str, Any, str | None]]:
    for fact, said in profile.get("facts", {}).items():
        yield fact, said, None
    for visit in profile.get("visits", ()):
        for fact, said in visit["facts"].items():
            yield fact, said, visit["date"]


def _records(said: Any) -> tuple[list[Any], str | None]:
    if isinstance(said, dict) and ("records" in said or "complete_to" in said):
        return said.get("records", []), said.get("complete_to")
    if said == []:
        return [False], None
    return (said if isinstance(said, list) else [said]), None


def _words(
    record: Any, inner: Mapping[str, Json], day: str | None, *, event: bool
) -> Iterator[tuple[str, Any]]:
    record = dict(record) if isinstance(record, dict) else {"value": record}
    record.pop("source", None)
    limits = record.pop("reference_range", {})
    if event and record.get("value") in (False, "false") and (day or "date" in record):
        yield "none_on", record.get("date", day)
        return
    if event and "date" in record:
        record["start"] = record["end"] = record.pop("date")
    if event and record.get("value") not in (False, "false"):
        record["value"] = True
    if day is not None and "date" in inner:
        record.setdefault("date", day)
    yield from record.items()
    yield from limits.items()


def _answered(inner: Mapping[str, Json], word: str, said: Any, beside: Mapping[str, Any]) -> Json:
    if word not in inner:
        raise Unasked(word)
    item = inner[word]
    return {"linkId": item["linkId"], "answer": [_answer(item, said, beside)]}


def _answer(item: Json, said: Any, beside: Mapping[str, Any]) -> Json:
    match item["type"]:
        case "quantity":
            return {"valueQuantity": _quantity(said, beside, item)}
        case "decimal":
            text = str(said["value"] if isinstance(said, dict) else said)
            if not re.fullmatch(r"-?[0-9.]+", text):
                raise Unasked(text)
            return {"valueDecimal": float(text)}
        case "coding" | "choice":
            for option in item["answerOption"]:
                if option["valueCoding"]["code"] == str(said):
                    return {"valueCoding": option["valueCoding"]}
            raise Unasked(str(said))
        case "boolean":
            return {"valueBoolean": {"true": True, "false": False}[str(said).lower()]}
        case "date":
            return {"valueDate": said}
        case _:
            return {"valueString": said}


def _quantity(said: Any, beside: Mapping[str, Any], item: Json) -> Json:
    words = dict(said) if isinstance(said, dict) else {"value": said, **{
        word: beside[word] for word in ("unit", "comparator") if word in beside}}  # fmt: skip
    match = _WRITTEN.fullmatch(str(words["value"]))
    assert match is not None
    unit = words.get("unit") or match[3]
    offered = [one["valueCoding"]["code"] for one in item["extension"]]
    if not unit and "1" in offered:
        unit = "1"
    if unit not in offered:
        raise Unasked(unit)
    comparator = words.get("comparator") or match[1]
    found: Json = {"value": float(Decimal(match[2])), "unit": unit, "code": unit,
                   "system": "http://unitsofmeasure.org"}  # fmt: skip
    return {**found, "comparator": comparator} if comparator else found
