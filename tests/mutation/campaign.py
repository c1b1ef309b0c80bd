"""Mutation testing: every small fault in the modules that decide and read, against the quick tests.

What nobody notices is a missing case, or a fault that changes nothing; the latter are listed with
their reasons in equivalent.yaml. docs/evidence/mutation.md is written from both.
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
#: What an outcome is of, before the name of the module.
WHAT = "faults in "
_SPEC = ("tests/spec/test_cases.py",)
_INTAKE = tuple(
    f"tests/intake/test_{one}.py"
    for one in ("bad_profiles", "edges", "numbers", "plain", "records", "profiles", "strict_json")
)
_RULES = tuple(
    f"tests/rules/test_{one}.py"
    for one in (
        *("source", "words", "values", "windows", "conditions"),
        *("bad_files", "lowering", "declarations", "case_files"),
    )
)
#: The modules, each with the tests that can see its faults.
MODULES = {
    "screener.truth": ("tests/core/test_truth.py",),
    "screener.days": ("tests/core/test_days.py",),
    "screener.quantities": ("tests/core/test_quantities.py",),
    "screener.units": ("tests/test_units.py",),
    "screener.interpreters.evaluate": ("tests/core/test_evaluate.py", *_SPEC),
    "screener.intake.numbers": (*_INTAKE, "tests/intake/fhir"),
    "screener.intake.when": _INTAKE,
    "screener.intake.values": _INTAKE,
    "screener.intake.records": _INTAKE,
    "screener.intake.profile": _INTAKE,
    "screener.intake.strict_json": _INTAKE,
    "screener.rules.source": _RULES,
    "screener.rules.words": _RULES,
    "screener.rules.values": _RULES,
    "screener.rules.windows": _RULES,
    "screener.rules.conditions": _RULES,
}
EQUIVALENT = Path(__file__).with_name("equivalent.yaml")


def units(count: int, seed: str) -> Iterator[str]:
    """Every module, with so many of its faults; the seed changes nothing."""
    for module in MODULES:
        yield f"{module} {min(count, len(mutants(tree_of(module))))}"


def work(unit: str) -> Outcome:
    """Try the faults of one module; reasons that excuse nothing any more are told as well."""
    module, count = unit.split()
    known = reasons(module)
    left = {one.split(" ", 1)[1]: one for one in survivors(module, MODULES[module], int(count))}
    problems = [place for name, place in left.items() if name not in known]
    problems += [f"{module} no longer survives: {name}" for name in known if name not in left]
    return Outcome(WHAT + module, int(count), problems)


def reasons(module: str) -> dict[str, str]:
    """The faults of a module that change no answer, and why."""
    told = yaml.safe_load(EQUIVALENT.read_text("utf-8")) or {}
    return {str(name): str(reason) for name, reason in (told.get(module) or {}).items()}
