"""Who moves from one verdict to another between two versions, and because of which criteria.

Both versions judge the same facts on the same day, whichever is in force. What each criterion does
is the bare finding; sentences are made for the movers only, and of those for no more than are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from screener.catalog import Edition
from screener.days import iso
from screener.facts import FactSheet
from screener.interpreters.evaluate import evaluate
from screener.judging import Judged, judge_patient
from screener.plan import Plan, plan_of
from screener.truth import OUTCOME, VERDICT, Outcome, Truth, Verdict
from screener.workbench.named_apart import named_apart
from screener.workbench.recurring import Recurring
from screener.workbench.sameness import renamed, senses


class Ending(NamedTuple):
    """How a criterion ends by one version, and why, with the values it rests on.

    `sentence`: empty of a patient of whom only the outcomes are told.
    """

    outcome: Outcome
    sentence: str


class Cause(NamedTuple):
    """A criterion that ends otherwise; None where a version does not have it.

    `was`: what the old version calls it, where it says the same under another name.
    """

    id: str
    was: str | None
    old: Ending | None
    new: Ending | None


class Mover(NamedTuple):
    """A patient whose verdict changes, and the criteria that end otherwise."""

    patient: str | None
    as_of: int
    old: Verdict
    new: Verdict
    because: tuple[Cause, ...]


class Judgement(NamedTuple):
    """Both verdicts on one patient; `mover` where they differ.

    `outcomes`: how each criterion ends by the old and by the new version, a letter each (`LETTER`).
    """

    old: Verdict
    new: Verdict
    outcomes: tuple[str, str]
    mover: Mover | None


#: One letter for an outcome, so that those of a crowd take little room.
LETTER = {Truth.TRUE: "p", Truth.FALSE: "f", Truth.UNKNOWN: "u"}
_OUTCOMES = {letter: OUTCOME[truth] for truth, letter in LETTER.items()}


class Counts(NamedTuple):
    """How many patients a criterion lets pass, fails, and cannot tell."""

    passed: int
    failed: int
    unknown: int

    def to_json(self) -> dict[str, int]:
        """The counts by outcome."""
        return {"pass": self.passed, "fail": self.failed, "unknown": self.unknown}


class Counted(NamedTuple):
    """How a criterion ends for the patients by each version; None where one does not have it.

    `was`: see `Cause`.
    """

    id: str
    was: str | None
    old: Counts | None
    new: Counts | None


class Moves(NamedTuple):
    """The 3 by 3 table of verdicts (old, new), each criterion, and the movers.

    Criteria in the order of the new version, then those that only the old one has; movers with loss
    of eligibility first.
    """

    table: dict[tuple[Verdict, Verdict], int]
    criteria: tuple[Counted, ...]
    movers: tuple[Mover, ...]

    def to_json(self) -> dict[str, Any]:
        """The table as `{old: {new: count}}`, the counts by criterion, and every mover."""
        return {
            "table": {
                old.value: {new.value: self.table.get((old, new), 0) for new in Verdict}
                for old in Verdict
            },
            "counts": [
                {
                    "id": one.id,
                    "was": one.was,
                    "old": None if one.old is None else one.old.to_json(),
                    "new": None if one.new is None else one.new.to_json(),
                }
                for one in self.criteria
            ],
            "movers": [
                {
                    "patient": one.patient,
                    "as_of": iso(one.as_of),
                    "old": one.old.value,
                    "new": one.new.value,
                    "because": [
                        {
                            "id": cause.id,
                            "was": cause.was,
                            "old": None if cause.old is None else cause.old.outcome.value,
                            "new": None if cause.new is None else cause.new.outcome.value,
                            "old_sentence": None if cause.old is None else cause.old.sentence,
                            "new_sentence": None if cause.new is None else cause.new.sentence,
                        }
                        for cause in one.because
                    ],
                }
                for one in self.movers
            ],
        }


class Paired(NamedTuple):
    """A criterion of either version, and its place in each; None where a version lacks it."""

    id: str
    was: str | None
    old: int | None
    new: int | None


def paired(old: Edition, new: Edition) -> tuple[Paired, ...]:
    """The criteria of the new version in its order, then those that only the old one has.

    One that both say under different names is one criterion.
    """
    before, after = named_apart([old.protocol, new.protocol])
    was = renamed((before, after), (senses(before), senses(after)))
    places = {one.id: place for place, one in enumerate(before.criteria)}
    here = [
        Paired(one.id, was.get(one.id), places.pop(was.get(one.id, one.id), None), place)
        for place, one in enumerate(after.criteria)
    ]
    return (*here, *(Paired(id, None, place, None) for id, place in places.items()))


class Both:
    """Two versions made ready to judge the same patients; what recurs among them is judged once.

    `told`: so many movers of each kind are told with sentences; None: all of them.
    """

    def __init__(self, old: Edition, new: Edition, told: int | None = None) -> None:
        self._plans = (
            plan_of(old.protocol, old.vocabulary),
            plan_of(new.protocol, new.vocabulary),
        )
        self._paired = paired(old, new)
        self._told = told
        self._so_far: Counter[tuple[Verdict, Verdict]] = Counter()
        one, other = self._plans
        # A selection means the same in both only where the days and the facts do.
        alike = one.dates == other.dates and one.vocabulary == other.vocabulary
        groups = [self._plans] if alike else [(one,), (other,)]
        self._judges = [Recurring(plans) for plans in groups]
        # Without sentences those who end alike move for the same reasons, told once.
        self._bare = lru_cache(10_000)(lambda outcomes: tuple(self._causes(outcomes, None)))

    def judge(self, sheet: FactSheet, as_of: int) -> Judgement:
        """Judge one patient by both; the vocabularies of both read his facts alike."""
        old, new = (ends for one in self._judges for ends in one.judge(sheet, as_of))
        verdicts = VERDICT[old.verdict], VERDICT[new.verdict]
        outcomes = _letters(old.criteria), _letters(new.criteria)
        if verdicts[0] is not verdicts[1]:
            self._so_far[verdicts] += 1
            if self._told is None or self._so_far[verdicts] <= self._told:
                return self._told_of(sheet, as_of, verdicts, outcomes)
        return self.answered(sheet.patient, as_of, verdicts, outcomes)

    def _told_of(
        self,
        sheet: FactSheet,
        as_of: int,
        verdicts: tuple[Verdict, Verdict],
        outcomes: tuple[str, str],
    ) -> Judgement:
        """The same with sentences, for which he is judged by himself."""
        old, new = (
            judge_patient(plan.protocol, plan.vocabulary, sheet, as_of) for plan in self._plans
        )
        because = tuple(self._causes(outcomes, (old, new)))
        return Judgement(*verdicts, outcomes, Mover(sheet.patient, as_of, *verdicts, because))

    def answered(
        self,
        patient: str | None,
        as_of: int,
        verdicts: tuple[Verdict, Verdict],
        outcomes: tuple[str, str],
    ) -> Judgement:
        """The same of a patient whose outcomes are known; nothing is told in sentences."""
        if verdicts[0] is verdicts[1]:
            return Judgement(*verdicts, outcomes, None)
        because = self._bare(outcomes)
        return Judgement(*verdicts, outcomes, Mover(patient, as_of, *verdicts, because))

    def _causes(
        self, outcomes: tuple[str, str], judged: tuple[Judged, Judged] | None
    ) -> Iterator[Cause]:
        old, new = outcomes
        for one in self._paired:
            before = None if one.old is None else old[one.old]
            after = None if one.new is None else new[one.new]
            # A criterion that one version does not have passes there.
            if (before or _PASSES) != (after or _PASSES):
                endings = [
                    None if place is None else self._ending(version, place, outcomes, judged)
                    for version, place in enumerate((one.old, one.new))
                ]
                yield Cause(one.id, one.was, *endings)

    def _ending(
        self,
        version: int,
        place: int,
        outcomes: tuple[str, str],
        judged: tuple[Judged, Judged] | None,
    ) -> Ending:
        sentence = "" if judged is None else _sentence(self._plans[version], judged[version], place)
        return Ending(_OUTCOMES[outcomes[version][place]], sentence)


_PASSES = LETTER[Truth.TRUE]


def _letters(truths: Iterable[Truth]) -> str:
    return "".join([LETTER[one] for one in truths])


def _sentence(plan: Plan, judged: Judged, place: int) -> str:
    criterion, truth = plan.protocol.criteria[place], judged.truths[place]
    applies = (
        Truth.TRUE
        if criterion.applies is None
        else evaluate(criterion.applies, judged.selected).truth
    )
    return plan.teller.sentence(criterion, truth, applies, judged.leaves(place), judged.selected)


def moves(old: Edition, new: Edition, patients: Iterable[tuple[FactSheet, int]]) -> Moves:
    """Judge every patient by both versions.

    Args:
        old: the version before.
        new: the version after.
        patients: the facts, which both vocabularies read alike, and the day of screening.
    """
    both = Both(old, new)
    return counted(old, new, ((both.judge(sheet, as_of), 1) for sheet, as_of in patients))


def counted(old: Edition, new: Edition, judgements: Iterable[tuple[Judgement, int]]) -> Moves:
    """The table, the criteria, and the movers: eligible to ineligible first, then other losses.

    `judgements`: each with how many patients it is of; one of a mover is of him alone.
    """
    table: Counter[tuple[Verdict, Verdict]] = Counter()
    ends: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    movers: list[Mover] = []
    for one, patients in judgements:
        table[one.old, one.new] += patients
        for counter, letters in zip(ends, one.outcomes, strict=True):
            counter[letters] += patients
        if one.mover is not None:
            movers.append(one.mover)
    # Python's sort is stable: patients stay in the order of the file within each kind of move.
    movers.sort(key=lambda one: _KINDS[one.old, one.new])
    before, after = (list(_by_criterion(counter)) for counter in ends)
    criteria = tuple(
        Counted(
            one.id,
            one.was,
            before[one.old] if before and one.old is not None else None,
            after[one.new] if after and one.new is not None else None,
        )
        for one in paired(old, new)
    )
    return Moves(dict(table), criteria, tuple(movers))


def _by_criterion(ends: Counter[str]) -> Iterator[Counts]:
    """The counts of each criterion, from how many patients end in which way altogether."""
    for place in range(len(next(iter(ends), ""))):
        counts: Counter[str] = Counter()
        for letters, patients in ends.items():
            counts[letters[place]] += patients
        yield Counts(counts["p"], counts["f"], counts["u"])


_E, _U, _I = Verdict.ELIGIBLE, Verdict.UNDETERMINED, Verdict.INELIGIBLE
_KINDS = {(_E, _I): 0, (_E, _U): 1, (_U, _I): 2, (_U, _E): 3, (_I, _E): 3, (_I, _U): 3}
