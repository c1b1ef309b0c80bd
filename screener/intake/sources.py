"""The forms in which patients may come, which form an input has, and who reads it.

It looks at a name and at the first bytes only. Reading a form is for the package of that form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, BinaryIO

from screener.intake.taken import Taken
from screener.site import Site
from screener.vocabulary import Vocabulary

if TYPE_CHECKING:
    from screener.intake.tables.patients import Sink


class Form(Enum):
    """How patients are written down."""

    PROFILE = "profile"
    FHIR = "fhir"
    CSV = "csv"


#: A word that every FHIR resource has and no profile may have.
_FHIR = re.compile(rb'"resourceType"\s*:')
_TABLES = (".csv", ".tsv")
_JSON = (".json", ".ndjson", ".jsonl")


def form_of(name: str, head: bytes) -> Form:
    """The form of an input called `name` (`-`: no name) that begins with `head`."""
    name = name.lower()
    if name.endswith(_TABLES):
        return Form.CSV
    if _FHIR.search(head):
        return Form.FHIR
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    table = line[:1] not in (b"{", b"[") and any(mark in line for mark in (b",", b";", b"\t"))
    return Form.CSV if table and not name.endswith(_JSON) else Form.PROFILE


def read_source(
    form: Form,
    inputs: Iterable[tuple[str, BinaryIO]],
    vocabulary: Vocabulary,
    site: Site | None = None,
    as_of: int | None = None,
    sink: Sink | None = None,
) -> Iterator[Taken]:
    """The patients of all inputs, which are all of one form; profiles have readers of their own.

    `sink` takes the rows of tables that are rejected.
    """
    if form is Form.FHIR:
        from screener.intake.fhir.reader import read_fhir

        yield from read_fhir(inputs, vocabulary, site=site, as_of=as_of)
    elif form is Form.CSV:
        from screener.intake.tables.patients import read_table

        for name, stream in inputs:
            yield from read_table(stream, name, vocabulary, site, as_of=as_of, sink=sink)
