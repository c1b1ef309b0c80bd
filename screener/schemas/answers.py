"""The schemas of what the engine answers: a result, and an answer taken apart.

They describe `Result.to_json` and `Trace.to_json`, which decide the shape; the numbers of their
versions stand there too.
"""

from __future__ import annotations

from screener import result, trace
from screener.causes import Cause
from screener.schemas.parts import (
    Schema,
    day,
    each,
    flag,
    headed,
    one_of,
    or_null,
    record,
    ref,
    text,
)
from screener.trace import Kind
from screener.truth import Outcome, Truth, Verdict
from screener.vocabulary import Cost

_CAUSE = one_of([one.value for one in Cause], "Why something is unknown (semantics 3.1).")
_TRUTH = one_of([one.value for one in Truth], "Whether it holds.")
_OUTCOME = one_of(
    [one.value for one in Outcome],
    "How the criterion ended; an exclusion passes when its rule is false.",
)
_COST = one_of([one.value for one in Cost], "What it takes to get the fact, cheapest first.")
_SIDE = one_of(["inclusion", "exclusion"], "Which side of the protocol the criterion stands on.")
_VALUE: Schema = {
    "type": ["string", "boolean", "null"],
    "description": "Decimal text, a code, an ISO date, or yes and no; null where there is none.",
}
_SHA = {"type": "string", "pattern": "^([0-9a-f]{64})?$"}
_WORDS_OF_A_RECORD: dict[str, Schema] = {
    "fact": text("The fact of the vocabulary."),
    "truth": {**_TRUTH, "description": "What this record alone makes of the condition."},
    "cause": or_null(_CAUSE),
    "value": {**_VALUE, "description": "The value in the unit of the fact."},
    "unit": or_null(text("The unit of the fact (UCUM).")),
    "original": or_null(
        record(
            "The value as it was given.",
            value={**_VALUE, "description": "As it was given."},
            unit=or_null(text("The unit as it was given.")),
        )
    ),
    "date": or_null(text("As given: a day, a month or a year; of an event `start/end`.")),
    "source": or_null(text("Where it was recorded.")),
    "assumed": flag("Not recorded, but a stated default."),
    "limits": each(
        record(
            "Reference limits out of the site's table, in the unit of the fact.",
            low=or_null(text("The lower limit.")),
            high=or_null(text("The upper limit.")),
            row=or_null(text("The row, and whom it is for; null: no row applies.")),
        ),
        "Of each row of the site's table that may apply; empty where the limits came with the "
        "result, or there are none.",
    ),
}
_DEFINED: dict[str, Schema] = {
    "record": record("A record, a date or a default that took part.", **_WORDS_OF_A_RECORD),
    "set_aside": record(
        "A record that was not used.", **_WORDS_OF_A_RECORD, reason=text("Why it was not used.")
    ),
    "window": record(
        "A stretch of days, both counting; null while a day is not known exactly.",
        opens=or_null(day("Its first day.")),
        closes=or_null(day("Its last day.")),
    ),
    "remedy": record(
        "What could change a failure.",
        kind=one_of(
            ["none", "wait", "new_result"],
            "Nothing further, waiting, or a new result (semantics 13.4).",
        ),
        date=or_null(day("From this day the same records no longer stand in the way.")),
    ),
}
_HEAD: dict[str, Schema] = {
    "trial": text("The name of the trial."),
    "version": text("The version of its criteria."),
    "rules_sha256": {**_SHA, "description": "Of the bytes of the rule file."},
    "vocabulary_sha256": {**_SHA, "description": "Of the bytes of the vocabulary."},
    "engine": text("The version of the program."),
    "semantics": text("The number of the meaning of rules (docs/semantics.md)."),
    "patient": or_null(text("The name of the patient.")),
}


