"""A result as the page shows it: the headline, and what would settle it.

It chooses what stands where. Every sentence restates something of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from screener.catalog import Edition
from screener.causes import Cause
from screener.interpreters.prose import date_words
from screener.result import CriterionResult, Missing, Result
from screener.terminal import COST_WORDS
from screener.truth import Outcome, Verdict
from screener.vocabulary import Vocabulary
from screener.web import words
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
