"""What is written as YAML is read back as the same texts, whatever is in them."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from screener.rules.faults import Faults
from screener.rules.source import read_source
from screener.rules.writing import quoted_text, write_document
from tests.registry.support import plain

NAUGHTY = (
    "", " ", "- a", "a: b", "a #b", "#", "'", '"', "\\", "\n", "a\nb", "\x00", "\x07", "\u2028",
    "\x85", "\u202e", "\ufeff", "\ufffe", "\U0001f600", "{a}", "[", "*a", "&a", "!tag", "%", "@",
    "`", "yes", "null", "~", "1e3", "0x10", "12:30", "---", "...", "? a", "| x", "> 5", "\t",
    "trailing ", "<<", "=", "\x7f", "\xa0", "30 mL/min/{1.73_m2}", "x" * 5_000, "true", "a, b",
    "a : b", "C:\\x00",
)  # fmt: skip
TEXTS = st.one_of(st.sampled_from(NAUGHTY), st.text(st.characters(exclude_categories=["Cs"])))


def back(data: object) -> object:
    """As read: a flag is a text like any other."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, dict):
        return {word: back(said) for word, said in data.items()}
    return [back(one) for one in data] if isinstance(data, list) else data


@given(
    st.lists(TEXTS),
    st.dictionaries(TEXTS.filter(lambda one: 0 < len(one) < 100), TEXTS, min_size=1),
    st.lists(TEXTS, max_size=3),
)
@settings(max_examples=300, deadline=None)
def test_any_text_survives_in_a_list_in_a_mapping_and_in_a_rule(
    items: list[str], words: dict[str, str], comment: list[str]
) -> None:
    document: Any = {
        "items": items,
        "criteria": [
            {"text": one, "draft": True, "rule": {"fact": one, "is": one}} for one in items
        ],
        "nested": {"words": words, "text": "as it is"},
    }
    faults = Faults("x.yaml")
    assert plain(read_source(write_document(document, comment), faults)) == back(document)
    assert faults.found == ()


def test_what_needs_no_quotes_has_none() -> None:
    assert quoted_text("Signed informed consent") == "Signed informed consent"
    assert quoted_text("100 10*9/L") == "100 10*9/L"
    assert quoted_text("Age: 18") == '"Age: 18"'


def test_half_a_character_becomes_the_sign_for_one_that_cannot_be_shown() -> None:
    assert quoted_text("a\ud800b") == '"a\ufffdb"'


def test_a_short_rule_stands_on_one_line() -> None:
    written = write_document({"rule": {"fact": "alt", "at_most": "5 x ULN"}})
    assert written == "rule: {fact: alt, at_most: 5 x ULN}\n"
