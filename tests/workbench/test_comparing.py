"""What two versions say alike is seen at once, whatever it is called and in whatever order.

And what changed without a change of any rule's own words: a date, a term, a fact.
"""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest

from benchmarks.comparing import LIMIT, VARIATIONS, many
from screener.workbench.comparing import compare
from screener.workbench.comparison import Comparison, CriterionChange, Relation
from screener.workbench.proving import prove
from tests.workbench.made import VOCABULARY, Json, edition, stage

#: A busy machine and the tests' own measuring take their time; a solver asked for each takes more.
GENEROUS = 5
X, C, A = {"fact": "x", "at_most": "3"}, {"fact": "c", "is": "p"}, {"fact": "a", "is": True}


def two_of(*rules: Json) -> Json:
    return {"at_least_of": {"count": "2", "of": list(rules)}}


def changes(old: Json, new: Json, facts: Json | None = None) -> Comparison:
    return compare(edition(old), edition(new, facts or VOCABULARY))


def by_id(compared: Comparison) -> dict[str, CriterionChange]:
    return {one.id: one for one in compared.criteria}


@pytest.mark.parametrize("how", VARIATIONS)
def test_300_criteria_are_proved_equivalent_in_two_seconds(how: str) -> None:
    old, new = many(300), many(300, how)
    begun = process_time()
    compared = compare(old, new)
    took = process_time() - begun
    assert compared.relation is Relation.EQUIVALENT
    assert {one.relation for one in compared.criteria} == {Relation.EQUIVALENT}
    assert len(compared.criteria) == 300
    assert took < GENEROUS * LIMIT


def test_a_criterion_under_another_name_is_the_same_criterion() -> None:
    compared = changes(stage({"K1": A, "K2": X}), stage({"N2": X, "K1": A}))
    assert [(one.id, one.was, one.relation, one.rule_changed) for one in compared.criteria] == [
        ("N2", "K2", Relation.EQUIVALENT, False),
        ("K1", None, Relation.EQUIVALENT, False),
    ]


def test_a_name_given_to_another_rule_is_another_criterion() -> None:
    """K1 asks of X what K2 asked; the K1 that asked for A is gone."""
    compared = changes(stage({"K1": A, "K2": X}), stage({"K1": X}))
    assert {id: one.relation for id, one in by_id(compared).items()} == {
        "K1": Relation.BOTH,
        "K2": Relation.LOOSER,
    }
    assert compared.relation is Relation.LOOSER


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"all_of": [A, X, C]}, {"all_of": [{"all_of": [C, A]}, X]}),
        ({"any_of": [A, X, A]}, {"any_of": [X, A]}),
        ({"not": {"not": A}}, A),
        (two_of(A, X, C), two_of(C, X, A)),
        ({"by": {"a": {"true": C, "false": X}}}, {"by": {"a": {"false": X, "true": C}}}),
    ],
    ids=["groups", "said twice", "not not", "counted", "cases"],
)
def test_order_and_repetition_make_no_difference(
    old: Json, new: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: Any) -> None:
        raise AssertionError("the solver was asked")

    monkeypatch.setattr("screener.workbench.comparing.Finder", asked)
    assert changes(stage({"K": old}), stage({"K": new})).relation is Relation.EQUIVALENT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"all_of": [A, X]}, {"any_of": [A, X]}),
        (two_of(A, X, X), two_of(A, X)),
        ({"by": {"a": {"true": C, "false": X}}}, {"by": {"a": {"true": X, "false": C}}}),
        ({"not": A}, A),
    ],
    ids=["all and any", "counted twice", "other cases", "the contrary"],
)
def test_what_only_looks_alike_is_told_apart(old: Json, new: Json) -> None:
    compared = changes(stage({"K": old}), stage({"K": new}))
    assert compared.relation is not Relation.EQUIVALENT
    assert by_id(compared)["K"].rule_changed


SEXES = {"sex": {"type": "code", "kind": "fixed", "label": "Sex", "values": ["f", "m"]}}
DATED = {
    "facts": {
        "lab": {"type": "number", "kind": "observation", "label": "Lab"},
        "start": {"type": "date", "kind": "fixed", "label": "Start"},
        "other": {"type": "date", "kind": "fixed", "label": "Other day"},
        **SEXES,
    }
}
LAB = {"fact": "lab", "at_least": "5", "within": "14 d before begin"}
SEX = {"fact": "sex", "is": "f"}


