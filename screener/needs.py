"""Which facts a trial asks about, and which of its criteria ask.

It reads the formula and no patient: what is needed for one patient is said by his result.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from screener.formulas import tests_of
from screener.ir import (
    THIS,
    Age,
    Ever,
    Point,
    Protocol,
    Selection,
    Since,
    Window,
)
from screener.selection.placing import DateTest, window_of
from screener.selection.uses import facts_of, facts_of_dates, limited_of, sources


class Need(NamedTuple):
    """A fact that a trial asks about. `by`: ids of criteria, in order, then strata and arms.

    `limits`: a reference range has to come with it.
    """

    fact: str
    by: tuple[str, ...]
    limits: bool


def needs_of(protocol: Protocol) -> tuple[Need, ...]:
    """Every fact that a criterion, stratum or dose asks about, in the order of first asking."""
    asking: dict[str, list[str]] = {}
    formulas = [
        (one.id, formula)
        for one in protocol.criteria
        for formula in (one.passes, one.rule, one.applies)
        if formula is not None
    ]
    formulas += [(one.id, level.rule) for one in protocol.strata for level in one.levels]
    formulas += [
        (one.id, dose.per) for one in protocol.arms for dose in one.doses if dose.per is not None
    ]
    dates = facts_of_dates(protocol.dates)
    limits: set[str] = set()
    for id, formula in formulas:
        for test in tests_of(formula):
            selection = protocol.selections[test.slot]
            limits.update(limited_of(selection))
            named = [one for name in _anchors(selection) for one in dates.get(name, ())]
            for fact in (*facts_of(selection), *named):
                ids = asking.setdefault(fact, [])
                if id not in ids:
                    ids.append(id)
    return tuple(Need(fact, tuple(ids), fact in limits) for fact, ids in asking.items())


def _anchors(selection: Selection) -> Iterator[str]:
    """The named dates that the days of the records hang on."""
    for source in sources(selection):
        windows: list[Window] = []
        points: list[Point | None] = []
        if isinstance(source, Age | Since):
            points.append(source.at)
        if not isinstance(source, Age):
            tests = [one for one in source.of.tests if isinstance(one, DateTest)]
            windows += [window_of(one) for one in tests]
            if isinstance(source, Ever) and source.within is not None:
                windows.append(source.within)
        points += [point for one in windows for point in (one.start, one.end)]
        named = [one.anchor for one in points if one is not None and one.anchor is not None]
        yield from (one for one in named if one != THIS)
