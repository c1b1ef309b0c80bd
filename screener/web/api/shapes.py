"""The shapes of what the door for programs takes and gives, as components of OpenAPI 3.1.

What the engine answers has its schema in `screener.schemas`; here are only the envelopes.
"""

from __future__ import annotations

import json
from typing import Any

from screener.schemas import profile_schema, result_schema, trace_schema
from screener.schemas.parts import (
    DAY,
    Schema,
    day,
    each,
    flag,
    one_of,
    or_null,
    record,
    some_of,
    text,
)
from screener.truth import Verdict
from screener.vocabulary import Cost, Kind, Type

_AT = "#/components/schemas/"
_DEFS = "#/$defs/"
_AS_OF = {**DAY, "type": ["string", "null"], "description": "The day of screening; else today."}
_NAME = text("A trial, `NCT01681446`, or one version of it, `NCT01681446@2018-05-30`.")
_SHA = text("Of the bytes of the file.")
_HEAD = {
    "trial": text("The name of the trial."),
    "version": text("The version."),
    "effective": day("The day it takes effect."),
    "rules_sha256": _SHA,
    "vocabulary_sha256": _SHA,
}
_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "Of your choice."}


def components() -> dict[str, Schema]:
    """Every shape by its name."""
    result, trace = result_schema(), trace_schema()
    whole, rejected = result["oneOf"]
    return {
        **_named("Profile", profile_schema()),
        **_named("Result", {**whole, "$defs": result["$defs"]}),
        **_named("Trace", {**trace["oneOf"][0], "$defs": trace["$defs"]}),
        "Rejected": rejected,
        **_envelopes(),
    }


def component(name: str) -> Schema:
    """A reference to a shape."""
    return {"$ref": _AT + name}


def _named(name: str, schema: Schema) -> dict[str, Schema]:
    """A schema and what it defines, as components whose names begin alike."""
    moved: Any = json.loads(json.dumps(schema).replace(_DEFS, f"{_AT}{name}."))
    parts: dict[str, Schema] = moved.pop("$defs", {})
    for word in ("$schema", "$id"):
        moved.pop(word, None)
    return {name: moved, **{f"{name}.{part}": said for part, said in parts.items()}}


def _envelopes() -> dict[str, Schema]:
    profile = component("Profile")
    screen = {"trial": _NAME, "as_of": _AS_OF, "profile": profile}
    version = record(
        "One version.",
        version=text("Its name."),
        effective=day("The day it takes effect."),
        status=one_of(["superseded", "in_force", "future"], "As of today."),
        sha256=_SHA,
    )
    trial = record(
        "A trial.",
        trial=text("Its name."),
        title=text("Its title."),
        kind=text("What it is: a trial, or a review of evidence."),
        versions=each(version, "Oldest first."),
    )
    side: Schema = {"anyOf": [_NAME, record("A text.", rules=text("A rule file."))]}
    which = record(
        "A version.", trial=text("The trial."), version=text("The version."), rules_sha256=_SHA
    )
    any_of: Schema = {"type": "object"}
    return {
        "Trial": trial,
        "Trials": record("All trials on file.", trials=each(trial, "By name.")),
        "Criteria": record(
            "The criteria of one version.", **_HEAD, criteria=each(_criterion(), "In order.")
        ),
        "Facts": record(
            "The facts that one version asks about.", **_HEAD, facts=each(_fact(), "In order.")
        ),
        "Screen": some_of("One patient.", screen, ["trial", "profile"]),
        "Match": some_of(
            "One patient.",
            {"as_of": _AS_OF, "profile": profile, "all": flag("Reviews of evidence too.")},
            ["profile"],
        ),
        "Matches": record(
            "What every trial says, the eligible first.",
            patient=or_null(text("The name of the patient.")),
            as_of=day("The day of screening."),
            matches=each(_match(), "In order."),
            shortest_list=each(
                record(
                    "A step.",
                    facts=each(text("A fact."), "To get together."),
                    trials=each(text("A trial."), "That are settled then."),
                ),
                "Which facts to get, so that the fewest settle the most trials.",
            ),
        ),
        "Explain": some_of(
            "One patient.",
            {**screen, "criteria": each(text("An id."), "Only these; all where it is left out.")},
            ["trial", "profile"],
        ),
        "Check": some_of(
            "A rule file.",
            {"rules": text("Its text."), "vocabulary": {"type": ["string", "null"]}},
            ["rules"],
        ),
        "Checked": record(
            "What is wrong with it.",
            usable=flag("Whether it may screen: there are warnings at most."),
            faults=each(_diagnostic(), "In the order of the file."),
        ),
        "Compare": record("Two versions.", old=side, new=side),
        "Compared": record(
            "What the new version is to the old one.",
            old=which,
            new=which,
            relation=one_of(["equivalent", "stricter", "looser", "both", "undecided"], "Of all."),
            dates=each(any_of, "Named dates read from something else, and what changed so."),
            windows=each(any_of, "Stages whose windows moved, and the criteria that changed so."),
            criteria=each(any_of, "Of each criterion, with its witnesses."),
            witnesses=each(any_of, "Made-up patients whom the versions judge differently."),
            undecided=each(text("A reason."), "What could not be proved."),
        ),
        "Record": some_of(
            "One patient, to be recorded.",
            {**screen, "by": text("Who records, where no person is signed in."), "record": _ID},
            ["trial", "profile"],
        ),
        "Recorded": record(
            "The entry of the log, and the answer.", recorded=any_of, result=component("Result")
        ),
        **_hooks(),
        "Problem": _problem(),
    }


