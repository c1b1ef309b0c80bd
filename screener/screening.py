"""One patient against one protocol on one day: selections, findings, verdicts and their reasons.

The only place that puts a `Result` together; it decides nothing that the formula, the selections
or the evaluation decide. Source: semantics section 13.
"""

from __future__ import annotations

from collections.abc import Sequence

from screener.causes import Cause
from screener.days import iso, iso_or_none
from screener.diagnostics import Fault, ProfileError
from screener.dosing import arms_of
from screener.explanation import because_of, set_aside_of
from screener.facts import FactSheet
from screener.finding import open_leaves
from screener.interpreters.evaluate import evaluate
from screener.interpreters.prose import date_words
from screener.ir import Protocol, Test, Window
from screener.judging import Judged, judge, judge_anew
from screener.notices import notices
from screener.plan import Plan, plan_of
from screener.quantities import Range
from screener.result import (
    CohortResult,
    CriterionResult,
    Judgement,
    Missing,
    OpenWindow,
    Recurring,
    Remedy,
    Result,
    StageResult,
)
from screener.selection.frame import Extent, Frame
from screener.selection.select import select_each
from screener.selection.selected import Reach, Selected
from screener.selection.standing import later
from screener.selection.uses import refreshable
from screener.truth import FALSE, OUTCOME, TRUE, VERDICT, Truth
from screener.version import VERSION
from screener.vocabulary import Cost, Vocabulary

#: Of a selection whose new result is awaited, or that does not matter.
_NOT_ASKED = Selected((), Cause.MISSING, 0, (), ())
_COST = {cost: rank for rank, cost in enumerate(Cost)}


def screen(
    protocol: Protocol,
    vocabulary: Vocabulary,
    sheet: FactSheet,
    as_of: int,
    *,
    rules_sha256: str = "",
    vocabulary_sha256: str = "",
) -> Result:
    """Judge one patient.

    Args:
        protocol: a checked protocol.
        vocabulary: the facts it was checked against.
        sheet: the patient's facts, in the units of the vocabulary.
        as_of: the day for which the question is asked, as an ordinal.
        rules_sha256: of the bytes of the rule file.
        vocabulary_sha256: of the bytes of the vocabulary.

    Raises:
        ProfileError: the facts cannot be those of a patient on that day (born later).
    """
    plan = plan_of(protocol, vocabulary)
    frame, judged = _judged(plan, sheet, as_of)
    now = judged.selected
    changes = [
        (day, judge_anew(judged, selected, plan.slots))
        for day, selected in later(frame, protocol.selections, now, plan.missed_fails, plan.still)
    ]
    verdict = judged.truth
    return Result(
        trial=protocol.trial,
        version=protocol.version,
        rules_sha256=rules_sha256,
        vocabulary_sha256=vocabulary_sha256,
        engine=VERSION,
        patient=sheet.patient,
        as_of=iso(as_of),
        verdict=VERDICT[verdict],
        cohorts=tuple(
            CohortResult(one.id, VERDICT[truth])
            for one, truth in zip(protocol.cohorts, judged.truths_of(protocol.cohorts), strict=True)
        ),
        stages=tuple(
            StageResult(one.id, VERDICT[truth], _stage_window(frame, one.window))
            for one, truth in zip(protocol.stages, judged.truths_of(protocol.stages), strict=True)
        ),
        criteria=_criteria(frame, plan, judged, changes),
        missing=_missing(protocol, vocabulary, judged, now),
        warnings=notices(frame, plan),
        strata=_strata(protocol, now) if verdict is TRUE else (),
        arms=arms_of(plan.arms, protocol, vocabulary, now) if verdict is TRUE else (),
        not_encoded=plan.not_encoded,
        next_change=next(
            (iso_or_none(day) for day, then in changes if then.truth is not verdict), None
        ),
    )


