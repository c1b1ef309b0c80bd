"""Generated trials and patients for the properties, and the ways to walk and change a profile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from screener.result import Result
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients

Json = dict[str, Any]


class Trial:
    """A generated trial behind the engine, with its patients."""

    def __init__(
        self,
        seed: str,
        criteria: int,
        patients: int,
        change: Callable[[Json, Json], None] | None = None,
    ) -> None:
        self.rules, self.vocabulary, self.patients = trial_with_patients(seed, criteria, patients)
        if change is not None:
            change(self.rules, self.vocabulary)
            # What a source is complete for is a default as well (12.3).
            for profile, _ in self.patients:
                profile.pop("complete", None)
        self.facts: Json = self.vocabulary["facts"]
        self.engine = Engine(self.rules, self.vocabulary)

    def screen(self, profile: Json, as_of: date) -> Result:
        """The result for one patient."""
        return self.engine.screen(profile, as_of)

    def criteria(self) -> Iterator[Json]:
        """Every criterion as it is written."""
        for stage in self.rules["stages"]:
            yield from stage.get("inclusion", [])
            yield from stage.get("exclusion", [])

    def leaves(self, criterion: Json) -> list[Json]:
        """The leaves of a criterion, those of named terms and the cases of `by` included."""
        return list(self._leaves([criterion["rule"], criterion.get("applies_when", [])]))

    def _leaves(self, rule: Any) -> Iterator[Json]:
        if isinstance(rule, str):
            if rule in self.rules.get("define", {}):
                yield from self._leaves(self.rules["define"][rule])
        elif isinstance(rule, list):
            for one in rule:
                yield from self._leaves(one)
        elif "fact" in rule:
            yield rule
        else:
            for word, body in rule.items():
                if word == "by":
                    for fact, cases in body.items():
                        yield {"fact": fact}
                        yield from self._leaves(list(cases.values()))
                else:
                    yield from self._leaves(body["of"] if word == "at_least_of" else body)


def without_defaults(rules: Json, vocabulary: Json) -> None:
    """Take away what reads a lack of records as an answer: 12.1 and `when_missed`."""
    for stage in rules["stages"]:
        stage.pop("when_missed", None)
        for criterion in stage.get("inclusion", []) + stage.get("exclusion", []):
            criterion.pop("if_missing", None)
    for fact in vocabulary["facts"].values():
        fact.pop("absence", None)


def outcomes(result: Result) -> dict[str, str]:
    """The outcome of each criterion."""
    return {one.id: one.outcome.value for one in result.criteria}


def records(profile: Json) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Each record of a profile: its fact, and the keys that lead to it."""
    places = [("facts",)] + [("visits", i, "facts") for i in range(len(profile.get("visits", [])))]
    for place in places:
        for fact, given in at(profile, place).items():
            here = (*place, fact)
            if isinstance(given, dict) and "records" in given:
                here, given = (*here, "records"), given["records"]
            if isinstance(given, list):
                for i in range(len(given)):
                    yield fact, (*here, i)
            else:
                yield fact, here


def at(data: Any, keys: tuple[Any, ...]) -> Any:
    """What the keys lead to."""
    for key in keys:
        data = data[key]
    return data


def replaced(profile: Json, keys: tuple[Any, ...], value: Any) -> Json:
    """A copy of the profile with another value in one place."""
    copy = deepcopy(profile)
    at(copy, keys[:-1])[keys[-1]] = value
    return copy


def later(day: date, days: int) -> date:
    """The day so many days on."""
    return day + timedelta(days=days)


def as_json(result: Result) -> str:
    """The result as the bytes that a caller gets."""
    return json.dumps(result.to_json(), sort_keys=False)


def shown(trial: Trial, profile: Json, as_of: date, name: str | None = None) -> str:
    """A reproduction for a failure message: the criterion `name`, or all of them."""
    written = [one for one in trial.criteria() if name in (None, one["id"])]
    used = {leaf["fact"] for one in written for leaf in trial.leaves(one)} | {"surgery", "start"}
    used |= {"birth", "score", "bilirubin", "inr", "ascites", "resected"}

    def those(facts: Json) -> Json:
        return {fact: given for fact, given in facts.items() if fact in used}

    visits = [
        {"date": visit["date"], "facts": those(visit["facts"])}
        for visit in profile.get("visits", [])
        if those(visit["facts"])
    ]
    named = json.dumps(written)
    terms = {one: rule for one, rule in trial.rules.get("define", {}).items() if one in named}
    windows = {
        one["id"]: (one.get("window"), one.get("when_missed")) for one in trial.rules["stages"]
    }
    return (
        f"  as of {as_of}, age at {trial.rules['age_at']}, stages {json.dumps(windows)}\n"
        f"  rules {named} {json.dumps(terms) if terms else ''}\n"
        f"  facts {json.dumps(those(profile['facts']))} visits {json.dumps(visits)}"
    )