def _hooks() -> dict[str, Schema]:
    """What CDS Hooks 2.0 takes and gives, as far as it is used."""
    service = some_of(
        "A service.",
        {
            "hook": text("When it is called."),
            "title": text("Its title."),
            "description": text("What it does."),
            "id": text("Its name in the address."),
            "prefetch": {"type": "object", "additionalProperties": {"type": "string"}},
            "usageRequirements": text("What it needs."),
        },
        ["hook", "description", "id"],
    )
    any_of: Schema = {"type": "object"}
    context = some_of(
        "Whose chart is opened.", {"patientId": {"type": "string", "minLength": 1}}, ["patientId"]
    )
    view = some_of(
        "A chart is opened.",
        {
            "hook": {"const": "patient-view"},
            "hookInstance": {"type": "string", "format": "uuid"},
            "fhirServer": text("Not called."),
            "fhirAuthorization": any_of,
            "context": {**context, "additionalProperties": True},
            "prefetch": any_of,
            "extension": any_of,
        },
        ["hook", "hookInstance", "context"],
    )
    card = record(
        "What one trial says.",
        uuid=text("The same for the same call."),
        summary={"type": "string", "maxLength": 139, "description": "The verdict in a line."},
        detail=text("What it rests on and what is missing, in Markdown."),
        indicator=one_of(["info"], "Nothing is urgent."),
        source=record("What it rests on.", label=text("The trial and its version.")),
    )
    return {
        "Services": record("All services.", services=each(service, "One.")),
        "PatientView": view,
        "Cards": record("The cards.", cards=each(card, "The eligible first.")),
    }


def _criterion() -> Schema:
    return record(
        "A criterion.",
        id=text("Its id."),
        stage=text("The stage it belongs to."),
        kind=one_of(["inclusion", "exclusion"], "Its side."),
        text=text("What the protocol says."),
        source=or_null(text("Where it says so.")),
        says=text("What its rule says."),
        reading=or_null(text("How an ambiguous text is read.")),
    )


def _fact() -> Schema:
    return record(
        "A fact.",
        fact=text("Its name in a profile."),
        label=text("What people call it."),
        question=or_null(text("How it is asked for.")),
        type=one_of([one.value for one in Type], "What a value looks like."),
        kind=one_of([one.value for one in Kind], "How it behaves in time."),
        unit=or_null(text("The unit it is kept in (UCUM); null for plain numbers.")),
        accepted=each(text("A unit."), "Other units a value may come in."),
        values=each(text("A code."), "The values of a coded fact; none: any."),
        attributes=each(text("A word."), "What else a record may say."),
        asked_of=or_null(text("Who has to judge it.")),
        cost=one_of([one.value for one in Cost], "What it takes to get it."),
        needs_reference_range=flag("A reference range has to come with it."),
        needed_by=each(text("An id."), "The criteria that ask."),
    )


def _match() -> Schema:
    return record(
        "A trial.",
        patient=or_null(text("The name of the patient.")),
        trial=text("Its name."),
        version=or_null(text("The version; null where it did not judge.")),
        verdict=or_null(one_of([one.value for one in Verdict], "Its verdict.")),
        missing=each({"type": "object"}, "As in a result."),
        reason={"type": ["object", "null"], "description": "Why it is out."},
        remedy={"type": ["object", "null"], "description": "What could change that."},
    )


def _diagnostic() -> Schema:
    return record(
        "A fault.",
        id=text("A stable word."),
        file=text("The file."),
        line={"type": "integer", "description": "Counted from 1."},
        column={"type": "integer", "description": "Counted from 1."},
        message=text("What is wrong."),
        expected=or_null(text("What was expected.")),
        hint=or_null(text("How to mend it.")),
        severity=one_of(["error", "warning"], "A warning keeps no file from being used."),
    )


def _problem() -> Schema:
    error = some_of(
        "One fault.",
        {
            "pointer": text("A JSON pointer into the body, as far as its steps are names of ours."),
            "message": text("What is wrong; no value is repeated."),
            "hint": text("How to mend it."),
        },
        ["pointer", "message"],
    )
    return some_of(
        "A request that is not answered (RFC 9457).",
        {
            "type": text("Always about:blank: the status says which kind it is."),
            "title": text("The name of the status."),
            "status": {"type": "integer", "description": "The status."},
            "detail": text("What is wrong, and what to do."),
            "errors": each(error, "All faults at once."),
        },
        ["type", "title", "status", "detail"],
    )
