"""Made-up patients for the benchmark: flat facts from a seed, and the same facts as profiles.

The shares are chosen so that about a quarter is eligible where nothing is missing. Everything here
is drawn at random; nobody here is or was a real person.
"""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

from screener.vocabulary import Type, Vocabulary

#: The day of screening.
AS_OF = "2026-11-24"
#: Dated profiles say what was observed under a visit on one of so many days before.
_VISIT_DAYS = 60

_LIKELY = {"informed_consent": 0.97, "curative_resection": 0.96}
_SELDOM = 0.012
_CODES = {
    "mir26_expression": (("low", "normal", "high"), (0.80, 0.15, 0.05)),
    "mir26_assay": (("rt_pcr", "microarray"), (0.95, 0.05)),
    "child_pugh_class": (("A", "B", "C"), (0.90, 0.08, 0.02)),
    "sex": (("male", "female"), (0.7, 0.3)),
}
_WOMEN_ONLY = ("pregnant", "lactating", "urine_pregnancy_test_positive")
#: What stands for "never had one" among days since the last dose.
_NEVER = 999


def flat_patients(
    vocabulary: Vocabulary, count: int, missing: float, seed: int
) -> list[dict[str, Any]]:
    """`count` patients as flat facts; each fact is None with the probability `missing`."""
    draw = random.Random(seed)
    return [_patient(vocabulary, missing, draw) for _ in range(count)]


def _patient(vocabulary: Vocabulary, missing: float, draw: random.Random) -> dict[str, Any]:
    facts = {name: _value(name, draw) for name in vocabulary}
    if facts["sex"] == "male":
        facts.update(dict.fromkeys(_WOMEN_ONLY, False))
    return {name: None if draw.random() < missing else value for name, value in facts.items()}


def _value(name: str, draw: random.Random) -> object:
    match name:
        case "age":
            return draw.randrange(12, 84)
        case "tumor_count":
            return draw.choices((1, 2, 3, 4), (0.6, 0.3, 0.07, 0.03))[0]
        case "tumor_diameter":
            return round(draw.uniform(2.3, 8.6), 1)
        case "leukocytes":
            return round(draw.lognormvariate(1.65, 0.38), 1)
        case "platelets":
            return round(draw.lognormvariate(4.9, 0.5))
        case "days_since_investigational_drug":
            return _NEVER if draw.random() < 0.95 else draw.randrange(60)
        case _ if name in _CODES:
            return draw.choices(*_CODES[name])[0]
        case _:
            return draw.random() < _LIKELY.get(name, _SELDOM)


def profile(
    vocabulary: Vocabulary, patient: dict[str, Any], number: int, *, dated: bool = False
) -> str:
    """The patient as JSON text; numbers carry their unit, what is not known is left out.

    `dated`: what was observed stands under a visit.
    """
    lasting: dict[str, Any] = {}
    observed: dict[str, Any] = {}
    for name, value in patient.items():
        fact = vocabulary[name]
        if value is None:
            continue
        of_visit = dated and fact.kind.value == "observation"
        said = {"value": value, "unit": fact.shape.unit}
        there = observed if of_visit else lasting
        there[name] = said if fact.shape.type is Type.QUANTITY else value
    text: dict[str, Any] = {"patient": f"B-{number:05}", "facts": lasting}
    if dated:
        visit = date.fromisoformat(AS_OF) - timedelta(days=number * 7 % _VISIT_DAYS)
        text["visits"] = [{"date": visit.isoformat(), "facts": observed}]
    return json.dumps(text)
