"""What a selection is about: the fact that answers, and whether it is derived."""

from __future__ import annotations

from typing import assert_never

from screener.ir import (
    Age,
    AssumeNo,
    Available,
    Calculation,
    Decision,
    Either,
    Ever,
    Exposure,
    Fixed,
    Grade,
    Pick,
    Quantified,
    Run,
    Score,
    Selection,
    Since,
    Tally,
    Use,
)

#: Values that are worked out of several records.
SUMMED_UP = (Use.MEAN, Use.MEDIAN, Use.SUM)


def fact_of(selection: Selection) -> str:
    """The fact a selection is about; of something computed that may be given too, the given one."""
    match selection:
        case Age():
            return selection.given
        case AssumeNo() | Grade():
            return fact_of(selection.of)
        case Either():
            return fact_of(selection.given)
        case Score():
            return fact_of(selection.parts[0].value)
        case Calculation():
            return fact_of(selection.operands[0].value)
        case Decision():
            return fact_of(selection.parts[0])
        case Fixed() | Ever() | Pick() | Quantified() | Tally() | Available():
            return selection.of.fact
        case Run() | Exposure() | Since():
            return selection.of.fact
        case _:
            assert_never(selection)


def bare(selection: Selection) -> Selection:
    """The selection without the default that may stand in for it."""
    return selection.of if isinstance(selection, AssumeNo) else selection
