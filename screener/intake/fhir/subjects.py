"""Who is who: the patients of an input, and which of them a resource is about.

A patient is known by a `Patient` resource. References are followed by url, within a Bundle, and by
id; where an id could mean two patients it means none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from screener.intake.faults import quoted
from screener.intake.fhir.refused import Refused
from screener.intake.fhir.resources import Found
from screener.intake.report import Fate

_HINT = "give the file with the `Patient` resources as well"


@dataclass(slots=True)
class Person:
    """One patient, and all resources about him."""

    name: str
    url: str | None
    patients: list[Found] = field(default_factory=list)
    others: list[Found] = field(default_factory=list)


class Subjects:
    """The patients of an input."""

    def __init__(self, patients: Iterable[Found]) -> None:
        self.people: list[Person] = []
        self._by_url: dict[str, Person] = {}
        self._by_id: dict[str, list[Person]] = {}
        self._by_bundle: dict[tuple[int, str], Person] = {}
        self._nameless = 0
        for one in patients:
            self._add(one)

    def _add(self, patient: Found) -> None:
        id, url = patient.id, patient.url
        person = self._by_url.get(url) if url else None
        if person is None and id and not url:
            same = self._by_id.get(id, [])
            person = same[0] if len(same) == 1 else None
        if person is None and id and url:
            # The same patient without its url, from another file.
            bare = [one for one in self._by_id.get(id, []) if one.url is None]
            person = bare[0] if bare else None
        if person is None:
            self._nameless += 0 if id or url else 1
            person = Person(id or url or f"patient {self._nameless}", url)
            self.people.append(person)
            if id:
                self._by_id.setdefault(id, []).append(person)
        person.url = person.url or url
        if url:
            self._by_url[url] = person
        if id:
            self._by_bundle[patient.bundle, id] = person
        person.patients.append(patient)

    def settle_names(self) -> None:
        """Patients of different servers with the same id are called by their urls."""
        for same in self._by_id.values():
            if len(same) > 1:
                for one in same:
                    one.name = one.url or one.name

    def about(self, found: Found) -> Person:
        """The patient whom a resource is about.

        Raises:
            Refused: if it says none, or one who is not known.
        """
        target = _reference(found)
        if target is None:
            raise Refused("it does not say whose it is", _HINT, Fate.UNKNOWN)
        if target.startswith("#"):
            reason = "its patient stands inside it and cannot be told from others"
            raise Refused(reason, "give the patient as a resource of its own", Fate.UNKNOWN)
        target = target.partition("/_history/")[0]
        kind, _, id = target.rpartition("/")
        kind = kind.rpartition("/")[2]
        if kind and kind != "Patient":
            raise Refused(f"about {quoted(target)}, not about a patient", fate=Fate.IGNORED)
        person = self._find(target, id, found)
        if person is None:
            raise Refused(f"there is no `Patient` for {quoted(target)}", _HINT, Fate.UNKNOWN)
        return person

    def _find(self, target: str, id: str, found: Found) -> Person | None:
        if target in self._by_url:
            return self._by_url[target]
        if target.startswith("urn:"):
            return None
        same = self._by_id.get(id, [])
        if "://" in target:
            # By its server: only a patient of whom no server is known can be meant.
            bare = [one for one in same if one.url is None]
            return bare[0] if len(bare) == 1 else None
        if found.url and "://" in found.url:
            base = found.url.rsplit("/", 2)[0]
            if f"{base}/{target}" in self._by_url:
                return self._by_url[f"{base}/{target}"]
        if found.bundle and (found.bundle, id) in self._by_bundle:
            return self._by_bundle[found.bundle, id]
        if len(same) > 1:
            raise Refused(
                f"{quoted(target)} may be one of {len(same)} patients",
                "screen the files of different servers one by one",
                Fate.UNKNOWN,
            )
        return same[0] if same else None


def _reference(found: Found) -> str | None:
    for word in ("subject", "patient"):
        said = found.data.get(word)
        if isinstance(said, dict) and isinstance(said.get("reference"), str):
            return str(said["reference"]) or None
    return None
