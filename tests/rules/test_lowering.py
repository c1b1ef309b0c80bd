"""What the words of a rule file become in the formula; expected nodes are written by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest

from screener.ir import (
    SOME,
    After,
    Age,
    AllOf,
    AnyOf,
    AssumeNo,
    AtLeast,
    Attribute,
    Available,
    Band,
    Before,
    Cases,
    DateSource,
    Default,
    Either,
    Ever,
    Fixed,
    Formula,
    Grade,
    Limit,
    MissedFails,
    Not,
    OfLimit,
    Passes,
    Pick,
    Point,
    Protocol,
    Quantified,
    RecordSet,
    Relative,
    Score,
    Selection,
    Tally,
    Test,
    Unclear,
    Unless,
    Use,
    Window,
    Within,
)
from screener.quantities import Range
from screener.rules.check import outline_coverage
from screener.rules.load import Reading, read_protocol
from tests.rules.recorded import HERE, vocabulary

HEAD = """\
trial: XMPL-009
title: A made-up trial
version: "1"
effective: 2026-01-01
dates:
  resection: {fact: resection}
  randomization: {fact: randomization, otherwise: as_of}
  consent: {fact: consent}
"""
YES = frozenset({True})
AS_OF = Point("as_of")


def read(text: str) -> Reading:
    return read_protocol(text, "xmpl.yaml", vocabulary())


def one(rule: str, *, top: str = "", stage: str = "", extra: str = "") -> Protocol:
    """A protocol of one inclusion criterion, written in braces."""
    return read(
        f"{HEAD}{top}stages: [{{id: s, title: S, {stage} inclusion: "
        f"[{{id: C, text: T, {extra} rule: {rule}}}]}}]"
    ).protocol


def leaf(rule: str, *, top: str = "", stage: str = "", extra: str = "") -> tuple[Selection, object]:
    """The selection and the condition of a rule that is one leaf."""
    protocol = one(rule, top=top, stage=stage, extra=extra)
    test = protocol.criteria[0].rule
    assert isinstance(test, Test)
    return protocol.selections[test.slot], test.condition


def latest(fact: str, *tests: Within | Attribute | Before | After | Unless) -> Pick:
    return Pick(RecordSet(fact, tests), Use.LATEST)


def at_most(number: int | Fraction) -> Range:
    return Range(None, Fraction(number) if isinstance(number, Fraction) else Decimal(number))


# --- the sample of the design --------------------------------------------------------------------


def test_the_sample_trial_is_read_without_a_warning() -> None:
    reading = read((HERE / "good" / "xmpl_001.yaml").read_text(encoding="utf-8"))
    protocol = reading.protocol
    assert reading.warnings == ()
    assert (protocol.trial, protocol.version, protocol.kind) == ("XMPL-001", "2.1", "trial")
    assert protocol.effective == date(2026, 3, 1).toordinal()
    assert protocol.source == "Protocol 2.1 of 2026-02-11"
    assert protocol.dates == (
        ("resection", DateSource("resection", False)),
        ("randomization", DateSource("randomization", True)),
    )
    assert [one.id for one in protocol.criteria] == ["I1", "I2", "E1", "E2"]
    assert protocol.verdict == AllOf((Passes(0), Passes(1), Passes(2), Passes(3)))
    assert protocol.stages[0].window == Window(Point("resection", 0, 28), Point("resection", 0, 42))
    assert outline_coverage(protocol) == {
        "5.1 (1)": ("I1",),
        "5.1 (2)": ("I2",),
        "5.1 (3)": ("not_encoded",),
        "5.2 (1)": ("E1",),
        "5.2 (2)": ("E2",),
    }


def test_the_sample_exclusion_leaves_out_rifaximin_and_takes_every_systemic_route() -> None:
    protocol = read((HERE / "good" / "xmpl_001.yaml").read_text(encoding="utf-8")).protocol
    criterion = protocol.criteria[2]
    test = criterion.rule
    assert isinstance(test, Test)
    assert test.condition == SOME
    assert criterion.passes == Not(test)
    assert criterion.reading == "The day exactly 4 weeks before counts."
    assert protocol.selections[test.slot] == Tally(
        RecordSet(
            "antibiotic",
            (
                Within(Window(Point("randomization", 0, -28), Point("randomization"))),
                Attribute("route", frozenset({"systemic", "oral", "intravenous"})),
                Unless(((Attribute("drug", frozenset({"rifaximin"})),),)),
            ),
        )
    )


# --- conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("is: 40 U/L", Range(Decimal(40), Decimal(40))),
        ("at_least: 40 U/L", Range(Decimal(40), None)),
        ("at_most: 40 U/L", Range(None, Decimal(40))),
        ("more_than: 40 U/L", Range(Decimal(40), None, low_open=True)),
        ("less_than: 40 U/L", Range(None, Decimal(40), high_open=True)),
        ("between: [10 U/L, 40 U/L]", Range(Decimal(10), Decimal(40))),
        ("at_most: 040.00 U/L", Range(None, Decimal(40))),
        ("at_most: 0.04 U/mL", Range(None, Decimal(40))),
    ],
)
def test_a_comparison_of_a_quantity_is_a_range(condition: str, expected: Range) -> None:
    # 0.04 U/mL are 40 U/L: 1000 mL to the litre.
    assert leaf(f"{{fact: alt, {condition}}}") == (latest("alt"), expected)


def test_a_limit_is_converted_by_the_declared_factor() -> None:
    # 2 mg/dL x 17.1 = 34.2 umol/L.
    assert leaf("{fact: bilirubin, at_most: 2 mg/dL}")[1] == Range(None, Decimal("34.2"))
    # 1 mg/dL is 10 mg/L, so 20 mg/L is 2 mg/dL again.
    assert leaf("{fact: bilirubin, at_most: 20 mg/L}")[1] == Range(None, Decimal("34.2"))


def test_a_multiple_of_the_upper_limit_is_a_ratio_to_it() -> None:
    selection, condition = leaf("{fact: alt, at_most: 2.5 x ULN}")
    assert selection == Pick(RecordSet("alt"), Use.LATEST, Limit.ULN)
    assert condition == Range(None, Fraction(5, 2))
    assert leaf("{fact: alt, less_than: ULN}")[1] == Range(None, Fraction(1), high_open=True)


def test_a_range_from_the_lower_to_the_upper_limit_is_one_question() -> None:
    ends = Relative(OfLimit(Limit.LLN), OfLimit(Limit.ULN, Decimal(3)))
    assert leaf("{fact: alt, between: [1 x LLN, 3 x ULN]}") == (
        Pick(RecordSet("alt"), Use.LATEST, judged=ends),
        YES,
    )


def test_one_of_several_numbers_is_an_any_of() -> None:
    protocol = one("{fact: inr, one_of: [1, 2.0]}")
    assert protocol.criteria[0].rule == AnyOf(
        (Test(0, Range(Decimal(1), Decimal(1))), Test(0, Range(Decimal(2), Decimal(2))))
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("at_most: 1", {"0", "1"}),
        ("less_than: 1", {"0"}),
        ("at_least: 3", {"3", "4"}),
        ("more_than: 3", {"4"}),
        ("between: [1, 2]", {"1", "2"}),
        ("is: 2", {"2"}),
        ("one_of: [0, 4]", {"0", "4"}),
    ],
)
def test_an_ordinal_compares_by_its_place(condition: str, expected: set[str]) -> None:
    assert leaf(f"{{fact: ecog, {condition}}}") == (latest("ecog"), frozenset(expected))


def test_a_yes_or_no_is_what_it_says() -> None:
    assert leaf("{fact: pregnant, is: false}") == (latest("pregnant"), frozenset({False}))


def test_a_date_fact_compares_with_a_day() -> None:
    day = date(2026, 1, 1).toordinal()
    assert leaf("{fact: consent, at_least: 2026-01-01}") == (
        Fixed(RecordSet("consent")),
        Range(day, None),
    )


# --- windows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("14 d before consent", Window(Point("consent", 0, -14), Point("consent"))),
        ("4 wk after consent", Window(Point("consent"), Point("consent", 0, 28))),
        ("6 mo before consent", Window(Point("consent", -6, 0), Point("consent"))),
        ("2 a after as_of", Window(AS_OF, Point("as_of", 24, 0))),
        ("less than 6 mo before consent", Window(Point("consent", -6, 1), Point("consent"))),
        ("less than 4 wk after consent", Window(Point("consent"), Point("consent", 0, 27))),
        ("{from: 4 wk before consent}", Window(Point("consent", 0, -28), None)),
        ("{to: consent}", Window(None, Point("consent"))),
        (
            "{from: 2026-02-01, to: 1 mo after 2026-01-31}",
            Window(
                Point(None, 0, date(2026, 2, 1).toordinal()),
                Point(None, 0, date(2026, 2, 28).toordinal()),
            ),
        ),
    ],
)
def test_a_window_is_its_first_and_last_day(window: str, expected: Window) -> None:
    selection, _ = leaf(f"{{fact: alt, at_most: 40 U/L, within: {window}}}")
    assert selection == latest("alt", Within(expected))


def test_before_and_after_are_tests_of_their_own() -> None:
    selection, _ = leaf("{fact: antibiotic, before: consent, after: 4 wk before consent}")
    assert selection == Tally(
        RecordSet("antibiotic", (Before(Point("consent")), After(Point("consent", 0, -28))))
    )


STAGE = "window: 4 wk before as_of,"
IN_STAGE = Window(Point("as_of", 0, -28), AS_OF)


def test_the_window_of_a_stage_goes_to_what_has_no_window_of_its_own() -> None:
    assert leaf("{fact: pregnant, is: true}", stage=STAGE)[0] == latest(
        "pregnant", Within(IN_STAGE)
    )
    assert leaf("{fact: antibiotic}", stage=STAGE)[0] == Tally(
        RecordSet("antibiotic", (Within(IN_STAGE),))
    )
    assert leaf("{fact: malignancy, is: true}", stage=STAGE)[0] == Ever(
        RecordSet("malignancy"), IN_STAGE
    )
    assert leaf("{fact: sex, is: female}", stage=STAGE)[0] == Fixed(RecordSet("sex"))
    assert leaf("{fact: antibiotic, before: as_of}", stage=STAGE)[0] == Tally(
        RecordSet("antibiotic", (Before(AS_OF),))
    )


def test_a_cumulative_fact_keeps_its_window_apart_from_its_attributes() -> None:
    rule = "{fact: malignancy, is: true, within: 5 a before as_of, where: {site: [lung, colon]}}"
    assert leaf(rule)[0] == Ever(
        RecordSet("malignancy", (Attribute("site", frozenset({"lung", "colon"})),)),
        Window(Point("as_of", -60, 0), AS_OF),
    )


# --- which records speak -------------------------------------------------------------------------


def test_highest_and_earliest_are_picks() -> None:
    assert leaf("{fact: alt, at_most: 40 U/L, use: highest}")[0] == Pick(
        RecordSet("alt"), Use.HIGHEST
    )
    assert leaf("{fact: pregnant, is: true, use: earliest}")[0] == Pick(
        RecordSet("pregnant"), Use.EARLIEST
    )


def test_any_and_all_judge_each_value() -> None:
    assert leaf("{fact: alt, more_than: 3 x ULN, use: any}") == (
        Quantified(RecordSet("alt"), False, Range(Fraction(3), None, low_open=True), Limit.ULN),
        YES,
    )
    assert leaf("{fact: pregnant, is: false, use: all}") == (
        Quantified(RecordSet("pregnant"), True, frozenset({False})),
        YES,
    )


def test_a_count_is_a_tally_of_the_records_that_meet_the_condition() -> None:
    assert leaf("{fact: alt, at_least: 40 U/L, count: {at_least: 2}}") == (
        Tally(RecordSet("alt"), Range(Decimal(40), None)),
        Range(Decimal(2), None),
    )
    assert leaf("{fact: antibiotic, count: {between: [1, 3]}}") == (
        Tally(RecordSet("antibiotic")),
        Range(Decimal(1), Decimal(3)),
    )


def test_available_asks_for_a_result_and_its_contrary_for_none() -> None:
    assert leaf("{fact: alt, available: true}") == (Available(RecordSet("alt")), YES)
    protocol = one("{fact: alt, available: false}")
    assert protocol.criteria[0].rule == Not(Test(0, YES))


def test_attributes_are_the_same_in_any_order() -> None:
    words = ["route: oral", "drug: a", "dose: {at_least: 0.005 g}"]
    selections = {
        leaf(f"{{fact: antibiotic, where: {{{', '.join(order)}}}}}")[0]
        for order in permutations(words)
    }
    assert selections == {
        Tally(
            RecordSet(
                "antibiotic",
                (
                    Attribute("dose", Range(Decimal(5), None)),
                    Attribute("drug", frozenset({"a"})),
                    Attribute("route", frozenset({"oral"})),
                ),
            )
        )
    }


def test_equal_selections_share_a_slot() -> None:
    protocol = one(
        "{all_of: [{fact: alt, at_least: 10 U/L}, {fact: alt, at_most: 40 U/L},"
        " {fact: alt, at_most: 40 U/L, use: earliest}, {fact: alt, at_most: 1 x ULN}]}"
    )
    assert [test.slot for test in parts(protocol.criteria[0].rule)] == [0, 0, 1, 2]
    assert len(protocol.selections) == 3


def parts(formula: Formula) -> list[Test]:
    assert isinstance(formula, AllOf)
    return [arg for arg in formula.args if isinstance(arg, Test)]


# --- derived facts -------------------------------------------------------------------------------


def test_an_age_has_the_cuts_of_all_its_limits() -> None:
    protocol = one(
        "{all_of: [{fact: age, between: [18 a, 75 a]}, {fact: age, less_than: 40 a},"
        " {fact: age, more_than: 40 a}, {fact: age, at_least: 17.5 a}, {fact: age, is: 5 a},"
        " {fact: age, at_least: 18 a, at: consent}]}"
    )
    assert protocol.selections == (
        Age("birth_date", "age", AS_OF, (5, 6, 18, 40, 41, 76)),
        Age("birth_date", "age", Point("consent"), (18,)),
    )


def test_age_at_is_the_day_of_ages_without_their_own() -> None:
    selection, _ = leaf("{fact: age, at_least: 18 a}", top="age_at: consent\n")
    assert selection == Age("birth_date", "age", Point("consent"), (18,))


def test_a_grade_is_given_or_computed_from_parts_in_the_same_window() -> None:
    selection, condition = leaf("{fact: child_pugh_class, is: A}", stage=STAGE)
    assert condition == frozenset({"A"})
    assert isinstance(selection, Either)
    assert selection.given == latest("child_pugh_class", Within(IN_STAGE))
    assert isinstance(selection.computed, Grade)
    assert selection.computed.bands == (
        Band(Range(Decimal(5), Decimal(6)), grade="A"),
        Band(Range(Decimal(7), Decimal(9)), grade="B"),
        Band(Range(Decimal(10), None), grade="C"),
    )
    score = selection.computed.of
    assert isinstance(score, Either)
    assert score.given == latest("child_pugh_score", Within(IN_STAGE))
    assert isinstance(score.computed, Score)
    assert [part.value for part in score.computed.parts] == [
        latest(fact, Within(IN_STAGE))
        for fact in ("bilirubin", "albumin", "inr", "ascites", "encephalopathy")
    ]
    # Limits pinned in mg/dL and g/dL: 2 x 17.1 and 3 x 17.1 umol/L; 2.8 and 3.5 g/dL in g/L.
    assert score.computed.parts[0].bands == (
        Band(Range(None, Decimal("34.2"), high_open=True), points=1),
        Band(Range(Decimal("34.2"), Decimal("51.3")), points=2),
        Band(Range(Decimal("51.3"), None, low_open=True), points=3),
    )
    assert score.computed.parts[1].bands == (
        Band(Range(Decimal(35), None, low_open=True), points=1),
        Band(Range(Decimal(28), Decimal(35)), points=2),
        Band(Range(None, Decimal(28), high_open=True), points=3),
    )
    assert score.computed.parts[3].bands == (
        Band(frozenset({"none"}), points=1),
        Band(frozenset({"mild"}), points=2),
        Band(frozenset({"moderate_to_severe"}), points=3),
    )


def test_a_score_at_a_day_takes_the_records_up_to_it() -> None:
    selection, _ = leaf("{fact: child_pugh_score, at_most: 6, at: consent}", stage=STAGE)
    assert isinstance(selection, Either)
    assert selection.given == latest("child_pugh_score", Within(Window(None, Point("consent"))))


# --- formulas ------------------------------------------------------------------------------------

F = "{fact: sex, is: female}"
M = "{fact: sex, is: male}"
WOMAN = Test(0, frozenset({"female"}))
MAN = Test(0, frozenset({"male"}))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (f"{{all_of: [{F}, {M}]}}", AllOf((WOMAN, MAN))),
        (f"{{any_of: [{F}, {M}]}}", AnyOf((WOMAN, MAN))),
        (f"{{none_of: [{F}, {M}]}}", Not(AnyOf((WOMAN, MAN)))),
        (f"{{not: {F}}}", Not(WOMAN)),
        (f"{{at_least_of: {{count: 2, of: [{F}, {M}, {F}]}}}}", AtLeast(2, (WOMAN, MAN, WOMAN))),
        (
            f"{{by: {{sex: {{male: {F}, female: {M}}}}}}}",
            Cases(((MAN, WOMAN), (WOMAN, MAN))),
        ),
    ],
)
def test_a_combining_word_is_its_node(rule: str, expected: Formula) -> None:
    assert one(rule).criteria[0].rule == expected


def test_a_definition_stands_for_its_rule_with_the_window_of_its_place() -> None:
    text = f"""{HEAD}define:
  expecting: {{any_of: [{{fact: pregnant, is: true}}, nursing]}}
  nursing: {{fact: lactating, is: true}}
