"""The answer for one patient, as frozen data and as the JSON object that everything else reads.

Decimals are decimal text, dates ISO text, truths words; what is absent is `null`, never left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from json.encoder import encode_basestring
from typing import Any, NamedTuple, NoReturn, TypeAlias

from screener.causes import Cause
from screener.truth import Outcome, Truth, Verdict

#: The number of the result's JSON shape, and of the meaning in docs/semantics.md.
SCHEMA = "3"
SEMANTICS = "1"

Shown: TypeAlias = str | bool | None
Json: TypeAlias = dict[str, Any]


class Original(NamedTuple):
    """A value and its unit as the profile gives them."""

    value: Shown
    unit: str | None


class TableLimits(NamedTuple):
    """Reference limits out of a site's table, in the unit of the fact, and the row they are of.

    `row` None: that no row of the table applies.
    """

    low: str | None
    high: str | None
    row: str | None


class Because(NamedTuple):
    """A record, a date or a default that took part in an answer.

    `truth` is what this entry alone makes of the condition; `cause` says why it is unknown.
    `assumed`: not recorded but a stated default. `limits`: of each row of the site's table that may
    apply; empty where the limits came with the result, or there are none.
    """

    fact: str
    truth: Truth
    cause: Cause | None
    value: Shown
    unit: str | None
    original: Original | None
    date: str | None
    source: str | None
    assumed: bool = False
    limits: tuple[TableLimits, ...] = ()


class SetAside(NamedTuple):
    """A record that was not used, and why."""

    record: Because
    reason: str


class OpenWindow(NamedTuple):
    """A window in days of the calendar; None while a day is not known exactly, or there is none."""

    opens: str | None
    closes: str | None


class Remedy(NamedTuple):
    """What could change a failure: `none`, `wait` (until `date`) or `new_result`."""

    kind: str
    date: str | None = None


class CriterionResult(NamedTuple):
    """How one criterion ended, and on what that rests."""

    id: str
    stage: str
    kind: str
    text: str
    source: str | None
    outcome: Outcome
    applies: Truth
    sentence: str
    remedy: Remedy | None
    because: tuple[Because, ...]
    set_aside: tuple[SetAside, ...]
    valid_until: str | None


class Recurring(CriterionResult):
    """A criterion that ends so for other patients too: written as JSON but once."""

    @cached_property
    def written(self) -> str:
        """Its JSON."""
        return _criterion(self)


class StageResult(NamedTuple):
    """The verdict of one stage and its window."""

    id: str
    verdict: Verdict
    window: OpenWindow | None


class CohortResult(NamedTuple):
    """The verdict of one cohort."""

    id: str
    verdict: Verdict


class Missing(NamedTuple):
    """A fact that would help to settle the verdict, and the criteria that wait for it."""

    fact: str
    label: str
    cause: Cause
    needed_by: tuple[str, ...]
    window: OpenWindow | None
    cost: str


class Notice(NamedTuple):
    """A warning: it does not change the answer."""

    id: str
    message: str
    fact: str | None


class Unencoded(NamedTuple):
    """An item of the source that no rule stands for."""

    text: str
    source: str | None
    reason: str


class Amount(NamedTuple):
    """An amount as decimal text; None while an end is not known. `low` is `high` if it is exact."""

    low: str | None
    high: str | None
    unit: str


class DoseResult(NamedTuple):
    """What an arm gives of one drug at a time; arithmetic on what the source states.

    `stated`: the amount in the words of the source's units. `formula`: the fact that an amount per
    square metre or kilogram is multiplied by; None for a fixed amount, and where the source names
    none, which leaves `amount` None. `cause` and `missing`: why the amount is not exact, and the
    facts that would make it so.
    """

    drug: str
    option: str | None
    stated: str
    route: str | None
    schedule: str | None
    formula: str | None
    amount: Amount | None
    cause: Cause | None
    missing: tuple[str, ...]
    because: tuple[Because, ...]
    sentence: str


class ArmResult(NamedTuple):
    """A treatment arm, and what it gives an eligible patient."""

    id: str
    title: str
    doses: tuple[DoseResult, ...]


class StatedArm(ArmResult):
    """An arm that gives every patient the same: written as JSON but once."""

    @cached_property
    def written(self) -> str:
        """Its JSON."""
        return _arm(self)


class Judgement(NamedTuple):
    """The bare answer for one patient on one day: no reasons, nothing of what could change."""

    trial: str
    version: str
    patient: str | None
    as_of: str
    verdict: Verdict
    outcomes: tuple[tuple[str, Outcome], ...]

    def __bool__(self) -> NoReturn:
        raise TypeError("a judgement has three verdicts: compare `judgement.verdict`")

    def to_json_text(self) -> str:
        """One line of JSON: as the result, with `outcomes` by the ids of the criteria."""
        outcomes = [f"{_known(id)}: {_OUTCOME[outcome]}" for id, outcome in self.outcomes]
        return (
            f'{{"trial": {_text(self.trial)}, "version": {_text(self.version)}, '
            f'"patient": {_text(self.patient)}, "as_of": {_text(self.as_of)}, '
            f'"verdict": {_VERDICT[self.verdict]}, "outcomes": {{{", ".join(outcomes)}}}}}'
        )


@dataclass(frozen=True, slots=True)
class Result:
    """The answer for one patient on one day; `to_json` gives the shape of every interface."""

    trial: str
    version: str
    rules_sha256: str
    vocabulary_sha256: str
    engine: str
    patient: str | None
    as_of: str
    verdict: Verdict
    cohorts: tuple[CohortResult, ...]
    stages: tuple[StageResult, ...]
    criteria: tuple[CriterionResult, ...]
    missing: tuple[Missing, ...]
    warnings: tuple[Notice, ...]
    strata: tuple[tuple[str, str | None], ...]
    arms: tuple[ArmResult, ...]
    not_encoded: tuple[Unencoded, ...]
    next_change: str | None
    schema: str = SCHEMA
    semantics: str = SEMANTICS

    def __bool__(self) -> NoReturn:
        raise TypeError("a result has three verdicts: compare `result.verdict` with a Verdict")

    def to_json(self) -> Json:
        """The result as plain data, keys in their documented order."""
        plain: Json = json.loads(self.to_json_text())
        return plain

    def to_json_text(self) -> str:
        """The result as one line of JSON, characters beyond ASCII as they are."""
        cohorts = [f"{_head(one.id, one.verdict)}}}" for one in self.cohorts]
        stages = [
            f'{_head(one.id, one.verdict)}, "window": {_window(one.window)}}}'
            for one in self.stages
        ]
        criteria = [
            one.written if isinstance(one, Recurring) else _criterion(one) for one in self.criteria
        ]
        arms = [one.written if isinstance(one, StatedArm) else _arm(one) for one in self.arms]
        strata = [f"{_text(name)}: {_text(level)}" for name, level in self.strata]
        return (
            f'{{"schema": {_text(self.schema)}, "trial": {_text(self.trial)}, '
            f'"version": {_text(self.version)}, "rules_sha256": {_text(self.rules_sha256)}, '
            f'"vocabulary_sha256": {_text(self.vocabulary_sha256)}, '
            f'"engine": {_text(self.engine)}, "semantics": {_text(self.semantics)}, '
            f'"patient": {_text(self.patient)}, "as_of": {_text(self.as_of)}, '
            f'"verdict": {_VERDICT[self.verdict]}, '
            f'"cohorts": {_list(cohorts)}, "stages": {_list(stages)}, '
            f'"criteria": {_list(criteria)}, '
            f'"missing": {_list([_missing(one) for one in self.missing])}, '
            f'"warnings": {_list([_notice(one) for one in self.warnings])}, '
            f'"strata": {{{", ".join(strata)}}}, '
            f'"arms": {_list(arms)}, '
            f'"not_encoded": {_list([_unencoded(one) for one in self.not_encoded])}, '
            f'"next_change": {_text(self.next_change)}}}'
        )


def because_json(entry: Because) -> Json:
    """An entry as plain data."""
    plain: Json = json.loads(_because(entry) + "}")
    return plain


def set_aside_json(entry: SetAside) -> Json:
    """A record that was not used, as plain data."""
    plain: Json = json.loads(_aside(entry))
    return plain


def arm_json(arm: ArmResult) -> Json:
    """An arm and what it gives, as plain data."""
    plain: Json = json.loads(_arm(arm))
    return plain


def window_json(window: OpenWindow | None) -> Json | None:
    """A window as plain data."""
    return None if window is None else window._asdict()


# --- JSON, written directly: most of a result are constant words ----------------------------------

_VERDICT = {one: encode_basestring(one.value) for one in Verdict}
_OUTCOME = {one: encode_basestring(one.value) for one in Outcome}
_TRUTH = {one: encode_basestring(one.value) for one in Truth}
_CAUSE: dict[Cause | None, str] = {one: encode_basestring(one.value) for one in Cause}
_CAUSE[None] = "null"


def _text(text: str | None) -> str:
    return "null" if text is None else encode_basestring(text)


#: Words of a protocol or vocabulary, which come again with every patient.
_known = lru_cache(maxsize=8192)(encode_basestring)


def _value(value: Shown) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    return "null" if value is None else "true" if value else "false"


def _list(parts: list[str]) -> str:
    return f"[{', '.join(parts)}]"


@lru_cache(maxsize=8192)
def _heading(id: str, stage: str, kind: str, text: str, source: str | None) -> str:
    """What the protocol says of a criterion; the same for all patients."""
    return (
        f'"id": {_text(id)}, "stage": {_text(stage)}, "kind": {_text(kind)}, '
        f'"text": {_text(text)}, "source": {_text(source)}'
    )


def _head(id: str, verdict: Verdict) -> str:
    return f'{{"id": {_text(id)}, "verdict": {_VERDICT[verdict]}'


def _criterion(one: CriterionResult) -> str:
    remedy = one.remedy
    return (
        f"{{{_heading(one.id, one.stage, one.kind, one.text, one.source)}, "
        f'"outcome": {_OUTCOME[one.outcome]}, "applies": {_TRUTH[one.applies]}, '
        f'"sentence": {encode_basestring(one.sentence)}, "remedy": '
        + (
            "null"
            if remedy is None
            else f'{{"kind": {_text(remedy.kind)}, "date": {_text(remedy.date)}}}'
        )
        + f', "because": {_list([_because(entry) + "}" for entry in one.because])}, '
        f'"set_aside": {_list([_aside(entry) for entry in one.set_aside])}, '
        f'"valid_until": {_text(one.valid_until)}}}'
    )


def _aside(one: SetAside) -> str:
    return f'{_because(one.record)}, "reason": {_text(one.reason)}}}'


def _because(entry: Because) -> str:
    """The members of an entry, as yet without the closing brace."""
    if entry.unit is None and entry.original is None and entry.source is None:
        return _recurring(entry)
    return _members(entry)


def _members(entry: Because) -> str:
    fact, truth, cause, value, unit, original, date, source, assumed, limits = entry
    first = "null"
    if original is not None:
        first = f'{{"value": {_value(original.value)}, "unit": {_text(original.unit)}}}'
    return (
        f'{{"fact": {_known(fact)}, "truth": {_TRUTH[truth]}, '
        f'"cause": {_CAUSE[cause]}, "value": {_value(value)}, "unit": {_text(unit)}, '
        f'"original": {first}, "date": {_text(date)}, "source": {_text(source)}, '
        f'"assumed": {"true" if assumed else "false"}, '
        f'"limits": {_list([_limits(one) for one in limits]) if limits else "[]"}'
    )


def _limits(one: TableLimits) -> str:
    return f'{{"low": {_text(one.low)}, "high": {_text(one.high)}, "row": {_text(one.row)}}}'


#: An answer that is no number comes again with many patients.
_recurring = lru_cache(maxsize=4096)(_members)


def _missing(one: Missing) -> str:
    return (
        f'{{"fact": {_text(one.fact)}, "label": {_text(one.label)}, "cause": {_CAUSE[one.cause]}, '
        f'"needed_by": {_list([_text(id) for id in one.needed_by])}, '
        f'"window": {_window(one.window)}, "cost": {_text(one.cost)}}}'
    )


def _notice(one: Notice) -> str:
    return f'{{"id": {_text(one.id)}, "message": {_text(one.message)}, "fact": {_text(one.fact)}}}'


def _arm(one: ArmResult) -> str:
    doses = _list([_dose(each) for each in one.doses])
    return f'{{"id": {_text(one.id)}, "title": {_text(one.title)}, "doses": {doses}}}'


def _dose(one: DoseResult) -> str:
    amount = one.amount
    return (
        f'{{"drug": {_text(one.drug)}, "option": {_text(one.option)}, '
        f'"stated": {_text(one.stated)}, "route": {_text(one.route)}, '
        f'"schedule": {_text(one.schedule)}, "formula": {_text(one.formula)}, "amount": '
        + (
            "null"
            if amount is None
            else f'{{"low": {_text(amount.low)}, "high": {_text(amount.high)}, '
            f'"unit": {_text(amount.unit)}}}'
        )
        + f', "cause": {_CAUSE[one.cause]}, "missing": {_list([_text(f) for f in one.missing])}, '
        f'"because": {_list([_because(entry) + "}" for entry in one.because])}, '
        f'"sentence": {_text(one.sentence)}}}'
    )


@lru_cache(maxsize=1024)
def _unencoded(one: Unencoded) -> str:
    return (
        f'{{"text": {_text(one.text)}, "source": {_text(one.source)}, '
        f'"reason": {_text(one.reason)}}}'
    )


def _window(window: OpenWindow | None) -> str:
    if window is None:
        return "null"
    return f'{{"opens": {_text(window.opens)}, "closes": {_text(window.closes)}}}'
