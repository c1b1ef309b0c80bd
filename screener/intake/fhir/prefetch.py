"""The chart of one patient as CDS Hooks prefetches it: what was fetched, and what was not.

Source: CDS Hooks 2.0, "Prefetch Template". A key that is not there, or that holds an
OperationOutcome, was not fetched; `null` was fetched and there is nothing. What was not fetched is
unknown whatever a site declares complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.fhir.reader import file_resources
from screener.intake.fhir.resources import Found, found_in
from screener.site import Site
from screener.vocabulary import Vocabulary

PATIENT = "patient"
#: The resources of each key.
KINDS: Mapping[str, str] = {
    PATIENT: "Patient",
    "observations": "Observation",
    "conditions": "Condition",
    "procedures": "Procedure",
    "allergies": "AllergyIntolerance",
    "statements": "MedicationStatement",
    "requests": "MedicationRequest",
    "administrations": "MedicationAdministration",
    "consents": "Consent",
}
_FAILED = ("error", "fatal")


class NotEnough(Exception):
    """Nobody can be judged from what was fetched; the reason says nothing of the patient."""


class Chart(NamedTuple):
    """What is known of the patient, and the kinds of resources that nobody looked for."""

    sheet: FactSheet
    unfetched: tuple[str, ...]


def templates(vocabulary: Vocabulary) -> dict[str, str]:
    """The queries by key; of observations only those that are about a fact."""
    codes = dict.fromkeys(
        f"{one.system}|{one.code}"
        for fact in vocabulary.values()
        for one in fact.codes
        if one.resource in (None, "Observation")
    )
    found = {PATIENT: "Patient/{{context.patientId}}"}
    for key, kind in KINDS.items():
        if key != PATIENT:
            found[key] = f"{kind}?patient={{{{context.patientId}}}}"
    if codes:
        found["observations"] += f"&code={','.join(codes)}"
    return found


def read_prefetch(
    prefetch: Mapping[str, object], patient: str, vocabulary: Vocabulary, site: Site, as_of: int
) -> Chart:
    """The facts of the patient of that id.

    Raises:
        NotEnough: the patient, or everything else, was not fetched.
        ProfileError: what was fetched cannot be of one patient on that day.
    """
    person = prefetch.get(PATIENT)
    if not isinstance(person, Mapping) or person.get("resourceType") != "Patient":
        raise NotEnough("The patient was not fetched.")
    if person.get("id") != patient:
        raise NotEnough("The patient that was fetched is not the one in the context.")
    unfetched = tuple(
        kind for key, kind in KINDS.items() if key != PATIENT and not _fetched(prefetch, key)
    )
    if len(unfetched) == len(KINDS) - 1:
        raise NotEnough("Nothing but the patient was fetched.")
    documents = [(key, prefetch[key]) for key in KINDS if isinstance(prefetch.get(key), dict)]
    taken = file_resources(
        _without_outcomes(documents), vocabulary, site=site, as_of=as_of, unfetched=unfetched
    )
    for one in taken:
        if isinstance(one.sheet, ProfileError):
            raise one.sheet
        if one.sheet is not None and one.sheet.patient == patient:
            return Chart(one.sheet, unfetched)
    raise NotEnough("The patient that was fetched cannot be screened.")


def _fetched(prefetch: Mapping[str, object], key: str) -> bool:
    """Whether all that the query asks for is there, be it nothing."""
    if key not in prefetch:
        return False
    said = prefetch[key]
    return said is None or (
        isinstance(said, dict) and not any(map(_failure, (said, *_inside(said))))
    )


def _inside(said: Mapping[str, object]) -> Iterable[object]:
    entries = said.get("entry")
    if not isinstance(entries, list):
        return ()
    return [one.get("resource") for one in entries if isinstance(one, dict)]


def _failure(resource: object) -> bool:
    """Whether it tells that a query failed, and is more than a remark."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "OperationOutcome":
        return False
    issues = resource.get("issue")
    known = [one for one in issues if isinstance(one, dict)] if isinstance(issues, list) else []
    return not known or any(one.get("severity") in _FAILED for one in known)


def _without_outcomes(documents: Iterable[tuple[str, object]]) -> Iterable[Found]:
    for one in found_in(documents):
        if not isinstance(one, Found) or one.kind != "OperationOutcome":
            yield one  # type: ignore[misc]
