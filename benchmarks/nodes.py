"""The engines of Node at the same criteria, each beside the same function written by hand there.

One process of Node gets the criteria in each language and the patients, and answers what every
engine says and how long it takes; `peers.mjs` is its side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchmarks import npm
from benchmarks.baseline import Flat
from benchmarks.translation import ZEN, cql, expressions, json_logic, json_rules, zen_decision
from screener.ir import Protocol

BY_HAND = "by hand"
#: Every engine, and the package of npm that it is.
ENGINES = {
    "json-logic-js": "json-logic-js",
    "json-logic-engine": "json-logic-engine",
    "json-rules-engine": "json-rules-engine",
    "@gorules/zen-engine": "@gorules/zen-engine",
    "@gorules/zen-engine, a decision with its trace": "@gorules/zen-engine",
    "cql-execution": "cql-execution",
}


class Ran(NamedTuple):
    """What an engine says of every patient, and its times for one patient in seconds.

    `criteria`: of each patient, what it says of each criterion, or None for an error. By hand there
    are none. `times`: the verdict, then the criteria; empty where nothing was timed.
    """

    verdicts: list[str]
    criteria: list[list[bool | None] | None]
    times: list[float]


def ask(
    protocol: Protocol, patients: Sequence[Flat], *, timed: int = 0, rounds: int = 0
) -> dict[str, Ran]:
    """Every engine by its name; the first `timed` patients are timed, in so many rounds.

    Raises:
        npm.NotInstalled: Node or its packages have not been put in place.
    """
    languages = {
        "json_logic": json_logic(protocol),
        "json_rules": json_rules(protocol),
        "zen": expressions(protocol, ZEN),
        "zen_decision": zen_decision(protocol),
        "cql": cql(protocol),
    }
    asked = {
        **{name: said._asdict() for name, said in languages.items()},
        "patients": patients,
        "timed": timed,
        "rounds": rounds,
    }
    return {name: Ran(**found) for name, found in npm.run("peers.mjs", asked).items()}
