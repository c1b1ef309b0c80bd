"""The page on rule files names every word there is, and its examples can be used."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from screener.rules import (
    arithmetic,
    calculations,
    cases,
    criteria,
    declarations,
    derivations,
    doses,
    leaf,
    protocol,
    tables,
    windows,
)
from screener.rules.conditions import COMPARATORS
from screener.rules.definitions import LISTS
from screener.rules.load import read_cases, read_protocol, read_vocabulary
from screener.vocabulary import Cost, Kind, Type
from tests.rules.recorded import ROOT, vocabulary

PAGE = (ROOT / "docs" / "rule-files.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
WORDS = {
    *protocol._WORDS,
    *protocol._STAGE_WORDS,
    *criteria._WORDS,
    *declarations._WORDS,
    *doses._ARM_WORDS,
    *doses._DOSE_WORDS,
    doses.NOT_STATED,
    *derivations._FORMS,
    *calculations.WORDS,
    calculations.CASES,
    *arithmetic.FUNCTIONS,
    *tables.ROW_WORDS,
    *leaf.WORDS,
    *leaf._USES,
    *cases._WORDS,
    *COMPARATORS,
    *LISTS,
    *windows._DAYS,
    *(one.value for enum in (Type, Kind, Cost) for one in enum),
}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_is_on_the_page(word: str) -> None:
    assert re.search(rf"(?<![A-Za-z_]){word}(?![A-Za-z_])", PAGE)


def test_the_examples_of_the_page_can_be_used() -> None:
    kinds: dict[str, Callable[[str], object]] = {
        "vocabulary:": lambda text: read_vocabulary(text, "v.yaml"),
        "cases:": lambda text: read_cases(text, "c.yaml"),
        "rule:": lambda text: criterion("- {id: C, text: T, " + flow(text) + "}", EGFR),
        "- id:": criterion,
        "arms:": lambda text: criterion(
            "- {id: C, text: T, rule: {fact: sex, is: male}}", BSA + text
        ),
        "clearance:": lambda text: read_vocabulary("facts:\n" + indented(BODY + text, 2), "v.yaml"),
        "small:": lambda text: read_vocabulary("facts:\n" + indented(SPREAD + text, 2), "v.yaml"),
        "age:": lambda text: read_vocabulary("facts:\n" + indented(PARTS + text, 2), "v.yaml"),
    }
    read = [kind for text in BLOCKS for kind in kinds if text.startswith(kind)]
    for text in BLOCKS:
        for kind, use in kinds.items():
            if text.startswith(kind):
                use(text)
    assert sorted(read) == sorted(kinds)


EGFR = 'facts:\n  egfr: {type: quantity, kind: observation, unit: "mL/min/{1.73_m2}"}\n'
BSA = "facts:\n  bsa_dubois: {type: quantity, kind: observation, unit: m2}\n"
BODY = """\
sex: {type: code, kind: fixed, values: [female, male]}
birth_date: {type: date}
age: {type: quantity, unit: a, derived: {age_of: birth_date}}
weight: {type: quantity, kind: observation, unit: kg}
creatinine: {type: quantity, kind: observation, unit: umol/L, accepted: {mg/dL: "88.4"}}
"""
SPREAD = """\
spread: {type: boolean, kind: fixed}
number: {type: number, kind: fixed}
diameter: {type: quantity, kind: fixed, unit: cm}
"""
PARTS = """\
birth_date: {type: date}
bilirubin: {type: quantity, kind: observation, unit: umol/L, accepted: {mg/dL: "17.1"}}
ascites: {type: code, kind: observation, values: [none, mild, moderate_to_severe]}
"""


def flow(text: str) -> str:
    """The rule of the block example, in braces and quotes."""
    assert text == "rule:\n  fact: egfr\n  at_least: 30 mL/min/{1.73_m2}\n"
    return 'rule: {fact: egfr, at_least: "30 mL/min/{1.73_m2}"}'


def indented(text: str, width: int) -> str:
    return "".join(" " * width + line for line in text.splitlines(keepends=True))


def criterion(text: str, top: str = "") -> None:
    read_protocol(
        'trial: X\ntitle: X\nversion: "1"\neffective: 2026-01-01\n'
        + "dates:\n  randomization: {fact: randomization}\n"
        + top
        + "stages:\n  - id: s\n    title: S\n    exclusion:\n"
        + indented(text, 6),
        "x.yaml",
        vocabulary(),
    )
