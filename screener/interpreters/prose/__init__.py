"""Rules and findings as sentences that can be read aloud; decides no truth.

`findings` says what was recorded and how it stands to the limit, `rules` what a rule asks for;
both take their words for days from `days` and for values and limits from `amounts`.
"""

from screener.interpreters.prose.days import date_words, window_words
from screener.interpreters.prose.findings import criterion_sentence, leaf_clause
from screener.interpreters.prose.rules import criterion_rule, heading, leaf_rule, rule_words

__all__ = [
    "criterion_rule",
    "criterion_sentence",
    "date_words",
    "heading",
    "leaf_clause",
    "leaf_rule",
    "rule_words",
    "window_words",
]
