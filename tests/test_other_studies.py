"""The studies beside NCT01681446: what their files say, and patients on both sides of their limits.

What holds of every shipped trial (a criterion or reason for each item, cases that end as they say)
is tested in test_shipped_trials. Expected values come from the registry record, the abstracts and
docs/semantics.md, worked out by hand.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from screener import Result, Trial, load_trial
from screener.catalog import Edition, places, read, read_file, shipped
from screener.causes import Cause
from screener.interpreters.prose import stated_amount
from screener.rules.load import Case, read_cases

CRITERIA = shipped("criteria")
AS_OF = "2026-11-24"

HONG_KONG = "NCT00234182"
VERSIONS = {
    HONG_KONG: "2005-11-29",
    "KUBO-2001": "2001",
    "OKUNO-1998": "1998",
    "KIM-2023": "2023",
}
OTHERS = tuple(VERSIONS)


@pytest.fixture(scope="module")
def editions() -> dict[str, Edition]:
    known = places([CRITERIA])
    return {name: read(known[name][-1]) for name in OTHERS}


def trial_of(name: str) -> Trial:
    return load_trial(f"{name}@{VERSIONS[name]}", criteria=CRITERIA)


def cases_of(edition: Edition) -> tuple[Case, ...]:
    assert edition.place.cases is not None
    file = read_file(edition.place.cases)
    return read_cases(file.content, file.name)


def outcome(result: Result, criterion: str) -> str:
    return next(one.outcome.value for one in result.criteria if one.id == criterion)


# --- the files ----------------------------------------------------------------------------------


def test_all_five_studies_are_shipped() -> None:
    assert set(places([CRITERIA])) >= {"NCT01681446", *OTHERS}


@pytest.mark.parametrize("name", OTHERS)
def test_a_study_has_the_version_its_source_has_and_no_warning(
    name: str, editions: dict[str, Edition]
) -> None:
    assert editions[name].warnings == ()
    assert editions[name].protocol.version == VERSIONS[name]
    assert len(places([CRITERIA])[name]) == 1


def test_only_the_review_is_an_evidence_review(editions: dict[str, Edition]) -> None:
    kinds = {name: edition.protocol.kind for name, edition in editions.items()}
    assert kinds == {
        HONG_KONG: "trial",
        "KUBO-2001": "trial",
        "OKUNO-1998": "trial",
        "KIM-2023": "evidence_review",
    }


def test_the_hong_kong_trial_has_the_criteria_of_its_record(editions: dict[str, Edition]) -> None:
    found = [(one.id, one.kind.value) for one in editions[HONG_KONG].protocol.criteria]
    inclusions = ["I-i", "I-ii", "I-iii"]
    exclusions = ["E-i", "E-ii", "E-iii", "E-iv"]
    exclusions += [f"E-v.{number}" for number in range(1, 7)]
    exclusions += ["E-vi", "E-vii", "E-viii", "E-ix"]
    assert found == [
        *((one, "inclusion") for one in inclusions),
        *((one, "exclusion") for one in exclusions),
    ]


@pytest.mark.parametrize("name", OTHERS)
def test_every_criterion_ends_in_all_three_ways_for_some_patient(
    name: str, editions: dict[str, Edition]
) -> None:
    trial = Trial((editions[name],), pinned=True)
    seen: dict[str, set[str]] = {one.id: set() for one in editions[name].protocol.criteria}
    for case in cases_of(editions[name]):
        for one in trial.screen(case.profile, as_of=case.as_of).criteria:
            seen[one.id].add(one.outcome.value)
    assert {id_ for id_, ends in seen.items() if ends != {"pass", "fail", "unknown"}} == set()


@pytest.mark.parametrize("name", OTHERS)
def test_the_example_patients_are_eligible_ineligible_and_undetermined(
    name: str, editions: dict[str, Edition]
) -> None:
    shown = [one for one in cases_of(editions[name]) if one.name.startswith("Example: ")]
    assert Counter(one.verdict for one in shown) == {
        "eligible": 1,
        "ineligible": 1,
        "undetermined": 1,
    }


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("KUBO-2001", {"diagnosis", "chronic_hepatitis_c", "resection", "sex"}),
        ("OKUNO-1998", {"diagnosis", "curative_resection"}),
        (
            "KIM-2023",
            {"diagnosis", "extrahepatic_focus_count", "local_treatment_of_metastases"},
        ),
    ],
)
def test_a_study_asks_for_nothing_that_its_abstract_does_not_state(
    name: str, asked: set[str], editions: dict[str, Edition]
) -> None:
    result = trial_of(name).screen({"facts": {}}, as_of=AS_OF)
    assert {one.fact for one in result.missing} == asked
    silent = [one for one in editions[name].protocol.not_encoded if "age" in one.text.lower()]
    assert [one.reason.startswith("Not stated") for one in silent] == [True]


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_left_out_is_told_with_every_answer(
    name: str, editions: dict[str, Edition]
) -> None:
    result = trial_of(name).screen({"facts": {}}, as_of=AS_OF)
    told = [one.text for one in result.not_encoded]
    assert told
    assert told == [one.text for one in editions[name].protocol.not_encoded]


def test_the_review_leaves_the_choice_of_studies_to_the_review(
    editions: dict[str, Edition],
) -> None:
    left = {one.text: one.reason for one in editions["KIM-2023"].protocol.not_encoded}
    (five,) = (text for text in left if "five cases" in text)
    assert left[five] == "Asked of a study, not of a patient."


# --- misprints ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criterion", "printed", "kind"),
    [
        ("E-vi", "> 180mol/L", "lost_prefix"),
        ("E-vii", "< 1.5 x 109/L", "lost_superscript"),
        ("E-viii", "< 75 x 109/L", "lost_superscript"),
        (
            "E-ix",
            "European Cooperative Oncology Group (ECOG) scale grade III or IV",
            "wrong_name",
        ),
    ],
)
def test_a_misprint_of_the_record_is_kept_and_says_who_reads_it_how(
    criterion: str, printed: str, kind: str, editions: dict[str, Edition]
) -> None:
    one = next(one for one in editions[HONG_KONG].protocol.criteria if one.id == criterion)
    assert one.defect is not None
    assert (one.defect.as_printed, one.defect.kind) == (printed, kind)
    assert one.defect.resolved_by is not None
    assert one.defect.resolved_by.startswith("Reading of this file: ")


def test_no_other_criterion_has_a_misprint(editions: dict[str, Edition]) -> None:
    found = {
        (name, one.id)
        for name, edition in editions.items()
        for one in edition.protocol.criteria
        if one.defect is not None
    }
    assert found == {(HONG_KONG, one) for one in ("E-vi", "E-vii", "E-viii", "E-ix")}


# --- arms and strata ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arms"),
    [
        (HONG_KONG, ["control", "ifn-i", "ifn-ii"]),
        ("KUBO-2001", ["interferon-alpha", "control"]),
        ("OKUNO-1998", ["immunochemotherapy"]),
        ("KIM-2023", []),
    ],
)
def test_the_arms_are_those_of_the_study(
    name: str, arms: list[str], editions: dict[str, Edition]
) -> None:
    assert [one.id for one in editions[name].protocol.arms] == arms
    assert all(one.text and one.source for one in editions[name].protocol.arms)


def test_the_course_of_interferon_is_all_three_phases(editions: dict[str, Edition]) -> None:
    text = editions["KUBO-2001"].protocol.arms[0].text
    assert text is not None
    schedule, _, total = text.partition(". ")
    weeks = [int(found) for found in re.findall(r"for (\d+) weeks", schedule)]
    assert weeks == [2, 14, 88]
    assert re.findall(r"daily|three times a week|twice a week", schedule) == [
        "daily",
        "three times a week",
        "twice a week",
    ]
    # 2 + 14 + 88 weeks; 2 x 7 + 14 x 3 + 88 x 2 = 14 + 42 + 176 injections of 6 MIU
    assert [int(found) for found in re.findall(r"\d+", total)] == [104, 232, 1392]


def test_every_dose_of_a_study_is_data(editions: dict[str, Edition]) -> None:
    found = {
        name: [stated_amount(dose) for arm in edition.protocol.arms for dose in arm.doses]
        for name, edition in editions.items()
    }
    assert found == {
        HONG_KONG: ["10 MIU/m2", "30 MIU/m2"],
        "KUBO-2001": ["6 MIU", "6 MIU", "6 MIU"],
        "OKUNO-1998": [
            "1.4 to 2.1 \u00d7 10^6 U (units of interleukin activity)", "250 mg", "2 to 4 mg",
        ],
        "KIM-2023": [],
    }  # fmt: skip


def test_a_source_that_names_no_formula_is_said_not_to_and_nothing_is_worked_out() -> None:
    of_the_body = {"height": at("170 cm"), "weight": at("70 kg")}
    result = trial_of(HONG_KONG).screen(patient(**of_the_body), as_of=AS_OF)
    doses = [dose for arm in result.arms for dose in arm.doses]
    assert [(dose.formula, dose.amount) for dose in doses] == [(None, None), (None, None)]
    assert all("the source names no formula for body surface" in dose.sentence for dose in doses)


@pytest.mark.parametrize(("arm", "dose"), [("ifn-i", "10 MIU"), ("ifn-ii", "30 MIU")])
def test_a_dose_per_square_metre_says_so(arm: str, dose: str, editions: dict[str, Edition]) -> None:
    text = next(one.text for one in editions[HONG_KONG].protocol.arms if one.id == arm)
    assert text is not None
    # three times a week for 16 weeks are 48 doses
    assert f"{dose} per square metre of body surface, three times a week for 16 weeks (48" in text


@pytest.mark.parametrize(
    ("stage", "level"),
    [
        ("I", "I-II"),
        ("IB", "I-II"),
        ("II", "I-II"),
        ("III", "III-IVA"),
        ("IIIC", "III-IVA"),
        ("IVA", "III-IVA"),
        ("IV", None),  # IVA or IVB
        ("IVB", None),  # in neither group
        (None, None),
        (["II", "III"], None),  # two reports
        ([{"value": "I", "edition": "edition_7"}, {"value": "II", "edition": "edition_8"}], "I-II"),
        ({"value": "IVA", "edition": "lcsgj"}, "III-IVA"),
    ],
)
def test_an_eligible_patient_has_the_stratum_of_the_reported_stage(stage: Any, level: Any) -> None:
    result = trial_of(HONG_KONG).screen(patient(ptnm_stage=stage), as_of=AS_OF)
    assert result.verdict.value == "eligible"
    assert result.strata == (("ptnm", level),)


def test_a_patient_who_is_not_eligible_has_no_stratum() -> None:
    result = trial_of(HONG_KONG).screen(patient(ecog=at(3)), as_of=AS_OF)
    assert result.strata == ()


# --- edges of NCT00234182 -----------------------------------------------------------------------

FIXED: dict[str, Any] = {
    "sex": "male",
    "birth_date": "1969-03-15",
    "resection": "2026-10-20",
    "diagnosis": "hepatocellular_carcinoma",
    "complete_removal_on_ultrasound": True,
    "resection_margin": "clear",
    "ptnm_stage": "II",
    "death_in_hospital": False,
    "prior_chemo_hormonal_or_immunotherapy": False,
    "variceal_bleeding": False,
}
VISIT: dict[str, Any] = {
    "participation_refused": False,
    "residual_disease_on_ct": False,
    "encephalopathy": "none",
    "ascites": "none",
    "bilirubin": "14 umol/L",
    "albumin": "41 g/L",
    "prothrombin_time": {"value": "13.4", "unit": "s", "reference_range": {"high": "13"}},
    "creatinine": "70 umol/L",
    "neutrophils": "3.4 10*9/L",
    "platelets": "160 10*9/L",
    "ecog": 0,
}


def patient(**changed: Any) -> dict[str, Any]:
    """A man who meets every criterion of NCT00234182, but for `changed`."""
    visit = {name: value for name, value in VISIT.items() if name not in changed}
    return {
        "patient": "EX-99",
        "facts": {**FIXED, **changed},
        "visits": [{"date": AS_OF, "facts": visit}],
    }


def at(value: Any, unit: str | None = None, day: str = AS_OF) -> dict[str, Any]:
    record = {"value": value, "date": day}
    return record if unit is None else {**record, "unit": unit}


def clotting(seconds: str) -> dict[str, Any]:
    """A prothrombin time from a laboratory whose upper limit is 13 seconds."""
    return {**at(seconds, "s"), "reference_range": {"high": "13"}}


def bled(*days: str) -> dict[str, Any]:
    return {"records": [{"date": day} for day in days], "complete_to": AS_OF}


@pytest.mark.parametrize(
    ("criterion", "changed", "expected"),
    [
        ("I-iii", {"residual_disease_on_ct": at(False, day="2026-11-17")}, "pass"),  # day 28
        ("I-iii", {"residual_disease_on_ct": at(False, day="2026-11-16")}, "unknown"),  # day 27
        ("I-iii", {"residual_disease_on_ct": at(True, day="2026-11-16")}, "unknown"),
        ("I-iii", {"residual_disease_on_ct": at(True, day="2026-11-17")}, "fail"),
        ("E-ii", {"birth_date": "1950-11-25"}, "pass"),  # 75 years and 364 days
        ("E-ii", {"birth_date": "1950-11-24"}, "fail"),  # the 76th birthday
        ("E-v.3", {"variceal_bleeding": bled("2026-08-24")}, "fail"),  # 3 months to the day
        ("E-v.3", {"variceal_bleeding": bled("2026-08-23")}, "pass"),
        ("E-v.3", {"variceal_bleeding": bled("2026-08-23", "2026-11-24")}, "fail"),
        ("E-v.4", {"bilirubin": at("50.0", "umol/L")}, "pass"),
        ("E-v.4", {"bilirubin": at("50.000001", "umol/L")}, "fail"),
        ("E-v.4", {"bilirubin": at("2.9239", "mg/dL")}, "pass"),  # 49.99869 umol/L
        ("E-v.4", {"bilirubin": at("2.924", "mg/dL")}, "fail"),  # 50.0004 umol/L
        ("E-v.5", {"albumin": at("30", "g/L")}, "pass"),
        ("E-v.5", {"albumin": at("2.99", "g/dL")}, "fail"),
        ("E-v.6", {"prothrombin_time": clotting("17.0")}, "pass"),
        ("E-v.6", {"prothrombin_time": clotting("17.000001")}, "fail"),
        ("E-vi", {"creatinine": at("180", "umol/L")}, "pass"),
        ("E-vi", {"creatinine": at("180.000001", "umol/L")}, "fail"),
        ("E-vi", {"creatinine": at("2.036", "mg/dL")}, "pass"),  # 179.9824 umol/L
        ("E-vi", {"creatinine": at("2.037", "mg/dL")}, "fail"),  # 180.0708 umol/L
        ("E-vi", {"creatinine": at("0.18", "mmol/L")}, "pass"),
        ("E-vii", {"neutrophils": at("1.5", "10*9/L")}, "pass"),
        ("E-vii", {"neutrophils": at("1499", "/uL")}, "fail"),
        ("E-viii", {"platelets": at("75", "10*9/L")}, "pass"),
        ("E-viii", {"platelets": at("75000", "10*6/L")}, "pass"),
        ("E-viii", {"platelets": at("74999", "/uL")}, "fail"),
        ("E-ix", {"ecog": at(2)}, "pass"),
        ("E-ix", {"ecog": at(3)}, "fail"),
        ("E-ix", {"ecog": at(4)}, "fail"),
    ],
)
def test_a_value_at_its_limit_decides_as_the_record_says(
    criterion: str, changed: dict[str, Any], expected: str
) -> None:
    result = trial_of(HONG_KONG).screen(patient(**changed), as_of=AS_OF)
    assert outcome(result, criterion) == expected
    others = {one.outcome.value for one in result.criteria if one.id != criterion}
    assert others == {"pass"}


@pytest.mark.parametrize(
    ("as_of", "last_out", "first_in"),
    [
        ("2026-11-24", "2026-08-23", "2026-08-24"),  # 92 days
        ("2027-03-01", "2026-11-30", "2026-12-01"),  # 90 days
        ("2027-05-15", "2027-02-14", "2027-02-15"),  # 89 days
        ("2027-05-31", "2027-02-27", "2027-02-28"),  # there is no 31 February
        ("2028-05-31", "2028-02-28", "2028-02-29"),
    ],
)
def test_three_months_are_months_of_the_calendar(as_of: str, last_out: str, first_in: str) -> None:
    for day, expected in ((last_out, "pass"), (first_in, "fail")):
        bleeding = {"records": [{"date": day}], "complete_to": as_of}
        result = trial_of(HONG_KONG).screen(patient(variceal_bleeding=bleeding), as_of=as_of)
        assert outcome(result, "E-v.3") == expected


@pytest.mark.parametrize(
    ("criterion", "changed"),
    [
        ("E-v.1", {"encephalopathy": at("grade_1_2")}),
        (
            "E-v.2",
            {"ascites": at("mild"), "ascites_uncontrolled_by_diuretics": at(True)},
        ),
        ("E-v.3", {"variceal_bleeding": bled("2026-11-01")}),
        ("E-v.4", {"bilirubin": at("51", "umol/L")}),
        ("E-v.5", {"albumin": at("29", "g/L")}),
        ("E-v.6", {"prothrombin_time": clotting("18")}),
    ],
)
def test_one_sign_of_poor_hepatic_function_is_enough(
    criterion: str, changed: dict[str, Any]
) -> None:
    result = trial_of(HONG_KONG).screen(patient(**changed), as_of=AS_OF)
    failed = [one.id for one in result.criteria if one.outcome.value == "fail"]
    assert (failed, result.verdict.value) == ([criterion], "ineligible")


@pytest.mark.parametrize(
    ("fact", "given", "cause"),
    [
        ("residual_disease_on_ct", None, Cause.MISSING),
        ("residual_disease_on_ct", at(False, day="2026-11-16"), Cause.STALE),
        ("residual_disease_on_ct", False, Cause.UNDATED),
        ("resection_margin", {"absent": "pending"}, Cause.PENDING),
        ("variceal_bleeding", {"records": []}, Cause.MISSING),
        (
            "variceal_bleeding",
            {"records": [{"date": "2026-01-10"}], "complete_to": "2026-11-01"},
            Cause.STALE,
        ),
        ("variceal_bleeding", bled("2026-08"), Cause.IMPRECISE),
        (
            "bilirubin",
            {"comparator": ">", "value": 40, "unit": "umol/L", "date": AS_OF},
            Cause.IMPRECISE,
        ),
        ("albumin", [at("29", "g/L"), at("31", "g/L")], Cause.CONFLICT),
        ("prothrombin_time", {"absent": "not_done", "date": AS_OF}, Cause.NOT_DONE),
        ("prothrombin_time", at("13.4", "s"), Cause.NO_RANGE),
    ],
)
def test_what_is_open_names_the_fact_and_the_cause(fact: str, given: Any, cause: Cause) -> None:
    result = trial_of(HONG_KONG).screen(patient(**{fact: given}), as_of=AS_OF)
    assert result.verdict.value == "undetermined"
    assert [(one.fact, one.cause) for one in result.missing] == [(fact, cause)]


def test_a_ct_before_day_28_is_asked_for_only_once_it_can_be_made() -> None:
    visit = {name: value for name, value in VISIT.items() if name != "residual_disease_on_ct"}
    early = {"facts": FIXED, "visits": [{"date": "2026-11-03", "facts": visit}]}
    result = trial_of(HONG_KONG).screen(early, as_of="2026-11-03")
    (wanted,) = result.missing
    assert (wanted.fact, wanted.cause) == ("residual_disease_on_ct", Cause.NOT_DUE)
    assert wanted.window is not None
    assert (wanted.window.opens, wanted.window.closes) == ("2026-11-17", None)


# --- one patient against every study ------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "verdicts"),
    [
        # a man with hepatitis C, his carcinoma resected, two metastases irradiated
        ({}, ["eligible", "eligible", "ineligible", "eligible"]),
        ({"sex": "female"}, ["eligible", "ineligible", "ineligible", "eligible"]),
        (
            {"diagnosis": "colorectal_liver_metastasis"},
            ["ineligible", "ineligible", "eligible", "ineligible"],
        ),
        ({"diagnosis": "other"}, ["ineligible", "ineligible", "ineligible", "ineligible"]),
        (
            {"extrahepatic_focus_count": at(6)},
            ["eligible", "eligible", "ineligible", "ineligible"],
        ),
        (
            {"diagnosis": None},
            ["undetermined", "undetermined", "undetermined", "undetermined"],
        ),
    ],
)
def test_one_patient_is_judged_by_each_study_in_its_own_way(
    changed: dict[str, Any], verdicts: list[str]
) -> None:
    known = {
        "chronic_hepatitis_c": True,
        "curative_resection": True,
        "extrahepatic_focus_count": at(2),
        "local_treatment_of_metastases": True,
    }
    profile = patient(**{**known, **changed})
    found = [trial_of(name).screen(profile, as_of=AS_OF).verdict.value for name in OTHERS]
    assert found == verdicts


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "fail"), (1, "pass"), (3, "pass"), (5, "pass"), (6, "fail")],
)
def test_one_to_five_metastases_are_few(count: int, expected: str) -> None:
    profile = {"facts": {"extrahepatic_focus_count": at(count)}}
    assert outcome(trial_of("KIM-2023").screen(profile, as_of=AS_OF), "I-2") == expected
