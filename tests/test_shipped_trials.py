"""The trials shipped with the screener: their files are sound, and their patients end as expected.

The expectations come from the registry's criteria and docs/semantics.md, worked out by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from screener import Result, Trial, UnknownTrial, load_trial
from screener.catalog import Edition, Place, places, read, read_file, shipped
from screener.causes import Cause
from screener.rules.load import Case, read_cases
from screener.vocabulary import Kind

CRITERIA = shipped("criteria")
PLACES = [place for versions in places([CRITERIA]).values() for place in versions]
NEWEST = [versions[-1] for versions in places([CRITERIA]).values()]

TRIAL = "NCT01681446"
AS_OF = "2026-11-24"


def named(place: Place) -> str:
    return f"{place.trial}@{place.version}"


def cases_of(place: Place) -> tuple[Case, ...]:
    assert place.cases is not None
    file = read_file(place.cases)
    return read_cases(file.content, file.name)


def every_case() -> Iterator[Any]:
    for place in PLACES:
        for case in cases_of(place):
            yield pytest.param(place, case, id=f"{named(place)}: {case.name}")


@pytest.fixture(scope="module")
def editions() -> dict[str, Edition]:
    return {named(place): read(place) for place in PLACES}


@pytest.fixture(scope="module")
def trial() -> Trial:
    return load_trial(TRIAL, criteria=CRITERIA)


# --- the files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_a_shipped_trial_is_read_without_a_warning(place: Place) -> None:
    assert read(place).warnings == ()


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_every_item_of_the_source_has_a_criterion(
    place: Place, editions: dict[str, Edition]
) -> None:
    protocol = editions[named(place)].protocol
    assert protocol.outline
    standing = {one.source for one in protocol.criteria if one.carried_over is None}
    left_out = {one.source for one in protocol.not_encoded}
    assert standing | left_out == set(protocol.outline)


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_a_shipped_trial_has_cases(place: Place) -> None:
    assert cases_of(place)


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_cases_expect_only_criteria_and_stages_that_there_are(
    place: Place, editions: dict[str, Edition]
) -> None:
    protocol = editions[named(place)].protocol
    criteria = {one.id for one in protocol.criteria}
    stages = {one.id for one in protocol.stages}
    for case in cases_of(place):
        assert set(case.criteria) <= criteria, case.name
        assert set(case.stages) <= stages, case.name


@pytest.mark.parametrize("place", NEWEST, ids=named)
def test_every_criterion_is_expected_to_pass_to_fail_and_to_be_open(
    place: Place, editions: dict[str, Edition]
) -> None:
    seen: dict[str, set[str]] = {one.id: set() for one in editions[named(place)].protocol.criteria}
    for case in cases_of(place):
        for criterion, expected in case.criteria.items():
            seen[criterion].add(expected)
    assert {id_ for id_, ends in seen.items() if ends != {"pass", "fail", "unknown"}} == set()


def test_the_vocabulary_gives_no_code_to_two_facts(editions: dict[str, Edition]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for fact in editions[f"{TRIAL}@2018-05-30"].vocabulary.values():
        for code in fact.codes:
            assert seen.setdefault((code.system, code.code), fact.name) == fact.name


def test_every_fact_of_the_vocabulary_can_be_asked_for(editions: dict[str, Edition]) -> None:
    for fact in editions[f"{TRIAL}@2018-05-30"].vocabulary.values():
        assert fact.label, fact.name
        assert fact.question, fact.name
        assert fact.question.endswith("?"), fact.name


KINDS = {
    Kind.OBSERVATION: """
        informed_consent concurrent_investigational_drug leukocytes platelets bilirubin albumin inr
        ascites encephalopathy postoperative_infection postoperative_bleeding bile_leakage
        other_postoperative_complication metastasis_on_baseline_imaging pregnant lactating
        urine_pregnancy_test alt afp
    """,
    Kind.CUMULATIVE: """
        other_primary_malignancy cerebrovascular_accident renal_insufficiency depression
        hyperthyroidism hypothyroidism other_severe_uncontrolled_disease interferon_allergy
    """,
    Kind.FIXED: """
        sex birth_date resection randomization diagnosis curative_resection tumor_diameter
        tumor_count mir26_expression mir26_assay mir26_specimen portal_vein_main_thrombosis
        hepatic_vein_main_thrombosis bile_duct_main_thrombosis extrahepatic_metastasis
        lymph_node_metastasis prior_anti_hcc_therapy
    """,
    Kind.EVENT: "investigational_drug antibiotic",
}


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for kind, names in KINDS.items() for name in names.split()]
)
def test_a_fact_changes_in_time_as_its_kind_says(
    editions: dict[str, Edition], name: str, kind: Kind
) -> None:
    assert editions[f"{TRIAL}@2018-05-30"].vocabulary[name].kind is kind


# --- the cases ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "case"), list(every_case()))
def test_a_case_ends_as_it_says(place: Place, case: Case, editions: dict[str, Edition]) -> None:
    result = Trial((editions[named(place)],), pinned=True).screen(case.profile, as_of=case.as_of)
    outcomes = {one.id: one.outcome.value for one in result.criteria}
    stages = {one.id: one.verdict.value for one in result.stages}
    assert {id_: outcomes[id_] for id_ in case.criteria} == case.criteria
    assert {id_: stages[id_] for id_ in case.stages} == case.stages
    if case.verdict is not None:
        assert result.verdict.value == case.verdict
    if case.missing is not None:
        assert [one.fact for one in result.missing] == list(case.missing)


# --- the versions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "version"),
    [
        ("2012-08-23", "2012-08-23"),
        ("2018-05-29", "2012-08-23"),
        ("2018-05-30", "2018-05-30"),
        ("2026-11-24", "2018-05-30"),
    ],
)
def test_the_version_in_force_on_the_day_decides(trial: Trial, as_of: str, version: str) -> None:
    assert trial.screen({"facts": {}}, as_of=as_of).version == version


def test_before_the_first_version_nobody_is_screened(trial: Trial) -> None:
    with pytest.raises(UnknownTrial):
        trial.screen({"facts": {}}, as_of="2012-08-22")


def test_the_first_version_carries_over_all_but_its_three_readable_items(
    editions: dict[str, Edition],
) -> None:
    first = editions[f"{TRIAL}@2012-08-23"].protocol.criteria
    later = {one.id: one for one in editions[f"{TRIAL}@2018-05-30"].protocol.criteria}
    assert [one.id for one in first] == list(later)
    assert [one.id for one in first if one.carried_over is None] == ["P-I1", "P-I2", "P-I3"]
    for one in first:
        if one.carried_over is not None:
            assert (one.carried_over, one.text) == ("2018-05-30", later[one.id].text)


# --- edges of NCT01681446 -----------------------------------------------------------------------

FIXED: dict[str, Any] = {
    "sex": "male",
    "birth_date": "1969-03-15",
    "resection": "2026-10-20",
    "informed_consent": {"value": True, "date": "2026-10-12"},
    "concurrent_investigational_drug": {"value": False, "date": "2026-10-12"},
    "diagnosis": "hepatocellular_carcinoma",
    "curative_resection": True,
    "tumor_diameter": "5 cm",
    "tumor_count": 1,
    "portal_vein_main_thrombosis": False,
    "hepatic_vein_main_thrombosis": False,
    "bile_duct_main_thrombosis": False,
    "extrahepatic_metastasis": False,
    "lymph_node_metastasis": False,
    "prior_anti_hcc_therapy": False,
    "mir26_expression": "low",
    "mir26_assay": "rt_pcr",
    "mir26_specimen": "tumor",
    "other_primary_malignancy": False,
    "cerebrovascular_accident": False,
    "renal_insufficiency": False,
    "depression": False,
    "hyperthyroidism": False,
    "hypothyroidism": False,
    "other_severe_uncontrolled_disease": False,
    "interferon_allergy": False,
    "investigational_drug": False,
}

BASELINE: dict[str, Any] = {
    "leukocytes": "4.1 10*9/L",
    "platelets": "112 10*9/L",
    "bilirubin": "14 umol/L",
    "albumin": "41 g/L",
    "inr": 1.1,
    "ascites": "none",
    "encephalopathy": "none",
    "postoperative_infection": False,
    "postoperative_bleeding": False,
    "bile_leakage": False,
    "other_postoperative_complication": False,
    "metastasis_on_baseline_imaging": False,
}


def patient(day: str = AS_OF, **changed: Any) -> dict[str, Any]:
    """A man who meets every criterion, but for `changed`; his baseline visit is on `day`."""
    visit = {name: value for name, value in BASELINE.items() if name not in changed}
    return {
        "patient": "EX-99",
        "facts": {**FIXED, **changed},
        "visits": [{"date": day, "facts": visit}],
    }


def outcome(result: Result, criterion: str) -> str:
    return next(one.outcome.value for one in result.criteria if one.id == criterion)


def at(value: Any, day: str = AS_OF, unit: str | None = None) -> dict[str, Any]:
    record = {"value": value, "date": day}
    return record if unit is None else {**record, "unit": unit}


@pytest.mark.parametrize(
    ("day", "first", "later"),
    [
        ("2026-11-08", "undetermined", "undetermined"),  # day 19 after the resection
        ("2026-11-09", "eligible", "undetermined"),  # 20
        ("2026-11-14", "eligible", "undetermined"),  # 25
        ("2026-11-16", "eligible", "undetermined"),  # 27
        ("2026-11-17", "eligible", "eligible"),  # 28
        ("2026-11-18", "eligible", "eligible"),  # 29
        ("2026-11-19", "eligible", "eligible"),  # 30
        ("2026-11-20", "undetermined", "eligible"),  # 31
        ("2026-11-24", "undetermined", "eligible"),  # 35
        ("2026-12-01", "undetermined", "eligible"),  # 42
        ("2026-12-02", "undetermined", "undetermined"),  # 43
    ],
)
def test_who_comes_back_on_a_day_is_eligible_in_the_version_whose_window_holds_it(
    day: str, first: str, later: str
) -> None:
    for version, expected in (("2012-08-23", first), ("2018-05-30", later)):
        one = load_trial(f"{TRIAL}@{version}", criteria=CRITERIA)
        assert one.screen(patient(day), as_of=day).verdict.value == expected


@pytest.mark.parametrize(
    ("criterion", "changed", "expected"),
    [
        ("P-I2", {"birth_date": "2008-11-24"}, "pass"),
        ("P-I2", {"birth_date": "2008-11-25"}, "fail"),
        ("P-I2", {"birth_date": "1950-11-25"}, "pass"),
        ("P-I2", {"birth_date": "1950-11-24"}, "fail"),
        ("P-I4.1", {"tumor_diameter": "2.9 cm"}, "fail"),
        ("P-I4.1", {"tumor_diameter": "2.999999 cm"}, "fail"),
        ("P-I4.1", {"tumor_diameter": "30 mm"}, "pass"),
        ("P-I4.1", {"tumor_diameter": "0.08 m"}, "pass"),
        ("P-I4.1", {"tumor_diameter": "8.000001 cm"}, "fail"),
        ("P-I4.1", {"tumor_count": 2}, "pass"),
        ("P-I4.1", {"tumor_count": 3}, "fail"),
        ("B-I1", {"leukocytes": at("2.5", unit="10*9/L")}, "fail"),
        ("B-I1", {"leukocytes": at("2.500001", unit="10*9/L")}, "pass"),
        ("B-I1", {"leukocytes": at("2500", unit="/uL")}, "fail"),
        ("B-I1", {"leukocytes": at("2501", unit="/uL")}, "pass"),
        ("B-I1", {"platelets": at("40.0", unit="10*9/L")}, "fail"),
        ("B-I1", {"platelets": at("40000", unit="10*6/L")}, "fail"),
        ("B-I1", {"platelets": at("40.001", unit="10*3/uL")}, "pass"),
        ("B-E2", {"investigational_drug": {"records": [{"date": "2026-10-27"}]}}, "fail"),
        (
            "B-E2",
            {"investigational_drug": {"records": [{"date": "2026-10-26"}], "complete_to": AS_OF}},
            "pass",
        ),
    ],
)
def test_a_value_at_its_limit_decides_as_the_protocol_says(
    trial: Trial, criterion: str, changed: dict[str, Any], expected: str
) -> None:
    assert outcome(trial.screen(patient(**changed), as_of=AS_OF), criterion) == expected


@pytest.mark.parametrize(
    ("fact", "value", "unit", "points"),
    [
        ("bilirubin", "1.99", "mg/dL", 1),
        ("bilirubin", "2", "mg/dL", 2),
        ("bilirubin", "3.0", "mg/dL", 2),
        ("bilirubin", "3.01", "mg/dL", 3),
        ("bilirubin", "34.0", "umol/L", 1),  # 1.988 mg/dL
        ("bilirubin", "34.19", "umol/L", 1),
        ("bilirubin", "34.2", "umol/L", 2),  # 2 mg/dL
        ("bilirubin", "51.2", "umol/L", 2),  # 2.994 mg/dL
        ("bilirubin", "51.3", "umol/L", 2),  # 3 mg/dL
        ("bilirubin", "51.31", "umol/L", 3),
        ("albumin", "3.51", "g/dL", 1),
        ("albumin", "3.5", "g/dL", 2),
        ("albumin", "35", "g/L", 2),
        ("albumin", "28", "g/L", 2),
        ("albumin", "27.9", "g/L", 3),
        ("inr", "1.69", None, 1),
        ("inr", "1.7", None, 2),
        ("inr", "2.3", None, 2),
        ("inr", "2.31", None, 3),
        ("ascites", "none", None, 1),
        ("ascites", "mild", None, 2),
        ("ascites", "moderate_to_severe", None, 3),
        ("encephalopathy", "none", None, 1),
        ("encephalopathy", "grade_1_2", None, 2),
        ("encephalopathy", "grade_3_4", None, 3),
    ],
)
def test_child_pugh_points_decide_the_class(
    trial: Trial, fact: str, value: str, unit: str | None, points: int
) -> None:
    # The other four parts make 4 points; with one part more at 2 points they make 5. Class A ends
    # at 6 points, so the two answers together tell 1, 2 and 3 points apart.
    part: dict[str, Any] = {fact: at(value, unit=unit)}
    second: dict[str, Any] = (
        {"ascites": at("mild")} if fact != "ascites" else {"encephalopathy": at("grade_1_2")}
    )
    alone = trial.screen(patient(**part), as_of=AS_OF)
    beside = trial.screen(patient(**part, **second), as_of=AS_OF)
    assert outcome(alone, "B-I2") == ("pass" if points <= 2 else "fail")
    assert outcome(beside, "B-I2") == ("pass" if points <= 1 else "fail")


@pytest.mark.parametrize(
    ("fact", "before", "criterion"),
    [
        ("leukocytes", "1.1 10*9/L", "B-I1"),
        ("platelets", "12 10*9/L", "B-I1"),
        ("bilirubin", "14 umol/L", "B-I2"),
        ("albumin", "41 g/L", "B-I2"),
        ("inr", 1.1, "B-I2"),
        ("ascites", "none", "B-I2"),
        ("encephalopathy", "none", "B-I2"),
        ("postoperative_infection", True, "B-E3"),
        ("postoperative_bleeding", True, "B-E3"),
        ("bile_leakage", True, "B-E3"),
        ("other_postoperative_complication", True, "B-E3"),
        ("metastasis_on_baseline_imaging", True, "B-E4"),
        ("pregnant", True, "B-E7"),
        ("lactating", True, "B-E7"),
        ("urine_pregnancy_test", "positive", "B-E7"),
    ],
)
def test_what_was_seen_the_day_before_the_window_leaves_baseline_open(
    trial: Trial, fact: str, before: Any, criterion: str
) -> None:
    woman: dict[str, Any] = {"sex": "female", "pregnant": at(False), "lactating": at(False)}
    changed = {**woman, "urine_pregnancy_test": at("negative"), fact: None}
    profile = patient(**changed)
    profile["visits"].append({"date": "2026-11-16", "facts": {fact: before}})
    result = trial.screen(profile, as_of=AS_OF)
    assert [(one.fact, one.cause) for one in result.missing] == [(fact, Cause.STALE)]
    assert outcome(result, criterion) == "unknown"
    assert result.verdict.value == "undetermined"


OLD_DRUG = {"start": "2026-08-01", "end": "2026-09-01", "drug": "examplumab"}


@pytest.mark.parametrize(
    ("criterion", "fact", "given", "as_of", "cause"),
    [
        ("P-I1", "informed_consent", None, AS_OF, Cause.MISSING),
        ("P-I1", "informed_consent", {"absent": "pending"}, AS_OF, Cause.PENDING),
        ("P-I2", "birth_date", "2008-11", AS_OF, Cause.IMPRECISE),
        ("P-I3", "mir26_expression", {"absent": "inconclusive"}, AS_OF, Cause.INCONCLUSIVE),
        ("P-I3", "mir26_expression", ["low", "high"], AS_OF, Cause.CONFLICT),
        (
            "P-I4.1",
            "tumor_diameter",
            {"comparator": ">=", "value": 8, "unit": "cm"},
            AS_OF,
            Cause.IMPRECISE,
        ),
        ("P-E4", "other_severe_uncontrolled_disease", None, AS_OF, Cause.JUDGEMENT),
        ("P-E5", "interferon_allergy", {"absent": "asked_unknown"}, AS_OF, Cause.ASKED_UNKNOWN),
        ("B-I1", "platelets", None, AS_OF, Cause.MISSING),
        ("B-I1", "platelets", at(112, "2026-11-16", "10*9/L"), AS_OF, Cause.STALE),
        ("B-I1", "platelets", at(112, "2026-11-16", "10*9/L"), "2026-11-16", Cause.NOT_DUE),
        ("B-I1", "platelets", at(112, "2026-12-02", "10*9/L"), "2026-12-02", Cause.MISSED),
        ("B-I1", "platelets", at(112, "2026-11", "10*9/L"), AS_OF, Cause.IMPRECISE),
        ("B-I1", "platelets", "112 10*9/L", AS_OF, Cause.UNDATED),
        ("B-I1", "platelets", {"absent": "pending", "date": AS_OF}, AS_OF, Cause.PENDING),
        (
            "B-I1",
            "platelets",
            [at(39, unit="10*9/L"), at(41, unit="10*9/L")],
            AS_OF,
            Cause.CONFLICT,
        ),
        ("B-I2", "bilirubin", None, AS_OF, Cause.MISSING),
        ("B-I2", "bilirubin", at(14, "2026-11-16", "umol/L"), AS_OF, Cause.STALE),
        ("B-E1", "other_primary_malignancy", at(False, "2026-11-16"), AS_OF, Cause.STALE),
        ("B-E1", "other_primary_malignancy", False, "2026-11-16", Cause.NOT_DUE),
        ("B-E2", "investigational_drug", None, AS_OF, Cause.MISSING),
        (
            "B-E2",
            "investigational_drug",
            {"records": [OLD_DRUG], "complete_to": "2026-11-23"},
            AS_OF,
            Cause.STALE,
        ),
        (
            "B-E2",
            "investigational_drug",
            {"records": [{"start": "2026-08-01"}], "complete_to": AS_OF},
            AS_OF,
            Cause.IMPRECISE,
        ),
        ("B-E4", "metastasis_on_baseline_imaging", None, "2026-12-02", Cause.MISSED),
        ("B-E7", "sex", None, AS_OF, Cause.MISSING),
        ("B-E7", "resection", None, AS_OF, Cause.MISSING),
    ],
)
def test_an_open_criterion_names_its_cause(
    trial: Trial, criterion: str, fact: str, given: Any, as_of: str, cause: Cause
) -> None:
    changed = {fact: given}
    if (criterion, fact) == ("B-E7", "resection"):
        changed["sex"] = "female"
    result = trial.screen(patient(**changed), as_of=as_of)
    assert outcome(result, criterion) == "unknown"
    wanted = [one for one in result.missing if one.fact == fact and criterion in one.needed_by]
    if cause is Cause.MISSED:  # nothing can be fetched any more
        assert wanted == []
        entries = next(one.because for one in result.criteria if one.id == criterion)
        assert {one.cause for one in entries if one.fact == fact} == {Cause.MISSED}
    else:
        assert [one.cause for one in wanted] == [cause]


@pytest.mark.parametrize("as_of", ["2026-10-15", "2026-11-03", "2026-11-24", "2027-03-01"])
def test_a_man_passes_the_pregnancy_criterion_on_any_day(trial: Trial, as_of: str) -> None:
    result = trial.screen({"facts": {"sex": "male"}}, as_of=as_of)
    assert outcome(result, "B-E7") == "pass"


def test_randomization_is_read_as_the_day_of_screening_and_shown_as_assumed(trial: Trial) -> None:
    drug = {"records": [{"date": "2026-10-27"}]}
    result = trial.screen(patient(investigational_drug=drug), as_of=AS_OF)
    entries = next(one.because for one in result.criteria if one.id == "B-E2")
    assert [one.date or one.value for one in entries if one.assumed] == [AS_OF]
    a_day_later = trial.screen(patient(investigational_drug=drug), as_of="2026-11-25")
    assert outcome(a_day_later, "B-E2") == "unknown"
