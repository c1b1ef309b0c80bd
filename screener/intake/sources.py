"""The forms in which patients may come, which form an input has, and who reads it.

It looks at a name and at the first bytes only. Reading a form is for the package of that form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from screener.diagnostics import Fault
from screener.facts import FactSheet
from screener.intake.ranges import with_ranges
from screener.intake.taken import Taken
from screener.site import Site
from screener.vocabulary import Vocabulary

if TYPE_CHECKING:
    from screener.intake.tables.patients import Sink


class Form(StrEnum):
    """How patients are written down."""

    PROFILE = "profile"
    FHIR = "fhir"
    CSV = "csv"


#: A word that every FHIR resource has and no profile may have.
_FHIR = re.compile(rb'"resourceType"\s*:')
_TABLES = (".csv", ".tsv")
_JSON = (".json", ".ndjson", ".jsonl")


#: How files begin that people take for tables, and that hold no text.
_NO_TEXT = (
    (b"PK\x03\x04", "a workbook or another packed file"),
    (b"\xd0\xcf\x11\xe0", "a workbook of an old form"),
    (b"\x1f\x8b", "a packed file"),
    (b"%PDF", "a PDF"),
)


def no_text(head: bytes) -> Fault | None:
    """Why an input that begins with `head` can hold no patients; None where it may."""
    for begins, what in _NO_TEXT:
        if head.startswith(begins):
            hint = "save the table as CSV in UTF-8, or unpack the file"
            return Fault("", f"it is {what}, not text", hint)
    return None


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
    today: int | None = None,
) -> Iterator[Taken]:
    """The patients of all inputs, which are all of one form; profiles have readers of their own.

    `sink` takes the rows of tables that are rejected; `today` is the day where nobody names one.
    """
    if form is Form.FHIR:
        from screener.intake.fhir.reader import read_fhir

        taken = read_fhir(inputs, vocabulary, site=site, as_of=as_of)
    else:
        from screener.intake.tables.patients import read_table

        taken = chain.from_iterable(
            read_table(stream, name, vocabulary, site, as_of=as_of, sink=sink)
            for name, stream in inputs
        )
    for one in taken:
        if isinstance(one.sheet, FactSheet):
            one = one._replace(sheet=with_ranges(one.sheet, site, vocabulary, as_of, today))
        yield one
