"""The facts under `because` alone decide the outcome of a criterion (13.1)."""

from __future__ import annotations

import pytest

from tests.properties.patients import Json, Trial, outcomes, shown


def check(seed: str, patients: int = 30) -> tuple[int, list[str]]:
    """How many criteria were judged again, and those that came out otherwise."""
    trial = Trial(seed, 8, patients)
    tried, broken = 0, []
    for profile, as_of in trial.patients:
        for one in trial.screen(profile, as_of).criteria:
            kept = {entry.fact for entry in one.because}
            less = _only(profile, kept)
            again = outcomes(trial.screen(less, as_of))[one.id]
            tried += 1
            if again != one.outcome.value:
                broken.append(
                    f"{seed}: {one.id} {one.outcome.value}, from {sorted(kept)} alone {again}\n"
                    + shown(trial, profile, as_of, one.id)
                )
    return tried, broken


def _only(profile: Json, kept: set[str]) -> Json:
    def those(facts: Json) -> Json:
        return {name: given for name, given in facts.items() if name in kept}

    visits = [{**visit, "facts": those(visit["facts"])} for visit in profile.get("visits", [])]
    return {**profile, "facts": those(profile["facts"]), "visits": visits}


@pytest.mark.parametrize("number", range(5))
def test_the_facts_under_because_alone_give_the_same_outcome(number: int) -> None:
    tried, broken = check(f"because-{number}")
    assert tried == 240
    assert not broken, "\n\n".join(broken[:2])
