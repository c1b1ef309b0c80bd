"""A decided criterion survives every resolution of what is unknown about the recorded facts.

Semantics 12.2. Resolved are partial dates, censored values, attributes not given, events without
an end, undated records and stated absences. A given derived fact may come to contradict its parts,
and a value in place of an absence may contradict its neighbours; then a decided criterion may turn
unknown, but never to its contrary.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.judge.calendar import days_of
from tests.judge.generate import CODES, LIMITS, STEPS
from tests.properties.patients import Json, Trial, at, outcomes, records, replaced, shown

#: Uses that leave absences aside (7.4): a value in place of one is a new record to them.
_ASIDE = {"highest", "lowest", "any", "all"}


def check(seed: str, criteria: int = 8, patients: int = 25) -> tuple[int, list[str]]:
    """How many resolutions were tried, and the criteria that did not survive one."""
    trial = Trial(seed, criteria, patients)
    tried, broken = 0, []
    for profile, as_of in trial.patients:
        before = outcomes(trial.screen(profile, as_of))
        for fact, keys, value, absence in resolutions(trial, profile, as_of):
            resolved = replaced(profile, keys, value)
            after = outcomes(trial.screen(resolved, as_of))
            tried += 1
            for criterion in trial.criteria():
                name = criterion["id"]
                if before[name] == "unknown" or before[name] == after[name]:
                    continue
                leaves = trial.leaves(criterion)
                if absence and not _survives_absence(trial, fact, leaves):
                    continue
                derived = any("derived" in trial.facts[leaf["fact"]] for leaf in leaves)
                if after[name] == "unknown" and (absence or derived):
                    continue
                broken.append(
                    f"{seed}: {name} {before[name]} -> {after[name]} with {keys} = {value}\n"
                    + shown(trial, profile, as_of, name)
                )
    return tried, broken


def _survives_absence(trial: Trial, fact: str, leaves: list[Json]) -> bool:
    if trial.facts[fact]["kind"] == "cumulative":
        return False  # 6.4: beside an answer an absence does not count
    return not any(leaf["fact"] == fact and leaf.get("use") in _ASIDE for leaf in leaves)


def resolutions(
    trial: Trial, profile: Json, as_of: date
) -> Iterator[tuple[str, tuple[Any, ...], Any, bool]]:
    """The fact, the place, a value that may be meant there, and whether it was an absence."""
    for name, keys in records(profile):
        fact = trial.facts[name]
        entry = at(profile, keys)
        if not isinstance(entry, dict):
            entry = {"value": entry}
            if entry["value"] is None or isinstance(entry["value"], bool):
                continue
        visit = len(keys) > 1 and keys[0] == "visits"
        for changed in _dates(entry, fact, as_of, visit):
            yield name, keys, changed, False
        if "comparator" in entry:
            for number in _numbers(entry):
                rest = {word: entry[word] for word in entry if word != "comparator"}
                yield name, keys, {**rest, "value": number}, False
        if not ("absent" in entry or entry.get("value") is False):
            for attribute, shape in fact.get("attributes", {}).items():
                if attribute not in entry:
                    for value in _values(attribute, shape):
                        said = (
                            f"{value} {shape['unit']}" if shape.get("unit", "1") != "1" else value
                        )
                        yield name, keys, {**entry, attribute: said}, False
        if "absent" in entry and _is_evidence(trial, name, entry):
            rest = {word: entry[word] for word in entry if word != "absent"}
            for value in _values(name, fact):
                unit = {"unit": LIMITS[name][1]} if name in LIMITS and LIMITS[name][1] else {}
                yield name, keys, {**rest, "value": value, **unit}, True


def _is_evidence(trial: Trial, name: str, entry: Json) -> bool:
    """Whether a value may stand for this absence: 4.6 gives some absences of a date an answer."""
    return entry["absent"] != "not_done" and name not in ("start", "surgery", "birth", "last_dose")


def _dates(entry: Json, fact: Json, as_of: date, visit: bool) -> Iterator[Json]:
    for word in ("date", "start", "end"):
        text = entry.get(word, "")
        if text and len(text) < 10:
            for day in _edges(days_of(text), as_of, clipped=word != "end"):
                changed = {**entry, word: day}
                start, end = changed.get("start", ""), changed.get("end", "9999-12-31")
                known = min(len(start), len(end))
                if start[:known] <= end[:known]:
                    yield changed
    if fact["type"] == "date" and len(str(entry.get("value", ""))) in (4, 7):
        for day in _edges(days_of(entry["value"]), as_of, clipped=False):
            yield {**entry, "value": day}
    if "start" in entry and "end" not in entry and not entry.get("ongoing"):
        first = days_of(entry["start"])[-1]
        if first <= as_of.toordinal():
            for last in (first, (first + as_of.toordinal()) // 2, as_of.toordinal()):
                yield {**entry, "end": date.fromordinal(last).isoformat()}
        yield {**entry, "ongoing": True}
    undated = "date" not in entry and "start" not in entry and not visit
    said_now = fact["kind"] in ("cumulative", "fixed") or entry.get("value") is False
    if undated and not said_now and "age_of" not in fact.get("derived", {}):
        for days in (0, 5, 28, 400):
            yield {**entry, "date": date.fromordinal(as_of.toordinal() - days).isoformat()}


def _edges(days: range, as_of: date, clipped: bool) -> list[str]:
    last = min(days[-1], as_of.toordinal()) if clipped else days[-1]
    if days[0] > last:
        return []
    return [date.fromordinal(day).isoformat() for day in {days[0], (days[0] + last) // 2, last}]


def _numbers(entry: Json) -> list[str]:
    limit = Fraction(str(entry["value"]))
    sign = -1 if entry["comparator"].startswith("<") else 1
    found = [limit + sign * step for step in (Fraction(1, 1000), 1, 5, 1000)]
    if entry["comparator"].endswith("="):
        found.append(limit)
    if entry.get("unit") == "a":
        found = [one for one in found if one.denominator == 1 and 0 <= one <= 130]
    return [f"{float(one):.3f}".rstrip("0").rstrip(".") for one in found]


def _values(name: str, shape: Json) -> list[Any]:
    if shape["type"] == "boolean":
        return [True, False]
    if shape["type"] == "event":
        return [True]
    if name in CODES:
        return CODES[name]
    return list(STEPS) if shape["type"] == "ordinal" else list(LIMITS[name][0])


# Of these none takes more than some seconds; any other is for the campaign.
@pytest.mark.parametrize("number", [0, 2, 4, 6])
def test_a_decided_criterion_survives_every_resolution(number: int) -> None:
    tried, broken = check(f"resolving-{number}", patients=3)
    assert tried > 9
    assert not broken, "\n\n".join(broken[:2])
