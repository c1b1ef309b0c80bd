"""Taking a fact away from an eligible patient leaves no false answer behind.

The patient stays eligible, or becomes undetermined and the result names what is gone: under
`missing`, or, for a missed window, under `because`. Defaults, which read a lack of records as an
answer (12.1, `when_missed`, `otherwise`), are left out.
"""

from __future__ import annotations

import pytest

from screener.truth import Verdict
from tests.properties.patients import Json, Trial, outcomes, shown, without_defaults


def check(seed: str, patients: int = 120) -> tuple[int, list[str]]:
    """How many facts were taken away from eligible patients, and what was wrong afterwards."""
    trial = Trial(seed, 2, patients, without_defaults)
    tried, broken = 0, []
    for profile, as_of in trial.patients:
        if trial.engine.answer(profile, as_of).said["trial"] != "eligible":
            continue
        for fact in sorted(_facts(profile) - {"start"}):
            less = _without(profile, fact)
            result = trial.screen(less, as_of)
            tried += 1
            if result.verdict is Verdict.ELIGIBLE:
                continue
            named = {one.fact for one in result.missing}
            for one in result.criteria:
                named |= {entry.fact for entry in one.because if one.outcome.value == "unknown"}
            if result.verdict is Verdict.UNDETERMINED and named & {fact, *_parts(trial, fact)}:
                continue
            broken.append(
                f"{seed}: {result.verdict.value} without {fact}, naming {sorted(named)}, "
                f"{outcomes(result)}\n" + shown(trial, profile, as_of)
            )
    return tried, broken


def _facts(profile: Json) -> set[str]:
    given = set(profile["facts"])
    return given.union(*(visit["facts"] for visit in profile.get("visits", [])))


def _without(profile: Json, fact: str) -> Json:
    def rest(facts: Json) -> Json:
        return {name: given for name, given in facts.items() if name != fact}

    visits = [{**visit, "facts": rest(visit["facts"])} for visit in profile.get("visits", [])]
    return {**profile, "facts": rest(profile["facts"]), "visits": visits}


def _parts(trial: Trial, fact: str) -> set[str]:
    """What a derived fact is computed from."""
    derived = trial.facts[fact].get("derived", {})
    if "age_of" in derived:
        return {derived["age_of"]}
    if "grades" in derived:
        of = derived["grades"]["of"]
        return {of} | _parts(trial, of)
    parts = {part["fact"] for part in derived.get("points", [])}
    parts |= set(derived.get("formula", {}).get("inputs", {}))
    parts |= {name for row in derived.get("table", []) for name in row.get("when", {})}
    return parts.union(*(_parts(trial, part) for part in parts))


@pytest.mark.parametrize("number", range(2))
def test_without_a_fact_an_eligible_patient_is_eligible_or_it_is_named(number: int) -> None:
    found = [check(f"removing-{5 * number + part}") for part in range(5)]
    assert sum(tried for tried, _ in found) > 10
    broken = [problem for _, problems in found for problem in problems]
    assert not broken, "\n\n".join(broken[:2])
