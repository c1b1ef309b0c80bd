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
from screener.interpreters.columns.arithmetic import Arithmetic
from screener.interpreters.columns.formula import Column, as_expr
from screener.interpreters.columns.kept import Keep, Kept
from screener.interpreters.columns.leaf import Recorded, Table, judged
from screener.interpreters.columns.pieces import Axis, Words
from screener.interpreters.columns.products import looked_up
from screener.interpreters.columns.thresholds import Days, Numbers, Scale, Tokens, one_of
from screener.interpreters.columns.trees import (
    Between,
    Fork,
    Part,
    Question,
    Tree,
    fork,
    mapped,
    number_column,
    truth_column,
)

__all__ = [
    "PATIENT",
    "REASON",
    "VERDICT",
    "Answers",
    "Arithmetic",
    "Axis",
    "Between",
    "Column",
    "Days",
    "Fork",
    "Keep",
    "Kept",
    "Names",
    "Numbers",
    "Part",
    "Question",
    "Recorded",
    "Scale",
    "Table",
    "Tokens",
    "Tree",
    "Words",
    "answers",
    "as_expr",
    "fork",
    "judged",
    "looked_up",
    "mapped",
    "names_of",
    "number_column",
    "one_of",
    "passing",
    "truth_column",
    "verdict_words",
]