def result_schema() -> Schema:
    """One line of `screen --json`: a result, or why a patient was not judged."""
    answer = record(
        "The answer for one patient on one day.",
        schema={"const": result.SCHEMA, "description": "The number of this shape."},
        **_HEAD,
        as_of=day("The day for which the question was asked."),
        verdict=_verdict("of the trial"),
        cohorts=each(
            record(
                "A cohort.", id=text("Its id in the rule file."), verdict=_verdict("of the cohort")
            ),
            "The cohorts, in their order; empty where the trial has none.",
        ),
        stages=each(
            record(
                "A stage.",
                id=text("Its id in the rule file."),
                verdict=_verdict("of the stage"),
                window=or_null(ref("window")),
            ),
            "The stages, in their order.",
        ),
        criteria=each(_criterion(), "The criteria, in their order."),
        missing=each(
            _missing(), "What would settle the verdict, cheapest first; empty once it is."
        ),
        warnings=each(
            record(
                "Something worth a look that does not change the answer.",
                id=text("A stable word."),
                message=text("For a person."),
                fact=or_null(text("The fact it is about.")),
            ),
            "Warnings.",
        ),
        strata={
            "type": "object",
            "description": "The level of each stratification factor, of an eligible patient.",
            "additionalProperties": or_null(text("The id of the level; null while not known.")),
        },
        arms=_arms(),
        not_encoded=each(
            record(
                "An item of the source that no rule stands for.",
                text=text("What it says."),
                source=or_null(text("Where.")),
                reason=text("Why it is not judged here."),
            ),
            "What has to be looked at beside this answer.",
        ),
        next_change=or_null(day("The first later day on which the verdict could differ.")),
    )
    answer["properties"]["recorded"] = {
        "type": ["object", "null"],
        "description": "With a screening log: the entry this answer has in it.",
    }
    return headed(
        "result",
        result.SCHEMA,
        "Answer of screener",
        "One line of `screener screen --json`.",
        {"oneOf": [answer, _rejected()], "$defs": dict(_DEFINED)},
    )


def _arms() -> Schema:
    return each(
        record(
            "A treatment arm, and what it gives.",
            id=text("Its id in the rule file."),
            title=text("Its title."),
            doses=each(_dose(), "What it gives: at once, in turn, or as alternatives."),
        ),
        "The arms, of an eligible patient; arithmetic on what the source states, never a "
        "prescription.",
    )


def trace_schema() -> Schema:
    """One line of `explain --json`: the trees of criteria, or why a patient was not judged."""
    whole = record(
        "The criteria of one version, for one patient on one day or for nobody in particular.",
        schema={"const": trace.SCHEMA, "description": "The number of this shape."},
        **_HEAD,
        as_of=or_null(day("The day for which the question was asked.")),
        verdict=or_null(_verdict("of the trial")),
        criteria=each(_traced(), "The criteria asked for, in their order."),
        arms=_arms(),
    )
    return headed(
        "explain",
        trace.SCHEMA,
        "An answer of screener taken apart",
        "One line of `screener explain --json`; without a patient what is found of one is null.",
        {"oneOf": [whole, _rejected()], "$defs": {**_DEFINED, "node": _node()}},
    )


def _verdict(of: str) -> Schema:
    return one_of([one.value for one in Verdict], f"The verdict {of} (semantics 2.3).")


def _rejected() -> Schema:
    return record(
        "A patient who could not be judged, in his place.",
        patient=or_null(text("The name of the patient, if it could be read.")),
        line={"type": ["integer", "null"], "description": "The line of the input."},
        error=record(
            "The first fault.",
            pointer=text("A JSON pointer to it."),
            message=text("What is wrong."),
            hint=or_null(text("How to mend it.")),
        ),
    )


def _criterion() -> Schema:
    return record(
        "How one criterion ended, and on what that rests.",
        id=text("Its id in the rule file."),
        stage=text("The stage it belongs to."),
        kind=_SIDE,
        text=text("What the protocol says."),
        source=or_null(text("Where it says so.")),
        outcome=_OUTCOME,
        applies={**_TRUTH, "description": "Whether it applies to this patient."},
        sentence=text("The finding, for a person."),
        remedy=or_null(ref("remedy")),
        because=each(ref("record"), "Every record, date and default that took part."),
        set_aside=each(ref("set_aside"), "Records that were not used."),
        valid_until=or_null(day("The last day on which the outcome stands.")),
    )


