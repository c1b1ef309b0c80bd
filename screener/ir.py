"""The formula that a protocol is: frozen data of two sorts, record sets and truths; no behaviour.

A *record set* says which records of a fact may be used; a *selection* makes one settled or
unsettled answer of them; a *truth* compares a selection or combines truths. Every interpreter reads
these nodes; none adds to them. Units are converted, names resolved and stage windows attached
before a node is built, so that no interpreter looks anything up. Spans are where a node was written
and never take part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from screener.diagnostics import Span
from screener.quantities import Condition, Number, Range
from screener.terms import Term

# --- days -------------------------------------------------------------------------------------

AS_OF = "as_of"
#: In the tests of the other set of a `Related`, or of an `OfFact`: the days on which the record
#: that is being judged may have started (an observation: its day).
THIS = "this"


@dataclass(frozen=True, slots=True)
class Point:
    """A day relative to a named date of the protocol: `anchor` + calendar months, then days.

    `anchor` is `as_of`, `this` or a key of `Protocol.dates`; with `anchor` None the day is `days`
    itself (an ordinal).
    """

    anchor: str | None
    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `start` to `end`, both counting; None leaves that side open."""

    start: Point | None
    end: Point | None


@dataclass(frozen=True, slots=True)
class DateSource:
    """What a named date is read from: a date fact, and whether `as_of` stands in for it."""

    fact: str
    otherwise_as_of: bool


@dataclass(frozen=True, slots=True)
class EarlierOf:
    """A named date that is the first of several days, or with `later` the last of them."""

    points: tuple[Point, ...]
    later: bool = False


NamedDay: TypeAlias = DateSource | EarlierOf


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time: calendar months, then days."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Length:
    """How long something lasts: from `low` to `high`, either of which may be left out.

    From the day a to the day b it is at least a stretch S if a + S <= b.
    """

    low: Stretch | None
    high: Stretch | None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class HalfLives:
    """So many times the half-life of the record, an attribute of which `per_day` make a day."""

    count: Decimal
    attribute: str
    per_day: int


# --- limits that come with the record ---------------------------------------------------------


class Limit(Enum):
    """An end of the reference range that comes with a result."""

    ULN = "ULN"
    LLN = "LLN"


@dataclass(frozen=True, slots=True)
class OfNumber:
    """A number in the unit of the fact, beside an end that is not one."""

    number: Number


@dataclass(frozen=True, slots=True)
class OfLimit:
    """`times` x a reference limit of the record judged, and `plus` (in the unit of the fact)."""

    limit: Limit
    times: Decimal = Decimal(1)
    plus: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class OfAttribute:
    """`times` x another attribute of the record judged."""

    name: str
    times: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class OfFact:
    """`times` x the value of another selection, in whose windows `THIS` is the record judged."""

    of: Selection
    times: Decimal = Decimal(1)


Bound: TypeAlias = OfNumber | OfLimit | OfAttribute | OfFact


@dataclass(frozen=True, slots=True)
class Relative:
    """A range of which an end is known only with the record that is judged by it."""

    low: Bound | None
    high: Bound | None
    low_open: bool = False
    high_open: bool = False


#: What is asked of the value of each record by itself.
Requirement: TypeAlias = Condition | Relative


# --- record sets ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Within:
    """The record is in the window (an event: any of its days)."""

    window: Window


@dataclass(frozen=True, slots=True)
class Before:
    """The record is over before that day, strictly (an event: ended before it)."""

    point: Point


