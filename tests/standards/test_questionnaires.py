"""A trial's questionnaire, filled in and taken in: the same answer as for the profile."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
from fhir.resources.questionnaire import Questionnaire
from fhir.resources.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B import get_fhir_model_class

from screener import Result, Trial
from screener.catalog import Edition, Place, places, read, read_file, shipped
from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.fhir.reader import read_fhir
from screener.intake.report import Fate
from screener.intake.taken import Taken
from screener.rules.load import Case, read_cases
from screener.site import Complete, Site
from screener.standards.fhir import Release
from screener.standards.fhir.questionnaire import questionnaire
from screener.truth import Outcome, Verdict
from tests.cli.support import Command
from tests.standards.filling import Unasked, filled

Json = dict[str, Any]
PLACES = [place for versions in places([shipped("criteria")]).values() for place in versions]
DAY = "2026-11-24"


def named(place: Place) -> str:
    return f"{place.trial}@{place.version}"


@pytest.fixture(scope="module")
def editions() -> dict[str, Edition]:
    return {named(place): read(place) for place in PLACES}


def cases_of(place: Place) -> tuple[Case, ...]:
    assert place.cases is not None
    file = read_file(place.cases)
    return read_cases(file.content, file.name)


def taken(edition: Edition, *resources: Json) -> list[Taken]:
    text = "\n".join(map(json.dumps, resources)).encode()
    every = read_fhir([("in.ndjson", io.BytesIO(text))], edition.vocabulary)
    return [one for one in every if one.sheet is not None]


def essence(result: Result) -> tuple[Verdict, dict[str, Outcome], set[tuple[str, str]]]:
    outcomes = {one.id: one.outcome for one in result.criteria}
    return result.verdict, outcomes, {(one.fact, one.cause.value) for one in result.missing}


# --- all shipped trials -------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_the_questionnaire_is_one_of_fhir_in_both_releases(
    place: Place, editions: dict[str, Edition]
) -> None:
    edition = editions[named(place)]
    r5, r4 = (questionnaire(edition, release) for release in (Release.R5, Release.R4))
    Questionnaire.model_validate(r5)
    get_fhir_model_class("Questionnaire").model_validate(r4)
    assert '"coding"' not in json.dumps([one["type"] for one in _all(r4["item"])])
    names = [one["linkId"] for one in _all(r5["item"])]
    assert len(names) == len(set(names))
    for one in _all(r5["item"]):
        for where in one.get("enableWhen", ()):
            assert where["question"] in names


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_filled_in_and_taken_in_it_gives_the_answer_of_the_profile(
    place: Place, editions: dict[str, Edition]
) -> None:
    edition = editions[named(place)]
    asked = questionnaire(edition)
    trial = Trial((edition,), pinned=True)
    cases = {f"case-{number}": case for number, case in enumerate(cases_of(place))}
    responses, unasked = [], []
    for name, case in cases.items():
        try:
            responses.append(filled(asked, {**case.profile, "patient": name}, day_of(case)))
        except Unasked as error:
            unasked.append(f"{case.name}: {error}")
    differing = []
    for one in taken(edition, *responses):
        sheet = sheet_of(one)
        case = cases[sheet.patient or ""]
        wanted = trial.screen({**case.profile, "as_of": None}, as_of=day_of(case))
        found = trial.screen(sheet, as_of=day_of(case))
        if essence(wanted) != essence(found):
            differing.append((case.name, essence(wanted), essence(found)))
    assert differing == []
    # What a response cannot say: records entered in error, units that nobody offers.
    assert len(unasked) < len(cases) / 4, unasked


def day_of(case: Case) -> str:
    return str(case.as_of or case.profile.get("as_of"))


def sheet_of(one: Taken) -> FactSheet:
    assert isinstance(one.sheet, FactSheet), one.sheet
    return one.sheet


# --- what a response may not say ----------------------------------------------------------------

RULES = """
trial: FORM-1
title: A made-up trial
version: "1"
effective: 2026-01-01
source: Made up
outline: ["1", "2", "3"]
facts:
  dose: {type: quantity, kind: observation, unit: mg, label: Dose}
  vomiting: {type: event, label: Vomiting}
  smoker: {type: boolean, kind: cumulative, label: Smoker}
  pregnant: {type: boolean, kind: observation, label: Pregnant}
  sex: {type: code, kind: fixed, values: [male, female], label: Sex}
