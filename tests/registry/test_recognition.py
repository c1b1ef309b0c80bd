"""Single lines: the rule that is certain, or why there is none. Read off the words by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from screener.registry.lines import Side
from screener.registry.proposals import Ages, Known, Proposal
from screener.registry.recognition import proposal_for
from screener.registry.wording import Unclear
from tests.registry.generate import TRAPS_EXCLUSION, TRAPS_INCLUSION
from tests.registry.support import vocabulary

IN, OUT = Side.INCLUSION, Side.EXCLUSION


def said(text: str, side: Side, ages: Ages | None = None) -> Proposal | Unclear | None:
    return proposal_for(text, Known(side, vocabulary(), ages or Ages()))


@pytest.mark.parametrize(
    ("side", "text", "rule"),
    [
        (IN, "Platelets \u2265 100,000/mm3", {"fact": "platelets", "at_least": "100000 /mm3"}),
        (IN, "platelets >75*10^9/L;", {"fact": "platelets", "more_than": "75 10*9/L"}),
        (IN, "Platelets >/= 75 K/uL", {"fact": "platelets", "at_least": "75 10*3/uL"}),
        (IN, "Patients must have an albumin of at least 2.8 g/dL",
         {"fact": "albumin", "at_least": "2.8 g/dL"}),
        (IN, "Total bilirubin \u2264 ULN", {"fact": "bilirubin", "at_most": "1 x ULN"}),
        (IN, "ALT not above 5 times the upper limit of normal",
         {"fact": "alt", "at_most": "5 x ULN"}),
        (OUT, "Patients with creatinine > 180 \u00b5mol/L",
         {"fact": "creatinine", "more_than": "180 umol/L"}),
        (IN, "INR < 1.7 within 14 days before randomization",
         {"fact": "inr", "less_than": "1.7", "within": "14 d before randomization"}),
        (IN, "WBC \u2265 3,000/uL, ANC \u2265 1,500/uL and INR \u2264 1.5",
         {"all_of": [{"fact": "leukocytes", "at_least": "3000 /uL"},
                     {"fact": "neutrophils", "at_least": "1500 /uL"},
                     {"fact": "inr", "at_most": "1.5"}]}),
        (IN, "AST and ALT \u2264 2.5 x ULN",
         {"all_of": [{"fact": "ast", "at_most": "2.5 x ULN"},
                     {"fact": "alt", "at_most": "2.5 x ULN"}]}),
        (IN, "Aged \u2265 18 years and \u2264 75 years old, male or female;",
         {"fact": "age", "between": ["18 a", "75 a"]}),
        (OUT, "Under 18 years of age", {"fact": "age", "less_than": "18 a"}),
        (IN, "ECOG performance status of 0, 1, or 2", {"fact": "ecog", "at_most": "2"}),
        (OUT, "ECOG \u2265 3", {"fact": "ecog", "at_least": "3"}),
        (IN, "Child-Pugh class A or B", {"fact": "child_pugh_class", "one_of": ["A", "B"]}),
        (OUT, "Child-Pugh score > 7", {"fact": "child_pugh_score", "more_than": "7"}),
        (OUT, "The subject takes other study/investigational drugs within 4 weeks prior to "
              "randomization;",
         {"fact": "investigational_drug", "within": "4 wk before randomization"}),
        (OUT, "Bleeding from esophageal varices within 3 months prior to randomisation",
         {"fact": "variceal_bleeding", "within": "3 mo before randomization"}),
    ],
)  # fmt: skip
def test_a_line_that_says_one_thing_is_proposed(
    side: Side, text: str, rule: dict[str, Any]
) -> None:
    found = said(text, side)
    assert isinstance(found, Proposal), found
    assert found.rule == rule


@pytest.mark.parametrize(
    ("side", "text"),
    [*((IN, one) for one in TRAPS_INCLUSION), *((OUT, one) for one in TRAPS_EXCLUSION)],
)
def test_a_line_that_can_be_read_otherwise_is_not_proposed(side: Side, text: str) -> None:
    assert not isinstance(said(text, side), Proposal)


@pytest.mark.parametrize(
    ("side", "text", "why"),
    [
        (IN, "Platelets \u2265 100,000/mm3 unless due to hypersplenism", "it has an exception"),
        (IN, "ALT or AST \u2264 5 x ULN", "it leaves an alternative"),
        (IN, "Platelets \u2265 100,000/mm3 if not transfused", "it holds under a condition"),
        (IN, "No ECOG > 2", "it denies something"),
        (OUT, "Investigational drugs within 30 days of enrollment", "which days `within` means"),
        (IN, "ALT \u2264 200 IU/L", "`[iU]/L` does not measure this"),
        (IN, "Platelets \u2265 100 x 109/L", "`x 109/L` is not a known unit"),
        (IN, "Platelets \u2265 100", "the limit has no unit"),
        (IN, "Platelets \u2265 100.000/mm3", "the number `100.000` can be read in two ways"),
        (IN, "Platelets \u2265 100/mm3", "`100 /mm3` is an unusual limit"),
        (IN, "Platelets < 75 x 10^9/L", "it asks for the worse values"),
        (OUT, "Platelets \u2265 75 x 10^9/L", "it would exclude the better values"),
        (OUT, "AST and ALT > 5 x ULN", "whether both or either"),
        (IN, "Age > 18 years", "whether somebody of that age"),
        (IN, "Age between 18 and 75 years", "whether both ends"),
        (OUT, "Child-Pugh class B", "whether the class beyond"),
        (IN, "ECOG 1-2", "it leaves out better and worse grades"),
        (IN, "Hemoglobin \u2265 9 g/dL", "limits of this are not recognised"),
        (Side.UNSAID, "Platelets \u2265 100,000/mm3", "no heading says"),
    ],
)  # fmt: skip
def test_the_reason_is_said(side: Side, text: str, why: str) -> None:
    found = said(text, side)
    assert isinstance(found, Unclear), found
    assert found.reason.startswith(why)


@pytest.mark.parametrize(
    "text", ["Signed informed consent", "Pregnant or lactating women", "2 kidneys"]
)
def test_a_line_about_something_else_needs_no_reason(text: str) -> None:
    assert said(text, IN) is None


def test_between_is_certain_where_the_fields_of_the_record_say_the_same() -> None:
    ages = Ages(Decimal(18), Decimal(75))
    found = said("Age between 18 and 75 years", IN, ages)
    assert isinstance(found, Proposal)
    assert found.rule == {"fact": "age", "between": ["18 a", "75 a"]}


def test_an_age_that_the_fields_of_the_record_contradict_is_not_proposed() -> None:
    found = said("Age \u2265 20 years", IN, Ages(Decimal(18)))
    assert isinstance(found, Unclear)
    assert found.reason == ("the record's own fields say otherwise: 18 years at least, no greatest")


def test_a_fact_that_the_vocabulary_does_not_have_is_not_proposed() -> None:
    few = {name: fact for name, fact in vocabulary().items() if name not in ("inr", "ecog")}
    for text in ("INR \u2264 1.5", "ECOG 0-1"):
        assert isinstance(proposal_for(text, Known(IN, few)), Unclear)
