"""The campaign of proofs: small trials against every patient, the model against `evaluate`.

And example patients for every version shipped, which have to exercise all of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from screener.catalog import Place, places, shipped
from tests.campaign.parts import Outcome
from tests.workbench.test_brute_force import check_comparisons, check_proofs
from tests.workbench.test_evaluate_agrees import check as check_model
from tests.workbench.test_examples import not_exercised

#: Small trials proved, and as many pairs compared; ten pairs of the model for each of them.
COUNT = 10_000
_TRIALS = 50
#: About 150 pairs of a criterion and a patient a seed.
_MODELS = 4
_PARTS = {"proofs": check_proofs, "comparisons": check_comparisons}


def units(count: int, seed: str) -> Iterator[str]:
    """As many units of each kind as the count takes, and one of each version shipped."""
    yield from (f"examples:{name}" for name in _versions())
    for number in range(-(-count // _TRIALS)):
        for kind in (*_PARTS, "model"):
            yield f"{kind}:{seed}-{number}"


def work(unit: str) -> Outcome:
    """Prove or compare small trials, or hold the model against generated patients."""
    kind, _, seed = unit.partition(":")
    if kind == "examples":
        return Outcome("examples", 1, not_exercised(_versions()[seed]))
    if kind == "model":
        found = [check_model(f"{seed}-{number}") for number in range(_MODELS)]
        problems = [problem for _, wrong in found for problem in wrong]
        return Outcome("model", sum(tried for tried, _ in found), problems)
    tried, wrong = _PARTS[kind](seed, _TRIALS)
    return Outcome(kind, tried, wrong)


def _versions() -> dict[str, Place]:
    return {
        f"{trial}@{place.version}": place
        for trial, versions in places([shipped("criteria")]).items()
        for place in versions
    }
