"""The part of the rule schema that describes a leaf: its words, and what each fact may be asked."""

from __future__ import annotations

from screener.schemas.parts import Schema, each, ref, some_of
from screener.vocabulary import Fact, Shape, Type, Vocabulary

CHOICES = ("earlier_of", "later_of")
USES_OF_A_BASELINE = ("latest", "earliest", "highest", "lowest", "mean", "median")
USES = ("latest", "earliest", "highest", "lowest", "any", "all", "mean", "median", "sum")
COMPARATORS: dict[str, str] = {
    "is": "This value, or one beneath it.",
    "one_of": "Any of these values.",
    "at_least": "This or more; with its unit.",
    "at_most": "This or less; with its unit.",
    "more_than": "More than this; with its unit.",
    "less_than": "Less than this; with its unit.",
    "between": "From one to the other, both counting.",
}
_LISTS = ("one_of", "between")


def leaf() -> dict[str, Schema]:
    """What a leaf is made of, by name."""
    said = some_of("A question to the records of one fact.", _words(), ["fact"])
    return {
        "leaf": {**said, "allOf": [_one_condition(), ref("of_facts")]},
        # What is known of single facts; nothing without a vocabulary.
        "of_facts": {},
        "window": {
            "description": "So long before or after a day, or the days between two.",
            "anyOf": [{"type": "string"}, _from_to(), _relative()],
        },
        "length": {**some_of("How long.", _lengths()), "minProperties": 1, "maxProperties": 1},
        "condition": _condition(),
        "attributes": {
            "type": "object",
            "description": "Conditions on attributes, all on the same record.",
            "minProperties": 1,
            "additionalProperties": {
                "anyOf": [ref("text"), each(ref("text"), "Any of these."), ref("condition")]
            },
        },
    }


def _words() -> dict[str, Schema]:
    return {
        "fact": {**ref("fact"), "description": "The fact it is about."},
        "within": {**ref("window"), "description": "The days from which records count."},
        "before": {
            **ref("related"),
            "description": "Strictly before a day, or before a record of another fact.",
        },
        "after": {
            **ref("related"),
            "description": "Strictly after a day, or after a record of another fact.",
        },
        "clear_of": {
            "description": "No such record in a window around this one.",
            "anyOf": [_clear_of(), each(_clear_of(), "None of them.", least=1)],
        },
        "where": ref("attributes"),
        "except": {
            "description": "Not a record of which one of these holds.",
            "anyOf": [ref("attributes"), each(ref("attributes"), "Alternatives.", least=1)],
        },
        "use": {"enum": [*USES], "description": "Which record speaks; `latest` unless said."},
        "per": {"const": "day", "description": "First one value a day."},
        "count": {
            **some_of(
                "The number of records.",
                {**{word: _compared(word) for word in COMPARATORS}, "distinct": {"const": "date"}},
            ),
            "minProperties": 1,
        },
        "consecutive": {"type": ["integer", "string"], "description": "So many in a row."},
        "lasting": {**ref("length"), "description": "How long an event lasts."},
        "days": {**ref("length"), "description": "On how many days."},
        "since_last": some_of(
            "How long since the last one ended, up to a day; `as_of` unless said.",
            {**_lengths(), "at": ref("day")},
        ),
        "available": {**ref("yes_or_no"), "description": "Whether a result exists."},
        "at": {**ref("day"), "description": "The day on which a derived value is judged."},
        "same": {"const": "day", "description": "Another fact's record of the same day."},
        "baseline": some_of(
            "Which of its own values `baseline` is.",
            {"use": {"enum": [*USES_OF_A_BASELINE]}, "within": ref("window")},
            ["within"],
        ),
        **{word: {**_compared(word), "description": COMPARATORS[word]} for word in COMPARATORS},
    }


def more() -> dict[str, Schema]:
    """What a leaf may say of other facts, by name."""
    other = some_of("A record of another fact.", _of_another(), ["fact"])
    return {
        "related": {
            "anyOf": [{"type": "string"}, {"if": _names_a_fact(), "then": other, "else": _first()}]
        },
    }


def _names_a_fact() -> Schema:
    return {"type": "object", "required": ["fact"]}


