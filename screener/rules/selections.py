"""Which selection answers for a fact: by its kind, its derivation, and the tests on its records.

One place for leaves, for the cases of `by` and for the parts of a score, so that a fact is chosen
in the same way whoever asks. Source: semantics sections 6, 7, 11 and 12.1.
"""

from __future__ import annotations

from screener.ir import (
    Age,
    AssumeNo,
    Band,
    Calculation,
    Decision,
    Default,
    Either,
    Ever,
    Fixed,
    Grade,
    Limit,
    Operand,
    Part,
    Pick,
    Point,
    RecordSet,
    RecordTest,
    Relative,
    Row,
    Score,
    Selection,
    Use,
    Window,
    Within,
)
from screener.quantities import Condition, Range
from screener.rules.scope import Scope, Setting
from screener.rules.values import leaves
from screener.vocabulary import (
    AgeOf,
    Calculated,
    DerivedBand,
    DerivedInput,
    Fact,
    Grading,
    Kind,
    PointsTable,
    Tabled,
    Type,
)

#: A part of a score may change on every birthday up to this one.
_OLDEST = 150


def stage_tests(setting: Setting) -> tuple[RecordTest, ...]:
    """The test that the window of the stage is (semantics 5.5)."""
    return () if setting.window is None else (Within(setting.window),)


def assumed(selection: Selection, fact: Fact, setting: Setting) -> Selection:
    """The selection, read as "no" where nothing is recorded if that was said (semantics 12.1)."""
    if fact.absence_is_no:
        return AssumeNo(selection, Default.ABSENCE)
    if setting.if_missing_no and fact.shape.type in (Type.BOOLEAN, Type.EVENT):
        return AssumeNo(selection, Default.IF_MISSING)
    return selection


def value_of(
    fact: Fact,
    setting: Setting,
    timing: tuple[RecordTest, ...],
    attributes: tuple[RecordTest, ...] = (),
    *,
    within: Window | None = None,
    use: Use = Use.LATEST,
    times: Limit | None = None,
    judged: Relative | None = None,
    per_day: bool = False,
) -> Selection:
    """One value of a fact that is recorded, not derived.

    `timing` are the tests on the day of a record, `within` the window that a cumulative fact is
    asked for.
    """
    selection: Selection
    if fact.kind is Kind.FIXED:
        selection = Fixed(RecordSet(fact.name, attributes), times, judged)
    elif fact.kind is Kind.CUMULATIVE:
        selection = Ever(RecordSet(fact.name, attributes), within)
    else:
        selection = Pick(RecordSet(fact.name, timing + attributes), use, times, judged, per_day)
    return assumed(selection, fact, setting) if fact.shape.type is Type.BOOLEAN else selection


def derived(
    fact: Fact, scope: Scope, setting: Setting, timing: tuple[RecordTest, ...], at: Point | None
) -> Selection:
    """The value of a derived fact: given as a record, computed, or an age."""
    match fact.derived:
        case AgeOf(birth):
            return Age(birth, fact.name, scope.age_at if at is None else at)
        case PointsTable(parts):
            computed: Selection = Score(
                tuple(
                    Part(value_of(scope.facts[name], setting, timing), _bands(bands))
                    for name, bands in parts
                    if name in scope.facts
                )
            )
        case Calculated(inputs, term, decimals):
            computed = Calculation(
                tuple(
                    _operand(one, scope, setting, timing, at)
                    for one in inputs
                    if one.fact in scope.facts
                ),
                term,
                decimals,
            )
        case Tabled(names, rows):
            computed = Decision(
                tuple(
                    newest(scope.facts[name], scope, setting, timing, at)
                    for name in names
                    if name in scope.facts
                ),
                tuple(Row(row.tests, row.value) for row in rows),
            )
        case Grading(of, bands):
            computed = Grade(derived(scope.facts[of], scope, setting, timing, at), _bands(bands))
        case None:
            raise AssertionError("INVARIANT: asked only of derived facts")
    return Either(Pick(RecordSet(fact.name, timing), Use.LATEST), computed)


def _operand(
    given: DerivedInput,
    scope: Scope,
    setting: Setting,
    timing: tuple[RecordTest, ...],
    at: Point | None,
) -> Operand:
    """Where the value of an input comes from, and all that it may be."""
    fact = scope.facts[given.fact]
    shape = fact.shape
    if isinstance(fact.derived, AgeOf):
        age = _age(fact.derived.birth, fact, scope, at)
        return Operand(age, given.factor, _plausible(fact))
    anything: Condition
    if shape.type is Type.BOOLEAN:
        anything = frozenset({True, False})
    elif shape.values:
        anything = frozenset(leaves(shape.values, shape.children))
    else:
        anything = Range(None, None) if given.times else _plausible(fact)
    times = None if given.times is None else Limit(given.times)
    return Operand(value_of(fact, setting, timing, times=times), given.factor, anything)


def newest(
    fact: Fact,
    scope: Scope,
    setting: Setting,
    timing: tuple[RecordTest, ...] = (),
    at: Point | None = None,
) -> Selection:
    """Where a table or a dose finds the value of a fact, recorded or derived."""
    if isinstance(fact.derived, AgeOf):
        return _age(fact.derived.birth, fact, scope, at)
    if fact.derived is not None:
        return derived(fact, scope, setting, timing, at)
    return value_of(fact, setting, timing)


def _age(birth: str, fact: Fact, scope: Scope, at: Point | None) -> Age:
    """An age that may matter on any birthday."""
    day = scope.age_at if at is None else at
    return Age(birth, fact.name, day, tuple(range(1, _OLDEST + 1)))


def _plausible(fact: Fact) -> Range:
    low, high = fact.shape.plausible or (None, None)
    return Range(low, high)


def _bands(bands: tuple[DerivedBand, ...]) -> tuple[Band, ...]:
    return tuple(Band(band.when, band.points, band.grade) for band in bands)
