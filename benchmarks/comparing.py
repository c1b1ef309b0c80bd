"""How long two versions of many criteria take to be proved equivalent, said in several ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from benchmarks.commands import VOCABULARY, rule_file
from screener.catalog import Edition, Place
from screener.rules.load import read_protocol, read_vocabulary
from screener.workbench.comparing import compare
from screener.workbench.comparison import Relation

CRITERIA = 300
#: Seconds.
LIMIT = 2.0
VARIATIONS = ("as before", "in another order", "under other names", "as the contrary of more than")


def answers() -> Iterator[str]:
    """The time of each comparison."""
    for how in VARIATIONS:
        old, new = many(CRITERIA), many(CRITERIA, how)
        begun = process_time()
        found = compare(old, new)
        took = process_time() - begun
        assert found.relation is Relation.EQUIVALENT, "INVARIANT: only the words differ"
        yield f"`screener diff`, {CRITERIA} criteria {how}: {took:.2f} s (less than {LIMIT:.0f} s)"


def many(criteria: int, how: str = VARIATIONS[0]) -> Edition:
    """A version of so many criteria."""
    text = rule_file(criteria)
    head, word, rest = text.partition("    inclusion:\n")
    match how:
        case "in another order":
            items = re.split(r"(?=      - id)", rest)[1:]
            text = head + word + "".join(reversed(items))
        case "under other names":
            text = text.replace("id: I", "id: N")
        case "as the contrary of more than":
            text = re.sub(
                r"\{fact: alt, at_most: ([^}]*)\}", r"{not: {fact: alt, more_than: \1}}", text
            )
    words = read_vocabulary(VOCABULARY, "vocabulary.yaml")
    reading = read_protocol(text, "1.yaml", words)
    place = Place("MANY-001", "1", Path("1.yaml"), Path("vocabulary.yaml"))
    return Edition(place, reading.protocol, reading.vocabulary, reading.warnings, "", "", b"", b"")
