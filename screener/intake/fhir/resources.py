"""Resources out of files: a Bundle, one resource, or one of either a line; each with its place.

It decides what is a resource and where one ends. Whose it is and what it says is read elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from screener.diagnostics import ProfileError
from screener.intake.faults import quoted
from screener.intake.profiles import read_profiles
from screener.intake.report import Entry, Fate

#: The longest file of one resource or Bundle, and the longest line, in bytes.
LONGEST = 256 * 1024 * 1024
_NO_RESOURCE = 'every resource says what it is, as in `"resourceType": "Observation"`'


class Found(NamedTuple):
    """One resource. `url`: the name it has for the others; `bundle`: the number of its Bundle."""

    place: str
    kind: str
    data: Mapping[str, object]
    url: str | None = None
    bundle: int = 0

    @property
    def id(self) -> str | None:
        """Its id, if it has one that is a text."""
        own = self.data.get("id")
        return own if isinstance(own, str) and own else None

    @property
    def source(self) -> str:
        """How the explanation names it: `Observation/1`, by its url where it has no id."""
        return f"{self.kind}/{self.id}" if self.id else self.url or self.kind


class Unreadable(NamedTuple):
    """A file, or a line of it, that cannot be read at all."""

    place: str
    error: ProfileError


def read_resources(
    inputs: Iterable[tuple[str, BinaryIO]],
) -> Iterator[Found | Unreadable | Entry]:
    """All resources in order; an entry of the report for what is none."""
    reader = _Reader()
    for name, stream in inputs:
        documents = read_profiles(stream, LONGEST)
        begun = list(islice(documents, 2))
        if not begun:
            yield Entry(name, Fate.IGNORED, None, "nothing is in it")
        for line, data in chain(begun, documents):
            # A file of a single document needs no line numbers.
            yield from reader.document(data, name if len(begun) == 1 else f"{name}:{line}")


def found_in(documents: Iterable[tuple[str, object]]) -> Iterator[Found | Unreadable | Entry]:
    """As `read_resources`, of documents that are parsed already, each with its name."""
    reader = _Reader()
    for name, data in documents:
        yield from reader.document(data, name)


class _Reader:
    def __init__(self) -> None:
        self._bundles = 0

    def document(self, data: object, place: str) -> Iterator[Found | Unreadable | Entry]:
        """The resources of one document."""
        if isinstance(data, ProfileError):
            yield Unreadable(place, data)
        elif isinstance(data, dict):
            yield from self._resource(data, place, None, 0, None)

    def _resource(
        self, data: object, place: str, url: str | None, bundle: int, index: int | None
    ) -> Iterator[Found | Unreadable | Entry]:
        kind = data.get("resourceType") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(kind, str) or not kind:
            there = place if index is None else f"{place}: entry[{index}]"
            yield Entry(there, Fate.REJECTED, None, "not a FHIR resource", _NO_RESOURCE)
        elif kind == "Bundle":
            yield from self._bundle(data, place)
        else:
            own = data.get("id")
            name = f"{kind}/{own}" if isinstance(own, str) and own else kind
            if name == kind and index is not None:
                name = f"{kind} in entry[{index}]"
            yield Found(f"{place}: {name}", kind, data, url, bundle)

    def _bundle(
        self, data: Mapping[str, object], place: str
    ) -> Iterator[Found | Unreadable | Entry]:
        self._bundles += 1
        number = self._bundles
        entries = data.get("entry", [])
        if not isinstance(entries, list):
            yield Entry(place, Fate.REJECTED, None, "the `entry` of a Bundle is not a list")
            return
        for index, entry in enumerate(entries):
            yield from self._entry(entry, place, number, index)
        if _has_next(data.get("link")):
            reason = "the Bundle has a further page, which is not here"
            yield Entry(place, Fate.UNKNOWN, None, reason, "give all pages of the search")

    def _entry(
        self, entry: object, place: str, bundle: int, index: int
    ) -> Iterator[Found | Unreadable | Entry]:
        there = f"{place}: entry[{index}]"
        if not isinstance(entry, dict):
            yield Entry(there, Fate.REJECTED, None, "not an entry of a Bundle")
            return
        request = entry.get("request")
        if isinstance(request, dict) and request.get("method") == "DELETE":
            yield Entry(there, Fate.IGNORED, None, f"deleted: {quoted(request.get('url'))}")
        elif "resource" not in entry:
            yield Entry(there, Fate.IGNORED, None, "an entry without a resource")
        else:
            url = entry.get("fullUrl")
            yield from self._resource(
                entry["resource"], place, url if isinstance(url, str) else None, bundle, index
            )


def _has_next(links: object) -> bool:
    return isinstance(links, list) and any(
        isinstance(link, dict) and link.get("relation") == "next" for link in links
    )
