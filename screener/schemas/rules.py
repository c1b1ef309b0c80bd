"""The schema of a rule file, for editors: completion, and faults of shape while one types.

It describes the words that `rules` reads. What a rule means, whether units fit and whether what it
names is declared only `screener check` can tell. With a vocabulary the facts are offered by name
and the values of each by its list; facts of the file's own are let through unless it is told them.
"""

from __future__ import annotations

from screener.schemas.leaves import CHOICES, day, leaf, more, only_for_facts
from screener.schemas.parts import (
    DAY,
    Schema,
    each,
    headed,
    ref,
    some_of,
)
from screener.vocabulary import Cost, Kind, Type, Vocabulary

#: The number of the rule file's shape.
VERSION = "2"

_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_NAME = r"^[a-z][a-z0-9_]{0,63}$"
_NAMED = {"propertyNames": {"pattern": _NAME}}


def rules_schema(vocabulary: Vocabulary | None = None, *, closed: bool = False) -> Schema:
    """The schema of a rule file.

    Args:
        vocabulary: the facts to offer; None leaves them open.
        closed: there are no others, so that a misspelt one is a fault.
    """
    return headed(
        "rules",
        VERSION,
        "A rule file of screener",
        "The eligibility criteria of one version of one trial (docs/rule-files.md).",
        {**_file(), "$defs": _defined(vocabulary, closed)},
    )


def _file() -> Schema:
    words: dict[str, Schema] = {
        "trial": {**ref("id"), "description": "The name of the trial."},
        "title": {**ref("prose"), "description": "Its title."},
        "kind": {**ref("text"), "description": "`trial` unless said otherwise."},
        "version": {**ref("id"), "description": "The protocol or registry version encoded here."},
        "effective": {**DAY, "description": "The day from which this version is used."},
        "source": {**ref("prose"), "description": "The document."},
        "outline": {
            **ref("texts"),
            "description": "The items of the document's criteria; each has to be accounted for.",
        },
        "dates": {
            "type": "object",
            "description": "Names for days that windows refer to; `as_of` is always there.",
            "additionalProperties": ref("named_date"),
            **_NAMED,
        },
        "age_at": {**ref("day"), "description": "The day on which ages are judged."},
        "cohorts": each(ref("cohort"), "Arms or cohorts with criteria of their own."),
        "facts": {
            "type": "object",
            "description": "Facts of this file alone.",
            "additionalProperties": ref("declaration"),
            **_NAMED,
        },
        "define": {
            "type": "object",
            "description": "Rules with a name.",
            "additionalProperties": ref("rule"),
            **_NAMED,
        },
        "strata": each(ref("stratum"), "Stratification factors."),
        "arms": each(ref("arm"), "Treatment arms, shown and never judged."),
        "stages": each(ref("stage"), "The time points with their criteria.", least=1),
        "not_encoded": each(ref("left_out"), "Items that no rule stands for."),
    }
    needed = ("trial", "title", "version", "effective", "stages")
    return some_of("A rule file.", words, needed)


def _defined(vocabulary: Vocabulary | None, closed: bool) -> dict[str, Schema]:
    return {
        "text": {
            "type": ["string", "number", "boolean"],
            "description": "A scalar; whatever it looks like, it is read as text.",
        },
        "prose": {"type": ["string", "number"], "pattern": r"\S"},
        "texts": {"anyOf": [ref("text"), each(ref("text"), "Several.")]},
        "id": {"type": ["string", "number"], "pattern": _ID},
        "yes_or_no": {"enum": [True, False, "true", "false"]},
        "fact": _fact_names(vocabulary, closed),
        "day": day(),
        **_around(),
        **_criteria(),
        "rule": _rule(),
        **leaf(),
        **more(),
        **_declared(),
        **({} if vocabulary is None else {"of_facts": only_for_facts(vocabulary)}),
    }


def _fact_names(vocabulary: Vocabulary | None, closed: bool) -> Schema:
    any_name: Schema = {"type": "string", "pattern": _NAME, "description": "A declared fact."}
    if vocabulary is None:
        return any_name
    offered = [
        {"const": fact.name, "description": fact.question or fact.label}
        for fact in vocabulary.values()
    ]
    return {"anyOf": offered if closed else [*offered, any_name]}