def judge_sheet(
    protocol: Protocol, vocabulary: Vocabulary, sheet: FactSheet, as_of: int
) -> Judgement:
    """The bare answer for one patient: as `screen` without what explains it; see there."""
    plan = plan_of(protocol, vocabulary)
    judged = _judged(plan, sheet, as_of)[1]
    return Judgement(
        protocol.trial,
        protocol.version,
        sheet.patient,
        iso(as_of),
        VERDICT[judged.truth],
        tuple(zip(plan.ids, map(OUTCOME.__getitem__, judged.truths), strict=True)),
    )


def judged_sheet(
    protocol: Protocol, vocabulary: Vocabulary, sheet: FactSheet, as_of: int
) -> Judged:
    """The findings for one patient, of whom nothing is told; raises as `screen`."""
    return _judged(plan_of(protocol, vocabulary), sheet, as_of)[1]


def _judged(plan: Plan, sheet: FactSheet, as_of: int) -> tuple[Frame, Judged]:
    frame = Frame(sheet, plan.vocabulary, plan.dates, as_of)
    _check_birth(frame, plan)
    selected = select_each(frame, plan.protocol.selections, plan.soles)
    return frame, judge(plan.protocol, selected)


def _criteria(
    frame: Frame, plan: Plan, judged: Judged, changes: Sequence[tuple[int, Judged]]
) -> tuple[CriterionResult, ...]:
    """How each criterion ended; `changes`: the later days on which something differs."""
    selected = judged.selected
    truths = judged.truths
    timeline = [(day, then.truths) for day, then in changes]
    until = _ends(truths, timeline)
    ended: list[CriterionResult] = []
    for index, (truth, alone, told) in enumerate(zip(truths, plan.alone, plan.told, strict=True)):
        if truth is FALSE or not plan.coded[index] or index in until:
            remedy = _remedy(frame, plan, judged, index, timeline) if truth is FALSE else None
            ended.append(_told(plan, judged, index, truth, remedy, until.get(index)))
            continue
        # A yes, a no or a code is answered alike for every patient, and need not be told anew.
        held: object = None
        rests_on: object
        if alone is None:
            rests_on = tuple([selected[slot] for slot in plan.slots[index]])
        else:
            # By identity, which takes a third of the time of a comparison.
            held = selected[alone]
            rests_on = id(held)
        known = told.get(rests_on)
        ended.append(
            _recurring(plan, judged, index, truth, rests_on, held) if known is None else known[0]
        )
    return tuple(ended)


def _ends(
    truths: Sequence[Truth], timeline: Sequence[tuple[int, Sequence[Truth]]]
) -> dict[int, str]:
    """The last day on which a criterion ends as now, of those that end otherwise later."""
    ends: dict[int, str] = {}
    for day, then in timeline:
        for index, (truth, other) in enumerate(zip(truths, then, strict=True)):
            if other is not truth and index not in ends:
                ends[index] = iso(day - 1)
    return ends


def _recurring(
    plan: Plan, judged: Judged, index: int, truth: Truth, rests_on: object, held: object
) -> Recurring:
    """How a criterion ended that rests on answers which recur: told once for all who give them."""
    recurring = Recurring(*_told(plan, judged, index, truth))
    if not any([entry.source for entry in recurring.because]):
        plan.keep(index, rests_on, recurring, held)
    return recurring


def _told(
    plan: Plan,
    judged: Judged,
    index: int,
    truth: Truth,
    remedy: Remedy | None = None,
    until: str | None = None,
) -> CriterionResult:
    """How a criterion ended, and on what that rests; by itself it depends on its selections."""
    protocol, now = plan.protocol, judged.selected
    criterion = protocol.criteria[index]
    applies = TRUE if criterion.applies is None else evaluate(criterion.applies, now).truth
    leaves = judged.leaves(index)
    tests = [
        (leaf, protocol.selections[leaf.formula.slot], now[leaf.formula.slot])
        for leaf in leaves
        if isinstance(leaf.formula, Test)
    ]
    told = (
        criterion.id,
        criterion.stage,
        plan.kinds[index],
        criterion.text,
        criterion.source,
        OUTCOME[truth],
        applies,
        plan.teller.sentence(criterion, truth, applies, leaves, now),
        remedy,
        because_of(tests),
        set_aside_of(tests),
        until,
    )
    # Past its own `__new__`, which takes twice as long.
    return tuple.__new__(CriterionResult, told)


