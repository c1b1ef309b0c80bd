"""On which days a record may lie and fit the tests on its date: for certain, possibly or never.

A record of one day is that day; an event runs from a start to an end, either of which may be known
only in part. Several tests are taken together. Source: semantics 5.3, 5.4, 6.1 and 8.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias, assert_never

from screener.days import EVER_FUTURE, EVER_PAST
from screener.facts import Record
from screener.ir import After, Before, Lookback, Starts, Window, Within
from screener.selection.frame import Extent
from screener.selection.stretches import lookback_window

DateTest: TypeAlias = Within | Before | After | Starts | Lookback


class Fit(NamedTuple):
    """The days on which it may have started and ended while it fits; `sure`: it fits on all."""

    first: int
    last: int
    ended_from: int
    ended_by: int
    sure: bool

    @property
    def possible(self) -> bool:
        """Whether there is a start and an end that fit."""
        return (
            self.first <= self.last
            and self.ended_from <= self.ended_by
            and self.first <= self.ended_by
        )


def window_of(test: DateTest) -> Window:
    """The window that a test on days amounts to."""
    if isinstance(test, Within | Starts):
        return test.window
    if isinstance(test, Lookback):
        return lookback_window(test)
    point = test.point
    if isinstance(test, Before):
        return Window(None, replace(point, days=point.days - 1))
    return Window(replace(point, days=point.days + 1), None)


def placed(record: Record, dated: Sequence[tuple[DateTest, Extent]], as_of: int) -> Fit | None:
    """The start and end days for which every test may hold; None if there are none."""
    start = record.start
    first, last = (as_of, as_of) if start is None else (start.first, min(start.last, as_of))
    ends = (EVER_PAST, EVER_FUTURE)
    if record.end is not None:
        last = min(last, record.end.last)
        ends = (max(record.end.first, first), record.end.last)
    fit = Fit(first, last, *ends, True)
    for test, extent in dated:
        one = _over_spans(record, fit, test, extent, as_of)
        if one is None:
            return None
        fit = Fit(
            max(fit.first, one.first),
            min(fit.last, one.last),
            max(fit.ended_from, one.ended_from),
            min(fit.ended_by, one.ended_by),
            fit.sure and one.sure,
        )
    return fit if fit.possible else None


def _over_spans(
    record: Record, whole: Fit, test: DateTest, extent: Extent, as_of: int
) -> Fit | None:
    """What fits one test in some span its window may have, for certain only if in all of them."""
    fits: list[Fit] = []
    for opens, closes in extent.spans:
        if opens <= closes:
            one = _in_span(record, whole, test, opens, closes, as_of)
            if one.possible:
                fits.append(one)
    if not fits:
        return None
    return Fit(
        min(one.first for one in fits),
        max(one.last for one in fits),
        min(one.ended_from for one in fits),
        max(one.ended_by for one in fits),
        len(fits) == len(extent.spans) and all(one.sure for one in fits),
    )


def _in_span(
    record: Record, whole: Fit, test: DateTest, opens: int, closes: int, as_of: int
) -> Fit:
    first, last, ended_from, ended_by, _ = whole
    if record.end is None:
        sure = opens <= first and last <= closes
        return Fit(max(first, opens), min(last, closes), ended_from, ended_by, sure)
    match test:
        case Starts():
            sure = opens <= first and last <= closes
            return Fit(max(first, opens), min(last, closes), ended_from, ended_by, sure)
        case Within() | Lookback():
            # Any of its days, as far as `as_of`, from `opens` to `closes`.
            reached = opens <= as_of
            sure = last <= closes and reached and ended_from >= opens
            latest = ended_by if reached else EVER_PAST
            return Fit(first, min(last, closes), max(ended_from, opens), latest, sure)
        case After():
            return Fit(max(first, opens), last, ended_from, ended_by, first >= opens)
        case Before():
            # An end after `as_of` is read as going on, so it is no end.
            end = min(closes, as_of)
            return Fit(first, last, ended_from, min(ended_by, end), ended_by <= end)
        case _:
            assert_never(test)
