"""Every word of the rule language as a sentence, word for word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from screener.interpreters.prose import criterion_rule
from screener.rules.conditions import COMPARATORS
from screener.rules.leaf import WORDS
from tests.prose.support import CRITERION, FILE, encoded

RULES: list[dict[str, Any]] = FILE["rules"]
COMBINING = ("all_of", "any_of", "none_of", "not", "at_least_of", "by")
USES = ("latest", "earliest", "highest", "lowest", "mean", "median", "sum", "any", "all")
STRETCHES = ("shorter_of", "longer_of", "earlier_of", "later_of", "distinct")


@pytest.mark.parametrize("entry", RULES, ids=[one["says"] for one in RULES])
def test_a_rule_reads_as_the_sentence_written_for_it(entry: dict[str, Any]) -> None:
    reading = encoded(entry)
    (criterion,) = reading.protocol.criteria
    assert criterion_rule(criterion, reading.protocol, reading.vocabulary) == entry["says"]


def test_each_word_of_a_rule_has_a_sentence() -> None:
    used = set(_words([{word: one[word] for word in CRITERION if word in one} for one in RULES]))
    wanted = {
        *WORDS,
        *COMPARATORS,
        *COMBINING,
        *STRETCHES,
        *CRITERION,
        *(f"use: {use}" for use in USES),
    }
    assert wanted - used == set()


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _words(one)
    elif isinstance(part, dict):
        for key, value in part.items():
            yield key
            yield from _words(value)
            if key == "use":
                yield f"use: {value}"
