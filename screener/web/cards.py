"""A card per criterion, as the page shows it: the words of the protocol, the outcome, and why.

It chooses what stands where. Every sentence restates something of the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from screener.catalog import Edition
from screener.interpreters.prose import date_words
from screener.ir import Criterion
from screener.result import Because, CriterionResult, Result
from screener.trace import CriterionTrace, Trace
from screener.truth import Outcome, Truth
from screener.vocabulary import Vocabulary
from screener.web import words
from screener.web.trees import Branch, trees
from screener.web.words import listed, pretty


class Line(NamedTuple):
    """A record that took part, or was set aside, and what it says."""

    label: str
    value: str
    when: str
    source: str
    said: str


class Card(NamedTuple):
    """One criterion: the words of the protocol, the verdict, and why."""

    id: str
    kind: str
    state: str
    tag: str
    text: str
    source: str
    why: str
    after: tuple[str, ...]
    asks: tuple[tuple[str, str], ...]
    encoded: str
    trees: tuple[tuple[str, Branch], ...]
    aside: tuple[Line, ...]
    stage: str


def cards(
    edition: Edition,
    vocabulary: Vocabulary,
    result: Result | None,
    trace: Trace | None,
    unread: frozenset[str],
) -> dict[str, Card]:
    """A card for every criterion, by its id, in the order of the protocol."""
    traced = {} if trace is None else {one.id: one for one in trace.criteria}
    judged = {} if result is None else {one.id: one for one in result.criteria}
    day = None if result is None else date.fromisoformat(result.as_of)
    return {
        one.id: _card(one, edition, vocabulary, judged.get(one.id), traced.get(one.id), day, unread)
        for one in edition.protocol.criteria
    }


def _card(
    criterion: Criterion,
    edition: Edition,
    vocabulary: Vocabulary,
    judged: CriterionResult | None,
    traced: CriterionTrace | None,
    day: date | None,
    unread: frozenset[str],
) -> Card:
    asks = tuple(
        (title, said)
        for title, said in (
            ("How the text is read", criterion.reading),
            ("Why this criterion exists", criterion.rationale),
            ("Note", criterion.note),
            ("Misprint in the source", _defect(criterion)),
            ("Only for", ", ".join(criterion.only_for)),
        )
        if said
    )
    stage = edition.stage_titles.get(criterion.stage, criterion.stage)
    kind = criterion.kind.value
    encoded = "" if traced is None else words.pretty(traced.says)
    if judged is None or day is None:
        return Card(
            id=criterion.id,
            kind=kind,
            state="open",
            tag="Not judged",
            text=criterion.text,
            source=criterion.source or "",
            why="",
            after=(),
            asks=asks,
            encoded=encoded,
            trees=(),
            aside=(),
            stage=stage,
        )
    tag = words.OUTCOME[kind, judged.outcome]
    if judged.applies is Truth.FALSE:
        tag = words.DOES_NOT_APPLY
    why = words.remainder(judged.sentence)
    affected = [one.fact for one in judged.because if one.fact in unread]
    if judged.outcome is Outcome.UNKNOWN and affected:
        labels = listed([vocabulary[fact].label for fact in dict.fromkeys(affected)])
        why = f"What is entered for {labels} cannot be used yet."
    return Card(
        id=criterion.id,
        kind=kind,
        state=words.TONE[judged.outcome],
        tag=tag,
        text=criterion.text,
        source=criterion.source or "",
        why=why,
        after=tuple(_after(judged)),
        asks=asks,
        encoded=encoded,
        trees=() if traced is None else tuple(trees(traced, day)),
        aside=tuple(
            _line(one.record, vocabulary, day, f"not used: {one.reason}")
            for one in judged.set_aside
        ),
        stage=stage,
    )


def _defect(criterion: Criterion) -> str | None:
    defect = criterion.defect
    if defect is None:
        return None
    resolved = defect.resolved_by or "Nobody has resolved it, so the criterion stays open."
    return f"Printed as “{defect.as_printed}”. {resolved}"


def _after(judged: CriterionResult) -> Iterator[str]:
    if judged.outcome is Outcome.FAIL and judged.remedy is not None:
        match judged.remedy.kind:
            case "wait" if judged.remedy.date:
                yield f"Earliest date it could pass: {date_words(judged.remedy.date)}."
            case "new_result":
                yield "A new result could change this."
            case "none":
                yield "No new result and no waiting changes this; correcting an entry could."
    if judged.valid_until is not None:
        yield f"Stands through {date_words(judged.valid_until)} on the same entries."


def _line(entry: Because, vocabulary: Vocabulary, day: date, said: str) -> Line:
    fact = vocabulary.get(entry.fact)
    return Line(
        entry.fact if fact is None else fact.label,
        _value_shown(entry),
        words.when_shown(entry.date, day),
        entry.source or "",
        said,
    )


def _value_shown(entry: Because) -> str:
    """The value as entered and, where it was converted, as used."""
    if entry.value is None:
        return ""
    if isinstance(entry.value, bool):
        return words.value_words(entry.value)
    used = _with_unit(entry.value, entry.unit)
    original = entry.original
    if original is None or original.unit in (None, entry.unit) or original.value is None:
        return used
    return f"{_with_unit(str(original.value), original.unit)} = {used}"


def _with_unit(value: str, unit: str | None) -> str:
    if unit in (None, "1"):
        return pretty(words.value_words(value))
    return f"{value} {words.unit_words(unit or '')}"