def _around() -> dict[str, Schema]:
    """What stands around the criteria."""
    days = {**each(ref("day"), "Days."), "minItems": 2}
    return {
        "named_date": some_of(
            "A named date: the value of a date fact.",
            {
                "fact": ref("fact"),
                "otherwise": {"const": "as_of", "description": "While it is not known."},
                **dict.fromkeys(CHOICES, days),
            },
        ),
        "cohort": some_of(
            "An arm or cohort.",
            {"id": ref("id"), "title": ref("prose"), "open": ref("yes_or_no")},
            ["id", "title"],
        ),
        "stratum": some_of(
            "A stratification factor.",
            {
                "id": ref("id"),
                "title": ref("prose"),
                "levels": each(
                    some_of(
                        "A level, and when a patient belongs to it.",
                        {"id": ref("id"), "title": ref("prose"), "rule": ref("rule")},
                        ["id", "title", "rule"],
                    ),
                    "Its levels.",
                ),
            },
            ["id", "title", "levels"],
        ),
        "arm": some_of(
            "A treatment arm.",
            {
                "id": ref("id"),
                "title": ref("prose"),
                "text": ref("prose"),
                "source": ref("prose"),
                "doses": each(ref("dose"), "What it gives: at once, in turn, or as alternatives."),
            },
            ["id", "title"],
        ),
        "dose": _dose(),
        "left_out": some_of(
            "An item that no rule stands for.",
            {"text": ref("prose"), "source": ref("texts"), "reason": ref("prose")},
            ["text", "reason"],
        ),
        "stage": some_of(
            "A time point of the protocol.",
            {
                "id": ref("id"),
                "title": ref("prose"),
                "window": {
                    **ref("window"),
                    "description": "Applies to observations, events and cumulative facts in it.",
                },
                "when_missed": {
                    "enum": ["fail", "unknown"],
                    "description": "What a criterion comes to whose window was missed.",
                },
                "inclusion": each(ref("criterion"), "Criteria that have to hold."),
                "exclusion": each(ref("criterion"), "Criteria that exclude."),
            },
            ["id", "title"],
        ),
    }


def _dose() -> Schema:
    amount: Schema = {**ref("text"), "description": "Such as `6 MIU` or `10 MIU/m2`."}
    ends = {**each(ref("text"), "The least and the most."), "minItems": 2, "maxItems": 2}
    words: dict[str, Schema] = {
        "drug": {**ref("prose"), "description": "The drug."},
        "amount": {"anyOf": [amount, ends], "description": "How much at a time."},
        "as_printed": {**ref("prose"), "description": "The source's words, where not an amount."},
        "per": {
            "anyOf": [{"const": "not_stated"}, ref("fact")],
            "description": "The fact that an amount per m2 or kg is multiplied by.",
        },
        "at_most": {**ref("text"), "description": "The most of one dose."},
        "route": {**ref("prose"), "description": "How it is given."},
        "schedule": {**ref("prose"), "description": "When it is given."},
        "option": {**ref("prose"), "description": "Doses with different ones are alternatives."},
    }
    one_way: Schema = {"oneOf": [{"required": ["amount"]}, {"required": ["as_printed"]}]}
    return {**some_of("What an arm gives of one drug at a time.", words, ["drug"]), **one_way}


def _criteria() -> dict[str, Schema]:
    criterion = some_of(
        "A criterion.",
        {
            "id": {**ref("id"), "description": "One of a kind in its file."},
            "text": {**ref("prose"), "description": "What the protocol says."},
            "source": {**ref("texts"), "description": "The item of the outline, or several."},
            "rule": {**ref("rule"), "description": "When it holds; when an exclusion excludes."},
            "applies_when": {
                **ref("rule"),
                "description": "Where this is false the criterion does not apply.",
            },
            "only_for": {**ref("texts"), "description": "The cohorts it binds."},
            "reading": {**ref("prose"), "description": "How an ambiguous text is read."},
            "rationale": ref("prose"),
            "note": ref("prose"),
            "if_missing": {
                "enum": ["no", False],
                "description": "Nothing recorded counts as no; needs a `reading` that says why.",
            },
            "defect": some_of(
                "A misprint in the source.",
                {
                    "as_printed": ref("prose"),
                    "kind": ref("text"),
                    "resolved_by": ref("prose"),
                },
                ["as_printed", "kind"],
            ),
            "carried_over": {
                **ref("text"),
                "description": "The version it was taken over from unread.",
            },
            "draft": {**ref("yes_or_no"), "description": "Not to be used for screening yet."},
        },
        ["id", "text"],
    )
    waits = [{"required": [word]} for word in ("rule", "defect", "draft")]
    assumed = {"dependentRequired": {"if_missing": ["reading"]}}
    return {"criterion": {**criterion, "anyOf": waits, **assumed}}