def _remedy(
    frame: Frame,
    plan: Plan,
    judged: Judged,
    index: int,
    timeline: Sequence[tuple[int, Sequence[Truth]]],
) -> Remedy:
    """What could change a failure (13.4); `timeline`: the truths of all criteria later on."""
    criterion = plan.protocol.criteria[index]
    deciding = [
        leaf.formula.slot for leaf in judged.leaves(index) if isinstance(leaf.formula, Test)
    ]
    passing = next((day for day, then in timeline if then[index] is TRUE), None)
    if passing is None and all([plan.events_only[slot] for slot in deciding]):
        passing = next((day for day, then in timeline if then[index] is not FALSE), None)
    if passing is not None:
        return Remedy("wait", iso_or_none(passing))
    renewed = list(judged.selected)
    for slot in plan.slots[index]:
        if refreshable(frame, plan.renewed[slot]):
            renewed[slot] = _NOT_ASKED
    if evaluate(criterion.passes, renewed).truth is not FALSE:
        return Remedy("new_result")
    return Remedy("none")


def _missing(
    protocol: Protocol, vocabulary: Vocabulary, judged: Judged, now: Sequence[Selected]
) -> tuple[Missing, ...]:
    """What would settle the verdict, cheapest first (13.2)."""
    needed: dict[tuple[str, Cause, Reach | None], list[str]] = {}
    for index in judged.waiting:
        criterion = protocol.criteria[index]
        for leaf in open_leaves(judged.criterion(index)):
            if not isinstance(leaf.formula, Test):
                continue
            for lack in now[leaf.formula.slot].lacks:
                cause = lack.cause or leaf.cause or Cause.MISSING
                if cause is not Cause.MISSED:
                    ids = needed.setdefault((lack.fact, cause, lack.window), [])
                    if criterion.id not in ids:
                        ids.append(criterion.id)
    entries = [
        Missing(
            fact,
            vocabulary[fact].label,
            cause,
            tuple(ids),
            None if window is None else _open_window(window),
            vocabulary[fact].cost.value,
        )
        for (fact, cause, window), ids in needed.items()
    ]
    return tuple(
        sorted(
            entries,
            key=lambda one: (
                _COST[vocabulary[one.fact].cost],
                -len(one.needed_by),
                one.fact,
                one.cause.value,
                str(one.window),
            ),
        )
    )


def _strata(protocol: Protocol, now: Sequence[Selected]) -> tuple[tuple[str, str | None], ...]:
    """The level of each stratification factor that holds for an eligible patient."""
    return tuple(
        (
            stratum.id,
            next(
                (level.id for level in stratum.levels if evaluate(level.rule, now).truth is TRUE),
                None,
            ),
        )
        for stratum in protocol.strata
    )


def _check_birth(frame: Frame, plan: Plan) -> None:
    """Nobody is screened before being born."""
    for fact in plan.births:
        for record in frame.sheet.records.get(fact, ()):
            value = record.value
            if isinstance(value, Range) and value.low is not None and value.low > frame.as_of:
                day = date_words(iso(frame.as_of))
                raise ProfileError(
                    [
                        Fault(
                            f"/facts/{fact}",
                            f"the birth date lies after the day of screening, {day}",
                        )
                    ],
                    frame.sheet.patient,
                )


def _stage_window(frame: Frame, window: Window | None) -> OpenWindow | None:
    if window is None:
        return None
    extent: Extent = frame.extent(window)
    return _open_window(extent.reach)


def _open_window(reach: Reach) -> OpenWindow:
    opens = None if reach.opens is None else iso_or_none(reach.opens)
    return OpenWindow(opens, None if reach.closes is None else iso_or_none(reach.closes))
