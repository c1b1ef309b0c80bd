"""The schema of a patient profile: of any, of the facts of a vocabulary, or of those of a trial.

It describes what `intake.profile` reads and refuses by shape; what needs arithmetic (two dates in
the wrong order, a unit of another dimension) only the reader can tell. Each fact says under
`x-screener` what a form needs to ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from screener.causes import STATED_ABSENCES
from screener.intake.completeness import silence_may_mean_no
from screener.intake.entry import EVENT_WORDS, NUMBER_WORDS
from screener.intake.numbers import COMPARATORS
from screener.intake.words import STATUSES
from screener.needs import Need
from screener.quantities import decimal_text
from screener.schemas.parts import (
    DAY,
    PARTIAL,
    Schema,
    day,
    each,
    headed,
    or_null,
    ref,
    some_of,
)
from screener.vocabulary import Fact, Shape, Type, Vocabulary

#: The number of the profile's shape.
VERSION = "2"

_NUMBER = r"[-+]?\d+(\.\d+)?([eE][-+]?\d{1,3})?"
_GROUPED = r"(?!\s*[-+]?\d{1,3}([ \u00a0\u202f]\d{3})+)"
_COMPARED = rf"^{_GROUPED}\s*(<=|>=|<|>|\u2264|\u2265)?\s*{_NUMBER}"
#: What stands behind a number is its unit: no second number, no range, no tolerance.
_UNIT = r"(?![\d.,]|\s*[-+.\u2013\u2014\u00b1~])\s*\S.*$"
_NULL: Schema = {"type": "null"}
_DEFINED: dict[str, Schema] = {
    "day": DAY,
    "date": {
        "type": "string",
        "pattern": rf"^\s*{PARTIAL}\s*$",
        "description": "A date as far as it is known: 2026-10-31, 2026-10 or 2026.",
    },
    "text": {"type": "string", "pattern": r"\S"},
    "name": {
        "type": "string",
        "pattern": r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$",
    },
    "number": {
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": rf"{_COMPARED}\s*$"}],
        "description": "A number, exactly as its text shows it; no decimal comma.",
    },
    "measured": {
        "type": "string",
        "pattern": rf"{_COMPARED}{_UNIT}",
        "description": "A number with its unit, such as 4.1 10*9/L.",
    },
    "limit": {
        "anyOf": [
            {"type": "number"},
            {"type": "string", "pattern": rf"^\s*{_NUMBER}(\s*$|{_UNIT})"},
        ],
        "description": "One number, without a comparator.",
    },
    "absence": {
        "enum": [*STATED_ABSENCES],
        "description": "Why there is no value (semantics 3.1).",
    },
    "status": {"enum": [*STATUSES], "description": "The status of the record."},
    "comparator": {"enum": [*COMPARATORS], "description": "Of a value known only to that side."},
    "yes_or_no": {"enum": [True, False, "true", "false"]},
}


def profile_schema(
    vocabulary: Vocabulary | None = None, needs: Iterable[Need] = (), of: str | None = None
) -> Schema:
    """The schema of a profile.

    Args:
        vocabulary: the facts there are; None leaves them open.
        needs: what a trial asks about; those facts come first and say which criteria ask.
        of: the trial and version, for the title.
    """
    needed = {one.fact: one for one in needs}
    facts = _facts(vocabulary, needed)
    words: dict[str, Schema] = {
        "patient": or_null({**ref("name"), "description": "A name without identifying data."}),
        "as_of": or_null(day("The day for which the question is asked.")),
        "facts": or_null(ref("facts")),
        "visits": {
            "type": ["array", "null"],
            "description": "What was found on one day: its facts take its date.",
            "items": some_of(
                "A visit.",
                {"date": ref("date"), "facts": or_null(ref("facts"))},
                ["date"],
            ),
        },
        "complete": or_null(ref("complete")),
    }
    name = "profile" if of is None else f"profile:{of}"
    title = "A patient profile" if of is None else f"A patient profile for {of}"
    return headed(
        name,
        VERSION,
        title,
        "What is recorded of one patient, for `screener screen`. null is: not given.",
        {
            **some_of("A patient.", words),
            "$defs": {**_DEFINED, "facts": facts, "complete": _complete(vocabulary)},
        },
    )


def _facts(vocabulary: Vocabulary | None, needed: Mapping[str, Need]) -> Schema:
    description = "Facts by name: a value, a record, or a list of records."
    if vocabulary is None:
        return {"type": "object", "description": description, "additionalProperties": _any_fact()}
    order = [*(name for name in needed if name in vocabulary), *vocabulary]
    every = {name: _fact(vocabulary[name], needed.get(name)) for name in dict.fromkeys(order)}
    return some_of(description, every)


def _complete(vocabulary: Vocabulary | None) -> Schema:
    """What sources are declared complete for."""
    said = some_of(
        "Up to which day a source would hold a record, had there been one (semantics 12.3).",
        {"to": ref("day"), "source": ref("text")},
        ["to", "source"],
    )
    description = "Facts of which silence means no, by name."
    if vocabulary is None:
        return {"type": "object", "description": description, "additionalProperties": said}
    names = [fact.name for fact in vocabulary.values() if silence_may_mean_no(fact)]
    return some_of(description, dict.fromkeys(names, said))


def _any_fact() -> Schema:
    """A fact of which the type is not known here."""
    scalar: Schema = {"type": ["string", "number", "boolean", "null"]}
    record: Schema = {"type": "object", "minProperties": 1}
    return {"anyOf": [scalar, record, each({"anyOf": [scalar, record]}, "Records.")]}


def _fact(fact: Fact, need: Need | None) -> Schema:
    event = fact.shape.type is Type.EVENT
    one: list[Schema] = [_NULL, _scalar(fact.shape), _record(fact)]
    history = {"records": or_null(each({"anyOf": one}, "Its records."))}
    if event:
        history["complete_to"] = or_null(
            {**ref("date"), "description": "The day up to which no record is missing."}
        )
    forms = [*one, each({"anyOf": one}, "Several records."), _history(history)]
    return {
        "title": fact.label,
        "description": fact.question or fact.label,
        "x-screener": _for_a_form(fact, need),
        "anyOf": forms,
    }


def _history(words: Mapping[str, Schema]) -> Schema:
    return some_of("The records, and how far they are known to be all.", words, ["records"])


def _scalar(shape: Shape) -> Schema:
    """A value without anything beside it."""
    match shape.type:
        case Type.QUANTITY | Type.NUMBER:
            plain = shape.unit == "1"
            return {"anyOf": [ref("number"), ref("measured")]} if plain else ref("measured")
        case Type.BOOLEAN | Type.EVENT:
            return ref("yes_or_no")
        case Type.CODE | Type.ORDINAL:
            return _codes(shape)
        case Type.DATE:
            return ref("date")


def _codes(shape: Shape) -> Schema:
    if not shape.values:
        return ref("text")
    beneath = sorted({*shape.children, *(one for part in shape.children.values() for one in part)})
    known = list(dict.fromkeys([*shape.values, *beneath]))
    if shape.type is Type.CODE:
        return {"enum": known}
    return {"enum": [*known, *(int(one) for one in known if one.isdigit())]}


def _value(shape: Shape) -> Schema:
    """A value beside which a unit may stand."""
    if shape.type in (Type.QUANTITY, Type.NUMBER):
        return {"anyOf": [ref("number"), ref("measured")]}
    return _scalar(shape)


def _record(fact: Fact) -> Schema:
    shape = fact.shape
    event, number = shape.type is Type.EVENT, shape.type in (Type.QUANTITY, Type.NUMBER)
    words: dict[str, Schema] = {
        "value": or_null(_value(shape)),
        "date": or_null(ref("date")),
        "absent": or_null(ref("absence")),
        "status": or_null(ref("status")),
        "source": or_null({**ref("text"), "description": "Where it was recorded."}),
        "by": or_null({**ref("text"), "description": "Who said so."}),
    }
    if event:
        words |= {"start": or_null(ref("date")), "end": or_null(ref("date"))}
        words["ongoing"] = or_null(ref("yes_or_no"))
    if number:
        words["unit"] = or_null({**ref("text"), "description": f"Such as {shape.unit}."})
        words["comparator"] = or_null(ref("comparator"))
        words["reference_range"] = or_null(_range())
        words["laboratory"] = or_null({**ref("text"), "description": "Where it was measured."})
    words |= {name: or_null(_attribute(one)) for name, one in fact.attributes.items()}
    for word in (*EVENT_WORDS, *NUMBER_WORDS):
        words.setdefault(word, _NULL)
    rules: list[Schema] = [_not_both("value", "absent")]
    if event:
        rules += [_not_both("date", word) for word in EVENT_WORDS]
        rules += [_ongoing_has_no_end(), _never_has_nothing(fact)]
    else:
        rules.append({"anyOf": [{"required": ["value"]}, {"required": ["absent"]}]})
    if number and shape.unit != "1":
        rules.append(_needs_a_unit())
    return {**some_of("A record.", words), "minProperties": 1, "allOf": rules}


def _attribute(shape: Shape) -> Schema:
    words: dict[str, Schema] = {"value": or_null(_value(shape))}
    if shape.type in (Type.QUANTITY, Type.NUMBER):
        words["unit"] = or_null(ref("text"))
        words["comparator"] = or_null(ref("comparator"))
    return {"anyOf": [_scalar(shape), some_of("A value with its unit.", words, ["value"])]}


def _range() -> Schema:
    words = {"value": or_null(ref("limit")), "unit": or_null(ref("text")), "comparator": _NULL}
    own = some_of("A limit with its unit.", words, ["value"])
    limit: Schema = {"anyOf": [_NULL, ref("limit"), own]}
    return some_of("The laboratory's reference range.", {"low": limit, "high": limit})


def _given(*words: str) -> Schema:
    """These words stand there and are not null."""
    return {
        "required": list(words),
        "properties": {word: {"not": _NULL} for word in words},
    }


def _not_both(one: str, other: str) -> Schema:
    return {"not": _given(one, other)}


def _ongoing_has_no_end() -> Schema:
    yes: Schema = {"enum": [True, "true"]}
    there = _given("ongoing", "end")
    return {"not": {**there, "properties": {**there["properties"], "ongoing": yes}}}


def _never_has_nothing(fact: Fact) -> Schema:
    """`false` says there was none, so nothing is said of it."""
    words = (*EVENT_WORDS, *fact.attributes)
    return {
        "if": {"required": ["value"], "properties": {"value": {"enum": [False, "false"]}}},
        "then": {"properties": dict.fromkeys(words, _NULL)},
    }


def _needs_a_unit() -> Schema:
    """A number alone needs the word `unit` beside it."""
    return {
        "if": {"required": ["value"], "properties": {"value": ref("number")}},
        "then": _given("unit"),
    }


def _for_a_form(fact: Fact, need: Need | None) -> Schema:
    """What a form has to know to ask for the fact; null where it does not concern it."""
    shape = fact.shape
    low_high = None if shape.plausible is None else [decimal_text(one) for one in shape.plausible]
    number = shape.type in (Type.QUANTITY, Type.NUMBER)
    return {
        "type": shape.type.value,
        "kind": fact.kind.value,
        "label": fact.label,
        "question": fact.question,
        "unit": shape.unit if number else None,
        "units": [shape.unit, *sorted(shape.accepted)] if number and shape.unit != "1" else [],
        "plausible": low_high,
        "values": list(shape.values),
        "attributes": {
            name: {
                "type": one.type.value,
                "unit": one.unit if one.type is Type.QUANTITY else None,
                "values": list(one.values),
            }
            for name, one in fact.attributes.items()
        },
        "cost": fact.cost.value,
        "asked_of": fact.asked_of,
        "derived": fact.derived is not None,
        "reference_range": need is not None and need.limits,
        "needed_by": [] if need is None else list(need.by),
    }