@dataclass(frozen=True, slots=True)
class After:
    """The record is later than that day, strictly (an event: started after it)."""

    point: Point


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the record meets what is asked of it."""

    name: str
    condition: Requirement


@dataclass(frozen=True, slots=True)
class Unless:
    """None of the alternatives holds; an alternative holds where all its tests hold."""

    alternatives: tuple[tuple[Attribute, ...], ...]


@dataclass(frozen=True, slots=True)
class Starts:
    """The record starts in the window (an observation: is of a day in it)."""

    window: Window


@dataclass(frozen=True, slots=True)
class Lookback:
    """The record is in the shortest of these stretches before a day, which counts as well.

    With `longest` it is the longest of them. Of half-lives whole days count that are no longer.
    """

    before: Point
    stretches: tuple[Stretch | HalfLives, ...]
    longest: bool = False


@dataclass(frozen=True, slots=True)
class Lasting:
    """The event lasts so long, first and last day counted, as far as `as_of`."""

    length: Length


@dataclass(frozen=True, slots=True)
class Related:
    """There is a record of the other set that fits this one, or with `none` there is not.

    `THIS` in the tests of `other` is the start of this record, which is never its own other.
    """

    other: RecordSet
    none: bool = False


RecordTest: TypeAlias = (
    Within | Before | After | Starts | Lookback | Lasting | Related | Attribute | Unless
)


@dataclass(frozen=True, slots=True)
class RecordSet:
    """The records of `fact` for which every test holds."""

    fact: str
    tests: tuple[RecordTest, ...] = ()


# --- selections -------------------------------------------------------------------------------


class Use(Enum):
    """Which record speaks for an observation."""

    LATEST = "latest"
    EARLIEST = "earliest"
    HIGHEST = "highest"
    LOWEST = "lowest"
    MEAN = "mean"
    MEDIAN = "median"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Fixed:
    """The value of a fact that does not change; every value recorded counts.

    `times`: as a multiple of that limit. `judged`: not the value, but whether it meets this.
    """

    of: RecordSet
    times: Limit | None = None
    judged: Relative | None = None


@dataclass(frozen=True, slots=True)
class Ever:
    """Whether a cumulative fact has been so: a yes counts in every window, a no up to its day.

    `within` is the window that decides how old a no may be; `of` has no `Within` test.
    """

    of: RecordSet
    within: Window | None


@dataclass(frozen=True, slots=True)
class Pick:
    """One value out of the records of an observation.

    `times`: as a multiple of that limit. `judged`: not the value, but whether it meets this.
    `per_day`: the records of each day become one by `use`, and the newest day decides.
    """

    of: RecordSet
    use: Use
    times: Limit | None = None
    judged: Relative | None = None
    per_day: bool = False


@dataclass(frozen=True, slots=True)
class Quantified:
    """Whether all (`every`) or any of the recorded values meet the condition."""

    of: RecordSet
    every: bool
    condition: Requirement
    times: Limit | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records there are, of those that meet the condition where there is one.

    `distinct_days`: on how many days they start.
    """

    of: RecordSet
    condition: Requirement | None = None
    times: Limit | None = None
    distinct_days: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Whether so many results that follow one another all meet the condition."""

    of: RecordSet
    length: int
    condition: Requirement
    times: Limit | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """On how many days of the window an event was going on; days of several count once.

    `cuts` are the numbers of days at which the limit on it changes its answer.
    """

    of: RecordSet
    cuts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """Whether it has been so long from the last end of an event to the day `at`.

    Of an event that never was, longer than any length; of one going on, no time.
    """

    of: RecordSet
    at: Point
    length: Length


@dataclass(frozen=True, slots=True)
class Available:
    """Whether a result exists."""

    of: RecordSet


@dataclass(frozen=True, slots=True)
class Age:
    """Completed years from the date fact `birth` to a day; `given` is the fact of a stated age.

    `cuts` are the ages at which some limit on it changes its answer.
    """

    birth: str
    given: str
    at: Point
    cuts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """The values in `when` score `points` (a score) or are the grade `grade`."""

    when: Condition
    points: int | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a score: where its value comes from and what it scores."""

    value: Selection
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of the points of its parts; a part that is not known counts as a range."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """The grades whose bands the value may fall in."""

    of: Selection
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Operand:
    """One input of a calculation: where its value comes from.

    `factor` is what one unit of the formula is in the unit the value is kept in; `anything` all
    that it may be while it is not known, a code by its lowest values.
    """

    value: Selection
    factor: Decimal
    anything: Condition


@dataclass(frozen=True, slots=True)
class Calculation:
    """The number that `term` makes of its inputs, rounded half up to so many decimals."""

    operands: tuple[Operand, ...]
    term: Term
    decimals: int


@dataclass(frozen=True, slots=True)
class Row:
    """The value is `value` where every test holds: of the part of that place, a condition."""

    tests: tuple[tuple[int, Condition], ...]
    value: str | bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The value of the first row that holds; the last one always does."""

    parts: tuple[Selection, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """A derived fact that may also be given: the settled one of the two decides."""

    given: Selection
    computed: Selection


class Default(Enum):
    """Why no record is read as "no"."""

    IF_MISSING = "if_missing"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class AssumeNo:
    """The selection, where its only cause is `missing` read as "no" (0 records, false)."""

    of: Selection
    because: Default


Selection: TypeAlias = (
    Fixed
    | Ever
    | Pick
    | Quantified
    | Tally
    | Run
    | Exposure
    | Since
    | Available
    | Age
    | Score
    | Calculation
    | Decision
    | Grade
    | Either
    | AssumeNo
)


# --- truths -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Formulas are equal when they say the same, wherever they were written."""

    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Test(Node):
    """The selection in `Protocol.selections[slot]` meets the condition."""

    slot: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The contrary."""

    arg: Formula


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    """Every one holds; true of none at all."""

    args: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """At least one holds; false of none at all."""

    args: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    """At least `count` of them hold."""

    count: int
    args: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """The rule of the case that holds; the common answer of the cases that are possible."""

    cases: tuple[tuple[Formula, Formula], ...]


@dataclass(frozen=True, slots=True)
class Unclear(Node):
    """Unknown whatever the patient is like: the source is misprinted and nobody has resolved it."""


@dataclass(frozen=True, slots=True)
class MissedFails(Node):
    """The formula, but false where it is unknown only because of missed windows."""

    arg: Formula


@dataclass(frozen=True, slots=True)
class Passes(Node):
    """The criterion `Protocol.criteria[index]` passes."""

    index: int


Formula: TypeAlias = Test | Not | AllOf | AnyOf | AtLeast | Cases | Unclear | MissedFails | Passes


# --- the protocol -----------------------------------------------------------------------------


class Polarity(Enum):
    """Which side of the protocol a criterion stands on."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True)
class Defect:
    """A misprint in the source: how it is printed, of what kind, and who resolved it how."""

    as_printed: str
    kind: str
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: the protocol's words, and the formula `passes` that decides it.

    `rule` and `applies` are what the file says; `passes` combines them with the polarity, so that
    an interpreter needs nothing else.
    """

    id: str
    stage: str
    kind: Polarity
    text: str
    source: str | None
    rule: Formula
    applies: Formula | None
    passes: Formula
    only_for: tuple[str, ...] = ()
    reading: str | None = None
    rationale: str | None = None
    note: str | None = None
    defect: Defect | None = None
    carried_over: str | None = None
    draft: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """A time point of the protocol with its window and the formula of its verdict."""

    id: str
    title: str
    window: Window | None
    verdict: Formula


@dataclass(frozen=True, slots=True)
class Cohort:
    """An arm or cohort with criteria of its own and the formula of its verdict."""

    id: str
    title: str
    open: bool
    verdict: Formula


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a stratification factor and the rule by which a patient belongs to it."""

    id: str
    title: str
    rule: Formula


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratification factor: its levels, of which the one that holds is the patient's."""

    id: str
    title: str
    levels: tuple[Level, ...]


class Size(Enum):
    """What of a patient a dose is measured by: the unit under its line."""

    SURFACE = "m2"
    WEIGHT = "kg"


@dataclass(frozen=True, slots=True)
class Dose:
    """What an arm gives of one drug at a time, as its source states it; never judged.

    `low` and `high` in `unit`, per square metre or kilogram where there is a `size`; None where
    the source's words are no amount that can be read, which `as_printed` then holds. `per` asks
    for the fact that the amount is multiplied by; None where the source names no formula for it.
    `cap`: the most of one dose, in `unit`. Doses with different `option` are alternatives.
    """

    drug: str
    low: Decimal | None
    high: Decimal | None
    unit: str | None
    size: Size | None
    per: Test | None
    cap: Decimal | None
    as_printed: str | None
    route: str | None
    schedule: str | None
    option: str | None


@dataclass(frozen=True, slots=True)
class Arm:
    """A treatment arm, shown and never judged."""

    id: str
    title: str
    text: str | None
    source: str | None
    doses: tuple[Dose, ...] = ()


@dataclass(frozen=True, slots=True)
class NotEncoded:
    """An item of the source that no rule stands for, and why."""

    text: str
    source: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """One version of a trial's eligibility criteria as a formula over named facts.

    `effective` is a day ordinal. `verdict` combines the criteria over the open cohorts; it is
    built once, in the lowering, and no interpreter combines outcomes on its own.
    """

    trial: str
    title: str
    kind: str
    version: str
    effective: int
    source: str | None
    outline: tuple[str, ...]
    dates: tuple[tuple[str, NamedDay], ...]
    selections: tuple[Selection, ...]
    criteria: tuple[Criterion, ...]
    stages: tuple[Stage, ...]
    cohorts: tuple[Cohort, ...]
    strata: tuple[Stratum, ...]
    arms: tuple[Arm, ...]
    not_encoded: tuple[NotEncoded, ...]
    verdict: Formula


#: The number of records an event needs to have happened.
SOME = Range(1, None)
