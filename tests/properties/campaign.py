"""The properties over fresh seeds: each checks its trials and patients once a seed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from tests.campaign.parts import Outcome

#: Seeds of every property.
COUNT = 50
PROPERTIES = ("resolving", "removing", "shuffling", "because", "standing", "missing")


def units(count: int, seed: str) -> Iterator[str]:
    """Every property over `count` seeds."""
    for number in range(count):
        for what in PROPERTIES:
            yield f"{what} {seed}-{number}"


def work(unit: str) -> Outcome:
    """Check one property over one seed."""
    what, seed = unit.split()
    tried, broken = import_module(f"tests.properties.test_{what}").check(seed)
    return Outcome(what, tried, broken)
