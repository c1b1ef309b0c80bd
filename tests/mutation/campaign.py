"""Mutation testing: every small fault in the modules that decide and read, against the quick tests.

What nobody notices is a missing case, or a fault that changes nothing; the latter are listed with
their reasons in equivalent.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.campaign.parts import Outcome
from tests.mutation.mutants import mutants
from tests.mutation.run import survivors, tree_of

#: Per module at most so many faults: all of them.
COUNT = 100_000
MODULES = (
    "screener.truth",
    "screener.days",
    "screener.quantities",
    "screener.units",
    "screener.interpreters.evaluate",
    "screener.intake.numbers",
    "screener.intake.when",
    "screener.intake.values",
    "screener.intake.records",
    "screener.intake.profile",
    "screener.intake.strict_json",
    "screener.rules.source",
    "screener.rules.words",
    "screener.rules.values",
    "screener.rules.windows",
    "screener.rules.conditions",
)
PER_UNIT = 60
EQUIVALENT = Path(__file__).with_name("equivalent.yaml")


def units(count: int, seed: str) -> Iterator[str]:
    """Every fault of every module; the seed changes nothing."""
    for module in MODULES:
        for first in range(0, min(count, len(mutants(tree_of(module)))), PER_UNIT):
            yield f"{module} {first}"


def work(unit: str) -> Outcome:
    """Try some faults of one module."""
    module, start = unit.split()
    first = int(start)
    tried = len(mutants(tree_of(module))[first : first + PER_UNIT])
    known = reasons(module)
    left = [one for one in survivors(module, first, PER_UNIT) if one.split(" ", 1)[1] not in known]
    return Outcome(f"faults in {module}", tried, left)


def reasons(module: str) -> dict[str, str]:
    """The faults of a module that change no answer, and why."""
    told = yaml.safe_load(EQUIVALENT.read_text("utf-8")) or {}
    return {str(name): str(reason) for name, reason in (told.get(module) or {}).items()}
