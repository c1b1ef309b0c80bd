"""Reads a site's mapping file: its own names for our facts and values, and declared completeness.

It checks every name against the vocabulary, so that a slip of the pen is found before a patient is
read. What the names do to a table or a resource is decided by the intake.
"""

from __future__ import annotations

import re

from screener import units
from screener.causes import STATED_ABSENCES
from screener.diagnostics import Span
from screener.rules.faults import Faults, listed, nearest, one_of, quoted
from screener.rules.ranges import read_ranges
from screener.rules.source import Node
from screener.rules.words import Words, entries_of, text_of
from screener.site import (
    FACT,
    IGNORED,
    NOT_GIVEN,
    RECORD_WORDS,
    ROLES,
    Complete,
    Meaning,
    Site,
)
from screener.vocabulary import Fact, Shape, Type, Vocabulary

_WORDS = (
    "mapping",
    "columns",
    "facts",
    "values",
    "units",
    "codes",
    "dates",
    "decimals",
    "absent",
    "complete",
    "ranges",
)
_DATE_FORM = re.compile(r"(DD|MM|YYYY)([./ -]?)(DD|MM|YYYY)\2(DD|MM|YYYY)")
_NUMERIC = (Type.QUANTITY, Type.NUMBER)


def read_mapping_file(node: Node, vocabulary: Vocabulary, faults: Faults) -> Site | None:
    """The content of a mapping file; faults are noted."""
    entries = entries_of(node, faults, "a mapping file")
    if entries is None:
        return None
    words = Words(entries, faults, _WORDS, "a mapping file")
    reader = _Reader(words, vocabulary, faults)
    return Site(
        name=words.needed_prose("mapping"),
        columns=reader.columns(),
        facts=reader.facts(),
        values=reader.values(),
        units=reader.units(),
        codes=reader.codes(),
        dates=reader.dates(),
        comma=words.choice("decimals", ("point", "comma")) == "comma",
        absent=reader.absent(),
        complete=reader.complete(),
        ranges=read_ranges(words.items("ranges"), vocabulary, faults),
    )


