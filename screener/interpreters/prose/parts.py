"""What something computed is made of: the table of a part, and what was found of it."""

from __future__ import annotations

from screener.causes import Cause
from screener.interpreters.prose.amounts import condition_words, values_words
from screener.interpreters.prose.names import fact_of
from screener.interpreters.prose.recorded import CAUSE_WORDS, records_words
from screener.ir import Band, Selection
from screener.selection.selected import Selected
from screener.vocabulary import Shape, Vocabulary


def part_rule(value: Selection, bands: tuple[Band, ...], vocabulary: Vocabulary) -> str:
    """The table of a part: `INR: less than 1.7 scores 1, at least 1.7 scores 2`."""
    fact = vocabulary[fact_of(value)]
    said = [_band(one, fact.shape) for one in bands]
    return f"{fact.label}: {', '.join(said)}" if said else fact.label


def _band(band: Band, shape: Shape) -> str:
    comes_to = f"is {band.grade}" if band.points is None else f"scores {band.points}"
    return f"{condition_words(band.when, shape)} {comes_to}"


def part_clause(value: Selection, found: Selected, vocabulary: Vocabulary) -> str:
    """What there is of a part: its records, or why there is nothing."""
    fact = vocabulary[fact_of(value)]
    own = [entry for entry in found.used if entry.fact == fact.name and entry.value is not None]
    if own:
        return f"{fact.label} {records_words(own)}"
    if found.values:
        return f"{fact.label} {values_words(found.values)}"
    return f"{fact.label}: {CAUSE_WORDS[found.cause or Cause.MISSING]}"
