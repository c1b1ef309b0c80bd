"""Registry records as they come: API v2 JSON, classic XML of ClinicalTrials.gov, or plain text.

It reads what the registry states in fields of its own and the text of the criteria, and judges
neither. A field that is not there is None, never a default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from screener.days import parse_days
from screener.diagnostics import ProfileError
from screener.intake.strict_json import parse_json

MOST_BYTES = 16 * 1024 * 1024
_ID = re.compile(r"\bNCT\d{8}\b", re.ASCII)


class RecordError(Exception):
    """A record that cannot be used; the message says why, `hint` what would help."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message if hint is None else f"{message}\n   hint: {hint}")


@dataclass(frozen=True, slots=True)
class Record:
    """What a registry says of a trial.

    `updated`: the day of its last update, ISO. Ages as the registry writes them (`18 Years`).
    `wrapped`: the lines of `criteria` were broken at a width.
    """

    criteria: str
    form: str
    trial: str | None = None
    title: str | None = None
    official_title: str | None = None
    updated: str | None = None
    dates: tuple[tuple[str, str], ...] = ()
    least_age: str | None = None
    greatest_age: str | None = None
    sex: str | None = None
    sex_is_gender: bool = False
    gender_note: str | None = None
    healthy_volunteers: bool | None = None
    population: str | None = None
    wrapped: bool = False

    @property
    def registry(self) -> bool:
        """Whether it is a record of the registry, not a text by itself."""
        return self.form != "text"


def read_record(content: bytes) -> Record:
    """The record of a file.

    Raises:
        RecordError: if it is too large, no UTF-8 text, or not as the registry writes records.
    """
    if len(content) > MOST_BYTES:
        raise RecordError("the file is larger than 16 MiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RecordError(f"line {line} is not UTF-8 text", "save it as UTF-8") from None
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return _from_json(text)
    if start == "<":
        return _from_xml(text)
    found = _ID.findall(text)
    return Record(text, "text", trial=found[0] if len(set(found)) == 1 else None)


# --- API v2 -------------------------------------------------------------------------------------


def _from_json(text: str) -> Record:
    try:
        data = parse_json(text)
    except ProfileError as error:
        first = error.faults[0]
        place = f"{first.pointer}: " if first.pointer else ""
        raise RecordError(f"{place}{first.message}", first.hint) from None
    studies = data.get("studies") if isinstance(data, dict) else data
    if isinstance(studies, list):
        if len(studies) != 1:
            hint = "give one record, such as the answer to `/api/v2/studies/NCT…`"
            raise RecordError(f"there are {len(studies)} studies in it", hint)
        data = studies[0]
    section = _Section(data).inner("protocolSection")
    if not section.there:
        hint = "a record of API v2 has a `protocolSection`; profiles of patients are not records"
        raise RecordError("this is no registry record", hint)
    names, status = section.inner("identificationModule"), section.inner("statusModule")
    who = section.inner("eligibilityModule")
    return Record(
        criteria=who.text("eligibilityCriteria") or "",
        form="json",
        trial=names.text("nctId"),
        title=names.text("briefTitle"),
        official_title=names.text("officialTitle"),
        updated=_day(status.text("lastUpdateSubmitDate")),
        dates=_dates(
            {
                "first submitted": status.text("studyFirstSubmitDate"),
                "last update posted": status.inner("lastUpdatePostDateStruct").text("date"),
                "start": status.inner("startDateStruct").text("date"),
                "primary completion": status.inner("primaryCompletionDateStruct").text("date"),
                "completion": status.inner("completionDateStruct").text("date"),
            }
        ),
        least_age=who.text("minimumAge"),
        greatest_age=who.text("maximumAge"),
        sex=who.text("sex"),
        sex_is_gender=who.flag("genderBased") is True,
        gender_note=who.text("genderDescription"),
        healthy_volunteers=who.flag("healthyVolunteers"),
        population=who.text("studyPopulation"),
    )


class _Section:
    """A part of a JSON record; what is not there has nothing in it."""

    def __init__(self, data: object, path: str = "") -> None:
        self._data: Mapping[str, object] = data if isinstance(data, dict) else {}
        self._path = path
        if data is not None and not isinstance(data, dict):
            raise RecordError(f"`{path or '/'}` is not an object")

    @property
    def there(self) -> bool:
        return bool(self._data)

    def inner(self, name: str) -> _Section:
        return _Section(self._data.get(name), f"{self._path}/{name}")

    def text(self, name: str) -> str | None:
        said = self._data.get(name)
        if said is not None and not isinstance(said, str):
            raise RecordError(f"`{self._path}/{name}` is not a text")
        return said

    def flag(self, name: str) -> bool | None:
        said = self._data.get(name)
        if said is not None and not isinstance(said, bool):
            raise RecordError(f"`{self._path}/{name}` is neither true nor false")
        return said


# --- classic XML --------------------------------------------------------------------------------


def _from_xml(text: str) -> Record:
    # Records have no document type; one could make a small file grow without end.
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise RecordError("a document type or an entity is declared, which no record does")
    try:
        root = ElementTree.fromstring(text.lstrip())
    except ElementTree.ParseError as error:
        line, column = error.position
        raise RecordError(f"line {line}, column {column + 1}: not XML") from None
    if root.tag != "clinical_study":
        hint = "a classic record begins with `<clinical_study>`"
        raise RecordError("this is no registry record", hint)

    def said(path: str) -> str | None:
        node = root.find(path)
        shown = "" if node is None else "".join(node.itertext()).strip()
        return shown or None

    criteria = root.find("eligibility/criteria")
    return Record(
        criteria="" if criteria is None else "".join(criteria.itertext()),
        form="xml",
        trial=said("id_info/nct_id"),
        title=said("brief_title"),
        official_title=said("official_title"),
        updated=_day(said("last_update_submitted") or said("lastchanged_date")),
        dates=_dates(
            {
                "first submitted": said("study_first_submitted") or said("firstreceived_date"),
                "last update posted": said("last_update_posted"),
                "start": said("start_date"),
                "primary completion": said("primary_completion_date"),
                "completion": said("completion_date"),
            }
        ),
        least_age=said("eligibility/minimum_age"),
        greatest_age=said("eligibility/maximum_age"),
        sex=said("eligibility/gender"),
        sex_is_gender=(said("eligibility/gender_based") or "").lower() == "yes",
        gender_note=said("eligibility/gender_description"),
        healthy_volunteers=_yes_or_no(said("eligibility/healthy_volunteers")),
        population=said("eligibility/study_pop"),
        wrapped=True,
    )


def _yes_or_no(text: str | None) -> bool | None:
    plain = (text or "").lower()
    if plain in ("no", "accepts healthy volunteers", "yes"):
        return plain != "no"
    return None


# --- dates --------------------------------------------------------------------------------------


def _dates(given: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _date(text)) for name, text in given.items() if text)


def _day(text: str | None) -> str | None:
    """The day, ISO; None where it is no whole day."""
    shown = "" if text is None else _date(text)
    days = parse_days(shown)
    return shown if days is not None and days.exact else None


def _date(text: str) -> str:
    """A date of the registry as ISO; as it is where it has no form of the registry."""
    plain = " ".join(text.split())
    for form, out in (("%B %d, %Y", "%Y-%m-%d"), ("%B %Y", "%Y-%m")):
        try:
            return datetime.strptime(plain, form).strftime(out)
        except ValueError:
            continue
    return plain
