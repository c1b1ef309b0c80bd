"""Observations and their components, into records of the facts that their codes stand for.

A component has the day and the status of its observation. What a result was made of and by which
method is not used; the report says so.
"""

from __future__ import annotations

from screener.causes import Cause
from screener.intake.fhir.codings import Meaning
from screener.intake.fhir.context import Context, Place
from screener.intake.fhir.dates import Stretch, day_of, stretch_of, stretch_of_timing
from screener.intake.fhir.models import Component, Concept, Measured, Observation, Reference
from screener.intake.fhir.refused import Refused
from screener.intake.fhir.statuses import UNFINISHED, Standing, observed
from screener.intake.fhir.values import ASIDE, limit_words, value_words
from screener.intake.known import KnownDays
from screener.intake.report import Fate
from screener.vocabulary import Type

#: What of the patient's own an observation may be about in particular.
_OWN = ("Condition", "Procedure", "Observation", "BodyStructure")


def read_observation(resource: Observation, place: Place, context: Context) -> None:
    """File what an observation and its components say."""
    if any(_kind_of(one) not in _OWN for one in resource.focus):
        # Of a foetus, a donor, a device: recorded with the patient and not about the patient.
        context.account.note(place.text, Fate.IGNORED, "about something other than the patient")
        return
    _read(resource, resource, place, context)
    for index, component in enumerate(resource.component):
        there = Place(f"{place.text}.component[{index}]", place.source)
        if component.modifier_extension:
            refused = Refused("a modifier extension that is not understood")
            context.account.refuse(there.text, refused)
            continue
        _read(component, resource, there, context)


def _read(
    measured: Observation | Component, whole: Observation, place: Place, context: Context
) -> None:
    for meaning in context.meanings(measured.code, place.text, "Observation"):
        try:
            standing = observed(whole)
            if standing.never:
                _never(measured, meaning, whole, place, context, standing)
                continue
            words, notes = _words(measured, meaning, whole, context)
        except Refused as refused:
            context.account.refuse(place.text, refused, meaning.fact.name)
            continue
        notes += [standing.note] if standing.note else []
        context.account.take(place.text, meaning.fact, {**words, "source": place.source}, notes)


def _never(
    measured: Measured,
    meaning: Meaning,
    whole: Observation,
    place: Place,
    context: Context,
    standing: Standing,
) -> None:
    """A record that never counts is shown among those set aside, as far as it can be read."""
    try:
        words, _ = _words(measured, meaning, whole, context)
    except Refused:
        context.account.note(place.text, Fate.IGNORED, standing.never, fact=meaning.fact.name)
        return
    words = {**words, **standing.words(), "source": place.source}
    context.account.take(place.text, meaning.fact, words)


def _words(
    measured: Measured, meaning: Meaning, whole: Observation, context: Context
) -> tuple[dict[str, object], list[str]]:
    fact = meaning.fact
    notes = []
    if _still_to_come(measured, whole):
        words: dict[str, object] = {"absent": Cause.PENDING.value}
    elif measured is whole and whole.component and not _says(measured):
        raise Refused("its values are in its components", fate=Fate.IGNORED)
    else:
        words = value_words(measured, meaning, context.codes)
    if "absent" not in words and fact.shape.type in (Type.QUANTITY, Type.NUMBER):
        limits, left = limit_words(measured)
        words |= limits | _laboratory(whole)
        notes += [left] if left else []
    words |= context.codes.attributes(fact, [whole.method, whole.body_site])
    day = _day(whole)
    if day is not None and not words.keys() & {"start", "end"}:
        words["date"] = day
    notes += [] if day else ["it has no day"]
    aside = [name for word, name in ASIDE.items() if getattr(whole, word) is not None]
    notes += [f"not looked at: {', '.join(aside)}"] if aside else []
    return words, notes


def _laboratory(whole: Observation) -> dict[str, object]:
    """The organization that measured it, by the name or else the id it is referred to by."""
    named = {
        (one.display or "").strip() or (one.reference or "").rpartition("/")[2].strip()
        for one in whole.performer
        if _kind_of(one) == "Organization"
    }
    return {"laboratory": named.pop()} if len(named) == 1 and "" not in named else {}


def _kind_of(reference: Reference) -> str:
    """The kind of resource that a reference leads to, as far as its text says so."""
    parts = (reference.reference or "").partition("/_history/")[0].split("/")
    return reference.type or (parts[-2] if len(parts) > 1 else "")


def _says(measured: Measured) -> bool:
    return any(
        getattr(measured, name) is not None
        for name in type(measured).model_fields
        if name.startswith("value_") or name == "data_absent_reason"
    )


def _still_to_come(measured: Measured, whole: Observation) -> bool:
    return whole.status in UNFINISHED and not _says(measured)


def _day(whole: Observation) -> KnownDays | None:
    for text in (whole.effective_date_time, whole.effective_instant):
        if text is not None:
            return day_of(text)
    stretch = (
        stretch_of(whole.effective_period)
        if whole.effective_period is not None
        else stretch_of_timing(whole.effective_timing)
    )
    # A period without an end lasted until the result was issued, at most.
    open_end = stretch != Stretch() and stretch.end is None
    return stretch.some_day(day_of(whole.issued) if open_end else None)


def concepts(*found: Concept | None) -> Concept:
    """Several concepts as one."""
    return Concept(coding=tuple(one for concept in found if concept for one in concept.coding))
