"""A result as the page shows it: the headline, what would settle it, and a card per criterion.

It chooses what stands where. Every sentence restates something of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from screener.catalog import Edition
from screener.causes import Cause
from screener.interpreters.prose import date_words
from screener.ir import Criterion
from screener.result import Because, CriterionResult, Missing, Result
from screener.terminal import COST_WORDS
from screener.trace import CriterionTrace, Trace
from screener.truth import Outcome, Truth, Verdict
from screener.vocabulary import Vocabulary
from screener.web import words
from screener.web.trees import Branch, trees
from screener.web.words import counted, listed, pretty, window_words

_UNREAD = "what is entered cannot be used yet"


class Need(NamedTuple):
    """A fact that would help to settle the verdict; `field` is what its link leads to."""

    fact: str
    field: str
    label: str
    why: str
    days: str
    cost: str
    ids: str


class Part(NamedTuple):
    """A stage or cohort with its verdict."""

    title: str
    state: str
    verdict: str
    days: str


class Headline(NamedTuple):
    """The verdict in one line, what it means, and what would settle it."""

    state: str
    title: str
    lines: tuple[str, ...]
    needs: tuple[Need, ...]
    counts: tuple[tuple[str, int, str], ...]
    short: str
    stages: tuple[Part, ...]
    cohorts: tuple[Part, ...]
    strata: tuple[tuple[str, str], ...]
    arms: tuple[tuple[str, tuple[str, ...]], ...]


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


def headline(
    edition: Edition,
    vocabulary: Vocabulary,
    result: Result | None,
    *,
    empty: bool,
    field_of: Callable[[str, Cause], str],
    unread: frozenset[str] = frozenset(),
) -> Headline:
    """The verdict over all criteria.

    Args:
        edition: the version that judged.
        vocabulary: the facts of the form.
        result: the answer; None where there is none.
        empty: nothing is entered yet.
        field_of: the control that answers what is open about a fact.
        unread: the facts that cannot be used yet.
    """
    if result is None:
        first = ("Mend what is listed above first.",)
        return Headline("open", "Not judged", first, (), (), "Not judged", (), (), (), ())
    settled, against, still = _counts(result.criteria)
    counts = (("pass", settled, "satisfied"), ("fail", against, "against"), ("open", still, "open"))
    state, title = words.STATE[result.verdict], words.HEADLINE[result.verdict]
    lines: tuple[str, ...] = tuple(_lines(result, settled))
    if empty:
        title = words.NOTHING_YET
        lines = ("Start anywhere. Results appear as you go.",)
    needs = () if empty else tuple(_needs(result.missing, vocabulary, field_of, unread))
    titles = edition.stage_titles
    return Headline(
        state,
        title,
        lines,
        needs,
        counts,
        f"{title}. {settled} satisfied, {against} against, {still} open.",
        tuple(
            Part(
                titles.get(one.id, one.id),
                words.STATE[one.verdict],
                words.SHORT[one.verdict],
                window_words(one.window),
            )
            for one in result.stages
        )
        if len(result.stages) > 1
        else (),
        tuple(_cohorts(edition, result)),
        tuple(_strata(edition, result)),
        tuple(_arms(result)),
    )


def _counts(criteria: Iterable[CriterionResult]) -> tuple[int, int, int]:
    outcomes = [one.outcome for one in criteria]
    return tuple(outcomes.count(one) for one in (Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN))  # type: ignore[return-value]


def _lines(result: Result, settled: int) -> Iterator[str]:
    failing = [one for one in result.criteria if one.outcome is Outcome.FAIL]
    if result.verdict is Verdict.ELIGIBLE:
        yield f"{settled} of {len(result.criteria)} criteria satisfied."
        if result.next_change is not None:
            yield _until(result, result.next_change)
    elif result.verdict is Verdict.INELIGIBLE:
        if failing:
            verb = "rules this out" if len(failing) == 1 else "rule this out"
            ids = listed([one.id for one in failing])
            yield f"{counted(len(failing), 'criterion', 'criteria')} {verb}: {ids}."
        yield "Adding the missing items cannot change this; correcting a value could."
        for one in failing:
            if one.remedy is not None and one.remedy.kind == "wait":
                day = date_words(one.remedy.date) if one.remedy.date else "a day not known exactly"
                yield f"{one.id} can change with time. Earliest date it could pass: {day}."
            elif one.remedy is not None and one.remedy.kind == "new_result":
                yield f"{one.id} can change with a new result."
    else:
        if failing:
            ids = listed([one.id for one in failing])
            yield f"Against it, but not for every cohort: {ids}."
        else:
            yield "No criterion fails so far."
        if result.next_change is not None:
            day = date_words(result.next_change)
            yield f"On the same entries the answer could next change on {day}."
        if result.missing:
            number = len({one.fact for one in result.missing})
            yield f"{counted(number, 'item')} would settle it:"
        else:
            yield "Nothing that could still be fetched would settle it; the criteria below say why."


def _until(result: Result, change: str) -> str:
    last = words.ends_the_day_before(change)
    first = [one.id for one in result.criteria if one.valid_until is not None]
    days = {one.valid_until for one in result.criteria if one.valid_until is not None}
    ending = [one.id for one in result.criteria if one.valid_until == min(days)] if first else []
    why = f"; after that look again at {listed(ending)}" if ending else ""
    return f"Holds through {last} on the same entries{why}."


def _needs(
    missing: Sequence[Missing],
    vocabulary: Vocabulary,
    field_of: Callable[[str, Cause], str],
    unread: frozenset[str],
) -> Iterator[Need]:
    for one in missing:
        days = window_words(one.window)
        yield Need(
            one.fact,
            field_of(one.fact, one.cause),
            one.label,
            _UNREAD if one.fact in unread else words.CAUSE[one.cause],
            f"counts if dated {days}" if days else "",
            COST_WORDS.get(one.cost, one.cost),
            ", ".join(one.needed_by),
        )


def _cohorts(edition: Edition, result: Result) -> Iterator[Part]:
    titles = {one.id: one.title for one in edition.protocol.cohorts}
    for one in result.cohorts:
        state = words.STATE[one.verdict]
        yield Part(f"{one.id}: {titles.get(one.id, '')}", state, words.SHORT[one.verdict], "")


def _strata(edition: Edition, result: Result) -> Iterator[tuple[str, str]]:
    known = {one.id: one for one in edition.protocol.strata}
    for factor, level in result.strata:
        titles = {one.id: one.title for one in known[factor].levels}
        yield known[factor].title, titles.get(level or "", "not known yet")


def _arms(result: Result) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What each arm gives an eligible patient; nothing where no dose is stated at all."""
    if any(one.doses for one in result.arms):
        for one in result.arms:
            yield one.title, tuple(pretty(dose.sentence) for dose in one.doses)


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
        value_shown(entry),
        words.when_shown(entry.date, day),
        entry.source or "",
        said,
    )


def value_shown(entry: Because) -> str:
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
