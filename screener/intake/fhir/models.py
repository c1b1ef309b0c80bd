"""The few FHIR resources that are read, with the few elements that matter; all else is let pass.

R4 is what is read; names that R5 gave to the same elements stand beside those of R4. Numbers are
decimals as the text shows them. What an element means for a fact is decided elsewhere.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool
from pydantic.alias_generators import to_camel


def _number(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise ValueError("not a number")
    return Decimal(raw)


Number = Annotated[Decimal, BeforeValidator(_number)]


class Element(BaseModel):
    """Frozen, named as in FHIR, and deaf to what it does not know."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True
    )


class Extension(Element):
    """An extension; only a coded value is of use here."""

    url: str | None = None
    value_code: str | None = None


class Extended(Element):
    """What stands beside a simple element (`_birthDate`), such as why it is absent."""

    extension: tuple[Extension, ...] = ()


class Coding(Element):
    """A code of a code system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class Concept(Element):
    """The same thing said in several code systems, and in words."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None


class Reference(Element):
    """A reference to another resource."""

    reference: str | None = None
    type: str | None = None
    display: str | None = None


class CodeableReference(Element):
    """R5: a concept, or a reference to a resource that has one."""

    concept: Concept | None = None
    reference: Reference | None = None


class Quantity(Element):
    """A number with its unit: `code` of `system`, and `unit` for people."""

    value: Number | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Period(Element):
    """From `start` to `end`, both included."""

    start: str | None = None
    end: str | None = None


class Range(Element):
    """Between two quantities, both included."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element):
    """One quantity over another."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Repeat(Element):
    """The stretch in which something is repeated."""

    bounds_period: Period | None = None


class Timing(Element):
    """When something is, or is to be, done."""

    event: tuple[str, ...] = ()
    repeat: Repeat | None = None


class ReferenceRange(Element):
    """What is normal, or recommended, or dangerous: `type` says which."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: Concept | None = None
    text: str | None = None


class Resource(Element):
    """What every resource has."""

    id: str | None = None
    implicit_rules: str | None = None
    modifier_extension: tuple[Extension, ...] = ()
    subject: Reference | None = None
    patient: Reference | None = None


class Measured(Element):
    """A code, and its value or why there is none: an observation or one of its components."""

    code: Concept | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_string: str | None = None
    value_boolean: StrictBool | None = None
    value_integer: Number | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    value_time: str | None = None
    value_sampled_data: Extended | None = None
    value_attachment: Extended | None = None
    value_reference: Reference | None = None
    data_absent_reason: Concept | None = None
    reference_range: tuple[ReferenceRange, ...] = ()


class Component(Measured):
    """A part of an observation, with a code and a value of its own."""

    modifier_extension: tuple[Extension, ...] = ()


class Observation(Measured, Resource):
    """A result, or that there is none."""

    status: str | None = None
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: Period | None = None
    effective_timing: Timing | None = None
    issued: str | None = None
    focus: tuple[Reference, ...] = ()
    performer: tuple[Reference, ...] = ()
    component: tuple[Component, ...] = ()
    method: Concept | None = None
    specimen: Reference | None = None
    body_site: Concept | None = None


class Condition(Resource):
    """A disease, a finding, a state."""

    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    code: Concept | None = None
    severity: Concept | None = None
    onset_date_time: str | None = None
    onset_age: Quantity | None = None
    onset_period: Period | None = None
    onset_range: Range | None = None
    onset_string: str | None = None
    abatement_date_time: str | None = None
    abatement_age: Quantity | None = None
    abatement_period: Period | None = None
    abatement_range: Range | None = None
    abatement_string: str | None = None
    abatement_boolean: StrictBool | None = None
    recorded_date: str | None = None


class AllergyIntolerance(Resource):
    """What somebody does not tolerate."""

    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    code: Concept | None = None
    onset_date_time: str | None = None
    onset_age: Quantity | None = None
    onset_period: Period | None = None
    onset_range: Range | None = None
    onset_string: str | None = None
    recorded_date: str | None = None


class Procedure(Resource):
    """Something done to a patient."""

    status: str | None = None
    code: Concept | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None
    performed_age: Quantity | None = None
    performed_range: Range | None = None
    performed_string: str | None = None
    occurrence_date_time: str | None = None
    occurrence_period: Period | None = None
    occurrence_age: Quantity | None = None
    occurrence_range: Range | None = None
    occurrence_string: str | None = None
    occurrence_timing: Timing | None = None


class Dosage(Element):
    """How a drug is taken."""

    route: Concept | None = None
    timing: Timing | None = None


class Adherence(Element):
    """R5: whether a drug is taken as told."""

    code: Concept | None = None


class Contained(Element):
    """A resource inside another; only a drug is of use."""

    resource_type: str | None = None
    id: str | None = None
    code: Concept | None = None


class Drug(Resource):
    """What the resources on the use of a drug have in common."""

    contained: tuple[Contained, ...] = ()

    status: str | None = None
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    medication: CodeableReference | None = None


class MedicationStatement(Drug):
    """Somebody says that a drug is or was taken."""

    effective_date_time: str | None = None
    effective_period: Period | None = None
    effective_timing: Timing | None = None
    dosage: tuple[Dosage, ...] = ()
    adherence: Adherence | None = None


class MedicationRequest(Drug):
    """A prescription."""

    intent: str | None = None
    do_not_perform: StrictBool | None = None
    authored_on: str | None = None
    dosage_instruction: tuple[Dosage, ...] = ()


class MedicationAdministration(Drug):
    """A drug was given; `occurence` is how R5 spells it."""

    effective_date_time: str | None = None
    effective_period: Period | None = None
    occurence_date_time: str | None = None
    occurence_period: Period | None = None
    occurence_timing: Timing | None = None
    dosage: Dosage | None = None


class Medication(Resource):
    """A drug that other resources refer to."""

    code: Concept | None = None


class Provision(Element):
    """What a consent allows or refuses, as a whole."""

    type: str | None = None


class Consent(Resource):
    """What a patient has agreed to, or refused."""

    status: str | None = None
    scope: Concept | None = None
    category: tuple[Concept, ...] = ()
    date_time: str | None = None
    date: str | None = None
    decision: str | None = None
    # A list in R5, where `decision` speaks for the whole.
    provision: Provision | tuple[Provision, ...] | None = None


class Patient(Resource):
    """The person; only what tells age and sex."""

    extension: tuple[Extension, ...] = ()
    gender: str | None = None
    birth_date: str | None = None
    beside_gender: Extended = Field(default=Extended(), alias="_gender")
    beside_birth_date: Extended = Field(default=Extended(), alias="_birthDate")
    deceased_boolean: StrictBool | None = None
    deceased_date_time: str | None = None


class Answer(Element):
    """One answer to an item; an item of a trial's questionnaire has none beneath it."""

    value_boolean: StrictBool | None = None
    value_decimal: Number | None = None
    value_integer: Number | None = None
    value_date: str | None = None
    value_string: str | None = None
    value_coding: Coding | None = None
    value_quantity: Quantity | None = None
    item: tuple[object, ...] = ()


class Item(Element):
    """An item of a questionnaire: a group of others, or a question with its answers."""

    link_id: str | None = None
    item: tuple[Item, ...] = ()
    answer: tuple[Answer, ...] = ()


class QuestionnaireResponse(Resource):
    """The answers to a questionnaire."""

    questionnaire: str | None = None
    status: str | None = None
    authored: str | None = None
    item: tuple[Item, ...] = ()
