"""Reads a rule file and lowers it to a protocol: its stages, and the formulas of its verdicts.

Verdicts are combined here and nowhere else. Source: semantics 2.3 and 2.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from screener.diagnostics import Diagnostic, Span
from screener.ir import (
    AS_OF,
    AllOf,
    AnyOf,
    Cohort,
    Criterion,
    Formula,
    Passes,
    Point,
    Polarity,
    Protocol,
    Stage,
    Window,
)
from screener.rules.check import check_protocol
from screener.rules.criteria import Side, Written, read_criterion, read_id
from screener.rules.declarations import read_facts
from screener.rules.definitions import Definitions
from screener.rules.doses import read_arms
from screener.rules.faults import Faults, quoted
from screener.rules.formula import read_rule
from screener.rules.frame import (
    Declared,
    read_cohorts,
    read_dates,
    read_not_encoded,
    read_strata,
    unlike,
)
from screener.rules.scope import Scope, Setting
from screener.rules.source import Node, Text
from screener.rules.windows import NamedDates, read_point, read_window
from screener.rules.words import Words, entries_of, read_name
from screener.vocabulary import Fact, Vocabulary

MOST_CRITERIA = 5_000

_WORDS = (
    "trial", "title", "kind", "version", "effective", "source", "outline", "dates", "age_at",
    "cohorts", "facts", "define", "strata", "arms", "stages", "not_encoded",
)  # fmt: skip
_STAGE_WORDS = ("id", "title", "window", "when_missed", "inclusion", "exclusion")


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule file as read: its formula, all facts it may name, and what is worth a look."""

    protocol: Protocol
    vocabulary: Vocabulary
    warnings: tuple[Diagnostic, ...]


def read_document(root: Node, vocabulary: Vocabulary, faults: Faults) -> Reading | None:
    """The protocol of a rule file; None, with the fault noted, where it is none at all."""
    entries = entries_of(root, faults, "a rule file")
    if entries is None:
        return None
    words = Words(entries, faults, _WORDS, "a rule file")
    return _File(words, vocabulary, faults).read()


@dataclass(frozen=True, slots=True)
class _Head:
    """A stage before its verdict is known."""

    id: str
    title: str
    window: Window | None