stages:
  - id: s
    title: S
    inclusion:
      - id: I1
        text: Dose.
        source: "1"
        rule: {fact: dose, at_least: 5 mg, within: 7 d before as_of}
    exclusion:
      - {id: E1, text: Vomiting., source: "2", rule: {fact: vomiting, within: 28 d before as_of}}
      - {id: E2, text: Smoker., source: "3", rule: {fact: smoker, is: true}}
      - id: E3
        text: Pregnant.
        source: "3"
        applies_when: {fact: sex, is: female}
        rule: {fact: pregnant, is: true}
"""


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("criteria") / "FORM-1"
    folder.mkdir()
    (folder / "1.yaml").write_text(RULES, encoding="utf-8")
    (folder.parent / "vocabulary.yaml").write_text("facts: {}\n", encoding="utf-8")
    ((place,),) = places([folder.parent]).values()
    return read(place)


def response(*items: Json, **words: Any) -> Json:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "r",
        "questionnaire": "urn:screener:questionnaire:FORM-1|1",
        "status": "completed",
        "authored": DAY,
        "subject": {"reference": "Patient/p"},
        "item": list(items),
        **words,
    }


def item(fact: str, **words: Json) -> Json:
    inner = [{"linkId": f"{fact}.{word}", "answer": [said]} for word, said in words.items()]
    return {"linkId": fact, "item": inner}


def mg(value: float, **words: Any) -> Json:
    ucum = {"system": "http://unitsofmeasure.org", "code": "mg"}
    return {"valueQuantity": {"value": value, **ucum, **words}}


NO_VOMITING = item("vomiting", value={"valueBoolean": False})
NO_SMOKER = item("smoker", value={"valueBoolean": False})
MALE = item("sex", value={"valueCoding": {"system": "urn:screener:values:sex", "code": "male"}})
DOSE = item("dose", value=mg(5), date={"valueDate": DAY})
WHOLE = (DOSE, NO_VOMITING, NO_SMOKER, MALE)


def outcomes(form: Edition, *resources: Json, as_of: str = DAY) -> dict[str, str]:
    (one,) = taken(form, *resources)
    result = Trial((form,), pinned=True).screen(sheet_of(one), as_of=as_of)
    return {one.id: one.outcome.value for one in result.criteria}


def test_a_response_alone_names_its_patient_and_is_judged(form: Edition) -> None:
    QuestionnaireResponse.model_validate(response(*WHOLE))
    assert set(outcomes(form, response(*WHOLE)).values()) == {"pass"}
    (one,) = taken(form, response(*WHOLE))
    assert sheet_of(one).patient == "p"


def test_what_was_said_without_a_date_is_of_the_day_it_was_written(form: Edition) -> None:
    """A `never` of 1 November says nothing of the days after it."""
    old = response(*WHOLE, authored="2026-11-01T08:00:00Z")
    assert outcomes(form, old) == {"I1": "pass", "E1": "unknown", "E2": "pass", "E3": "pass"}


def test_an_undated_result_is_not_of_the_day_it_was_written(form: Edition) -> None:
    undated = item("dose", value=mg(5))
    assert outcomes(form, response(undated, *WHOLE[1:]))["I1"] == "unknown"


def test_a_limit_of_detection_stays_one(form: Edition) -> None:
    below = item("dose", value=mg(6, comparator="<"), date={"valueDate": DAY})
    assert outcomes(form, response(below, *WHOLE[1:]))["I1"] == "unknown"


def test_a_list_that_is_complete_says_no_for_the_days_up_to_its_end(form: Edition) -> None:
    complete = {"linkId": "vomiting.complete_to", "answer": [{"valueDate": DAY}]}
    assert outcomes(form, response(DOSE, complete, NO_SMOKER, MALE))["E1"] == "pass"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (item("dose", value={"valueQuantity": {"value": 5, "unit": "drops"}}), "drops"),
        (item("dose", value={"valueQuantity": {"value": 5}}), "unit"),
        (item("sex", value={"valueCoding": {"code": "female"}}), "no code of"),
        (item("smoker", value={"valueString": "no"}), "not a yes or no"),
        (item("smoker", date={"valueDate": DAY}), "without a value"),
        ({"linkId": "smoker", "item": [{"linkId": "smoker.value", "answer": [
            {"valueBoolean": True}, {"valueBoolean": False}]}]}, "2 answers"),
        (item("dose", absent={"valueString": "pending"}), "no code of"),
    ],
)  # fmt: skip
def test_one_answer_that_cannot_be_read_keeps_the_patient_from_being_judged(
    wrong: Json, said: str, form: Edition
) -> None:
    """As in a profile: what is left out could be what matters."""
    (one,) = taken(form, response(*WHOLE, wrong))
    assert isinstance(one.sheet, ProfileError)
    assert said in str(one.sheet)


@pytest.mark.parametrize(
    ("words", "fate"),
    [
        ({"questionnaire": "http://example.org/phq9"}, Fate.IGNORED),
        ({"status": "entered-in-error"}, Fate.IGNORED),
        ({"status": "in-progress"}, Fate.UNKNOWN),
        ({"status": "stopped"}, Fate.UNKNOWN),
        ({"status": None}, Fate.UNKNOWN),
        ({"authored": None}, Fate.REJECTED),
    ],
)
def test_a_response_that_does_not_count_leaves_everything_open(
    words: Json, fate: Fate, form: Edition
) -> None:
    (one,) = taken(form, response(*WHOLE, **words))
    assert set(sheet_of(one).records) == set()
    assert [entry.kind for entry in one.entries if entry.place.endswith("Response/r")] == [fate]


def test_an_item_of_another_trial_is_accounted_for(form: Edition) -> None:
    (one,) = taken(form, response(*WHOLE, item("platelets", value=mg(5))))
    assert [entry.place for entry in one.entries if entry.kind is Fate.UNKNOWN] == [
        "in.ndjson: QuestionnaireResponse/r: platelets"
    ]


def test_silence_of_a_response_is_never_no_by_a_declared_source(form: Edition) -> None:
    """No source was asked: the declaration is of the records, and there are none here."""
    site = Site(complete={"smoker": Complete("problem list", to=date(2026, 11, 24).toordinal())})
    text = json.dumps(response(DOSE)).encode()
    (one, *_) = read_fhir([("r.json", io.BytesIO(text))], form.vocabulary, site=site)
    assert sheet_of(one).complete == {}


def test_a_question_that_does_not_apply_is_disabled(form: Edition) -> None:
    (pregnant,) = [one for one in questionnaire(form)["item"] if one["linkId"] == "pregnant"]
    coding = {"system": "urn:screener:values:sex", "code": "female"}
    assert pregnant["enableWhen"] == [
        {"question": "sex.value", "operator": "=", "answerCoding": coding}
    ]


def test_the_command_writes_it_and_screens_what_comes_back(command: Command) -> None:
    asked = json.loads(command("export", "XMPL-001", "--to=questionnaire").out)
    Questionnaire.model_validate(asked)
    facts = {"smoker": False, "platelets": {"value": 150, "unit": "10*9/L", "date": DAY}}
    answers = filled(asked, {"patient": "S-1", "facts": facts}, DAY)
    file = command.write("answers.json", answers)
    (line,) = command("screen", "XMPL-001", file, f"--as-of={DAY}", "--json").lines()
    assert (line["patient"], line["verdict"]) == ("S-1", "eligible")
    because = line["criteria"][0]["because"][0]
    assert (because["value"], because["source"]) == ("150", "QuestionnaireResponse/r1")


def _all(items: list[Json]) -> list[Json]:
    return [found for one in items for found in (one, *_all(one.get("item", [])))]
