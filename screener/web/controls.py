"""Which control of the form a fact gets, its id, and what it offers. Nothing is preselected."""

from __future__ import annotations

from typing import NamedTuple

from screener.causes import Cause
from screener.vocabulary import AgeOf, Fact, Kind, Shape, Type
from screener.web import words
from screener.web.layout import Layout
from screener.web.words import unit_words, units_of

#: More options than this stand in a list that opens.
_MOST_RADIOS = 5


class Option(NamedTuple):
    """One of the answers that a control offers."""

    value: str
    words: str
    chosen: bool


def control_of(layout: Layout, fact: str, cause: Cause) -> str:
    """The id of the control that answers what is open about a fact."""
    if fact not in layout.facts:
        return fact
    stem = f"{fact}.0"
    match cause:
        case Cause.UNDATED if date_label(layout.facts[fact]):
            return f"{stem}.date"
        case Cause.NO_RANGE:
            return f"{stem}.high"
        case _:
            return first_control(layout.facts[fact], stem)


def kind_of(fact: Fact) -> str:
    """Which control: number, text, day, radios, list or event."""
    match fact.shape.type:
        case Type.QUANTITY | Type.NUMBER:
            return "number"
        case Type.BOOLEAN:
            return "radios"
        case Type.DATE:
            return "day"
        case Type.EVENT:
            return "event"
        case Type.CODE | Type.ORDINAL:
            if not fact.shape.values:
                return "text"
            return "radios" if len(fact.shape.values) <= _MOST_RADIOS else "list"


def first_control(fact: Fact, stem: str) -> str:
    """The id of the control that takes the value, or of the first of several."""
    control = kind_of(fact)
    if control == "event" or fact.shape.type is Type.BOOLEAN:
        return f"{stem}.value.true"
    return f"{stem}.value.{fact.shape.values[0]}" if control == "radios" else f"{stem}.value"


def date_label(fact: Fact) -> str:
    """What the date of an entry is called; blank where an entry has none."""
    if fact.asked_of is not None:
        return "Judged on"
    if fact.kind is Kind.OBSERVATION and not isinstance(fact.derived, AgeOf):
        return "Date"
    return "As of" if fact.kind is Kind.CUMULATIVE else ""


def options_of(fact: Fact, chosen: str) -> tuple[Option, ...]:
    """The values to choose from; none where anything may be typed."""
    if fact.shape.type in (Type.BOOLEAN, Type.EVENT):
        return (Option("true", "Yes", chosen == "true"), Option("false", "No", chosen == "false"))
    return codes_of(fact.shape, chosen)


def codes_of(shape: Shape, chosen: str) -> tuple[Option, ...]:
    """The codes to choose from; none where anything may be typed."""
    return tuple(Option(one, words.value_words(one), one == chosen) for one in shape.values)


def unit_options(shape: Shape, chosen: str) -> tuple[Option, ...]:
    """The units to choose from; none where there is only one."""
    offered = units_of(shape) if shape.type is Type.QUANTITY else ()
    if len(offered) < 2:
        return ()
    if chosen and chosen not in offered and chosen in shape.accepted:
        offered = (*offered, chosen)
    return tuple(Option(one, unit_words(one), one == chosen) for one in offered)


def only_unit(shape: Shape) -> str:
    """The unit where there is no other; else blank."""
    offered = units_of(shape) if shape.type is Type.QUANTITY else ()
    return unit_words(offered[0]) if len(offered) == 1 else ""