def _rule() -> Schema:
    several = each(ref("rule"), "Rules.", least=1)
    combining: dict[str, Schema] = {
        "all_of": {**several, "description": "Every one holds."},
        "any_of": {**several, "description": "At least one holds."},
        "none_of": {**several, "description": "Not one holds."},
        "not": {**ref("rule"), "description": "It does not hold."},
        "at_least_of": some_of(
            "At least so many hold.",
            {"count": {"type": ["integer", "string"]}, "of": several},
            ["count", "of"],
        ),
        "by": {
            "type": "object",
            "description": "The rule of the value that holds: {FACT: {VALUE: RULE}}.",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": {"type": "object", "additionalProperties": ref("rule")},
        },
    }
    named: Schema = {"type": "string", "description": "A name from `define`."}
    combined = {**some_of("A combination of rules.", combining), "maxProperties": 1}
    # Told apart by the word `fact`, so that an editor names the fault and not the whole choice.
    return {
        "if": {"type": "object"},
        "then": {"if": {"required": ["fact"]}, "then": ref("leaf"), "else": _one(combined)},
        "else": named,
    }


def _one(combined: Schema) -> Schema:
    return {**combined, "minProperties": 1}


def _declared() -> dict[str, Schema]:
    """How a fact is declared, in the vocabulary or in a rule file."""
    shape: dict[str, Schema] = {
        "type": {"enum": [one.value for one in Type], "description": "What a value looks like."},
        "unit": {**ref("text"), "description": "The UCUM unit that values are kept in."},
        "accepted": {
            "type": "object",
            "description": "Units of another dimension, with the exact factor.",
            "additionalProperties": ref("text"),
        },
        "plausible": {**each(ref("text"), "The least and the most."), "minItems": 2, "maxItems": 2},
        "values": {"type": "array", "description": "The codes there are, with their hierarchy."},
        "scale": each(ref("text"), "The values of an ordinal, from low to high."),
        "label": {**ref("prose"), "description": "Its name, for people."},
        "codes": each(
            some_of(
                "A code of a public code system.",
                {
                    "system": ref("text"),
                    "code": ref("text"),
                    "value": ref("text"),
                    "resource": ref("text"),
                },
                ["system", "code"],
            ),
            "Codes that stand for it.",
        ),
    }
    whole: dict[str, Schema] = {
        **shape,
        "kind": {
            "enum": [one.value for one in Kind],
            "description": "How it behaves in time (semantics 6).",
        },
        "question": {**ref("prose"), "description": "How it is asked for."},
        "worse": {"enum": ["high", "low"], "description": "The direction of getting worse."},
        "attributes": {
            "type": "object",
            "description": "What its records may say besides.",
            "additionalProperties": ref("attribute"),
            **_NAMED,
        },
        "cost": {
            "enum": [one.value for one in Cost],
            "description": "What it takes to get, cheapest first.",
        },
        "absence": {
            "enum": ["no", "unknown", False],
            "description": "`no`: nothing recorded means it did not happen.",
        },
        "asked_of": {
            "enum": ["investigator", "participant", "sponsor"],
            "description": "A judgement, asked and never inferred.",
        },
        "derived": {"type": "object", "description": "How it follows from other facts."},
        "source": {**ref("prose"), "description": "Where its factor or table is from."},
    }
    return {
        "attribute": some_of("An attribute of a record.", shape, ["type"]),
        "declaration": some_of("A fact.", whole, ["type"]),
    }
