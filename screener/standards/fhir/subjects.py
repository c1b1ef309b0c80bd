"""FHIR ResearchSubject: what an answer says of a patient's place in a study.

Undetermined is being screened, never ineligible. The codes are those of HL7's code systems
`research-subject-state` (the same words are the status in R4) and `research-subject-state-type`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from screener.diagnostics import ProfileError
from screener.result import Result
from screener.standards.fhir import Release
from screener.truth import Outcome, Verdict

Json = dict[str, Any]

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_REGISTRY = "http://clinicaltrials.gov"
#: The code system of the identifiers of patients, and of studies outside the registry.
PATIENTS, STUDIES = "urn:screener:patient", "urn:screener:trial"
STATES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.ELIGIBLE: ("eligible", "Eligible"),
    Verdict.UNDETERMINED: ("screening", "Screening"),
    Verdict.INELIGIBLE: ("ineligible", "Ineligible"),
}
_NCT = re.compile(r"NCT[0-9]{8}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)


def research_subject(result: Result, title: str, release: Release = Release.R5) -> Json:
    """The answer for one patient on its day; `title` is that of the study.

    The patient is referred to as `Patient/NAME` where his name can be the id of a resource, by
    address where it is one, else by an identifier.
    """
    code, display = STATES[result.verdict]
    resource: Json = {
        "resourceType": "ResearchSubject",
        "meta": {"source": f"urn:screener:rules:{result.rules_sha256}"},
    }
    study = study_reference(result.trial, title)
    if release is Release.R4:
        return {
            **resource,
            "status": code,
            "study": study,
            "individual": _patient(result.patient),
        }
    state = {"system": f"{_TERMINOLOGY}/research-subject-state", "code": code, "display": display}
    kind = {
        "system": f"{_TERMINOLOGY}/research-subject-state-type",
        "code": "Enrollment",
        "display": "Enrollment status",
    }
    reason = _reason(result)
    return {
        **resource,
        "status": "active",
        "progress": [
            {
                "type": {"coding": [kind]},
                "subjectState": {"coding": [state]},
                **({"reason": {"text": reason}} if reason else {}),
                "startDate": result.as_of,
            }
        ],
        "study": study,
        "subject": _patient(result.patient),
    }


def study_reference(trial: str, title: str) -> Json:
    """The study by its name: that of the registry where it has one."""
    return {"type": "ResearchStudy", "identifier": study_identifier(trial), "display": title}


def study_identifier(trial: str) -> Json:
    """The name of a trial as an identifier."""
    return {"system": _REGISTRY if _NCT.fullmatch(trial) else STUDIES, "value": trial}


def outcome(error: ProfileError) -> Json:
    """Why a patient is not judged, in the place of his answer."""
    who = "a patient" if error.patient is None else f"patient {error.patient}"
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": "invalid",
                "diagnostics": f"{who} is not judged: {one.message}",
                **({"expression": [one.pointer]} if one.pointer else {}),
            }
            for one in error.faults
        ],
    }


def _patient(name: str | None) -> Json:
    if name is None:
        return {"type": "Patient", "display": "a patient without a name"}
    if "://" in name or name.startswith("urn:"):
        return {"type": "Patient", "reference": name}
    if _ID.fullmatch(name):
        return {"type": "Patient", "reference": f"Patient/{name}"}
    return {"type": "Patient", "identifier": {"system": PATIENTS, "value": name}}


def _reason(result: Result) -> str:
    """The criteria that are against it; else what is waited for."""
    against = [one.id for one in result.criteria if one.outcome is Outcome.FAIL]
    if result.verdict is Verdict.INELIGIBLE:
        return f"Against it: {', '.join(against)}"
    if result.verdict is Verdict.UNDETERMINED:
        open_ = [one.id for one in result.criteria if one.outcome is Outcome.UNKNOWN]
        return f"Cannot tell yet: {', '.join(open_)}"
    return ""
