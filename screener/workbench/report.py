"""What an amendment does, in words ready to be shown: by proof, criterion by criterion, on people.

It chooses what stands where; everything it says was decided by the comparison.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from screener.catalog import Edition
from screener.days import iso
from screener.interpreters.prose import anchor_words, criterion_rule, span_words
from screener.ir import DateSource, Window
from screener.workbench.comparison import Comparison, CriterionChange, Direction, Example, Relation
from screener.workbench.moving import Moves
from screener.workbench.people import People, name_of, people

RELATION = {
    Relation.EQUIVALENT: "judges every patient alike",
    Relation.STRICTER: "is stricter: it lets nobody in whom the old one kept out",
    Relation.LOOSER: "is looser: it keeps nobody out whom the old one let in",
    Relation.BOTH: "is both: it lets some in and keeps others out",
    Relation.UNDECIDED: "could not be compared to the end",
}


class Version(NamedTuple):
    """A version as it is named, with what pins it."""

    trial: str
    version: str
    effective: str
    rules_sha256: str


class Shown(NamedTuple):
    """A made-up patient: which way he goes, and what is known of him, a text a fact."""

    gained: bool
    old: str
    new: str
    as_of: str
    facts: tuple[str, ...]


class Changed(NamedTuple):
    """A criterion that changed, both sides; None on the side that lacks it.

    `flag` warns of a rule that changed without its text, or the other way round. `moves`: how many
    patients of those given move and find it among the reasons.
    """

    id: str
    relation: str
    what: str
    flag: str | None
    old_text: str | None
    new_text: str | None
    old_rule: str | None
    new_rule: str | None
    examples: tuple[Shown, ...]
    reasons: tuple[str, ...]
    moves: int | None


class MovedDate(NamedTuple):
    """A named date that is read from something else; `alone`: see `MovedWindow`."""

    name: str
    old: str
    new: str
    alone: str


class MovedWindow(NamedTuple):
    """A stage with another window; `alone`: what changed by nothing else, and how, in words."""

    title: str
    old: str
    new: str
    alone: str


class Report(NamedTuple):
    """The whole. `proof` is None where nothing was proved."""

    old: Version
    new: Version
    proof: str
    examples: tuple[Shown, ...]
    reasons: tuple[str, ...]
    dates: tuple[MovedDate, ...]
    windows: tuple[MovedWindow, ...]
    changed: tuple[Changed, ...]
    same: tuple[str, ...]
    people: People | None


def report(old: Edition, new: Edition, compared: Comparison, moved: Moves | None) -> Report:
    """Everything there is to say about two versions."""
    causing = Counter(
        cause.id for one in (() if moved is None else moved.movers) for cause in one.because
    )
    return Report(
        _version(old),
        _version(new),
        f"The new version {RELATION[compared.relation]}.",
        tuple(map(_shown, compared.examples)),
        compared.reasons,
        dates_moved(old, new, compared),
        windows_moved(old, new, compared),
        tuple(
            _changed(old, new, one, None if moved is None else causing[one.id])
            for one in compared.criteria
            if is_told(one)
        ),
        tuple(name_of(one) for one in compared.criteria if is_unchanged(one)),
        None if moved is None else people(moved),
    )


def is_unchanged(one: CriterionChange) -> bool:
    """Whether neither its text nor its rule changed."""
    return not (one.text_changed or one.rule_changed)


def is_told(one: CriterionChange) -> bool:
    """Whether it has a place of its own: not where all was said of its window or its date."""
    return not is_unchanged(one) and (one.text_changed or not (one.by_window or one.by_date))


def dates_moved(old: Edition, new: Edition, compared: Comparison) -> tuple[MovedDate, ...]:
    """Each named date that is read from something else, in words."""
    return tuple(
        MovedDate(
            one.name.replace("_", " "),
            _source(old, one.name),
            _source(new, one.name),
            _alone(one.criteria, compared),
        )
        for one in compared.dates
    )


def windows_moved(old: Edition, new: Edition, compared: Comparison) -> tuple[MovedWindow, ...]:
    """Each stage with another window, in words."""
    return tuple(
        MovedWindow(
            new.stage_titles[one.stage],
            _days(old, one.old),
            _days(new, one.new),
            _alone(one.criteria, compared),
        )
        for one in compared.windows
    )


def _alone(ids: Sequence[str], compared: Comparison) -> str:
    """Criteria by what the new version is to the old one."""
    relation = {one.id: one.relation.value for one in compared.criteria}
    return "; ".join(
        f"{', '.join(id for id in ids if relation[id] == word)} ({word})"
        for word in dict.fromkeys(relation[id] for id in ids)
    )


def _source(edition: Edition, name: str) -> str:
    """What a named date is read from: a fact, or other days."""
    dates = dict(edition.protocol.dates)
    source = dates[name]
    if not isinstance(source, DateSource):
        return anchor_words(name, dates)
    label = edition.vocabulary[source.fact].label
    otherwise = ", or the day of screening while that is not known"
    return f"“{label}”{otherwise if source.otherwise_as_of else ''}"


def what_changed(old: Edition, new: Edition, one: CriterionChange) -> str:
    """Which of text and rule changed, or that only one version has it."""
    if (one.was or one.id) not in {each.id for each in old.protocol.criteria}:
        return "new"
    if one.id not in {each.id for each in new.protocol.criteria}:
        return "taken out"
    if one.text_changed and one.rule_changed:
        return "text and rule changed"
    if one.rule_changed:
        return "the rule changed, its text did not"
    return "the text changed, its rule did not"


def _changed(old: Edition, new: Edition, one: CriterionChange, moves: int | None) -> Changed:
    what = what_changed(old, new, one)
    old_text, old_rule = _side(old, one.was or one.id)
    new_text, new_rule = _side(new, one.id)
    flag = None
    if one.rule_changed and not one.text_changed:
        flag = "The rule changed, but the text of the protocol did not. Was this intended?"
    elif one.text_changed and not one.rule_changed:
        flag = "The text changed, but the rule did not. Does it still say what the text says?"
    return Changed(
        name_of(one), one.relation.value, what, flag, old_text, new_text, old_rule, new_rule,
        tuple(map(_shown, one.examples)), one.reasons, moves,
    )  # fmt: skip


def _side(edition: Edition, id: str) -> tuple[str | None, str | None]:
    for one in edition.protocol.criteria:
        if one.id == id:
            return one.text, criterion_rule(one, edition.protocol, edition.vocabulary)
    return None, None


def _shown(one: Example) -> Shown:
    return Shown(
        one.direction is Direction.GAINED,
        one.old.value,
        one.new.value,
        one.witness.as_of,
        one.witness.noted(),
    )


def _version(edition: Edition) -> Version:
    protocol = edition.protocol
    return Version(protocol.trial, protocol.version, iso(protocol.effective), edition.rules_sha256)


def _days(edition: Edition, window: Window | None) -> str:
    if window is None:
        return "any day"
    return span_words(window, dict(edition.protocol.dates))