stages:
  - id: a
    title: A
    inclusion: [{{id: A1, text: T, rule: {{not: expecting}}}}]
  - id: b
    title: B
    window: 4 wk before as_of
    exclusion: [{{id: B1, text: T, rule: expecting}}]
"""
    reading = read(text)
    assert reading.warnings == ()
    assert reading.protocol.selections == (
        latest("pregnant"),
        latest("lactating"),
        latest("pregnant", Within(IN_STAGE)),
        latest("lactating", Within(IN_STAGE)),
    )
    assert reading.protocol.criteria[0].rule == Not(AnyOf((Test(0, YES), Test(1, YES))))
    assert reading.protocol.criteria[1].rule == AnyOf((Test(2, YES), Test(3, YES)))


# --- defaults ------------------------------------------------------------------------------------


def test_if_missing_no_covers_yes_or_no_and_event_facts_of_its_criterion_only() -> None:
    said = "if_missing: no, reading: The chart lists these.,"
    rule = (
        "{any_of: [{fact: pregnant, is: true}, {fact: antibiotic}, {fact: ecog, at_least: 2},"
        " {fact: malignancy, is: true}]}"
    )
    assert one(rule, extra=said).selections == (
        AssumeNo(latest("pregnant"), Default.IF_MISSING),
        AssumeNo(Tally(RecordSet("antibiotic")), Default.IF_MISSING),
        latest("ecog"),
        AssumeNo(Ever(RecordSet("malignancy"), None), Default.IF_MISSING),
    )
    assert one(rule).selections[0] == latest("pregnant")


def test_an_absence_declared_to_mean_no_is_the_default_everywhere() -> None:
    said = "if_missing: no, reading: The chart lists these.,"
    expected = AssumeNo(Tally(RecordSet("transfusion")), Default.ABSENCE)
    assert leaf("{fact: transfusion}")[0] == expected
    assert leaf("{fact: transfusion}", extra=said)[0] == expected


def test_a_no_that_is_assumed_counts_as_a_no_for_any() -> None:
    # "Any is no" must hold where nothing recorded is read as no: it is "not all are yes".
    said = "if_missing: no, reading: The chart lists these.,"
    protocol = one("{fact: pregnant, is: false, use: any}", extra=said)
    assert protocol.selections == (
        AssumeNo(Quantified(RecordSet("pregnant"), True, YES), Default.IF_MISSING),
    )
    assert protocol.criteria[0].rule == Not(Test(0, YES))


# --- criteria and verdicts -----------------------------------------------------------------------


def stages(*criteria: str, side: str = "inclusion", stage: str = "", top: str = "") -> Protocol:
    return read(
        f"{HEAD}{top}stages: [{{id: s, title: S, {stage} {side}: [{', '.join(criteria)}]}}]"
    ).protocol


def test_an_exclusion_passes_where_its_rule_is_false() -> None:
    protocol = stages(f"{{id: E, text: T, rule: {F}}}", side="exclusion")
    assert protocol.criteria[0].passes == Not(WOMAN)


def test_a_criterion_that_does_not_apply_passes() -> None:
    text = f"{{id: C, text: T, applies_when: {M}, rule: {F}}}"
    assert stages(text).criteria[0].passes == AnyOf((Not(MAN), WOMAN))
    assert stages(text, side="exclusion").criteria[0].passes == AnyOf((Not(MAN), Not(WOMAN)))
    assert stages(text).criteria[0].applies == MAN


def test_a_misprint_that_nobody_resolved_is_unclear() -> None:
    defect = "defect: {as_printed: older then 81, kind: misprint}"
    assert stages(f"{{id: C, text: T, {defect}}}").criteria[0].passes == Unclear()
    assert stages(f"{{id: C, text: T, {defect}, rule: {F}}}").criteria[0].passes == Unclear()
    resolved = "defect: {as_printed: older then 81, kind: misprint, resolved_by: letter of 2026}"
    assert stages(f"{{id: C, text: T, {resolved}, rule: {F}}}").criteria[0].passes == WOMAN


def test_a_stage_may_let_missed_windows_fail() -> None:
    protocol = stages(f"{{id: C, text: T, rule: {F}}}", stage="when_missed: fail,")
    assert protocol.criteria[0].passes == MissedFails(WOMAN)


def test_the_verdict_is_the_or_over_open_cohorts_of_the_criteria_that_bind_them() -> None:
    protocol = stages(
        f"{{id: C0, text: T, rule: {F}}}",
        f"{{id: C1, text: T, only_for: a, rule: {F}}}",
        f"{{id: C2, text: T, only_for: [b, c], rule: {F}}}",
        top="cohorts: [{id: a, title: A}, {id: b, title: B, open: true},"
        " {id: c, title: C, open: false}]\n",
    )
    a, b, c = AllOf((Passes(0), Passes(1))), AllOf((Passes(0), Passes(2))), AllOf(
        (Passes(0), Passes(2))
    )  # fmt: skip
    assert [cohort.verdict for cohort in protocol.cohorts] == [a, b, c]
    assert [cohort.open for cohort in protocol.cohorts] == [True, True, False]
    assert protocol.verdict == AnyOf((a, b))
    assert protocol.stages[0].verdict == AnyOf((a, b))


def test_each_stage_has_the_verdict_of_its_own_criteria() -> None:
    protocol = read(
        f"{HEAD}stages: [{{id: a, title: A, inclusion: [{{id: A1, text: T, rule: {F}}}]}},"
        f" {{id: b, title: B, exclusion: [{{id: B1, text: T, rule: {M}}}]}}]"
    ).protocol
    assert [stage.verdict for stage in protocol.stages] == [
        AllOf((Passes(0),)),
        AllOf((Passes(1),)),
    ]
    assert protocol.verdict == AllOf((Passes(0), Passes(1)))


def test_a_rule_of_strata_stands_in_no_stage() -> None:
    top = (
        "strata: [{id: portal, title: Ascites, levels: [{id: yes, title: With, rule: "
        "{fact: ascites, at_least: mild}}]}]\n"
    )
    protocol = stages(f"{{id: C, text: T, rule: {F}}}", stage=STAGE, top=top)
    level = protocol.strata[0].levels[0]
    assert level.id == "yes"
    assert level.rule == Test(1, frozenset({"mild", "moderate_to_severe"}))
    assert protocol.selections[1] == latest("ascites")


def test_a_fact_of_the_file_joins_the_vocabulary() -> None:
    reading = read(
        f"{HEAD}facts: {{gfr: {{type: quantity, kind: observation, unit: mL/min}}}}\n"
        "stages: [{id: s, title: S, inclusion: "
        "[{id: C, text: T, rule: {fact: gfr, at_least: 0.03 L/min}}]}]"
    )
    # 0.03 L are 30 mL.
    assert reading.vocabulary["gfr"].shape.unit == "mL/min"
    assert parts(AllOf((reading.protocol.criteria[0].rule,)))[0].condition == Range(
        Decimal(30), None
    )
    assert set(vocabulary()) < set(reading.vocabulary)


def test_words_that_yaml_would_guess_are_text() -> None:
    head = HEAD.replace('version: "1"', "version: 2.50")
    protocol = read(
        f"{head}"
        "facts: {answer: {type: code, kind: fixed, values: [no, 010, 12:30, 1e3, ~]}}\n"
        "stages: [{id: on, title: 2026-01-01, inclusion: "
        "[{id: 007, text: 0x10, rule: {fact: answer, one_of: [no, 010, 12:30, 1e3, ~]}}]}]"
    ).protocol
    assert (protocol.version, protocol.stages[0].id) == ("2.50", "on")
    assert (protocol.criteria[0].id, protocol.criteria[0].text) == ("007", "0x10")
    assert parts(AllOf((protocol.criteria[0].rule,)))[0].condition == frozenset(
        {"no", "010", "12:30", "1e3", "~"}
    )


def test_a_node_knows_where_it_was_written() -> None:
    protocol = one("{fact: alt, at_most: 40 U/L}")
    (test,) = parts(AllOf((protocol.criteria[0].rule,)))
    assert test.span is not None
    line = f"{HEAD}stages: [{{id: s, title: S,  inclusion: [{{id: C, text: T,  rule: {{fact: alt, "
    assert (test.span.file, test.span.line) == ("xmpl.yaml", HEAD.count("\n") + 1)
    assert test.span.column == len(line.splitlines()[-1]) + 1
    assert test.span.width == len("at_most")


def test_whether_a_fixed_fact_is_on_record_does_not_depend_on_the_stage() -> None:
    selection, _ = leaf("{fact: histology, available: true}", stage=STAGE)
    assert selection == Available(RecordSet("histology"))
