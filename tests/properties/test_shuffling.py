"""The order in which facts, records, visits and criteria are written never matters (1.7)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.judge.engine import Engine
from tests.properties.patients import Json, Trial, as_json, outcomes, shown


def check(seed: str, patients: int = 40) -> tuple[int, list[str]]:
    """How many patients were compared, and the differences."""
    random = Random(seed)
    trial = Trial(seed, 8, patients)
    other = Engine(_shuffled_criteria(trial.rules, random), trial.vocabulary)
    broken = []
    for profile, as_of in trial.patients:
        result = trial.screen(profile, as_of)
        if as_json(result) != as_json(trial.screen(_shuffled_facts(profile, random), as_of)):
            broken.append(f"{seed}: other facts order\n" + shown(trial, profile, as_of))
        mixed = trial.screen(_shuffled_records(profile, random), as_of)
        if _answers(mixed) != _answers(result):
            broken.append(f"{seed}: other record order\n" + shown(trial, profile, as_of))
        if _answers(other.screen(profile, as_of)) != _answers(result):
            broken.append(f"{seed}: other criteria order\n" + shown(trial, profile, as_of))
    return len(trial.patients), broken


def _answers(result: Any) -> Any:
    verdicts = {one.id: one.verdict.value for one in (*result.stages, *result.cohorts)}
    missing = [(one.fact, one.cause.value, one.window) for one in result.missing]
    valid = {one.id: one.valid_until for one in result.criteria}
    return result.verdict, outcomes(result), verdicts, missing, valid, result.next_change


def _shuffled(given: Json, random: Random) -> Json:
    return {name: given[name] for name in random.sample(list(given), len(given))}


def _shuffled_facts(profile: Json, random: Random) -> Json:
    visits = [
        {**visit, "facts": _shuffled(visit["facts"], random)} for visit in profile.get("visits", [])
    ]
    return _shuffled(
        {**profile, "facts": _shuffled(profile["facts"], random), "visits": visits}, random
    )


def _shuffled_records(profile: Json, random: Random) -> Json:
    def mixed(given: Any) -> Any:
        if isinstance(given, dict) and "records" in given:
            return {**given, "records": mixed(given["records"])}
        return random.sample(given, len(given)) if isinstance(given, list) else given

    visits = profile.get("visits", [])
    return {
        **profile,
        "facts": {name: mixed(given) for name, given in profile["facts"].items()},
        "visits": random.sample(visits, len(visits)),
    }


def _shuffled_criteria(rules: Json, random: Random) -> Json:
    def parts(rule: Any) -> Any:
        if not isinstance(rule, dict):
            return rule
        mixed = {word: parts(body) for word, body in rule.items()}
        for word in ("all_of", "any_of", "none_of", "of", "except", "one_of"):
            if isinstance(mixed.get(word), list):
                mixed[word] = [parts(one) for one in mixed[word]]
                random.shuffle(mixed[word])
        return _shuffled(mixed, random)

    stages = []
    for stage in random.sample(rules["stages"], len(rules["stages"])):
        sides = {
            side: [parts(one) for one in random.sample(stage[side], len(stage[side]))]
            for side in ("inclusion", "exclusion")
            if side in stage
        }
        stages.append({**stage, **sides})
    return {**rules, "stages": stages}


@pytest.mark.parametrize("number", range(3))
def test_the_order_of_facts_records_visits_and_criteria_never_matters(number: int) -> None:
    compared, broken = check(f"shuffling-{number}")
    assert compared == 40
    assert not broken, "\n\n".join(broken[:2])
