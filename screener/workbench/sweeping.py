"""A limit or a window varied over a range: how many would be eligible, how many undetermined.

Nothing else of the version changes. Only the leaf that is varied is judged again, so that a sweep
costs little more than one screening of everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any, NamedTuple

from screener.catalog import Edition
from screener.facts import FactSheet
from screener.formulas import tests_of, with_tests
from screener.ir import (
    AllOf,
    Available,
    Ever,
    Pick,
    Point,
    Protocol,
    Quantified,
    Selection,
    Tally,
    Test,
    Window,
    Within,
)
from screener.judging import judge
from screener.quantities import Range
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.selection.uses import facts_of
from screener.truth import VERDICT, Verdict
from screener.workbench.varying import Unvaried, Vary

#: So many combinations of two things varied are tried at most.
_MOST = 10_000


class Swept(NamedTuple):
    """The verdicts of everybody for one combination of values."""

    values: tuple[Decimal, ...]
    verdicts: dict[Verdict, int]


class Sweep(NamedTuple):
    """What was varied, over how many people, and what came of each combination."""

    varied: tuple[Vary, ...]
    patients: int
    points: tuple[Swept, ...]

    def to_json(self) -> dict[str, Any]:
        """As in the answer of `screener sweep --json`."""
        return {
            "varied": [
                {"criterion": one.criterion, "fact": one.fact, "end": one.end}
                for one in self.varied
            ],
            "patients": self.patients,
            "points": [
                {
                    "values": [format(value, "f") for value in one.values],
                    **{verdict.value: one.verdicts[verdict] for verdict in reversed(Verdict)},
                }
                for one in self.points
            ],
        }


def sweep(
    edition: Edition,
    people: Iterable[tuple[FactSheet, int]],
    varied: Sequence[Vary],
    off: Sequence[str] = (),
) -> Sweep:
    """Screen everybody for every combination of values; criteria in `off` always pass.

    Raises:
        Unvaried: if a criterion, fact or end is not there, or there is too much to try.
    """
    places = [one.place for one in varied]
    if len({*places}) < len(places):
        raise Unvaried(f"`{places[0]}` is varied twice", "two things make a grid")
    number = prod(len(one.values) for one in varied)
    if number > _MOST:
        raise Unvaried(
            f"that are {number:,} combinations, and at most {_MOST:,} are tried",
            "take larger steps",
        )
    base = without(edition.protocol, off)
    combinations = tuple(product(*(one.values for one in varied)))
    protocols = tuple(_varied(base, edition, varied, values) for values in combinations)
    # The varied selections come after those of the version, which are the same for all.
    shared = len(edition.protocol.selections)
    counts = [dict.fromkeys(Verdict, 0) for _ in protocols]
    patients = 0
    for sheet, as_of in people:
        patients += 1
        frame = Frame(sheet, edition.vocabulary, dict(edition.protocol.dates), as_of)
        selected = [select(frame, one) for one in edition.protocol.selections]
        for protocol, verdicts in zip(protocols, counts, strict=True):
            own = [select(frame, one) for one in protocol.selections[shared:]]
            verdicts[VERDICT[judge(protocol, selected + own).truth]] += 1
    points = tuple(map(Swept, combinations, counts))
    return Sweep(tuple(varied), patients, points)


def without(protocol: Protocol, off: Sequence[str]) -> Protocol:
    """The protocol with some criteria passed by everybody.

    Raises:
        Unvaried: if there is no such criterion.
    """
    known = [one.id for one in protocol.criteria]
    for id in off:
        if id not in known:
            raise Unvaried(f"there is no criterion `{id}`", f"the criteria are {', '.join(known)}")
    criteria = tuple(
        replace(one, passes=AllOf(())) if one.id in off else one for one in protocol.criteria
    )
    return replace(protocol, criteria=criteria)


def _varied(
    protocol: Protocol, edition: Edition, varied: Sequence[Vary], values: Sequence[Decimal]
) -> Protocol:
    for one, value in zip(varied, values, strict=True):
        protocol = _with(protocol, edition, one, value)
    return protocol


def _with(protocol: Protocol, edition: Edition, vary: Vary, value: Decimal) -> Protocol:
    places = [at for at, one in enumerate(protocol.criteria) if one.id == vary.criterion]
    if not places:
        known = ", ".join(one.id for one in protocol.criteria)
        raise Unvaried(f"there is no criterion `{vary.criterion}`", f"the criteria are {known}")
    (index,) = places
    criterion = protocol.criteria[index]
    asked = {
        fact
        for test in tests_of(edition.protocol.criteria[index].passes)
        for fact in facts_of(edition.protocol.selections[test.slot])
    }
    if vary.fact not in asked:
        named = ", ".join(sorted(asked)) or "no fact"
        raise Unvaried(
            f"`{vary.criterion}` does not ask about `{vary.fact}`", f"it asks about {named}"
        )
    selections = list(protocol.selections)
    changed = 0

    def exchange(test: Test) -> Test:
        nonlocal changed
        selection = selections[test.slot]
        if vary.fact not in facts_of(selection):
            return test
        if vary.limit:
            other = _limited(test, vary.end, value)
            changed += other is not test
            return other
        window = _windowed(selection, vary.end, int(value))
        if window is None:
            return test
        changed += 1
        selections.append(window)
        return replace(test, slot=len(selections) - 1)

    passes = with_tests(criterion.passes, exchange)
    if not changed:
        what = "limit" if vary.limit else "window"
        raise Unvaried(
            f"`{vary.fact}` has no {what} with the end `{vary.end}` in `{vary.criterion}`",
            "the ends are `low` and `high` of a limit, `from` and `to` of a window",
        )
    criteria = list(protocol.criteria)
    criteria[index] = replace(criterion, passes=passes)
    return replace(protocol, criteria=tuple(criteria), selections=tuple(selections))


def _limited(test: Test, end: str, value: Decimal) -> Test:
    condition = test.condition
    if not isinstance(condition, Range):
        return test
    if (condition.low if end == "low" else condition.high) is None:
        return test
    limits = condition._replace(low=value) if end == "low" else condition._replace(high=value)
    return replace(test, condition=limits)


def _windowed(selection: Selection, end: str, days: int) -> Selection | None:
    """The selection with the end of its window that many days later; None where it has none."""
    match selection:
        case Ever(within=window) if window is not None and _end(window, end) is not None:
            return replace(selection, within=_moved(window, end, days))
        case Pick() | Quantified() | Tally() | Available():
            tests = tuple(
                Within(_moved(one.window, end, days))
                if isinstance(one, Within) and _end(one.window, end) is not None
                else one
                for one in selection.of.tests
            )
            if tests == selection.of.tests and days:
                return None
            return replace(selection, of=replace(selection.of, tests=tests))
        case _:
            return None


def _end(window: Window, end: str) -> Point | None:
    return window.start if end == "from" else window.end


def _moved(window: Window, end: str, days: int) -> Window:
    point = _end(window, end)
    assert point is not None, "INVARIANT: asked only of a window with that end"
    moved = replace(point, days=point.days + days)
    return replace(window, start=moved) if end == "from" else replace(window, end=moved)
