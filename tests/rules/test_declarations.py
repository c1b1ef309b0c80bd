"""What a declaration of a fact becomes; factors are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from screener.rules.load import read_vocabulary
from screener.vocabulary import Code, Cost, Fact, Kind, Type
from tests.rules.recorded import vocabulary


def declared(words: str) -> Fact:
    return read_vocabulary(f"facts: {{it: {{{words}}}}}", "v.yaml")["it"]


def test_a_declared_factor_brings_the_units_that_convert_to_it() -> None:
    shape = vocabulary()["bilirubin"].shape
    assert shape.unit == "umol/L"
    assert shape.accepted["mg/dL"] == Decimal("17.1")
    # 1 g/L is 100 mg/dL; 1 mg/L is a tenth of one.
    assert shape.accepted["g/L"] == Decimal("1710")
    assert shape.accepted["mg/L"] == Decimal("1.71")
    assert shape.accepted["mmol/L"] == Decimal("1000")
    assert "U/L" not in shape.accepted
    # 60 mg/dL x 17.1.
    assert shape.plausible == (Decimal(0), Decimal("1026"))


def test_a_unit_may_be_declared_in_any_known_spelling() -> None:
    fact = declared('type: quantity, kind: observation, unit: K/uL, accepted: {"G/L": "1"}')
    # A thousand per microlitre is 10*9 per litre.
    assert fact.shape.unit == "10*3/uL"
    assert fact.shape.accepted["10*9/L"] == 1


def test_a_hierarchy_knows_all_that_lies_beneath_a_value() -> None:
    fact = declared("type: code, kind: fixed, values: [{a: [{b: [c, d]}, e]}, f]")
    assert fact.shape.values == ("a", "b", "c", "d", "e", "f")
    assert fact.shape.children == {
        "a": frozenset({"b", "c", "d", "e"}),
        "b": frozenset({"c", "d"}),
    }


def test_kinds_that_need_not_be_said() -> None:
    assert declared("type: event").kind is Kind.EVENT
    assert declared("type: date").kind is Kind.FIXED
    assert vocabulary()["age"].kind is Kind.OBSERVATION
    assert vocabulary()["child_pugh_class"].kind is Kind.OBSERVATION


def test_a_judgement_costs_a_question_unless_said_otherwise() -> None:
    assert declared("type: boolean, kind: observation").cost is Cost.CHART
    assert declared("type: boolean, kind: observation, asked_of: sponsor").cost is Cost.ASKED
    asked = declared("type: boolean, kind: observation, asked_of: investigator, cost: imaging")
    assert (asked.asked_of, asked.cost) == ("investigator", Cost.IMAGING)


def test_absence_means_no_only_where_said() -> None:
    assert declared('type: event, absence: "no"').absence_is_no
    assert declared("type: event, absence: no").absence_is_no
    assert not declared("type: event, absence: unknown").absence_is_no
    assert not declared("type: event").absence_is_no


def test_codes_and_texts_are_kept() -> None:
    fact = declared(
        "type: boolean, kind: cumulative, label: earlier tumour, question: Ever a tumour?, "
        "codes: [{system: s, code: 007}, {system: s, code: x, value: false}], source: a paper"
    )
    assert fact.codes == (Code("s", "007"), Code("s", "x", "false"))
    assert (fact.label, fact.question, fact.source) == (
        "earlier tumour",
        "Ever a tumour?",
        "a paper",
    )


def test_a_code_may_be_tied_to_a_resource_and_an_attribute_may_have_codes() -> None:
    fact = declared(
        "type: event, codes: [{system: s, code: x, resource: AllergyIntolerance}], "
        "attributes: {route: {type: code, values: [oral], "
        "codes: [{system: s, code: y, value: oral}]}}"
    )
    assert fact.codes == (Code("s", "x", resource="AllergyIntolerance"),)
    assert fact.attribute_codes == {"route": (Code("s", "y", "oral"),)}
    assert fact.attributes["route"].values == ("oral",)


def test_attributes_have_shapes_of_their_own() -> None:
    attributes = vocabulary()["antibiotic"].attributes
    assert attributes["route"].children == {"systemic": frozenset({"oral", "intravenous"})}
    assert (attributes["dose"].type, attributes["dose"].unit) == (Type.QUANTITY, "mg")
    assert attributes["dose"].accepted["g"] == 1000


def test_a_block_of_text_loses_its_last_line_break() -> None:
    facts = read_vocabulary("facts:\n  it:\n    type: event\n    label: |\n      a # b\n", "v.yaml")
    assert facts["it"].label == "a # b"
