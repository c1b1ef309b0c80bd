"""A protocol as dataframe expressions: one nullable Boolean column a criterion, null is unknown.

It judges what the columns of single facts say (`leaf`) and combines them (`formula`, `answers`).
Which rows these columns say everything about, and who answers the others, is decided above.
"""

from screener.interpreters.columns.answers import (
    PATIENT,
    REASON,
    VERDICT,
    Answers,
    Names,
    answers,
    names_of,
    passing,
    verdict_words,
)
from screener.interpreters.columns.formula import Column, as_expr
from screener.interpreters.columns.leaf import Recorded, Table, judged
from screener.interpreters.columns.pieces import Axis, Words
from screener.interpreters.columns.thresholds import Days, Numbers, Scale, Tokens

__all__ = [
    "PATIENT",
    "REASON",
    "VERDICT",
    "Answers",
    "Axis",
    "Column",
    "Days",
    "Names",
    "Numbers",
    "Recorded",
    "Scale",
    "Table",
    "Tokens",
    "Words",
    "answers",
    "as_expr",
    "judged",
    "names_of",
    "passing",
    "verdict_words",
]
