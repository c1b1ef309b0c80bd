"""How the items of a trial's questionnaire are called, for its writer and its reader.

An item is named by its fact, and within it by the word of a record, as a column of a wide table is.
"""

from __future__ import annotations

#: How the address of every questionnaire begins; the name of the trial follows.
QUESTIONNAIRE = "urn:screener:questionnaire:"
#: The code system of the reasons of absence.
ABSENCES = "urn:screener:absences"
VALUE = "value"
COMPLETE_TO = "complete_to"


def link(fact: str, word: str) -> str:
    """The name of the item for a word of a record."""
    return f"{fact}.{word}"


def values_of(name: str) -> str:
    """The code system of the values of a fact, or of an attribute (`antibiotic.route`)."""
    return f"urn:screener:values:{name}"
