"""Conditions, allergies, procedures, drugs and consents, into records of facts.

It decides which days each of them speaks of: a state (a condition, an allergy) lasts, a happening
is over when it is done. It never makes a no of what is not recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from screener.days import EVER_PAST, Days
from screener.intake.fhir.codings import Meaning
from screener.intake.fhir.context import Context, Place
from screener.intake.fhir.dates import (
    Stretch,
    day_at_age,
    day_in_age_range,
    day_of,
    stretch_of,
    stretch_of_timing,
)
from screener.intake.fhir.models import (
    AllergyIntolerance,
    Concept,
    Condition,
    Consent,
    Dosage,
    Drug,
    MedicationAdministration,
    MedicationRequest,
    MedicationStatement,
    Procedure,
    Provision,
    Quantity,
    Range,
)
from screener.intake.fhir.observations import concepts
from screener.intake.fhir.refused import Refused
from screener.intake.fhir.statuses import (
    ORDERED,
    Standing,
    agreed,
    done,
    given,
    ordered,
    present,
    stated,
)
from screener.intake.fhir.values import finding
from screener.intake.known import KnownDays
from screener.intake.report import Fate
from screener.vocabulary import Kind, Type


class Happening(NamedTuple):
    """What a resource says apart from its code.

    `day`: all of it was on one day. `said`: when it was put on record. `state`: it lasts.
    """

    standing: Standing
    stretch: Stretch = Stretch()
    day: bool = False
    said: KnownDays | None = None
    state: bool = False
    notes: Sequence[str] = ()
    details: Sequence[Concept | None] = ()
    warning: tuple[str, str] | None = None


def read_condition(resource: Condition, place: Place, context: Context) -> None:
    """File what a condition says."""
    start, notes = _began(resource, context)
    end = _ended(resource, context)
    standing = present(resource)
    if resource.abatement_boolean or end or resource.abatement_string:
        standing = standing._replace(ongoing=False, over=True)
    happening = Happening(
        standing,
        Stretch(start, end),
        said=day_of(resource.recorded_date),
        state=True,
        notes=notes,
        details=[resource.severity],
    )
    _file(resource.code, happening, place, context, "Condition")


def read_allergy(resource: AllergyIntolerance, place: Place, context: Context) -> None:
    """File what an allergy says; it never says that the drug was taken."""
    start, notes = _began(resource, context)
    happening = Happening(
        present(resource),
        Stretch(start),
        said=day_of(resource.recorded_date),
        state=True,
        notes=notes,
    )
    _file(resource.code, happening, place, context, "AllergyIntolerance", (Type.BOOLEAN, Type.CODE))


def read_procedure(resource: Procedure, place: Place, context: Context) -> None:
    """File what a procedure says."""
    notes = []
    day = resource.performed_date_time or resource.occurrence_date_time
    period = resource.performed_period or resource.occurrence_period
    age = resource.performed_age or resource.occurrence_age
    ages = resource.performed_range or resource.occurrence_range
    if day is not None:
        on = day_of(day)
        stretch = Stretch(on, on)
    elif period is not None:
        stretch = stretch_of(period)
    elif age is not None or ages is not None:
        on = _at_age(age, ages, context)
        stretch = Stretch(on, on)
        notes += [] if on else ["its age cannot be made a day"]
    else:
        stretch = stretch_of_timing(resource.occurrence_timing)
    if resource.performed_string or resource.occurrence_string:
        notes.append("when it was done is said in words only")
    happening = Happening(done(resource), stretch, day=stretch.start == stretch.end, notes=notes)
    _file(resource.code, happening, place, context, "Procedure")


def read_statement(resource: MedicationStatement, place: Place, context: Context) -> None:
    """File what a statement on a drug says: one day of it is the first, the last is not known."""
    if resource.effective_date_time is not None:
        stretch = Stretch(day_of(resource.effective_date_time))
    elif resource.effective_period is not None:
        stretch = stretch_of(resource.effective_period)
    else:
        stretch = stretch_of_timing(resource.effective_timing)
    happening = Happening(stated(resource), stretch, details=_routes(resource.dosage))
    _file_drug(resource, happening, place, context)


def read_request(resource: MedicationRequest, place: Place, context: Context) -> None:
    """File an order as use that is not settled, from its day on or for the period it is for."""
    bounds = [stretch_of_timing(one.timing) for one in resource.dosage_instruction]
    stretch = next(
        (one for one in bounds if one.start or one.end), Stretch(day_of(resource.authored_on))
    )
    happening = Happening(
        ordered(resource),
        stretch,
        details=_routes(resource.dosage_instruction),
        warning=("ordered-only", ORDERED),
    )
    _file_drug(resource, happening, place, context)


def read_administration(resource: MedicationAdministration, place: Place, context: Context) -> None:
    """File what the administration of a drug says."""
    day = resource.effective_date_time or resource.occurence_date_time
    period = resource.effective_period or resource.occurence_period
    if day is not None:
        on = day_of(day)
        stretch = Stretch(on, on)
    elif period is not None:
        stretch = stretch_of(period)
    else:
        stretch = stretch_of_timing(resource.occurence_timing)
    happening = Happening(
        given(resource),
        stretch,
        day=stretch.start == stretch.end,
        details=_routes([resource.dosage] if resource.dosage else []),
    )
    _file_drug(resource, happening, place, context)


def read_consent(resource: Consent, place: Place, context: Context) -> None:
    """File a consent as a yes, a refusal as a no, on its day."""
    concept = concepts(resource.scope, *resource.category)
    standing = agreed(resource)
    provision = resource.provision if isinstance(resource.provision, Provision) else None
    refused = "deny" in (resource.decision, provision.type if provision else None)
    words = {
        "value": not (refused or resource.status == "rejected"),
        "date": day_of(resource.date_time or resource.date),
        "source": place.source,
        **standing.words(),
    }
    for meaning in context.meanings(concept, place.text, "Consent"):
        fact = meaning.fact
        if fact.shape.type is not Type.BOOLEAN or meaning.values:
            context.account.refuse(place.text, Refused("a consent is a yes or a no"), fact.name)
        else:
            context.account.take(place.text, fact, words, _notes(standing))


def _file_drug(resource: Drug, happening: Happening, place: Place, context: Context) -> None:
    concept = context.drug(resource)
    kind = type(resource).__name__
    _file(concept, happening._replace(details=[*happening.details, concept]), place, context, kind)


def _file(
    concept: Concept | None,
    happening: Happening,
    place: Place,
    context: Context,
    resource: str,
    types: Sequence[Type] = tuple(Type),
) -> None:
    """File one record for each fact that the concept stands for."""
    for meaning in context.meanings(concept, place.text, resource):
        fact = meaning.fact
        if fact.shape.type not in types:
            context.account.note(
                place.text, Fate.IGNORED, f"`{resource}` says nothing of it", fact=fact.name
            )
            continue
        standing = happening.standing
        try:
            words = _words(meaning, happening)
            words |= context.codes.attributes(fact, happening.details)
        except Refused as refused:
            never = standing.never
            why = Refused(never, fate=Fate.IGNORED) if never else refused
            context.account.refuse(place.text, why, fact.name)
            continue
        words |= {**standing.words(), "source": place.source}
        before = len(context.account.entries)
        context.account.take(place.text, fact, words, [*happening.notes, *_notes(standing)])
        taken = context.account.entries[before].kind is Fate.MAPPED
        if taken and happening.warning is not None:
            id, message = happening.warning
            context.account.draft.warn(fact.name, id, f"{place.source}: {message}")


def _words(meaning: Meaning, happening: Happening) -> dict[str, object]:
    fact, stretch = meaning.fact, happening.stretch
    found = finding(meaning, meaning.value()) if fact.shape.type is not Type.DATE else {}
    if happening.standing.absent is not None:
        found = {"absent": happening.standing.absent.value}
    if fact.shape.type is Type.EVENT:
        return found | _event_days(happening)
    if fact.shape.type is Type.DATE:
        on = stretch.start if happening.state else stretch.some_day()
        if "absent" in found:
            return found
        if on is None:
            raise Refused(f"no day for `{fact.name}` is given")
        return {"value": on}
    day = _day(fact.kind, happening)
    return found if day is None else {**found, "date": day}


def _day(kind: Kind, happening: Happening) -> KnownDays | None:
    """The day that a yes, or a value, is said of."""
    stretch, said = happening.stretch, happening.said
    if not happening.state:
        return stretch.start if stretch.start and kind is Kind.CUMULATIVE else stretch.some_day()
    if kind is not Kind.OBSERVATION:
        return stretch.start or said or stretch.some_day()
    # What is asked is the state on a day. A state that lasts was there when it was recorded; one
    # that is over was there once, and says nothing of later days.
    if happening.standing.over:
        raise Refused("it is over, and the state on a day is asked for", fate=Fate.IGNORED)
    return said or stretch.start


def _event_days(happening: Happening) -> dict[str, object]:
    start, end = happening.stretch
    if happening.day and start is not None:
        return {"date": start}
    if start is None and end is None and happening.said is not None:
        # It had begun when it was recorded.
        start = KnownDays(Days(EVER_PAST, happening.said.days.last), f"by {happening.said}")
    words: dict[str, object] = {"start": start, "end": end}
    if happening.standing.ongoing and end is None:
        words["ongoing"] = True
    return {word: said for word, said in words.items() if said is not None}


def _began(
    resource: Condition | AllergyIntolerance, context: Context
) -> tuple[KnownDays | None, list[str]]:
    """The day on which a state began, and what cannot be told of it."""
    if resource.onset_date_time is not None:
        return day_of(resource.onset_date_time), []
    if resource.onset_period is not None:
        return stretch_of(resource.onset_period).some_day(), []
    if resource.onset_age is not None or resource.onset_range is not None:
        day = _at_age(resource.onset_age, resource.onset_range, context)
        return day, [] if day else ["its age at onset cannot be made a day"]
    return None, ["its onset is said in words only"] if resource.onset_string else []


def _ended(resource: Condition, context: Context) -> KnownDays | None:
    if resource.abatement_date_time is not None:
        return day_of(resource.abatement_date_time)
    if resource.abatement_period is not None:
        return stretch_of(resource.abatement_period).some_day()
    return _at_age(resource.abatement_age, resource.abatement_range, context)


def _at_age(age: Quantity | None, ages: Range | None, context: Context) -> KnownDays | None:
    if age is not None:
        return day_at_age(age, age, context.birth)
    return day_in_age_range(ages, context.birth)


def _routes(dosages: Sequence[Dosage]) -> list[Concept | None]:
    return [one.route for one in dosages]


def _notes(standing: Standing) -> list[str]:
    return [standing.note] if standing.note else []
