"""Which record of a fact speaks for all of them, so that the others need not be looked at.

It reads the selections of a protocol alone; what they come to the reference says. Where no single
record can speak, nothing is decided here, and the patient is judged on all of them.
Source: semantics 6.3, 6.4, 7.2 and 8.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from screener.formulas import tests_of
from screener.ir import (
    AS_OF,
    Age,
    DateSource,
    Ever,
    Fixed,
    Formula,
    NamedDay,
    OfLimit,
    Pick,
    Point,
    Protocol,
    Tally,
    Test,
    Use,
    Within,
)
from screener.quantities import Range
from screener.selection.uses import Source, sources


class Rule(Enum):
    """Which of several records: none of them, the newest, any yes, or any where all are alike."""

    NONE = "none"
    NEWEST = "newest"
    YES = "yes"
    ALIKE = "alike"


@dataclass(slots=True)
class Speaks:
    """How the records of one fact are spoken for.

    `ends`: last days of windows, beyond which the newest record does not speak: a date fact and so
    many days after it. `limits`: whether a reference range that came with a result matters.
    """

    rule: Rule | None = None
    ends: frozenset[tuple[str, int]] = frozenset()
    limits: bool = False

    def meet(self, other: Speaks) -> None:
        """Both at once."""
        agreed = self.rule in (None, other.rule)
        self.rule = other.rule if agreed else Rule.NONE
        self.ends |= other.ends
        self.limits |= other.limits


def speaking(protocol: Protocol) -> dict[str, Speaks]:
    """By fact, for those that any test of the protocol rests on; `NONE` where it is not told."""
    dates = dict(protocol.dates)
    found: dict[str, Speaks] = {}
    for test in _tests(protocol):
        selection = protocol.selections[test.slot]
        direct = {id(one) for one in (selection, getattr(selection, "of", None))}
        for source in sources(selection):
            if isinstance(source, Age):
                for fact in (source.birth, source.given):
                    found.setdefault(fact, Speaks()).meet(Speaks(Rule.NONE))
                continue
            # A number of records is asked for alone, never as a part of something else.
            one = _speaks(source, test if id(source) in direct else None, dates)
            found.setdefault(source.of.fact, Speaks()).meet(one)
    return found


def _tests(protocol: Protocol) -> Iterator[Test]:
    formulas: list[Formula] = [one.passes for one in protocol.criteria]
    formulas += [one.verdict for one in protocol.stages]
    formulas += [one.verdict for one in protocol.cohorts]
    for formula in (*formulas, protocol.verdict):
        yield from tests_of(formula)


def _speaks(source: Source, test: Test | None, dates: Mapping[str, NamedDay]) -> Speaks:
    match source:
        case Fixed(times=None, judged=None) if not source.of.tests:
            return Speaks(Rule.ALIKE)
        case Ever() if not source.of.tests:
            return Speaks(Rule.YES)
        case Pick(use=Use.LATEST, per_day=False):
            limits = source.times is not None or _asks_limits(source.judged)
            if source.judged is None or limits:
                return _newest(source, dates, limits)
        case Tally(condition=None, times=None, distinct_days=False) if _existence(test):
            return _newest(source, dates, False)
    return Speaks(Rule.NONE)


def _asks_limits(judged: object) -> bool:
    """Whether the value is held against limits that came with it, and nothing else."""
    ends = [getattr(judged, "low", None), getattr(judged, "high", None)]
    return any(isinstance(one, OfLimit) for one in ends)


def _existence(test: Test | None) -> bool:
    """Whether it is only asked if there is a record or none."""
    return test is not None and test.condition in (
        Range(1, None),
        Range(0, None, low_open=True),
        Range(0, 0),
    )


def _newest(source: Pick | Tally, dates: Mapping[str, NamedDay], limits: bool) -> Speaks:
    ends: set[tuple[str, int]] = set()
    for test in source.of.tests:
        if not isinstance(test, Within):
            return Speaks(Rule.NONE)
        end = test.window.end
        if end is None or end == Point(AS_OF):
            continue
        named = dates.get(end.anchor or "")
        if end.months or not isinstance(named, DateSource):
            return Speaks(Rule.NONE)
        if named.otherwise_as_of and end.days < 0:
            # Where the day of screening stands in, the window is over before it.
            return Speaks(Rule.NONE)
        ends.add((named.fact, end.days))
    return Speaks(Rule.NEWEST, frozenset(ends), limits)
