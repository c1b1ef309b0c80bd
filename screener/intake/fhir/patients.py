"""The `Patient` resource: birth date and sex, and who cannot be screened by it at all.

The facts are found by what they are, not by name: the dates of birth that ages are counted from,
and the facts that have codes of HL7's administrative gender.
"""

from __future__ import annotations

from collections.abc import Sequence

from screener.causes import Cause
from screener.days import Days
from screener.intake.fhir.absence import reason_beside
from screener.intake.fhir.context import Context, Place
from screener.intake.fhir.dates import day_of
from screener.intake.fhir.models import Coding, Concept, Patient
from screener.intake.fhir.refused import Refused
from screener.intake.report import Fate
from screener.vocabulary import AgeOf, Vocabulary

GENDER = "http://hl7.org/fhir/administrative-gender"
_ANIMAL = "http://hl7.org/fhir/StructureDefinition/patient-animal"
_NOT_MAPPED = {"other": Cause.INCONCLUSIVE, "unknown": Cause.NOT_IN_RECORD}


def is_animal(patient: Patient) -> bool:
    """Whether the patient is declared to be an animal."""
    return any(one.url == _ANIMAL for one in patient.extension)


def contradiction(patients: Sequence[Patient]) -> str | None:
    """What two resources of one patient say so differently that they are of two people."""
    genders = {one.gender for one in patients if one.gender}
    if len(genders) > 1:
        return "two `Patient` resources of this name differ in `gender`"
    births = {one.birth_date for one in patients if one.birth_date}
    longest = max(births, key=len, default="")
    if any(not longest.startswith(one) for one in births):
        return "two `Patient` resources of this name differ in `birthDate`"
    return None


def birth_of(patients: Sequence[Patient]) -> Days | None:
    """The days on which the patient may have been born, as far as they can be read."""
    for one in sorted(patients, key=lambda each: -len(each.birth_date or "")):
        try:
            day = day_of(one.birth_date)
        except Refused:
            continue
        if day is not None:
            return day.days
    return None


def read_patient(patient: Patient, place: Place, context: Context, vocabulary: Vocabulary) -> None:
    """File birth date and sex, or why they are not there."""
    before = len(context.account.entries)
    try:
        _birth(patient, place, context, vocabulary)
        _gender(patient, place, context)
    except Refused as refused:
        context.account.refuse(place.text, refused)
    if patient.deceased_boolean or patient.deceased_date_time:
        context.account.note(f"{place.text}.deceased", Fate.IGNORED, "the patient has died")
    if len(context.account.entries) == before:
        context.account.note(place.text, Fate.IGNORED, "neither a birth date nor a gender")


def _birth(patient: Patient, place: Place, context: Context, vocabulary: Vocabulary) -> None:
    names = {fact.derived.birth for fact in vocabulary.values() if isinstance(fact.derived, AgeOf)}
    there = f"{place.text}.birthDate"
    for name in sorted(names):
        absence = reason_beside(patient.beside_birth_date.extension)
        if patient.birth_date is not None:
            try:
                words: dict[str, object] = {"value": day_of(patient.birth_date)}
            except Refused as refused:
                context.account.refuse(there, refused, name)
                continue
        elif absence is not None:
            words = {"absent": absence.value}
        else:
            continue
        context.account.take(there, vocabulary[name], {**words, "source": place.source})


def _gender(patient: Patient, place: Place, context: Context) -> None:
    there = f"{place.text}.gender"
    gender, absence = patient.gender, reason_beside(patient.beside_gender.extension)
    concept = Concept(coding=(Coding(system=GENDER, code=gender),))
    values = {one.fact.name: one for one in context.codes.meanings(concept, "Patient")}
    facts = context.codes.facts_of(GENDER)
    if gender is not None and not facts:
        context.account.note(there, Fate.IGNORED, "no fact has codes for it")
    for fact in facts:
        if fact.name in values:
            words: dict[str, object] = {"value": values[fact.name].value()}
        elif gender in _NOT_MAPPED:
            words = {"absent": _NOT_MAPPED[gender].value}
        elif absence is not None and gender is None:
            words = {"absent": absence.value}
        elif gender is None:
            continue
        else:
            refused = Refused(f"`{gender}` is not a gender that FHIR has")
            context.account.refuse(there, refused, fact.name)
            continue
        context.account.take(there, fact, {**words, "source": place.source})