def dated(fact: str) -> Json:
    return {"dates": {"begin": {"fact": fact}}, **stage({"K1": LAB, "K2": SEX})}


def test_a_change_under_dates_alone_changes_the_rules_that_hang_on_it() -> None:
    compared = compare(edition(dated("start"), DATED), edition(dated("other"), DATED))
    one, other = by_id(compared)["K1"], by_id(compared)["K2"]
    assert (one.rule_changed, one.by_date, one.relation) == (True, True, Relation.BOTH)
    assert (other.rule_changed, other.by_date, other.relation) == (
        False,
        False,
        Relation.EQUIVALENT,
    )
    assert [(each.name, each.criteria) for each in compared.dates] == [("begin", ("K1",))]
    assert compared.to_json()["dates"] == [{"date": "begin", "criteria": ["K1"]}]


def test_a_change_under_define_alone_changes_the_rules_that_use_it() -> None:
    def with_term(rule: Json) -> Json:
        return {"define": {"term": rule}, **stage({"K1": "term", "K2": C})}  # type: ignore[dict-item]

    compared = changes(with_term(X), with_term({"fact": "x", "at_most": "4"}))
    assert {id: (one.rule_changed, one.relation) for id, one in by_id(compared).items()} == {
        "K1": (True, Relation.LOOSER),
        "K2": (False, Relation.EQUIVALENT),
    }


def measured(factor: str) -> Json:
    """A concentration that may come in another unit, and a fact beside it."""
    unit = {"unit": "mg/dL", "accepted": {"mmol/L": factor}}
    return {"facts": {"q": {"type": "quantity", "kind": "fixed", "label": "Q", **unit}, **SEXES}}


def test_a_fact_declared_otherwise_is_not_called_the_same() -> None:
    """Of 1 mmol/L one version makes 18 mg/dL and the other 19: the rule is not the same rule."""
    rules = stage({"K1": {"fact": "q", "at_most": "18 mg/dL"}, "K2": SEX})
    compared = compare(edition(rules, measured("18")), edition(rules, measured("19")))
    one, unconcerned = by_id(compared)["K1"], by_id(compared)["K2"]
    assert (one.relation, one.rule_changed) == (Relation.UNDECIDED, True)
    assert one.reasons == ("the two versions declare the fact `q` differently",)
    assert unconcerned.relation is Relation.EQUIVALENT
    assert compared.relation is Relation.UNDECIDED


def test_another_label_is_no_other_fact() -> None:
    other = json.loads(json.dumps(VOCABULARY))
    other["facts"]["a"]["label"] = "Something A"
    assert changes(stage({"K": A}), stage({"K": A}), other).relation is Relation.EQUIVALENT


def test_a_value_that_is_not_plausible_may_come_all_the_same() -> None:
    """X lies from 0 to 9 where it is plausible, and -1 is used with a warning (semantics 10.3)."""
    version = edition(stage({"K": {"fact": "x", "at_least": "0"}}))
    assert prove(version).never_fails == ()
    without = edition(stage({"K": {"any_of": [X, {"fact": "x", "at_least": "0"}]}}))
    assert by_id(compare(version, without))["K"].relation is Relation.LOOSER


def test_a_code_that_no_list_names_may_come() -> None:
    """Of a fact without a list any code may be recorded, so that somebody has another than P."""
    words = {"facts": {"c": {"type": "code", "kind": "fixed", "label": "C"}}}
    rule = {"not": {"fact": "c", "is": "p"}}
    proof = prove(edition(stage({"K": rule}), words))
    assert (proof.can_be_eligible, proof.undecided) == (True, ())


def test_between_two_days_that_follow_one_another_there_is_none() -> None:
    words = {"facts": {"d": {"type": "date", "kind": "fixed", "label": "D"}}}
    rules = {
        "K": {"fact": "d", "more_than": "2026-01-01"},
        "L": {"fact": "d", "less_than": "2026-01-02"},
    }
    proof = prove(edition(stage(rules), words))
    assert (proof.can_be_eligible, proof.clash, proof.undecided) == (False, ("K", "L"), ())
