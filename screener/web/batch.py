"""A list of patients that was uploaded: what of it can be read, and what a trial says of each.

A patient that cannot be read is told of and stops no other. Nothing is kept: the file comes along
with every request.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator
from typing import NamedTuple

from screener.diagnostics import Fault, ProfileError, RulesError, UnknownTrial
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.intake.profiles import read_profiles
from screener.intake.ranges import profile_with_ranges
from screener.intake.report import Tally
from screener.intake.sources import Form, form_of, read_source
from screener.result import Result
from screener.rules.load import read_mapping
from screener.site import Site
from screener.trial import Trial, named, own_day
from screener.web.inbox import Upload
from screener.web.problems import Problem

_HEAD = 4096
FORMS = {
    Form.PROFILE: "Patient profiles (JSON)",
    Form.FHIR: "FHIR resources",
    Form.CSV: "A table (CSV)",
}


class Given(NamedTuple):
    """What was sent: a file, a mapping file if there is one, and the day of screening."""

    name: str
    content: bytes
    mapping: bytes
    as_of: str

    def fields(self) -> dict[str, str]:
        """As form fields, to be sent along."""
        return {
            "name": self.name,
            "content": base64.b64encode(self.content).decode(),
            "mapping": base64.b64encode(self.mapping).decode(),
            "as_of": self.as_of,
        }


class Patient(NamedTuple):
    """One patient of the list: where he stands, and his facts, or what is wrong with them."""

    place: str
    id: str
    data: object
    faults: tuple[Fault, ...]
    facts: int


class Taken(NamedTuple):
    """The whole list: its form, its patients, and the account of its parts."""

    form: Form
    patients: tuple[Patient, ...]
    tally: Tally


def given_of(upload: Upload) -> Given:
    """What was sent, from the files of the first step or the fields of a later one.

    Raises:
        Problem: 400 where there is none.
    """
    name, content = upload.files.get("file", ("", b""))
    mapping = upload.files.get("mapping", ("", b""))[1]
    if "content" in upload.fields:
        name = upload.fields.get("name", "")
        content = _decoded(upload.fields["content"])
        mapping = _decoded(upload.fields.get("mapping", ""))
    # Only the ending of a file's name says anything; the rest may name a patient.
    ending = name.rpartition(".")[2].lower()
    short = f"upload.{ending}" if ending.isalnum() and ending.isascii() else "upload"
    return Given(short[:20], content, mapping, upload.fields.get("as_of", "").strip())


def take(given: Given, trial: Trial, day: int | None, most: int, today: int) -> Taken:
    """Read the list; nobody is screened.

    Raises:
        RulesError: the mapping file has faults.
        Problem: 413 where there are more patients than `most`.
    """
    vocabulary = trial.newest.vocabulary
    site = read_mapping(given.mapping, "mapping", vocabulary) if given.mapping.strip() else None
    form = form_of(given.name, given.content[:_HEAD])
    tally = Tally()
    found = _profiles(given)
    if form is not Form.PROFILE:
        found = _sheets(given, trial, site, day, tally, today)
    elif site is not None and site.ranges:
        found = _ranged(found, trial, site, day, today)
    patients = []
    for place, data in found:
        patients.append(_patient(place, data, trial, day))
        if len(patients) > most:
            raise Problem(
                413,
                f"The list has more than {most} patients. "
                "screener screen on the command line takes any number.",
            )
    return Taken(form, tuple(patients), tally)


def screen_all(
    taken: Taken, trial: Trial, day: int | None, today: int
) -> Iterator[tuple[Patient, Result | ProfileError]]:
    """Judge every patient that can be read, in the order of the list."""
    for patient in taken.patients:
        data = patient.data
        if isinstance(data, ProfileError):
            yield patient, data
            continue
        try:
            if isinstance(data, FactSheet):
                otherwise = today if day is None and data.as_of is None else None
                yield patient, trial.screen_facts(data, day, otherwise)
            else:
                otherwise = today if day is None and own_day(data) is None else None
                yield patient, trial.screen_data(data, day, otherwise)
        except ProfileError as error:
            yield patient, error
        except UnknownTrial as error:
            yield patient, ProfileError([Fault("/as_of", error.message, error.hint)])
        except RulesError:
            fault = Fault("", "the version in force on that day has faults and is not used")
            yield patient, ProfileError([fault])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(400, "The form could not be read.") from None


def _profiles(given: Given) -> Iterator[tuple[str, object]]:
    for line, data in read_profiles(io.BytesIO(given.content)):
        yield f"line {line}", data


def _ranged(
    profiles: Iterator[tuple[str, object]], trial: Trial, site: Site, day: int | None, today: int
) -> Iterator[tuple[str, object]]:
    """The facts of profiles, with the limits of the site's table."""
    for place, data in profiles:
        if isinstance(data, ProfileError):
            yield place, data
            continue
        try:
            yield place, profile_with_ranges(data, trial.newest.vocabulary, site, day, today)
        except ProfileError as error:
            yield place, ProfileError(error.faults, error.patient or named(data))


def _sheets(
    given: Given, trial: Trial, site: Site | None, day: int | None, tally: Tally, today: int
) -> Iterator[tuple[str, object]]:
    form = form_of(given.name, given.content[:_HEAD])
    inputs = [(given.name, io.BytesIO(given.content))]
    for one in read_source(form, inputs, trial.newest.vocabulary, site, day, None, today):
        tally.add(one.entries)
        if one.sheet is not None:
            yield one.place.removeprefix(given.name).lstrip(": "), one.sheet


def _patient(place: str, data: object, trial: Trial, day: int | None) -> Patient:
    if isinstance(data, ProfileError):
        return Patient(place, data.patient or "", data, data.faults, 0)
    if not isinstance(data, FactSheet):
        try:
            sheet = read_profile(data, trial.newest.vocabulary, as_of=day)
        except ProfileError as error:
            return Patient(place, error.patient or named(data) or "", error, error.faults, 0)
        return Patient(place, sheet.patient or "", data, (), _facts(sheet))
    return Patient(place, data.patient or "", data, (), _facts(data))


def _facts(sheet: FactSheet) -> int:
    return len({*sheet.records, *sheet.statements})
