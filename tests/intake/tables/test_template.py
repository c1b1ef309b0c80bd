"""What a trial needs, and the columns of the table that asks for it."""

from __future__ import annotations

import json
from typing import Any

from screener.intake.tables.template import wide_columns
from screener.needs import Need, needs_of
from screener.rules.load import read_protocol, read_vocabulary

_FACTS: dict[str, Any] = {
    "birth_date": {"type": "date"},
    "age": {"type": "quantity", "unit": "a", "derived": {"age_of": "birth_date"}},
    "surgery": {"type": "date"},
    "alt": {"type": "quantity", "kind": "observation", "unit": "U/L"},
    "inr": {"type": "number", "kind": "observation"},
    "sex": {"type": "code", "kind": "fixed", "values": ["female", "male"]},
    "fit": {"type": "boolean", "kind": "observation", "asked_of": "investigator"},
    "drug": {"type": "event", "attributes": {"dose": {"type": "quantity", "unit": "mg"}}},
    "unused": {"type": "boolean", "kind": "fixed"},
}
_CRITERIA = [
    {"id": "A", "rule": {"fact": "age", "at_least": "18 a"}},
    {"id": "B", "rule": {"fact": "alt", "at_most": "5 x ULN", "within": "7 d after surgery"}},
    {"id": "C", "rule": {"not": {"any_of": [{"fact": "inr", "more_than": "2"}, "treated"]}}},
    {
        "id": "D",
        "applies_when": {"fact": "sex", "is": "female"},
        "rule": {"by": {"sex": {"female": {"fact": "fit", "is": "true"}, "male": "treated"}}},
    },
]


def _needs() -> tuple[Need, ...]:
    vocabulary = read_vocabulary(json.dumps({"vocabulary": "V", "facts": _FACTS}), "vocabulary")
    stage = {
        "id": "S",
        "title": "S",
        "inclusion": [{"text": "T", "source": "1", **one} for one in _CRITERIA],
    }
    trial = {
        "trial": "T",
        "title": "T",
        "version": "1",
        "effective": "2026-01-01",
        "outline": ["1"],
        "dates": {"surgery": {"fact": "surgery"}},
        "define": {"treated": {"fact": "drug", "where": {"dose": {"at_least": "1 mg"}}}},
        "stages": [stage],
    }
    return needs_of(read_protocol(json.dumps(trial), "trial.yaml", vocabulary).protocol)


def test_every_fact_and_date_is_needed_by_the_criteria_that_ask_for_it() -> None:
    assert {one.fact: (one.by, one.limits) for one in _needs()} == {
        "birth_date": (("A",), False),
        "age": (("A",), False),
        "alt": (("B",), True),
        "surgery": (("B",), False),
        "inr": (("C",), False),
        "drug": (("C", "D"), False),
        "sex": (("D",), False),
        "fit": (("D",), False),
    }


def test_a_fact_has_the_columns_that_go_with_it() -> None:
    vocabulary = read_vocabulary(json.dumps({"vocabulary": "V", "facts": _FACTS}), "vocabulary")
    needs = [(vocabulary[one.fact], one.by, one.limits) for one in _needs()]
    columns = {one.column for one in wide_columns(one for one in needs if not one[0].derived)}
    assert columns == {
        "patient",
        "as_of",
        "birth_date",
        "surgery",
        "alt",
        "alt.unit",
        "alt.date",
        "alt.low",
        "alt.high",
        "alt.absent",
        "inr",
        "inr.date",
        "inr.absent",
        "drug",
        "drug.start",
        "drug.end",
        "drug.ongoing",
        "drug.dose",
        "drug.dose.unit",
        "drug.complete_to",
        "sex",
        "fit",
        "fit.date",
        "fit.by",
        "fit.absent",
    }
