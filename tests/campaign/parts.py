"""What the campaigns consist of: each part is a module that says its units and does one of them.

A part has three names: `COUNT`, its full count; `units(count, seed)`, the names of its units of
work, the same names for the same count and seed; `work(unit)`, which does one unit, alone, in any
process, and tells what came of it. A new part is such a module and a row of `PARTS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple, Protocol, cast


class Outcome(NamedTuple):
    """What a unit came to: what was tried, how often, and every contradiction found."""

    what: str
    tried: int
    problems: list[str]


class Part(Protocol):
    """A module of units."""

    COUNT: int

    def units(self, count: int, seed: str) -> Iterator[str]:
        """The names of the units of a campaign of so many."""

    def work(self, unit: str) -> Outcome:
        """Do one unit."""


#: The name of a part for `--only`, and its module.
PARTS = {
    "malformed": "tests.web.malformed",
    "described": "tests.web.described",
    "versions": "tests.packaging.versions",
    "judge": "tests.judge.campaign",
    "trees": "tests.judge.trees",
    "properties": "tests.properties.campaign",
    "drafts": "tests.registry.campaign",
    "fuzz": "tests.fuzz.campaign",
    "mutation": "tests.mutation.campaign",
    "log": "tests.log.campaign",
    "proofs": "tests.workbench.campaign",
    "cohort": "tests.cohort.campaign",
    "spark": "tests.cohort.spark_campaign",
}


def part(name: str) -> Part:
    """The module of a part."""
    return cast(Part, import_module(PARTS[name]))
