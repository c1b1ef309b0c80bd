"""The wide table that a trial can be filled in with: its columns, and what each of them takes.

It decides which columns of a fact are worth a heading; every other column of the wide form is
taken just the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from screener.site import ROLES
from screener.vocabulary import Fact, Kind, Shape, Type

_NUMERIC = (Type.QUANTITY, Type.NUMBER)
_DAY = "year-month-day, as far as it is known"
_ABSENT = "why there is no value: pending, not_done, asked_unknown, not_in_record, masked, "
_MEANING = {
    "patient": "the identifier of the patient, in every row",
    "as_of": "the day of screening",
    "unit": "the unit of the value",
    "date": "the day of the result or the answer",
    "absent": _ABSENT + "not_applicable, inconclusive",
    "low": "the lower limit of the reference range",
    "high": "the upper limit of the reference range",
    "by": "who answered",
    "start": "its first day",
    "end": "its last day",
    "ongoing": "whether it is still going on",
    "complete_to": "the day up to which all of them are listed",
}


class Explained(NamedTuple):
    """One column of the table, in words: a row of the data dictionary."""

    column: str
    fact: str
    label: str
    question: str
    meaning: str
    type: str
    unit: str
    accepted_units: str
    values: str
    needed_by: str


def wide_columns(facts: Iterable[tuple[Fact, tuple[str, ...], bool]]) -> Iterator[Explained]:
    """The columns for these facts, each with who needs it and whether its range is needed."""
    for role in ROLES:
        kind = "text" if role == ROLES[0] else "date"
        yield Explained(role, "", "", "", _MEANING[role], kind, "", "", "", "")
    for fact, by, limits in facts:
        for word, shape in words_of(fact, limits):
            yield _explained(fact, word, shape, by)


def words_of(fact: Fact, limits: bool) -> Iterator[tuple[str, Shape | None]]:
    """The words that a record of the fact is asked for, "" for its value; values with their shape.

    `limits`: a reference range has to come with it.
    """
    shape = fact.shape
    yield "", shape
    if shape.type is Type.EVENT:
        yield from ((word, None) for word in ("start", "end", "ongoing"))
        for name, attribute in fact.attributes.items():
            yield name, attribute
            if _has_unit(attribute):
                yield f"{name}.unit", None
        yield "complete_to", None
        return
    if _has_unit(shape):
        yield "unit", None
    if fact.kind in (Kind.OBSERVATION, Kind.CUMULATIVE):
        yield "date", None
    if limits:
        yield from ((word, None) for word in ("low", "high"))
    if fact.asked_of:
        yield "by", None
    if fact.kind is not Kind.FIXED:
        yield "absent", None


def _explained(fact: Fact, word: str, shape: Shape | None, by: tuple[str, ...]) -> Explained:
    own = shape is not None
    kind = shape.type.value if shape is not None else "date" if word in _DAYS else "text"
    whole = shape is not None and shape.type in (Type.BOOLEAN, Type.EVENT)
    values = ("true", "false") if whole or word == "ongoing" else shape.values if shape else ()
    return Explained(
        column=f"{fact.name}.{word}" if word else fact.name,
        fact=fact.name,
        label=fact.label,
        question=fact.question or "" if not word else "",
        meaning=_MEANING.get(word.rpartition(".")[2], "") if not own else _takes(word, shape),
        type="boolean" if whole or word == "ongoing" else kind,
        unit=shape.unit if shape is not None and _has_unit(shape) else "",
        accepted_units=" | ".join(shape.accepted) if shape is not None and _has_unit(shape) else "",
        values=" | ".join(values),
        needed_by=" ".join(by),
    )


_DAYS = ("date", "start", "end", "complete_to")


def _takes(word: str, shape: Shape | None) -> str:
    if shape is None:
        return ""
    match shape.type:
        case Type.QUANTITY | Type.NUMBER:
            return "a number with a point for decimals; `<5` and `>=400` are understood"
        case Type.DATE:
            return _DAY
        case Type.EVENT:
            return "`false`: there was none; else leave it blank and fill in the columns beside it"
        case _:
            return word.replace("_", " ")


def _has_unit(shape: Shape) -> bool:
    return shape.type in _NUMERIC and shape.unit != "1"
