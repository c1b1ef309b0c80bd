"""What the status of a resource makes of its record: it counts, never counts, or leaves open.

Only what FHIR says of a status is used. A resource without the status it must have is read as one
that counts, and the report says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from screener.causes import Cause
from screener.intake.faults import quoted
from screener.intake.fhir.codings import code_in
from screener.intake.fhir.models import (
    AllergyIntolerance,
    Condition,
    Consent,
    MedicationAdministration,
    MedicationRequest,
    MedicationStatement,
    Observation,
    Procedure,
)
from screener.intake.fhir.refused import Refused
from screener.intake.known import Never
from screener.intake.report import Fate


class Standing(NamedTuple):
    """`never`: why the record never counts. `absent`: it says only that this is not settled.

    `ongoing`: it is said to be going on still. `over`: it is said to have ended. `note`: for the
    report.
    """

    never: str | None = None
    absent: Cause | None = None
    ongoing: bool = False
    over: bool = False
    note: str | None = None

    def words(self) -> dict[str, object]:
        """What the status adds to the words of a record."""
        return {} if self.never is None else {"status": Never(self.never)}


COUNTS = Standing()
ONGOING = Standing(ongoing=True)
OVER = Standing(over=True)
IN_ERROR = Standing("entered in error")
CANCELLED = Standing("cancelled")
#: The source does not know whether it counts; the report says so, and it is not on the sheet.
UNKNOWN = None

OBSERVATION: Mapping[str, Standing | None] = {
    "registered": COUNTS,
    "specimen-in-process": COUNTS,
    "preliminary": COUNTS,
    "final": COUNTS,
    "amended": COUNTS,
    "corrected": COUNTS,
    "appended": COUNTS,
    "cancelled": CANCELLED,
    "entered-in-error": IN_ERROR,
    "unknown": UNKNOWN,
}
#: Their results are still to come.
UNFINISHED = ("registered", "specimen-in-process")
PROCEDURE: Mapping[str, Standing | None] = {
    "preparation": Standing("only prepared, not begun"),
    "in-progress": ONGOING,
    "not-done": Standing("not done"),
    "on-hold": Standing("begun and put on hold; whether it was done is not said"),
    "stopped": Standing("broken off; whether enough of it was done is not said"),
    "completed": COUNTS,
    "entered-in-error": IN_ERROR,
    "unknown": UNKNOWN,
}
STATEMENT: Mapping[str, Standing | None] = {
    "active": ONGOING,
    "recorded": COUNTS,
    "completed": COUNTS,
    "stopped": COUNTS,
    "on-hold": COUNTS,
    "intended": Standing("only intended"),
    "draft": Standing("a draft"),
    "not-taken": Standing("not taken"),
    "entered-in-error": IN_ERROR,
    "unknown": UNKNOWN,
}
REQUEST: Mapping[str, Standing | None] = {
    "active": COUNTS,
    "on-hold": COUNTS,
    "ended": COUNTS,
    "completed": COUNTS,
    "stopped": COUNTS,
    "cancelled": CANCELLED,
    "draft": Standing("a draft"),
    "entered-in-error": IN_ERROR,
    "unknown": UNKNOWN,
}
#: What an order says of a drug.
ORDERED = "an order; whether the drug was taken is not said"
#: What is no order is a wish or a plan.
ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")
ADMINISTRATION: Mapping[str, Standing | None] = {
    "in-progress": ONGOING,
    "on-hold": COUNTS,
    "completed": COUNTS,
    "stopped": COUNTS,
    "not-done": Standing("not done"),
    "entered-in-error": IN_ERROR,
    "unknown": UNKNOWN,
}
CONSENT: Mapping[str, Standing | None] = {
    "active": COUNTS,
    "rejected": COUNTS,
    "draft": Standing("a draft"),
    "proposed": Standing("only proposed"),
    "inactive": Standing("no longer in force"),
    "not-done": Standing("not done"),
    "entered-in-error": IN_ERROR,
    "unknown": UNKNOWN,
}
_CLINICAL = (
    "http://terminology.hl7.org/CodeSystem/condition-clinical",
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
    "http://hl7.org/fhir/condition-clinical",
    "http://hl7.org/fhir/allergy-clinical-status",
)
_VERIFICATION = (
    "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
    "http://hl7.org/fhir/condition-ver-status",
    "http://hl7.org/fhir/allergy-verification-status",
)
_CLINICAL_STATUS = {
    "active": ONGOING,
    "recurrence": ONGOING,
    "relapse": ONGOING,
    "inactive": OVER,
    "remission": OVER,
    "resolved": OVER,
    "unknown": COUNTS,
}
_VERIFICATION_STATUS = {
    "confirmed": COUNTS,
    "unconfirmed": Standing(absent=Cause.INCONCLUSIVE, note="not confirmed"),
    "presumed": Standing(absent=Cause.INCONCLUSIVE, note="only presumed"),
    "provisional": Standing(absent=Cause.INCONCLUSIVE, note="only provisional"),
    "differential": Standing(absent=Cause.INCONCLUSIVE, note="one of several possible diagnoses"),
    "refuted": Standing("refuted"),
    "entered-in-error": IN_ERROR,
}


def observed(resource: Observation) -> Standing:
    """What the status of an observation makes of it."""
    return _looked_up(resource.status, OBSERVATION)


def done(resource: Procedure) -> Standing:
    """What the status of a procedure makes of it."""
    return _looked_up(resource.status, PROCEDURE)


def stated(resource: MedicationStatement) -> Standing:
    """What the status of a statement on a drug, and the adherence, make of it."""
    adherence = None if resource.adherence is None else resource.adherence.code
    if adherence and any(one.code == "not-taken" for one in adherence.coding):
        return Standing("not taken")
    return _looked_up(resource.status, STATEMENT)


def ordered(resource: MedicationRequest) -> Standing:
    """What status and intent make of an order: nothing, or that use is not settled."""
    if resource.do_not_perform:
        return Standing("an order not to give it")
    if resource.intent is not None and resource.intent not in ORDERS:
        return Standing(f"no order ({quoted(resource.intent)})")
    standing = _looked_up(resource.status, REQUEST)
    if standing.never is not None:
        return standing
    note = ORDERED if standing.note is None else f"{standing.note}; {ORDERED}"
    return standing._replace(absent=Cause.INCONCLUSIVE, note=note)


def given(resource: MedicationAdministration) -> Standing:
    """What the status of an administration makes of it."""
    return _looked_up(resource.status, ADMINISTRATION)


def agreed(resource: Consent) -> Standing:
    """What the status of a consent makes of it."""
    return _looked_up(resource.status, CONSENT)


def present(resource: Condition | AllergyIntolerance) -> Standing:
    """What verification and clinical status make of a condition or an allergy."""
    verified = code_in(resource.verification_status, _VERIFICATION)
    clinical = code_in(resource.clinical_status, _CLINICAL)
    for concept, code, table in (
        (resource.verification_status, verified, _VERIFICATION_STATUS),
        (resource.clinical_status, clinical, _CLINICAL_STATUS),
    ):
        if concept is not None and code not in table:
            shown = quoted(code or concept.text or "")
            raise Refused(f"{shown} is not a status that FHIR has here", fate=Fate.REJECTED)
    standing = COUNTS if verified is None else _VERIFICATION_STATUS[verified]
    if standing is not COUNTS:
        return standing
    return COUNTS if clinical is None else _CLINICAL_STATUS[clinical]


def _looked_up(status: str | None, table: Mapping[str, Standing | None]) -> Standing:
    if status is None:
        return Standing(note="it has no status and is read as one that counts")
    if status not in table:
        raise Refused(f"{quoted(status)} is not a status that FHIR has here")
    standing = table[status]
    if standing is None:
        raise Refused(
            "its source does not know its status",
            "a record counts only where it is known to be no error",
            Fate.UNKNOWN,
        )
    return standing