def _of_another() -> dict[str, Schema]:
    return {
        "fact": ref("fact"),
        "within": ref("window"),
        "where": ref("attributes"),
        "except": {"anyOf": [ref("attributes"), each(ref("attributes"), "Alternatives.", least=1)]},
    }


def _clear_of() -> Schema:
    return some_of("Records that must not be there.", _of_another(), ["fact", "within"])


def _first() -> Schema:
    """A mapping that is a day."""
    days = {**each(ref("day"), "Days."), "minItems": 2}
    either = some_of("The earlier or later of several days.", dict.fromkeys(CHOICES, days))
    return {**either, "minProperties": 1, "maxProperties": 1}


def day() -> Schema:
    """A day, as it may stand anywhere."""
    return {
        "description": "A date, a named date, so long before or after one, or the first of some.",
        "anyOf": [{"type": "string"}, _first()],
    }


def _lengths() -> dict[str, Schema]:
    pair = {**each(ref("text"), "Both count."), "minItems": 2, "maxItems": 2}
    return {**{word: ref("text") for word in _plain() if word != "is"}, "between": pair}


def _from_to() -> Schema:
    return {
        **some_of("From one day to another.", {"from": ref("day"), "to": ref("day")}),
        "minProperties": 1,
    }


def _relative() -> Schema:
    stretches = {**each(ref("text"), "Such as 4 wk, or 5 half_lives."), "minItems": 1}
    words: dict[str, Schema] = {
        "shorter_of": stretches,
        "longer_of": stretches,
        "before": ref("day"),
    }
    either = some_of("The shorter of several stretches before a day.", words, ["before"])
    return {**either, "minProperties": 2, "maxProperties": 2}


def _plain() -> list[str]:
    return [word for word in COMPARATORS if word not in _LISTS]


def _compared(word: str) -> Schema:
    if word == "between":
        return {**each(ref("text"), ""), "minItems": 2, "maxItems": 2}
    if word == "one_of":
        return each(ref("text"), "", least=1)
    return ref("text")


def _condition() -> Schema:
    words = {word: _compared(word) for word in COMPARATORS}
    return {**some_of("A condition.", words), "minProperties": 1, "maxProperties": 1}


def _one_condition() -> Schema:
    """Two comparators of one leaf exclude each other."""
    words = list(COMPARATORS)
    pairs = [[one, other] for at, one in enumerate(words) for other in words[at + 1 :]]
    return {"not": {"anyOf": [{"required": pair} for pair in pairs]}}


def only_for_facts(vocabulary: Vocabulary) -> Schema:
    """What each fact may be asked: the values of its list, and the comparators of its type."""
    rules = [
        {
            "if": {"required": ["fact"], "properties": {"fact": {"const": fact.name}}},
            "then": {"properties": asked},
        }
        for fact in vocabulary.values()
        if (asked := _asked(fact))
    ]
    return {"allOf": rules} if rules else {}


def _asked(fact: Fact) -> Schema:
    values = _values(fact.shape)
    asked: Schema = {}
    if fact.shape.type is Type.EVENT:
        asked = dict.fromkeys(COMPARATORS, False)
    elif values:
        listed = {"type": "array", "items": {"enum": values}}
        asked = {"is": {"enum": values}, "one_of": listed}
        if fact.shape.type is Type.ORDINAL:
            asked |= {word: {"enum": values} for word in _plain()}
            asked["between"] = listed
        else:
            asked |= {word: False for word in COMPARATORS if word not in ("is", "one_of")}
    if fact.shape.type is Type.BOOLEAN:
        asked["one_of"] = False
    if fact.attributes:
        names = {"propertyNames": {"enum": list(fact.attributes)}}
        asked["where"] = names
        asked["except"] = {"if": {"type": "object"}, "then": names, "else": {"items": names}}
    return asked


def _values(shape: Shape) -> list[object]:
    if shape.type is Type.BOOLEAN:
        return [True, False, "true", "false"]
    if shape.type is Type.ORDINAL:
        return [*shape.values, *(int(one) for one in shape.values if one.isdigit())]
    beneath = {one for part in shape.children.values() for one in part}
    return list(dict.fromkeys([*shape.values, *sorted({*shape.children, *beneath})]))
