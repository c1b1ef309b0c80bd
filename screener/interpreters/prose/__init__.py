"""Rules and findings as sentences that can be read aloud; decides no truth.

`findings` says what was recorded and how it stands to the limit, `rules` what a rule asks for;
both take their words for days from `days` and for values and limits from `amounts`;
`doses` says what the arms give.
"""

from screener.interpreters.prose.days import anchor_words, date_words, span_words, window_words
from screener.interpreters.prose.doses import (
    dose_words,
    stated_amount,
    unit_of_dose,
    worked_out,
)
from screener.interpreters.prose.findings import Teller, leaf_clause
from screener.interpreters.prose.names import fact_of
from screener.interpreters.prose.parts import part_clause, part_rule
from screener.interpreters.prose.rules import criterion_rule, heading, rule_words

__all__ = [
    "Teller",
    "anchor_words",
    "criterion_rule",
    "date_words",
    "dose_words",
    "fact_of",
    "heading",
    "leaf_clause",
    "part_clause",
    "part_rule",
    "rule_words",
    "span_words",
    "stated_amount",
    "unit_of_dose",
    "window_words",
    "worked_out",
]
