"""Exported libraries, translated and run by the published translator and engine, answer as we do.

Of a criterion that is said completely the answer is the same; of any other it is the same or null.
All is translated and run in one process: starting it costs more than the patients do.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from screener.catalog import Edition
from screener.days import iso
from screener.facts import FactSheet
from screener.intake.fhir.reader import read_fhir
from screener.interpreters.cql import Written, written
from screener.result import Result
from screener.site import Site
from tests.cql.engine import Ran, Run, run
from tests.intake.fhir.test_same_result import Told, told
from tests.intake.fhir.translate import SITE, code_of, site_of

_CRITERIA = Path(__file__).parents[2] / "criteria"
_FILES = sorted(_CRITERIA.glob("*/*.cases.yaml"))
#: Of the patients that are no examples by name, one in so many is tried; a campaign tries all.
ONE_IN = 60
#: Null in CQL (docs/cql.md, what is known in part): a stated age, and days that windows hang on.
_IN_PART = {
    "A stated age stands in for the date of birth",
    "A stated age of 76 is too old",
    "A randomization some day in December is far enough from a drug of October",
    "Two days of resection that make a difference leave baseline open",
    "Two days of resection that make no difference do not matter",
}
_ALWAYS = ("Example: ", "A tumour that was not resected")
_OUTCOMES = {"pass": True, "fail": False, "unknown": None}
_VERDICTS = {"eligible": True, "ineligible": False, "undetermined": None}


class Asked(NamedTuple):
    """A patient of a trial; `exact`: null is no answer where there is one."""

    library: str
    name: str
    told: Told
    exact: bool = True


@cache
def libraries() -> dict[str, Written]:
    """The library of each version that is shipped, with the codes of the made-up site."""
    found = {}
    for file in _FILES:
        edition = told(file)[0].trial.newest
        codes = site_of(edition.vocabulary, {})
        found[_name(file)] = written(edition.protocol, edition.vocabulary, codes)
    return found


def edition_of(library: str) -> Edition:
    """The version that the library is of."""
    return told(next(file for file in _FILES if _name(file) == library))[0].trial.newest


def _name(file: Path) -> str:
    return f"{file.parent.name} {file.name.removesuffix('.cases.yaml')}"


def patients(one_in: int = ONE_IN) -> Iterator[Asked]:
    """The example patients of every version that FHIR can tell."""
    for file in _FILES:
        for index, one in enumerate(told(file)):
            if one.case.name.startswith(_ALWAYS) or index % one_in == 0:
                yield Asked(_name(file), one.case.name, one, one.case.name not in _IN_PART)


def answers(asked: list[Asked]) -> Ran:
    """What the engine says of each."""
    runs = [Run(one.library, one.told.bundle, _days(one)) for one in asked]
    return run({name: one.text for name, one in libraries().items()}, runs)


def _days(one: Asked) -> dict[str, str]:
    parameters = libraries()[one.library].parameters
    complete = {
        parameters[fact]: iso(said.to)
        for fact, said in one.told.site.complete.items()
        if fact in parameters and said.to is not None
    }
    return {"as of": one.told.case.as_of or "", **complete}


def result_of(one: Told) -> Result:
    """What we say of the same resources; what is not understood in them may be so."""
    inputs = [("patient.json", io.BytesIO(json.dumps(one.bundle).encode()))]
    (taken,) = read_fhir(inputs, one.trial.newest.vocabulary, site=one.site)
    assert isinstance(taken.sheet, FactSheet)
    return one.trial.screen(taken.sheet, as_of=one.case.as_of)


def contradictions(asked: list[Asked], ran: Ran) -> list[str]:
    """Every answer that differs, in words."""
    found = []
    for one, said in zip(asked, ran.results, strict=True):
        assert said is not None, ran.messages[one.library]
        result = result_of(one.told)
        whole = libraries()[one.library].whole
        expected = {each.id: _OUTCOMES[each.outcome.value] for each in result.criteria}
        every = len(whole) == len(expected)
        expected["Eligible"] = _VERDICTS[result.verdict.value]
        for name, wanted in expected.items():
            exact = one.exact and (name in whole or (name == "Eligible" and every))
            if said[name] is not wanted and (exact or said[name] is not None):
                found.append(f"{one.library}, {one.name}: {name} {said[name]}, not {wanted}")
    return found


# --- records as they come -----------------------------------------------------------------------

_TRIAL = "NCT01681446 2018-05-30"
_FILE = next(file for file in _FILES if _name(file) == _TRIAL)
_PLATELETS = {"coding": [{"system": "http://loinc.org", "code": "777-3"}]}
#: What else is left of the patient: enough for the criteria that hang on the two.
_KEPT = (
    "leukocytes",
    "cerebrovascular_accident",
    "renal_insufficiency",
    "depression",
    "hyperthyroidism",
    "hypothyroidism",
    "other_severe_uncontrolled_disease",
)
_UCUM = "http://unitsofmeasure.org"


def records() -> Iterator[Asked]:
    """One patient whose platelets, strokes and resection are recorded in one way after another."""
    base = next(one for one in told(_FILE) if one.case.name.startswith("Example: "))
    for name, exact, changed in _ways(base):
        yield Asked(_TRIAL, name, base._replace(bundle=changed), exact)


def _ways(base: Told) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    day = _day_of(base, "777-3")
    good = _count(90, day)
    for status in ("final", "preliminary", "amended", "cancelled", "entered-in-error", "unknown"):
        yield f"{status}", status != "unknown", _with(base, {**_count(30, day), "status": status})
    for unit, value, exact in (
        ("10*9/L", 40.1, True),
        ("10*3/uL", 40, True),
        ("/uL", 40001, True),
        ("/uL", 40000, True),
        ("10*12/L", 0.0401, True),
        ("g/L", 90, False),
        ("furlong", 90, False),
    ):
        yield f"{value} {unit}", exact, _with(base, _count(value, day, unit))
    for sign in ("<", "<=", ">", ">="):
        for value in (39, 40, 41):
            yield f"{sign} {value}", True, _with(base, _count(value, day, comparator=sign))
    undated = {word: part for word, part in good.items() if word != "effectiveDateTime"}
    yield "undated", True, _with(base, undated)
    yield "with a time and a zone", True, _with(base, _count(90, f"{day}T23:30:00-11:00"))
    yield "of a month", False, _with(base, _count(90, day[:7]))
    yield (
        "of a period",
        False,
        _with(base, {**undated, "effectivePeriod": {"start": day, "end": day}}),
    )
    yield "on the day before the window", True, _with(base, _count(90, "2020-01-01"))
    yield "later than today", True, _with(base, good, _count(10, "2099-01-01"))
    yield "two that agree", True, _with(base, good, _count(50, day))
    yield "two that differ", True, _with(base, good, _count(10, day))
    yield "a value and an absence of one day", True, _with(base, good, _absent("temp-unknown", day))
    for reason in ("temp-unknown", "not-performed", "masked"):
        yield f"only {reason}", True, _with(base, _absent(reason, day))
    yield "a component", True, _with(base, {**_count(1, day), "valueQuantity": None, "code": {
        "coding": [{"system": SITE, "code": "panel"}]}, "component": [
        {"code": _PLATELETS, "valueQuantity": good["valueQuantity"]}]})  # fmt: skip
    yield (
        "a text for a number",
        False,
        _with(base, {**_count(1, day), "valueQuantity": None, "valueString": "90 10*9/L"}),
    )
    yield (
        "of somebody else",
        False,
        _with(base, good, {**_count(10, day), "focus": [{"reference": "RelatedPerson/1"}]}),
    )
    for status in ("confirmed", "refuted", "provisional", "unconfirmed", "entered-in-error"):
        yield f"a stroke, {status}", True, _with(base, good, _stroke(status, "I63.9"))
    for code in ("I63", "I63.9", "I639", "I6"):
        yield f"a stroke coded {code}", True, _with(base, good, _stroke("confirmed", code))


def _day_of(base: Told, code: str) -> str:
    return next(
        str(one["resource"]["effectiveDateTime"])
        for one in base.bundle["entry"]
        if {"system": "http://loinc.org", "code": code}
        in one["resource"].get("code", {}).get("coding", [])
    )


def _count(value: float, day: str, unit: str = "10*9/L", **further: str) -> dict[str, Any]:
    quantity = {"value": value, "system": _UCUM, "code": unit, **further}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": _PLATELETS,
        "effectiveDateTime": day,
        "valueQuantity": quantity,
    }


def _absent(reason: str, day: str) -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    whole = _count(1, day)
    del whole["valueQuantity"]
    return {**whole, "dataAbsentReason": {"coding": [{"system": system, "code": reason}]}}


def _stroke(verified: str, code: str) -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    return {
        "resourceType": "Condition",
        "verificationStatus": {"coding": [{"system": system, "code": verified}]},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": code}]},
        "onsetDateTime": "2019-03",
    }


def _with(base: Told, *resources: dict[str, Any]) -> dict[str, Any]:
    """The patient with these, and of his other results those that are kept."""
    bundle = deepcopy(base.bundle)
    vocabulary = base.trial.newest.vocabulary
    kept = [code_of(vocabulary[name]) for name in _KEPT]
    subject = next(
        one["resource"]["subject"] for one in bundle["entry"] if "subject" in one["resource"]
    )
    bundle["entry"] = [
        one
        for one in bundle["entry"]
        if one["resource"]["resourceType"] != "Observation" or one["resource"]["code"] in kept
    ] + [
        {
            "resource": {
                **{word: part for word, part in resource.items() if part is not None},
                "id": f"new{index}",
                "subject": subject,
            }
        }
        for index, resource in enumerate(resources)
    ]
    return bundle


def test_patients_have_the_same_outcomes_in_cql() -> None:
    asked = [*patients(), *records()]
    ran = answers(asked)
    assert ran.messages == {name: [] for name in libraries()}
    assert contradictions(asked, ran) == []


def test_every_trial_has_patients_that_are_run() -> None:
    assert {one.library for one in patients()} == {_name(file) for file in _FILES}


def test_the_site_that_is_left_out_leaves_only_nulls() -> None:
    """Without codes nothing can be found, and nothing is read into that."""
    for file in _FILES:
        edition = told(file)[0].trial.newest
        bare = written(edition.protocol, edition.vocabulary, Site())
        assert set(bare.whole) <= set(libraries()[_name(file)].whole)
