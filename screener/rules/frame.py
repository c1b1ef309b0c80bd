"""Reads what stands around the criteria: dates, cohorts, strata and what is not encoded.

None of it is judged here; verdicts are combined in `protocol`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screener.diagnostics import Span
from screener.ir import (
    AS_OF,
    DateSource,
    EarlierOf,
    Level,
    NamedDay,
    NotEncoded,
    Point,
    Stratum,
)
from screener.rules.criteria import SEPARATOR, read_id
from screener.rules.faults import Faults, nearest, quoted
from screener.rules.formula import read_rule
from screener.rules.scope import Scope, Setting
from screener.rules.source import Text
from screener.rules.windows import CHOICES, read_choice
from screener.rules.words import Words, entries_of, read_name
from screener.vocabulary import Fact, Type


def read_dates(
    words: Words, facts: Mapping[str, Fact], faults: Faults
) -> tuple[tuple[str, NamedDay], ...]:
    """The named dates of a protocol; a choice is among those before it."""
    found: list[tuple[str, NamedDay]] = []
    for key, node in words.entries("dates"):
        name = read_name(key, faults, "a date")
        if name == AS_OF:
            faults.error(
                "bad-name",
                key.span,
                "`as_of` is the day of screening",
                hint="leave it out: it is always there",
            )
        entries = entries_of(node, faults, quoted(name))
        if entries is None:
            continue
        inner = Words(entries, faults, ("fact", "otherwise", *CHOICES), "a date")
        choices = [word for word in CHOICES if word in inner]
        if choices:
            for word in [word for word in inner if word != choices[0]]:
                faults.error(
                    "words-clash",
                    inner.key(word),
                    f"{quoted(word)} cannot stand beside {quoted(choices[0])}",
                )
            known = (AS_OF, *(one for one, _ in found))
            choice = read_choice(inner, choices[0], known, faults)
            found.append((name, EarlierOf((Point(AS_OF),)) if choice is None else choice))
            continue
        fact = _date_fact(inner, facts, faults)
        otherwise = inner.choice("otherwise", (AS_OF,)) is not None
        found.append((name, DateSource(fact, otherwise)))
    return tuple(found)


def _date_fact(words: Words, facts: Mapping[str, Fact], faults: Faults) -> str:
    name = words.needed_text("fact")
    fact = facts.get(name)
    if name and fact is None:
        faults.error(
            "unknown-fact",
            words.need("fact").span,
            f"{quoted(name)} is not a declared fact",
            hint=nearest(name, facts) or "declare it under `facts` of this file",
        )
    elif fact is not None and fact.shape.type is not Type.DATE:
        faults.error(
            "not-a-date-fact",
            words.need("fact").span,
            f"{quoted(name)} is not a date",
            expected="a fact of `type: date`",
        )
    return name


@dataclass(frozen=True, slots=True)
class Declared:
    """A cohort as declared, before its criteria are known."""

    id: str
    title: str
    open: bool


def read_cohorts(words: Words, faults: Faults) -> tuple[tuple[Declared, ...], dict[str, Span]]:
    """The cohorts, and where each is declared."""
    found, places = [], dict[str, Span]()
    for inner in each(words, "cohorts", ("id", "title", "open"), "a cohort", faults):
        one = Declared(read_id(inner, "id", faults), inner.needed_prose("title"),
                       inner.flag("open", True))  # fmt: skip
        unlike(one.id, inner, places, faults)
        found.append(one)
    if found and not any(one.open for one in found):
        faults.warning(
            "no-open-cohort", words.key("cohorts"), "no cohort is open: nobody can be eligible"
        )
    return tuple(found), places


def read_strata(words: Words, scope: Scope) -> tuple[Stratum, ...]:
    """The stratification factors; their rules stand in no stage."""
    faults = scope.faults
    found, places = [], dict[str, Span]()
    for inner in each(words, "strata", ("id", "title", "levels"), "a stratum", faults):
        name = read_id(inner, "id", faults)
        unlike(name, inner, places, faults)
        inner.need("levels")
        levels, seen = [], dict[str, Span]()
        for level in each(inner, "levels", ("id", "title", "rule"), "a level", faults):
            one = Level(
                read_id(level, "id", faults),
                level.needed_prose("title"),
                read_rule(level.need("rule"), scope, Setting()),
            )
            unlike(one.id, level, seen, faults)
            levels.append(one)
        found.append(Stratum(name, inner.needed_prose("title"), tuple(levels)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Left:
    """An item that is not encoded, with the places of its sources."""

    item: NotEncoded
    sources: tuple[Text, ...]


def read_not_encoded(words: Words, faults: Faults) -> tuple[Left, ...]:
    """The items that no rule stands for."""
    known = ("text", "source", "reason")
    found = []
    for inner in each(words, "not_encoded", known, "an item of `not_encoded`", faults):
        sources = inner.texts("source")
        source = SEPARATOR.join(one.value for one in sources) or None
        item = NotEncoded(inner.needed_prose("text"), source, inner.needed_prose("reason"))
        found.append(Left(item, sources))
    return tuple(found)


def each(
    words: Words, word: str, known: tuple[str, ...], what: str, faults: Faults
) -> Iterator[Words]:
    """The mappings of a list."""
    for node in words.items(word):
        entries = entries_of(node, faults, what)
        if entries is not None:
            yield Words(entries, faults, known, what)


def unlike(name: str, words: Words, places: dict[str, Span], faults: Faults) -> None:
    """Note an id that an earlier one of the same list has."""
    if not name:
        return
    span = words.need("id").span
    if name in places:
        faults.error(
            "duplicate-id",
            span,
            f"{quoted(name)} is given twice",
            hint=f"the first is in line {places[name].line}",
        )
    places.setdefault(name, span)
