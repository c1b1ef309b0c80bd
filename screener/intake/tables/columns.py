"""What the columns of a table stand for, read from its header alone.

It decides the form of the table (wide: a column per fact; long: a row per record) and which
columns nobody knows. It looks at no row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from screener.diagnostics import Fault, ProfileError
from screener.intake.faults import Faults, quoted
from screener.intake.tables.reading import unfit
from screener.site import FACT, IGNORED, RECORD_WORDS, ROLES, Site
from screener.vocabulary import Fact, Shape, Type, Vocabulary

#: The column that tells, in a file of rejected rows, why each was rejected.
REJECTED = "rejected_because"

_PATIENT, _AS_OF = ROLES
_UNIT = re.compile(r"([^\[]*?)\s*\[(.*)\]")
_NUMBERED = re.compile(r"([^#]*)#([1-9][0-9]{0,3})", re.ASCII)
_NUMERIC = (Type.QUANTITY, Type.NUMBER)


class Column(NamedTuple):
    """A column that says something of a record: `word` (`value`, `unit`, `route`, `dose.unit`).

    `fact` is None in a long table, where each row names its own. `number` tells the records of a
    row apart (`platelets#2`). `unit` is the one in the heading.
    """

    position: int
    heading: str
    fact: Fact | None
    number: int
    word: str
    unit: str | None = None


@dataclass(slots=True)
class Columns:
    """The columns of a table, by position; `fact` is there in a long one.

    `days`: where the days stand up to which sources are complete. `unknown`: with the hint, if a
    known name is near. `nameless`: those without a heading.
    """

    header: tuple[str, ...]
    patient: int = -1
    as_of: int | None = None
    fact: int | None = None
    words: list[Column] = field(default_factory=list)
    days: dict[str, int] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    unknown: list[tuple[str, str | None]] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)

    def groups(self) -> list[tuple[Fact, list[Column]]]:
        """The columns of a wide table, record by record, in the order of the file."""
        found: dict[tuple[str, int], tuple[Fact, list[Column]]] = {}
        for one in self.words:
            if one.fact is not None:
                found.setdefault((one.fact.name, one.number), (one.fact, []))[1].append(one)
        return list(found.values())


def read_header(header: Sequence[str], vocabulary: Vocabulary, site: Site) -> Columns:
    """The columns of a table.

    Raises:
        ProfileError: no column names the patient, or two say the same thing.
    """
    ours = [site.columns.get(heading, heading) for heading in header]
    columns = Columns(tuple(header))
    long = FACT in ours
    faults = Faults()
    attributes = {name for fact in vocabulary.values() for name in fact.attributes}
    seen: dict[tuple[str, int, str], str] = {}
    wanted = {one.column for one in site.complete.values() if one.column is not None}
    for index, (heading, name) in enumerate(zip(header, ours, strict=True)):
        if wrong := unfit(heading):
            faults.add("bad-table", "row 1", *wrong)
            continue
        if heading in wanted:
            columns.days[heading] = index
        if name in (IGNORED, REJECTED):
            columns.ignored.append(heading)
            continue
        if name in (*ROLES, FACT):
            key = (name, 0, "")
            _place(columns, name, index)
        else:
            found = _long(index, heading, name, attributes) if long else None
            found = found or (None if long else _wide(index, heading, name, vocabulary))
            if found is None:
                if not heading:
                    columns.nameless.append(index)
                elif heading not in wanted:
                    columns.unknown.append((heading, _hint(name, long, vocabulary, faults)))
                continue
            columns.words.append(found)
            key = (found.fact.name if found.fact else "", found.number, found.word)
        if key in seen:
            message = f"{quoted(heading)} says the same as {quoted(seen[key])}"
            hint = "leave one out; a further record of a fact is `platelets#2`"
            faults.add("bad-table", f"column {heading}", message, None if long else hint)
        seen.setdefault(key, heading)
    for heading in sorted(wanted - set(header)):
        faults.add(
            "bad-table",
            f"column {heading}",
            "the mapping file names it, and it is not in the table",
        )
    if columns.patient < 0:
        hint = "name the column of the identifiers `patient`, or map it in a mapping file"
        faults.found.append(Fault("row 1", "there is no column `patient`", hint))
    if long and not any(one.word == "value" for one in columns.words):
        faults.add("bad-table", "row 1", "there is a column `fact`, but no column `value`")
    if faults.found:
        raise ProfileError(faults.found)
    return columns


def fact_named(heading: str) -> str:
    """The name of the fact that a heading of a wide table begins with."""
    return _split_number(_split_unit(heading)[0].partition(".")[0])[0]


def shape_of(fact: Fact, word: str) -> Shape | None:
    """The form of what stands under a word: of the value, of an attribute; None of other words."""
    return fact.shape if word == "value" else fact.attributes.get(word)


def _place(columns: Columns, role: str, index: int) -> None:
    if role == FACT:
        columns.fact = index
    elif role == _AS_OF:
        columns.as_of = index
    elif columns.patient < 0:
        columns.patient = index


def _wide(index: int, heading: str, name: str, vocabulary: Vocabulary) -> Column | None:
    name, unit = _split_unit(name)
    path, _, word = name.partition(".")
    path, number = _split_number(path)
    fact = vocabulary.get(path)
    if fact is None:
        return None
    word = word or "value"
    attribute, _, of_attribute = word.partition(".")
    known = word in RECORD_WORDS or word in fact.attributes
    if not known and not (attribute in fact.attributes and of_attribute == "unit"):
        return None
    if unit is not None:
        shape = shape_of(fact, word)
        if shape is None or shape.type not in _NUMERIC:
            return None
    return Column(index, heading, fact, number, word, unit)


def _long(index: int, heading: str, name: str, attributes: set[str]) -> Column | None:
    attribute, _, of_attribute = name.partition(".")
    known = name in RECORD_WORDS or name in attributes
    if known or (attribute in attributes and of_attribute == "unit"):
        return Column(index, heading, None, 1, name)
    return None


def _split_unit(name: str) -> tuple[str, str | None]:
    match = _UNIT.fullmatch(name)
    return (match[1], match[2].strip()) if match else (name, None)


def _split_number(path: str) -> tuple[str, int]:
    match = _NUMBERED.fullmatch(path)
    return (match[1], int(match[2])) if match else (path, 1)


def _hint(name: str, long: bool, vocabulary: Vocabulary, faults: Faults) -> str | None:
    """The nearest column there may be."""
    if long:
        return faults.guess(name, (*ROLES, FACT, *RECORD_WORDS))
    name, _ = _split_unit(name)
    path, dot, word = name.partition(".")
    bare, _ = _split_number(path)
    fact = vocabulary.get(bare)
    if fact is None:
        return faults.guess(bare, (*ROLES, *vocabulary))
    known = (*RECORD_WORDS, *fact.attributes)
    hint = faults.guess(word, known) if dot else None
    return hint or f"of {quoted(bare)} there may be `.value`, `.unit`, `.date` and others"
