"""FHIR's reasons why there is no value, as the causes that a profile may state.

Source: the code system `data-absent-reason` of HL7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from screener.causes import Cause
from screener.intake.faults import quoted
from screener.intake.fhir.codings import code_in
from screener.intake.fhir.models import Concept, Extension
from screener.intake.fhir.refused import Refused

_SYSTEMS = (
    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "http://hl7.org/fhir/data-absent-reason",
)
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

REASONS: Mapping[str, Cause] = {
    "unknown": Cause.NOT_IN_RECORD,
    "asked-unknown": Cause.ASKED_UNKNOWN,
    "temp-unknown": Cause.PENDING,
    # Nobody asked, nobody looked: nothing was done to find out.
    "not-asked": Cause.NOT_DONE,
    "asked-declined": Cause.ASKED_UNKNOWN,
    "masked": Cause.MASKED,
    "not-permitted": Cause.MASKED,
    "not-applicable": Cause.NOT_APPLICABLE,
    "unsupported": Cause.NOT_IN_RECORD,
    "as-text": Cause.NOT_IN_RECORD,
    "error": Cause.INCONCLUSIVE,
    "not-a-number": Cause.INCONCLUSIVE,
    "negative-infinity": Cause.INCONCLUSIVE,
    "positive-infinity": Cause.INCONCLUSIVE,
    "not-performed": Cause.NOT_DONE,
}


def reason_of(concept: Concept) -> Cause:
    """Why there is no value; words alone, or a code of another system, say only that there is none.

    Raises:
        Refused: for a code that HL7 does not have.
    """
    code = code_in(concept, _SYSTEMS)
    return Cause.NOT_IN_RECORD if code is None else _reason(code)


def reason_beside(extensions: Iterable[Extension]) -> Cause | None:
    """Why a simple element is absent, where an extension beside it says so."""
    for one in extensions:
        if one.url == _EXTENSION and one.value_code is not None:
            return _reason(one.value_code)
    return None


def _reason(code: str) -> Cause:
    if code not in REASONS:
        raise Refused(f"{quoted(code)} is not a reason why data are absent")
    return REASONS[code]