class _File:
    """One rule file while it is read."""

    def __init__(self, words: Words, vocabulary: Vocabulary, faults: Faults) -> None:
        self.words = words
        self.faults = faults
        own, faulty = read_facts(words.entries("facts"), vocabulary, faults)
        self.facts: dict[str, Fact] = {**vocabulary, **own}
        self.dates = read_dates(words, self.facts, faults)
        self.cohorts, self.cohort_places = read_cohorts(words, faults)
        definitions = words.entries("define")
        for key, _ in definitions:
            read_name(key, faults, "a definition")
        names = NamedDates(tuple(dict.fromkeys((AS_OF, *(name for name, _ in self.dates)))))
        node = words.get("age_at")
        age_at = Point(AS_OF) if node is None else read_point(node, names, faults)
        self.scope = Scope(
            self.facts,
            faulty,
            names,
            age_at or Point(AS_OF),
            Definitions(definitions, faults),
            faults,
        )
        self.criteria: list[Written] = []
        self.places: dict[str, Span] = {}

    def read(self) -> Reading:
        words = self.words
        trial = read_id(words, "trial", self.faults)
        title, version = words.needed_prose("title"), read_id(words, "version", self.faults)
        words.need("effective")
        effective = words.day("effective")
        heads = self._stages()
        strata = read_strata(words, self.scope)
        arms = read_arms(words, self.scope)
        left = read_not_encoded(words, self.faults)
        self._unused_definitions()
        outline = words.texts("outline")
        criteria = tuple(one.criterion for one in self.criteria)
        verdict = self._verdict(_any)
        protocol = Protocol(
            trial=trial,
            title=title,
            kind=words.text("kind") or "trial",
            version=version,
            effective=effective or 1,
            source=words.prose("source"),
            outline=tuple(one.value for one in outline),
            dates=(*self.dates, *self.scope.dates.composed.items()),
            selections=self.scope.slots.selections(),
            criteria=criteria,
            stages=tuple(
                Stage(
                    head.id,
                    head.title,
                    head.window,
                    verdict if len(heads) == 1 else self._verdict(_of_stage(head.id)),
                )
                for head in heads
            ),
            cohorts=tuple(
                Cohort(one.id, one.title, one.open, self._bound(one, _any)) for one in self.cohorts
            ),
            strata=strata,
            arms=arms,
            not_encoded=tuple(one.item for one in left),
            verdict=verdict,
        )
        check_protocol(protocol, self.facts, self.criteria, left, outline, self.faults)
        return Reading(protocol, self.facts, ())

    # --- stages and criteria ------------------------------------------------------------------

    def _stages(self) -> list[_Head]:
        self.words.need("stages")
        heads, seen = [], dict[str, Span]()
        for node in self.words.items("stages"):
            entries = entries_of(node, self.faults, "a stage")
            if entries is not None:
                words = Words(entries, self.faults, _STAGE_WORDS, "a stage")
                heads.append(self._stage(words))
                unlike(heads[-1].id, words, seen, self.faults)
        if not heads and "stages" in self.words:
            self.faults.error("no-criteria", self.words.key("stages"), "there is no stage")
        return heads

    def _stage(self, words: Words) -> _Head:
        node = words.get("window")
        window = None if node is None else read_window(node, self.scope.dates, self.faults)
        head = _Head(read_id(words, "id", self.faults), words.needed_prose("title"), window)
        missed = words.choice("when_missed", ("fail", "unknown")) == "fail"
        before = len(self.criteria)
        for word, kind in (("inclusion", Polarity.INCLUSION), ("exclusion", Polarity.EXCLUSION)):
            side = Side(head.id, kind, Setting(window), missed)
            for item in words.items(word):
                self._criterion(item, side)
        if len(self.criteria) == before and not words.items("inclusion"):
            self.faults.error(
                "no-criteria", words.key("id"), f"the stage {quoted(head.id)} has no criteria"
            )
        return head

    def _criterion(self, node: Node, side: Side) -> None:
        if len(self.criteria) == MOST_CRITERIA:
            self.faults.error(
                "file-too-large", node.span, f"there are more than {MOST_CRITERIA:,} criteria"
            )
        if len(self.criteria) >= MOST_CRITERIA:
            return
        written = read_criterion(node, side, self.cohort_places, self.scope)
        if written is None:
            return
        name = written.criterion.id
        if name in self.places:
            self.faults.error(
                "duplicate-id",
                written.id,
                f"{quoted(name)} is given twice",
                hint=f"the first is in line {self.places[name].line}",
            )
        if name:
            self.places.setdefault(name, written.id)
        self.criteria.append(written)

    def _unused_definitions(self) -> None:
        used = {name for name, _ in self.scope.lowered}
        for name, definition in self.scope.definitions.sound.items():
            if name not in used:
                # Read all the same, so that its faults are told.
                read_rule(Text(name, *definition.span), self.scope, Setting())
                self.faults.warning(
                    "unused-definition", definition.span, f"{quoted(name)} is defined but not used"
                )

    # --- verdicts -----------------------------------------------------------------------------

    def _verdict(self, wanted: Callable[[Criterion], bool]) -> Formula:
        """All criteria pass; with cohorts, all that bind one of those open (semantics 2.4)."""
        if not self.cohorts:
            return AllOf(tuple(self._passes(wanted)))
        return AnyOf(tuple(self._bound(one, wanted) for one in self.cohorts if one.open))

    def _bound(self, cohort: Declared, wanted: Callable[[Criterion], bool]) -> Formula:
        return AllOf(
            tuple(
                self._passes(
                    lambda one: wanted(one) and (not one.only_for or cohort.id in one.only_for)
                )
            )
        )

    def _passes(self, wanted: Callable[[Criterion], bool]) -> Iterator[Passes]:
        for index, one in enumerate(self.criteria):
            if wanted(one.criterion):
                yield Passes(index)


def _any(criterion: Criterion) -> bool:
    return True


def _of_stage(stage: str) -> Callable[[Criterion], bool]:
    return lambda criterion: criterion.stage == stage