class _Reader:
    """The parts of one mapping file."""

    def __init__(self, words: Words, vocabulary: Vocabulary, faults: Faults) -> None:
        self._words = words
        self._vocabulary = vocabulary
        self._faults = faults

    def columns(self) -> dict[str, str]:
        """Headings of the site, and our own columns that they stand for."""
        found = {}
        for heading, ours in self._texts("columns"):
            if self._column(ours, self._place("columns", heading)):
                found[heading] = ours
        return found

    def facts(self) -> dict[str, str]:
        found = {}
        for key, name in self._texts("facts"):
            node = self._place("facts", key)
            if self._fact(name, node) is not None:
                found[key] = name
        return found

    def values(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for key, node in self._words.entries("values"):
            shape = self._shape(key.value, key.span)
            inner = entries_of(node, self._faults, f"`values` of {quoted(key.value)}")
            if shape is None or inner is None:
                continue
            if shape.type in (*_NUMERIC, Type.DATE):
                self._faults.error(
                    "type-word",
                    key.span,
                    f"{quoted(key.value)} is a number or a date and has no spellings",
                    hint="see `units`, `dates` and `absent`",
                )
                continue
            spellings = found.setdefault(key.value, {})
            for spelling, meant in inner.entries:
                text = text_of(meant, self._faults, quoted(spelling.value))
                if text is not None and self._value(text, shape, key.value, meant.span):
                    spellings[spelling.value] = text
        return found

    def units(self) -> dict[str, str]:
        found = {}
        for path, unit in self._texts("units"):
            span = self._place("units", path)
            key = self._key("units", path)
            shape = self._shape(path, key)
            if shape is None:
                continue
            if shape.type not in _NUMERIC:
                message = f"{quoted(path)} is not a number, so it has no unit"
                self._faults.error("type-word", key, message)
                continue
            code = units.canonical(unit)
            if unit not in (shape.unit, *shape.accepted) and code not in (
                shape.unit,
                *shape.accepted,
            ):
                self._faults.error(
                    "unknown-unit" if code is None else "unit-mismatch",
                    span,
                    f"{quoted(unit)} is not a unit of {quoted(path)}",
                    expected=one_of([shape.unit, *shape.accepted]),
                    hint=nearest(unit, units.known_units()) if code is None else None,
                )
                continue
            found[path] = unit
        return found

    def codes(self) -> dict[tuple[str, str], Meaning]:
        found: dict[tuple[str, str], Meaning] = {}
        for item in self._words.items("codes"):
            entries = entries_of(item, self._faults, "an item of `codes`")
            if entries is None:
                continue
            words = Words(entries, self._faults, ("system", "code", "fact", "value"), "a code")
            system, code = words.needed_text("system"), words.needed_text("code")
            name, value = words.needed_text("fact"), words.text("value")
            fact = self._fact(name, words.value("fact")) if name else None
            if fact is None or not system or not code:
                continue
            if value is not None and not self._value(value, fact.shape, name, words.value("value")):
                continue
            if (system, code) in found:
                message = f"{quoted(code)} of {quoted(system)} is listed twice"
                self._faults.error("duplicate-value", words.value("code"), message)
            found[system, code] = Meaning(name, value)
        return found

    def dates(self) -> str | None:
        form = self._words.text("dates")
        if form is None:
            return None
        match = _DATE_FORM.fullmatch(form)
        if match is None or {match[1], match[3], match[4]} != {"DD", "MM", "YYYY"}:
            self._faults.error(
                "not-a-choice",
                self._words.value("dates"),
                f"{quoted(form)} is not a form of dates",
                expected="`DD`, `MM` and `YYYY`, once each, as in `DD.MM.YYYY`",
            )
            return None
        return form

    def absent(self) -> dict[str, str]:
        found = {}
        choices = (*STATED_ABSENCES, NOT_GIVEN)
        for word, reason in self._texts("absent"):
            if reason in choices:
                found[word] = reason
                continue
            self._faults.error(
                "not-a-choice",
                self._place("absent", word),
                f"{quoted(reason)} is not a reason of absence",
                expected=one_of(choices),
                hint=nearest(reason, choices),
            )
        return found

    def complete(self) -> dict[str, Complete]:
        found = {}
        for key, node in self._words.entries("complete"):
            entries = entries_of(node, self._faults, quoted(key.value))
            fact = self._fact(key.value, key.span)
            if entries is None or fact is None:
                continue
            words = Words(entries, self._faults, ("source", "to", "column"), "`complete`")
            source, to, column = words.needed_prose("source"), words.day("to"), words.text("column")
            if fact.asked_of or fact.derived or fact.shape.type not in (Type.BOOLEAN, Type.EVENT):
                self._faults.error(
                    "type-word",
                    key.span,
                    f"a missing record of {quoted(key.value)} cannot mean no",
                    hint="only facts that are yes or no, and events, can be declared complete; "
                    "never a judgement",
                )
            elif (both := "to" in words) == ("column" in words):
                self._faults.error(
                    "words-clash" if both else "word-missing",
                    key.span,
                    "a source is complete up to one day",
                    expected="`to`, a day, or `column`, the column in which the day stands",
                )
            elif source:
                found[key.value] = Complete(source, to, column)
        return found

    # --- names and values ---------------------------------------------------------------------

    def _texts(self, word: str) -> list[tuple[str, str]]:
        pairs = []
        for key, node in self._words.entries(word):
            text = text_of(node, self._faults, quoted(key.value))
            if text is not None:
                pairs.append((key.value, text.strip()))
        return pairs

    def _place(self, word: str, name: str) -> Span:
        return next(node.span for key, node in self._words.entries(word) if key.value == name)

    def _key(self, word: str, name: str) -> Span:
        return next(key.span for key, _ in self._words.entries(word) if key.value == name)

    def _column(self, ours: str, span: Span) -> bool:
        """Whether there is such a column: of a wide table, or of a long one."""
        attributes = {name for fact in self._vocabulary.values() for name in fact.attributes}
        if ours in (IGNORED, FACT, *ROLES, *RECORD_WORDS, *attributes):
            return True
        name, *words = ours.split(".")
        name, _, number = name.partition("#")
        fact = self._fact(name, span)
        if fact is None:
            return False
        known = (*RECORD_WORDS, *fact.attributes)
        fits = not words or (words[0] in known and words[1:] in ([], ["unit"]))
        if fits and (not number or number.isdecimal()):
            return True
        self._faults.error(
            "unknown-word",
            span,
            f"{quoted(ours)} is not a column",
            hint=nearest(words[0], known) if words else None,
        )
        return False

    def _fact(self, name: str, span: Span) -> Fact | None:
        fact = self._vocabulary.get(name)
        if fact is None:
            self._faults.error(
                "unknown-fact",
                span,
                f"{quoted(name)} is not a known fact",
                hint=nearest(name, list(self._vocabulary)),
            )
        return fact

    def _shape(self, path: str, span: Span) -> Shape | None:
        """The form of a fact, or of an attribute (`antibiotic.route`)."""
        name, _, attribute = path.partition(".")
        fact = self._fact(name, span)
        if fact is None or not attribute:
            return None if fact is None else fact.shape
        if attribute not in fact.attributes:
            self._faults.error(
                "unknown-attribute",
                span,
                f"records of {quoted(name)} have no {quoted(attribute)}",
                expected=listed(fact.attributes) if fact.attributes else None,
                hint=nearest(attribute, list(fact.attributes)),
            )
            return None
        return fact.attributes[attribute]

    def _value(self, text: str, shape: Shape, name: str, span: Span) -> bool:
        """Whether the fact has this value; the fault is noted where it has not."""
        if shape.type in (Type.BOOLEAN, Type.EVENT):
            known: tuple[str, ...] = ("true", "false")
        elif shape.type in (Type.CODE, Type.ORDINAL):
            known = shape.values
        else:
            known = ()
        if not known or text in known:
            return True
        self._faults.error(
            "not-a-value",
            span,
            f"{quoted(text)} is not a value of {quoted(name)}",
            expected=one_of(known),
            hint=nearest(text, known),
        )
        return False
