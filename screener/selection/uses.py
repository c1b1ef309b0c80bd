"""What a selection draws on: its facts, its windows, and whether a new result could change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, assert_never

from screener.ir import (
    THIS,
    Age,
    AssumeNo,
    Available,
    Calculation,
    DateSource,
    Decision,
    EarlierOf,
    Either,
    Ever,
    Exposure,
    Fixed,
    Grade,
    NamedDay,
    OfFact,
    OfLimit,
    Pick,
    Quantified,
    RecordSet,
    Related,
    Relative,
    Requirement,
    Run,
    Score,
    Selection,
    Since,
    Tally,
    Window,
    Within,
)
from screener.selection.frame import Frame
from screener.selection.members import closed
from screener.vocabulary import Kind, Vocabulary

#: A selection from records, of which the others are made.
Source: TypeAlias = (
    Fixed | Ever | Pick | Quantified | Tally | Run | Exposure | Since | Available | Age
)

#: A selection made of other selections, and of nothing else.
Composed: TypeAlias = Score | Calculation | Decision | Grade | Either


def sources(selection: Selection) -> Iterator[Source]:
    """The selections from records that a selection is made of, and those beside their records."""
    match selection:
        case Pick() | Fixed():
            yield selection
            yield from _beside(selection.of, selection.judged)
        case Quantified() | Tally() | Run():
            yield selection
            yield from _beside(selection.of, selection.condition)
        case Ever() | Available() | Exposure() | Since():
            yield selection
            yield from _beside(selection.of, None)
        case Age():
            yield selection
        case AssumeNo():
            yield from sources(selection.of)
        case Score() | Calculation() | Decision() | Grade() | Either():
            for part in parts_of(selection):
                yield from sources(part)
        case _:
            assert_never(selection)


def parts_of(selection: Composed) -> tuple[Selection, ...]:
    """The selections that another is made of, in their order."""
    match selection:
        case Score():
            return tuple(part.value for part in selection.parts)
        case Calculation():
            return tuple(operand.value for operand in selection.operands)
        case Decision():
            return selection.parts
        case Grade():
            return (selection.of,)
        case Either():
            return selection.given, selection.computed
        case _:
            assert_never(selection)


def _beside(of: RecordSet, asked: Requirement | None) -> Iterator[Source]:
    """What the records are held against: other records, and the values of other facts."""
    for test in of.tests:
        if isinstance(test, Related):
            yield from sources(Tally(test.other))
    if isinstance(asked, Relative):
        for bound in (asked.low, asked.high):
            if isinstance(bound, OfFact):
                yield from sources(bound.of)


def facts_of(selection: Selection) -> Iterator[str]:
    """The facts whose records a selection reads."""
    for source in sources(selection):
        if isinstance(source, Age):
            yield from (source.birth, source.given)
        else:
            yield source.of.fact


def limited_of(selection: Selection) -> Iterator[str]:
    """The facts whose records are judged by their own reference limits."""
    for source in sources(selection):
        match source:
            case Pick(times=times, judged=asked) | Fixed(times=times, judged=asked):
                pass
            case Quantified(condition=asked, times=times) | Tally(condition=asked, times=times):
                pass
            case Run(condition=asked, times=times):
                pass
            case _:
                continue
        if times is not None or by_limit(asked):
            yield source.of.fact


def by_limit(asked: Requirement | None) -> bool:
    """Whether a reference limit of the record takes part in what is asked of it."""
    ends = (asked.low, asked.high) if isinstance(asked, Relative) else ()
    return any(isinstance(end, OfLimit) for end in ends)


def windows_of(selection: Selection) -> Iterator[Window]:
    """The windows a selection looks into."""
    for source in sources(selection):
        if isinstance(source, Ever):
            if source.within is not None:
                yield source.within
        elif not isinstance(source, Age):
            windows = [test.window for test in source.of.tests if isinstance(test, Within)]
            yield from (one for one in windows if not around_record(one))


def around_record(window: Window) -> bool:
    """Whether a window hangs on the record that is judged."""
    return any(one is not None and one.anchor == THIS for one in (window.start, window.end))


def events_only(selection: Selection) -> bool:
    """Whether it rests on events alone, which can only be waited for."""
    return all(isinstance(source, Tally | Exposure | Since) for source in sources(selection))


def renewed_in(selection: Selection, vocabulary: Vocabulary) -> tuple[tuple[Window, ...], ...]:
    """Of each observation that it draws on, the windows that a new result would have to lie in."""
    return tuple(
        tuple(windows_of(source))
        for source in sources(selection)
        if not isinstance(source, Fixed | Ever | Age)
        and vocabulary[source.of.fact].kind is Kind.OBSERVATION
    )


def refreshable(frame: Frame, renewed: Iterable[tuple[Window, ...]]) -> bool:
    """Whether a new result of an observation could still count (13.4); see `renewed_in`."""
    return any(
        not any([closed(frame.extent(window), frame.as_of) for window in windows])
        for windows in renewed
    )


def facts_of_dates(dates: Iterable[tuple[str, NamedDay]]) -> dict[str, tuple[str, ...]]:
    """The date facts that each named date is read from."""
    known = dict(dates)

    def facts(name: str | None) -> tuple[str, ...]:
        source = known.get(name or "")
        if isinstance(source, DateSource):
            return (source.fact,)
        points = source.points if isinstance(source, EarlierOf) else ()
        return tuple(dict.fromkeys(one for at in points for one in facts(at.anchor)))

    return {name: facts(name) for name in known}
