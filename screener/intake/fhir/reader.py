"""FHIR resources, of one patient or of many, into a fact sheet each and an account of every part.

It decides which resources are read at all and whose they are. All resources are held in memory
until the last one is there, because any of them may belong to any patient. What is not recorded
stays unknown, except where a site declares a source complete.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple, TypeVar

from pydantic import ValidationError

from screener.days import iso
from screener.diagnostics import Fault, ProfileError
from screener.facts import Declared, FactSheet, Shown, Warning
from screener.intake.births import check_births
from screener.intake.faults import quoted
from screener.intake.fhir import histories, models
from screener.intake.fhir.account import Account
from screener.intake.fhir.codings import CodeIndex
from screener.intake.fhir.context import Context, Place
from screener.intake.fhir.observations import read_observation
from screener.intake.fhir.patients import birth_of, contradiction, is_animal, read_patient
from screener.intake.fhir.refused import Refused
from screener.intake.fhir.resources import Found, Unreadable, read_resources
from screener.intake.fhir.responses import Spoken, read_response, spoken_of
from screener.intake.fhir.subjects import Person, Subjects
from screener.intake.report import Entry, Fate
from screener.intake.taken import Taken
from screener.site import Site
from screener.vocabulary import Fact, Type, Vocabulary


class _Kind(NamedTuple):
    """The shape of a resource, and what files it."""

    model: type[models.Resource]
    read: Callable[[Any, Place, Context], None]


_KINDS: Mapping[str, _Kind] = {
    "Observation": _Kind(models.Observation, read_observation),
    "Condition": _Kind(models.Condition, histories.read_condition),
    "Procedure": _Kind(models.Procedure, histories.read_procedure),
    "AllergyIntolerance": _Kind(models.AllergyIntolerance, histories.read_allergy),
    "MedicationStatement": _Kind(models.MedicationStatement, histories.read_statement),
    "MedicationRequest": _Kind(models.MedicationRequest, histories.read_request),
    "MedicationAdministration": _Kind(
        models.MedicationAdministration, histories.read_administration
    ),
    "Consent": _Kind(models.Consent, histories.read_consent),
    "QuestionnaireResponse": _Kind(models.QuestionnaireResponse, read_response),
}
_RESPONSE = "QuestionnaireResponse"


def read_fhir(
    inputs: Iterable[tuple[str, BinaryIO]],
    vocabulary: Vocabulary,
    *,
    site: Site | None = None,
    as_of: int | None = None,
) -> Iterator[Taken]:
    """Read all resources of all inputs; one `Taken` a patient, in the order of their first mention.

    Args:
        inputs: names of files, for the report, with their bytes.
        vocabulary: the facts that may be given, with their codes.
        site: further codes, and what the source is declared complete for.
        as_of: the day of screening, where it is known: nobody is born after it.

    What is of no patient comes last, with no sheet; a file or a line that cannot be read, and an
    input without any patient, come with the error in place of a sheet.
    """
    yield from file_resources(read_resources(inputs), vocabulary, site=site, as_of=as_of)


def file_resources(
    resources: Iterable[Found | Unreadable | Entry],
    vocabulary: Vocabulary,
    *,
    site: Site | None = None,
    as_of: int | None = None,
    unfetched: Collection[str] = (),
) -> Iterator[Taken]:
    """As `read_fhir`; `unfetched` are the kinds of resources that nobody has looked for."""
    site = site or Site()
    loose: list[Entry] = []
    patients: list[Found] = []
    others: list[Found] = []
    drugs: dict[str, models.Medication] = {}
    broken = False
    for one in resources:
        if isinstance(one, Entry):
            loose.append(one)
        elif isinstance(one, Unreadable):
            broken = True
            yield _unreadable(one)
        elif one.kind == "Patient":
            patients.append(one)
        elif one.kind in _KINDS:
            others.append(one)
        else:
            loose.append(_aside(one, drugs))
    alone = spoken_of(patients, [one for one in others if one.kind == _RESPONSE])
    subjects = Subjects([*patients, *alone])
    subjects.settle_names()
    for one in others:
        try:
            subjects.about(one).others.append(one)
        except Refused as refused:
            loose.append(Entry(one.place, refused.fate, None, refused.reason, refused.hint))
    codes = CodeIndex(vocabulary, site)
    partial = broken or any(one.kind in (Fate.UNKNOWN, Fate.REJECTED) for one in loose)
    for person in subjects.people:
        # Of whom there is a response only, no source has been asked.
        doubtful = partial or any(isinstance(one, Spoken) for one in person.patients)
        reading = _Reading(person, codes, drugs, vocabulary, site, as_of, doubtful, unfetched)
        yield reading.taken()
    if not subjects.people and not broken:
        hint = "give the file with the `Patient` resources as well"
        nobody = ProfileError([Fault("", "there is no patient in it", hint)])
        yield Taken("the input", nobody, tuple(loose), whole=True)
    elif loose:
        yield Taken("", None, tuple(loose))


#: A record of these may be of any fact that is yes or no; one of a drug only of an event.
_HISTORIES = ("Condition", "Procedure", "AllergyIntolerance")
_DRUGS = tuple(kind for kind in _KINDS if kind.startswith("Medication"))
_NOT_USED = "declared complete, which is not used"


def may_hold(kind: str, fact: Fact) -> bool:
    """Whether a resource of that kind could be a record of the fact."""
    match fact.shape.type:
        case Type.QUANTITY | Type.NUMBER:
            return kind == "Observation"
        case Type.EVENT:
            return kind in ("Observation", *_HISTORIES, *_DRUGS)
        case Type.BOOLEAN:
            return kind in ("Observation", *_HISTORIES, "Consent")
        case _:
            return kind in ("Observation", *_HISTORIES)


class _Reading:
    """One patient while his resources are read."""

    def __init__(
        self,
        person: Person,
        codes: CodeIndex,
        drugs: Mapping[str, models.Medication],
        vocabulary: Vocabulary,
        site: Site,
        as_of: int | None,
        partial: bool,
        unfetched: Collection[str],
    ) -> None:
        self._person = person
        self._codes = codes
        self._drugs = drugs
        self._vocabulary = vocabulary
        self._site = site
        self._as_of = as_of
        self._partial = partial
        self._unfetched = unfetched
        self._account = Account(person.name)

    def taken(self) -> Taken:
        """His facts, or why he cannot be judged, and the account."""
        place = self._person.patients[0].place
        found: list[tuple[Found, models.Patient]] = []
        for one in self._person.patients:
            try:
                found.append((one, _checked(models.Patient, one.data)))
            except Refused as refused:
                return self._rejected(place, refused.reason, refused.hint)
        every = [patient for _, patient in found]
        if any(is_animal(patient) for patient in every):
            for one in (*self._person.patients, *self._person.others):
                self._account.note(one.place, Fate.IGNORED, "of an animal")
            return Taken(place, None, tuple(self._account.entries))
        differing = contradiction(every)
        if differing is not None:
            hint = "if they are two people, screen their files one by one"
            return self._rejected(place, differing, hint)
        context = Context(
            self._codes, self._account, birth_of(every), self._drugs, self._vocabulary
        )
        for one, patient in found:
            if not isinstance(one, Spoken):
                read_patient(patient, _place(one), context, self._vocabulary)
        for one in self._person.others:
            self._resource(one, context)
        self._declare()
        return Taken(place, self._sheet(every), tuple(self._account.entries))

    def _resource(self, found: Found, context: Context) -> None:
        kind = _KINDS[found.kind]
        try:
            kind.read(_checked(kind.model, found.data), _place(found), context)
        except Refused as refused:
            self._account.refuse(found.place, refused)
            self._account.doubts.add(found.kind)

    def _declare(self) -> None:
        """What the site says its sources are complete for, where silence is not only seeming."""
        for name, complete in self._site.complete.items():
            if name not in self._vocabulary:
                continue
            why = self._doubtful(self._vocabulary[name])
            if complete.to is None:
                why = "its day stands in a column, and FHIR has none"
            if why is not None or complete.to is None:
                place, reason = self._person.patients[0].place, f"{_NOT_USED}: {why}"
                self._account.note(place, Fate.IGNORED, reason, fact=name)
                continue
            shown = Shown(False, date=iso(complete.to), source=complete.source)
            self._account.draft.complete(name, Declared(complete.to, shown))

    def _doubtful(self, fact: Fact) -> str | None:
        """Why there may be a record of the fact after all, although none was understood."""
        if self._partial:
            return "a part of the input is missing or is of nobody"
        doubtful = (Fate.UNKNOWN, Fate.REJECTED)
        if any(one.fact == fact.name and one.kind in doubtful for one in self._account.entries):
            return "a record of it was not understood"
        for kind in sorted(self._unfetched):
            if may_hold(kind, fact):
                return f"`{kind}` was not fetched"
        for kind in sorted(self._account.doubts):
            if kind in _HISTORIES or (fact.shape.type is Type.EVENT and kind in _DRUGS):
                return f"a `{kind}` was not understood"
        return None

    def _sheet(self, patients: list[models.Patient]) -> FactSheet | ProfileError:
        draft, name = self._account.draft, self._person.name
        check_births(self._vocabulary, [] if self._as_of is None else [self._as_of], draft)
        if draft.faults.found:
            return ProfileError(draft.faults.found, name)
        sheet = draft.sheet(name, None)
        if any(one.deceased_boolean or one.deceased_date_time for one in patients):
            died = Warning("deceased", "the patient is recorded as having died")
            sheet = replace(sheet, warnings=(*sheet.warnings, died))
        return sheet

    def _rejected(self, place: str, reason: str, hint: str | None) -> Taken:
        error = ProfileError([Fault("", reason, hint)], self._person.name)
        for one in (*self._person.patients, *self._person.others):
            self._account.note(one.place, Fate.REJECTED, reason, hint)
        return Taken(place, error, tuple(self._account.entries))


def _unreadable(one: Unreadable) -> Taken:
    first = one.error.faults[0]
    entry = Entry(one.place, Fate.REJECTED, None, first.message, first.hint)
    return Taken(one.place, one.error, (entry,), whole=True)


def _aside(found: Found, drugs: dict[str, models.Medication]) -> Entry:
    """A resource of a kind that is not read by itself."""
    if found.kind != "Medication":
        return Entry(found.place, Fate.IGNORED, None, f"{quoted(found.kind)} is not read")
    try:
        drug = _checked(models.Medication, found.data)
    except Refused as refused:
        return Entry(found.place, refused.fate, None, refused.reason, refused.hint)
    for name in (found.url, f"Medication/{found.id}" if found.id else None):
        if name is not None:
            drugs[name] = drug
    return Entry(found.place, Fate.IGNORED, None, "read where another resource refers to it")


def _place(found: Found) -> Place:
    return Place(found.place, found.source)


_Model = TypeVar("_Model", bound=models.Resource)


def _checked(model: type[_Model], data: Mapping[str, object]) -> _Model:
    """The resource in its shape.

    Raises:
        Refused: if an element is not as FHIR has it, or changes the meaning in a way not known.
    """
    try:
        resource = model.model_validate(data)
    except ValidationError as error:
        places = dict.fromkeys(
            ".".join(map(str, one["loc"])) or "resource" for one in error.errors()
        )
        shown = ", ".join(quoted(one) for one in list(places)[:5])
        raise Refused(f"not as FHIR has it: {shown}") from None
    if resource.modifier_extension:
        raise Refused("it has a modifier extension, which changes what it means")
    if resource.implicit_rules is not None:
        raise Refused("it follows rules of its own (`implicitRules`)")
    return resource
