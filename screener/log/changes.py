"""What one version of a record says otherwise than the one before it: what was known, and outcomes.

It compares what was recorded; it judges nothing anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from screener.facts import FactSheet
from screener.log.inputs import write_inputs
from screener.log.read import Answer


class Change(NamedTuple):
    """What is said otherwise; None where one of the two says nothing of it."""

    what: str
    before: str | None
    after: str | None


def changes(before: Answer, after: Answer) -> list[Change]:
    """The facts that differ, the day, then the outcomes that differ."""
    first, second = before.result, after.result
    facts = _differing(facts_of(before.inputs), facts_of(after.inputs))
    told = [
        Change(what, first[what], second[what])
        for what in ("patient", "as_of", "version")
        if first[what] != second[what]
    ]
    return [*told, *facts, *outcome_changes(first, second)]


def outcome_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Every outcome that differs between two answers: the verdict, stages, cohorts, criteria."""
    if before["verdict"] != after["verdict"]:
        yield Change("verdict", before["verdict"], after["verdict"])
    for name, many, outcome in (
        ("stage ", "stages", "verdict"),
        ("cohort ", "cohorts", "verdict"),
        ("", "criteria", "outcome"),
    ):
        first = {one["id"]: one[outcome] for one in before[many]}
        second = {one["id"]: one[outcome] for one in after[many]}
        for change in _differing(first, second):
            yield change._replace(what=f"{name}{change.what}")


def facts_of(inputs: FactSheet | object) -> dict[str, str]:
    """What was known, a short text for each fact; of a visit, with its day."""
    if isinstance(inputs, FactSheet):
        data = json.loads(write_inputs(inputs))["facts"]
        return {
            name: "; ".join(filter(None, (_shown(one["shown"]) for one in records)))
            for name, records in data["records"].items()
        }
    profile = inputs if isinstance(inputs, Mapping) else {}
    found = {name: _text(said) for name, said in (profile.get("facts") or {}).items()}
    for visit in profile.get("visits") or []:
        for name, said in (visit.get("facts") or {}).items():
            more = f"{_text(said)} ({visit.get('date')})"
            found[name] = f"{found[name]}; {more}" if name in found else more
    return found


def _shown(shown: list[Any]) -> str:
    value, unit, original, original_unit, date = shown[:5]
    said = [original if original is not None else value, original_unit or unit, date]
    return " ".join(_text(one) for one in said if one is not None)


def _text(said: Any) -> str:
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, Mapping):
        return ", ".join(
            _text(part) if word == "value" else f"{word} {_text(part)}"
            for word, part in said.items()
            if part is not None
        )
    if isinstance(said, list | tuple):
        return "; ".join(map(_text, said)) or "none"
    return "not given" if said is None else str(said)


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Change(name, before.get(name), after.get(name))