def _dose() -> Schema:
    return record(
        "What an arm gives of one drug at a time.",
        drug=text("The drug."),
        option=or_null(text("Which of several alternatives it belongs to.")),
        stated=text("The amount as the source states it."),
        route=or_null(text("How it is given.")),
        schedule=or_null(text("When it is given.")),
        formula=or_null(
            text(
                "The fact that an amount per square metre or kilogram is multiplied by; null for a "
                "fixed amount, and where the source names none."
            )
        ),
        amount=or_null(
            record(
                "The amount, unrounded; null where the source does not say how to work it out.",
                low=or_null(text("The least, as decimal text.")),
                high=or_null(text("The most, as decimal text.")),
                unit=text("The unit (UCUM)."),
            )
        ),
        cause=or_null({**_CAUSE, "description": "Why the amount is not exact."}),
        missing=each(text("A fact."), "The facts that would make it exact."),
        because=each(ref("record"), "Every record that took part."),
        sentence=text("The dose and how it was worked out, for a person."),
    )


def _missing() -> Schema:
    return record(
        "A fact that would help to settle the verdict.",
        fact=text("The fact of the vocabulary."),
        label=text("What it is called."),
        cause=_CAUSE,
        needed_by=each(text("The id of a criterion."), "The criteria that wait for it.", least=1),
        window=or_null(ref("window")),
        cost=_COST,
    )


def _traced() -> Schema:
    return record(
        "One criterion, and how it came to its outcome.",
        id=text("Its id in the rule file."),
        stage=text("The stage it belongs to."),
        kind=_SIDE,
        text=text("What the protocol says."),
        source=or_null(text("Where it says so.")),
        reading=or_null(text("How an ambiguous text is read.")),
        carried_over=or_null(text("The version it was taken over from unread.")),
        says=text("What is encoded, as a sentence."),
        outcome=or_null(_OUTCOME),
        applies=or_null({**_TRUTH, "description": "Whether it applies to this patient."}),
        sentence=or_null(text("The finding, for a person.")),
        remedy=or_null(ref("remedy")),
        valid_until=or_null(day("The last day on which the outcome stands.")),
        applies_when=or_null(ref("node")),
        rule=ref("node"),
    )


def _node() -> Schema:
    return record(
        "One node of a rule: what it asks for, and what was found.",
        kind=one_of(
            [one.value for one in Kind],
            "`fact`: a leaf; `case`: of `by`, its rule beneath; `part`: of something computed.",
        ),
        says=text("What it asks for, in words."),
        fact=or_null(text("The fact of a leaf, case or part.")),
        truth=or_null(_TRUTH),
        cause=or_null(_CAUSE),
        decides={
            "type": ["boolean", "null"],
            "description": "Whether it shares in the answer of the criterion.",
        },
        found=or_null(text("What was found, in words.")),
        window=or_null(ref("window")),
        points={
            "type": ["array", "null"],
            "description": "What a part of a score adds: the least and the most.",
            "items": text("Decimal text."),
            "minItems": 2,
            "maxItems": 2,
        },
        because=each(ref("record"), "The records that took part."),
        set_aside=each(ref("set_aside"), "The records that were not used."),
        wanted=each(
            record(
                "A fact that would help to settle it.",
                fact=text("The fact of the vocabulary."),
                label=text("What it is called."),
                cause=_CAUSE,
                window=or_null(ref("window")),
                cost=_COST,
            ),
            "What would settle it, where it is open.",
        ),
        new_result={
            "type": ["boolean", "null"],
            "description": "Whether a further result that counts may still come.",
        },
        changes=each(
            record(
                "What it comes to from a later day on.", date=day("From this day."), truth=_TRUTH
            ),
            "With the same records.",
        ),
        parts=each(ref("node"), "What it is made of."),
    )
