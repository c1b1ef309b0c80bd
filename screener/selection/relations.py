"""Whether a record stands beside another fact's: before or after one, or clear of all of them.

The others are counted as events and results are counted everywhere, in windows around this record.
Source: semantics 6.8 and 6.9.
"""

from __future__ import annotations

from typing import NamedTuple

from screener.causes import Cause
from screener.facts import Record
from screener.ir import Related, Tally
from screener.quantities import Range, holds
from screener.selection.frame import Frame
from screener.selection.selected import Lack, Used
from screener.truth import Truth, agreement

_SOME, _NONE = Range(1, None), Range(0, 0)


class Beside(NamedTuple):
    """Whether a record fits, why that is open, what would settle it, and what it rests on."""

    truth: Truth
    cause: Cause | None
    lacks: tuple[Lack, ...]
    used: tuple[Used, ...]


def beside(frame: Frame, test: Related, record: Record) -> Beside:
    """Judge one relation of one record."""
    from screener.selection.counting import tally  # counting is judging records in its turn

    found = tally(frame.beside(record), Tally(test.other), None)
    asked = _NONE if test.none else _SOME
    truth = agreement([holds(one, asked) for one in found.values])
    if truth is not Truth.UNKNOWN:
        return Beside(truth, None, (), found.used)
    return Beside(truth, beside_cause(found.cause), found.lacks, found.used)


def beside_cause(cause: Cause | None) -> Cause:
    """Why it is open what stands beside a record: nobody was to look there, so none is missed."""
    return Cause.MISSING if cause is Cause.MISSED else cause or Cause.IMPRECISE
