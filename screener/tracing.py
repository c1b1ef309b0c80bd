"""Makes the trace of a protocol: what each node of a rule asks for, and what was found of it.

Every truth is that of the one evaluator and every record comes from the selections; nothing is
judged here. Source: semantics sections 1 and 13.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple, assert_never

from screener.causes import Cause
from screener.days import iso, iso_or_none
from screener.explanation import because_of, set_aside_of
from screener.facts import FactSheet
from screener.finding import Finding
from screener.interpreters.evaluate import evaluate
from screener.interpreters.prose import (
    criterion_rule,
    fact_of,
    heading,
    leaf_clause,
    part_clause,
    part_rule,
    rule_words,
)
from screener.ir import (
    AllOf,
    AnyOf,
    AssumeNo,
    AtLeast,
    Band,
    Calculation,
    Cases,
    Criterion,
    Decision,
    Either,
    Ever,
    Formula,
    Grade,
    MissedFails,
    Not,
    Passes,
    Polarity,
    Protocol,
    Score,
    Selection,
    Test,
    Unclear,
)
from screener.plan import plan_of
from screener.quantities import Range, decimal_text
from screener.result import SEMANTICS, Because, OpenWindow, Result
from screener.screening import screen
from screener.selection.derived import score
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.selection.selected import Reach, Selected
from screener.selection.standing import later
from screener.selection.uses import refreshable, renewed_in, sources, windows_of
from screener.trace import Change, CriterionTrace, Kind, Node, Trace, Wanted
from screener.truth import Truth, disjunction, negation
from screener.version import VERSION
from screener.vocabulary import Vocabulary


def trace_rules(
    protocol: Protocol,
    vocabulary: Vocabulary,
    *,
    only: Collection[str] = (),
    rules_sha256: str = "",
    vocabulary_sha256: str = "",
) -> Trace:
    """What the criteria ask for, without a patient; `only` those ids, or all."""
    nobody = _Tracing(protocol, vocabulary, None)
    return Trace(
        trial=protocol.trial,
        version=protocol.version,
        rules_sha256=rules_sha256,
        vocabulary_sha256=vocabulary_sha256,
        engine=VERSION,
        semantics=SEMANTICS,
        patient=None,
        as_of=None,
        verdict=None,
        criteria=tuple(
            nobody.criterion(one, None) for one in protocol.criteria if not only or one.id in only
        ),
    )


def trace_patient(
    protocol: Protocol,
    vocabulary: Vocabulary,
    sheet: FactSheet,
    as_of: int,
    *,
    only: Collection[str] = (),
    rules_sha256: str = "",
    vocabulary_sha256: str = "",
) -> Trace:
    """How one patient comes to the outcome of the criteria; arguments as of `screen`.

    Raises:
        ProfileError: the facts cannot be those of a patient on that day.
    """
    hashes = {"rules_sha256": rules_sha256, "vocabulary_sha256": vocabulary_sha256}
    result = screen(protocol, vocabulary, sheet, as_of, **hashes)
    found = _Tracing(protocol, vocabulary, _found(protocol, vocabulary, sheet, as_of))
    return Trace(
        trial=result.trial,
        version=result.version,
        rules_sha256=result.rules_sha256,
        vocabulary_sha256=result.vocabulary_sha256,
        engine=result.engine,
        semantics=result.semantics,
        patient=result.patient,
        as_of=result.as_of,
        verdict=result.verdict,
        criteria=tuple(
            found.criterion(one, result) for one in protocol.criteria if not only or one.id in only
        ),
        arms=() if only else result.arms,
    )


class _Found(NamedTuple):
    """What there is of a patient: the selections now, and on each later day with a difference."""

    frame: Frame
    now: Sequence[Selected]
    later: Sequence[tuple[int, Sequence[Selected]]]


def _found(protocol: Protocol, vocabulary: Vocabulary, sheet: FactSheet, as_of: int) -> _Found:
    frame = Frame(sheet, vocabulary, dict(protocol.dates), as_of)
    now = [select(frame, selection) for selection in protocol.selections]
    still = plan_of(protocol, vocabulary).still
    return _Found(frame, now, later(frame, protocol.selections, now, False, still))


class _Tracing:
    """The nodes of one protocol; with `found`, of one patient."""

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary, found: _Found | None) -> None:
        self.protocol = protocol
        self.vocabulary = vocabulary
        self.found = found

    def criterion(self, one: Criterion, result: Result | None) -> CriterionTrace:
        ended = None
        if result is not None:
            ended = next(each for each in result.criteria if each.id == one.id)
        applies = one.applies
        by_applying, by_rule = self._deciding(one)
        return CriterionTrace(
            id=one.id,
            stage=one.stage,
            kind=one.kind.value,
            text=one.text,
            source=one.source,
            reading=one.reading,
            carried_over=one.carried_over,
            says=criterion_rule(one, self.protocol, self.vocabulary),
            outcome=None if ended is None else ended.outcome,
            applies=None if ended is None else ended.applies,
            sentence=None if ended is None else ended.sentence,
            remedy=None if ended is None else ended.remedy,
            valid_until=None if ended is None else ended.valid_until,
            applies_when=None if applies is None else self._node(applies, by_applying),
            rule=self._node(one.rule, by_rule),
        )

    def _deciding(self, one: Criterion) -> tuple[bool, bool]:
        """Whether its applying, and its rule, share in the outcome of a criterion (2.1, 2.2)."""
        unresolved = one.defect is not None and one.defect.resolved_by is None
        rule = self._truth(one.rule)
        if rule is None or unresolved:
            return False, False
        met = rule if one.kind is Polarity.INCLUSION else negation(rule)
        applies = None if one.applies is None else self._truth(one.applies)
        if applies is None:
            return False, True
        passes = disjunction((negation(applies), met))
        return negation(applies) is passes, met is passes

    # --- nodes --------------------------------------------------------------------------------

    def _node(self, formula: Formula, decides: bool) -> Node:
        match formula:
            case Test():
                return self._leaf(formula, decides)
            case AllOf():
                return self._combined(Kind.ALL_OF, formula, formula.args, decides)
            case AnyOf():
                return self._combined(Kind.ANY_OF, formula, formula.args, decides)
            case AtLeast():
                return self._combined(Kind.AT_LEAST_OF, formula, formula.args, decides)
            case Not(arg=AnyOf(args=args)):
                return self._combined(Kind.NONE_OF, formula, args, decides)
            case Not():
                return self._combined(Kind.NOT, formula, (formula.arg,), decides)
            case Cases():
                return self._cases(formula, decides)
            case MissedFails():
                return self._node(formula.arg, decides)
            case Unclear():
                return self._combined(Kind.MISPRINT, formula, (), decides)
            case Passes():
                raise AssertionError("INVARIANT: a rule does not speak of criteria")
            case _:
                assert_never(formula)

    def _combined(
        self, kind: Kind, formula: Formula, args: Sequence[Formula], decides: bool
    ) -> Node:
        truth = self._truth(formula)
        # The parts of this truth are those that make it so; beneath a "not" those of the contrary.
        share = negation(truth) if truth is not None and kind in (Kind.NONE_OF, Kind.NOT) else truth
        parts = tuple(
            self._node(one, decides and (share is None or self._truth(one) is share))
            for one in args
        )
        return Node(
            kind,
            heading(formula),
            truth=truth,
            decides=None if truth is None else decides,
            changes=self._changes(formula),
            parts=parts,
        )

    def _cases(self, formula: Cases, decides: bool) -> Node:
        truth = self._truth(formula)
        parts = []
        for test, rule in formula.cases:
            possible = self._truth(test) is not Truth.FALSE
            words = rule_words(test, self.protocol, self.vocabulary)
            node = self._node(test, decides and possible)
            beneath = self._node(rule, decides and possible)
            parts.append(_as_case(node, f"if {words}", beneath))
        return Node(
            Kind.BY,
            heading(formula),
            truth=truth,
            decides=None if truth is None else decides,
            changes=self._changes(formula),
            parts=tuple(parts),
        )

    def _truth(self, formula: Formula) -> Truth | None:
        return None if self.found is None else evaluate(formula, self.found.now).truth

    def _changes(self, formula: Formula) -> tuple[Change, ...]:
        """The later days from which the same records make something else of it."""
        if self.found is None:
            return ()
        last = evaluate(formula, self.found.now).truth
        changes = []
        for day, then in self.found.later:
            truth = evaluate(formula, then).truth
            if truth is not last:
                changes.append(Change(iso(day), truth))
                last = truth
        return tuple(changes)

    # --- leaves -------------------------------------------------------------------------------

    def _leaf(self, test: Test, decides: bool) -> Node:
        selection = self.protocol.selections[test.slot]
        bare = Node(
            Kind.FACT,
            rule_words(test, self.protocol, self.vocabulary),
            fact=fact_of(selection),
            parts=self._parts(selection),
        )
        return bare if self.found is None else self._told(bare, test, selection, decides)

    def _told(self, bare: Node, test: Test, selection: Selection, decides: bool) -> Node:
        assert self.found is not None, "INVARIANT: something is told of a patient"
        frame, now = self.found.frame, self.found.now
        finding = evaluate(test, now)
        leaf = [(finding, selection, now[test.slot])]
        because = because_of(leaf)
        return replace(
            bare,
            truth=finding.truth,
            cause=finding.cause,
            decides=decides,
            found=leaf_clause(finding, self.protocol, self.vocabulary, now),
            window=self._window(selection),
            because=because,
            set_aside=set_aside_of(leaf),
            wanted=self._wanted(finding, now[test.slot]),
            new_result=refreshable(frame, renewed_in(selection, frame.vocabulary)),
            changes=self._changes(test),
            parts=tuple(_with_records(part, because) for part in bare.parts),
        )

    def _wanted(self, finding: Finding, found: Selected) -> tuple[Wanted, ...]:
        """What would settle it, as the result lists it for the whole trial (13.2)."""
        if finding.truth is not Truth.UNKNOWN:
            return ()
        wanted = []
        for lack in found.lacks:
            cause = lack.cause or finding.cause or Cause.MISSING
            fact = self.vocabulary[lack.fact]
            window = None if lack.window is None else _open_window(lack.window)
            if cause is not Cause.MISSED:
                wanted.append(Wanted(fact.name, fact.label, cause, window, fact.cost.value))
        return tuple(dict.fromkeys(wanted))

    def _window(self, selection: Selection) -> OpenWindow | None:
        """The days from which records count, where there is one window for all of them."""
        assert self.found is not None, "INVARIANT: something is told of a patient"
        windows = list(dict.fromkeys(windows_of(selection)))
        if len(windows) != 1 or any(isinstance(one, Ever) for one in sources(selection)):
            return None  # "has had": a yes of any day counts
        return _open_window(self.found.frame.extent(windows[0]).reach)

    # --- parts --------------------------------------------------------------------------------

    def _parts(self, selection: Selection) -> tuple[Node, ...]:
        """What something computed is made of."""
        match selection:
            case AssumeNo():
                return self._parts(selection.of)
            case Either():
                return self._parts(selection.computed)
            case Score():
                return tuple(self._part(one.value, one.bands) for one in selection.parts)
            case Grade():
                return (self._part(selection.of, selection.bands),)
            case Calculation():
                return tuple(self._part(one.value, ()) for one in selection.operands)
            case Decision():
                return tuple(self._part(one, ()) for one in selection.parts)
            case _:
                return ()

    def _part(self, value: Selection, bands: tuple[Band, ...]) -> Node:
        node = Node(
            Kind.PART,
            part_rule(value, bands, self.vocabulary),
            fact=fact_of(value),
            parts=self._parts(value),
        )
        if self.found is None:
            return node
        selected = select(self.found.frame, value)
        scores = any(band.points is not None for band in bands)
        return replace(
            node,
            found=part_clause(value, selected, self.vocabulary),
            points=_points(selected, bands) if scores else None,
        )


def _as_case(test: Node, says: str, rule: Node) -> Node:
    return replace(test, kind=Kind.CASE, says=says, parts=(rule,))


def _with_records(part: Node, because: Sequence[Because]) -> Node:
    """The part with those of the records behind the whole that are its own."""
    beneath = tuple(_with_records(one, because) for one in part.parts)
    own = tuple(entry for entry in because if entry.fact == part.fact)
    return replace(part, because=own, parts=beneath)


def _points(found: Selected, bands: tuple[Band, ...]) -> tuple[str, str]:
    (sum_,) = score([(found, bands)]).values or (Range(None, None),)
    assert isinstance(sum_, Range), "INVARIANT: points are numbers"
    low, high = (sum_.low or 0), (sum_.high or 0)
    return decimal_text(low), decimal_text(high)


def _open_window(reach: Reach) -> OpenWindow:
    opens = None if reach.opens is None else iso_or_none(reach.opens)
    return OpenWindow(opens, None if reach.closes is None else iso_or_none(reach.closes))
