"""Check and print: all answers, the verdict and its reasons on paper, and the same as downloads.

The page is made from what was typed and forgotten; a change goes back to the form with everything
kept. What cannot be read is mended first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from screener.log.entries import new_record
from screener.version import VERSION
from screener.vocabulary import Fact, Kind, Type
from screener.web import tokens
from screener.web.form import Row, read_form, says
from screener.web.inbox import read_fields
from screener.web.judged import Judged, judge
from screener.web.pages.asked import library_of, now_of, pages_of, today_of, trial_of
from screener.web.pages.screening import view
from screener.web.problems import Problem
from screener.web.questions import Blank
from screener.web.records import Records, signed_in
from screener.web.words import ABSENCES, notice_words, unit_words, units_of, value_words

_ABSENT = dict(ABSENCES)


class Answer(NamedTuple):
    """One record as it was entered; `field`: where its source is written, blank where nowhere."""

    fact: str
    label: str
    value: str
    when: str
    by: str
    source: str
    field: str


async def check(request: Request) -> Response:
    """All answers on one page; with a fault in them, the form again."""
    judged, old = await _judged(request)
    context = view(judged)
    if judged.faults or judged.result is None or old:
        notice = (
            "This page is from before the server was restarted. Check once more." if old else ""
        )
        return pages_of(request).page(
            "screen.html", request, 422 if judged.faults else 403, **context, sent=True,
            notice=notice,
        )  # fmt: skip
    return await show_check(request, judged)


async def show_check(
    request: Request, judged: Judged, status: int = 200, problems: Mapping[str, str] | None = None
) -> Response:
    """The page of a form without faults; `problems`: what keeps it from being recorded."""
    assert judged.result is not None, "INVARIANT: only what was judged is checked"
    now = now_of(request)
    rows = list(_answers(judged))
    records: Records | None = request.app.state.records
    before = (
        []
        if records is None
        else await records.attempts(judged.edition.protocol.trial, judged.result.patient)
    )
    labels = judged.layout.facts
    warned = [
        notice_words(one.message, labels.get(one.fact or "")) for one in judged.result.warnings
    ]
    return pages_of(request).page(
        "check.html",
        request,
        status,
        **view(judged),
        fields=list(judged.form.fields()),
        answers=rows,
        editable={one.field for one in rows},
        warned=warned,
        result=judged.result,
        version_of_engine=VERSION,
        at_utc=now.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        at_local=now.strftime("%Y-%m-%d %H:%M %z"),
        record=None if records is None else new_record(),
        signed_in=signed_in(request),
        problems=Blank(problems or {}),
        before=before[0] if before else None,
        attempt=before[0].attempt + 1 if before else 1,
    )


async def answers(request: Request) -> Response:
    """What was typed, as a patient profile; it can be opened again later."""
    judged, _ = await _judged(request)
    profile = {**judged.written.profile, "as_of": judged.day.isoformat()}
    return _download("answers", profile, judged)


async def result(request: Request) -> Response:
    """The whole result, as every interface gives it."""
    judged, _ = await _judged(request)
    if judged.result is None or judged.faults:
        raise Problem(422, "Mend what is marked on the form first.")
    return _download("result", judged.result.to_json(), judged)


def _download(what: str, data: object, judged: Judged) -> Response:
    name = f"{judged.edition.protocol.trial}-{what}.json"
    body = json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(body, headers=headers)


async def _judged(request: Request) -> tuple[Judged, bool]:
    """The form that was sent, judged; and whether its token is old."""
    trial = trial_of(request)
    fields = await read_fields(request)
    judged = judge(library_of(request), trial, read_form(fields), today_of(request))
    return judged, not tokens.good(request, fields)


def _answers(judged: Judged) -> Iterator[Answer]:
    groups = judged.layout.group_of
    for name, group in groups.items():
        fact = judged.layout.facts[name]
        rows = judged.form.rows.get(name, {})
        day = judged.form.days.get(group, "")
        for number, row in sorted(rows.items()):
            if says(row):
                value, when = _value(fact, row), _when(fact, row, day)
                field = f"{name}.{number}.source"
                source = row.get("source", "")
                yield Answer(name, fact.label, value, when, row.get("by", ""), source, field)
        whole = judged.form.complete.get(name)
        if whole:
            yield Answer(name, fact.label, "Nothing else happened", f"up to {whole}", "", "", "")


def _value(fact: Fact, row: Row) -> str:
    if row.get("absent"):
        return f"No result: {_ABSENT.get(row['absent'], row['absent'])}"
    said = row.get("value", "")
    if fact.shape.type in (Type.BOOLEAN, Type.EVENT):
        said = {"true": "Yes", "false": "No", "": "Yes"}.get(said, said)
    elif fact.shape.type in (Type.CODE, Type.ORDINAL):
        said = value_words(said)
    elif fact.shape.type is Type.QUANTITY:
        offered = units_of(fact.shape)
        unit = row.get("unit") or (offered[0] if len(offered) == 1 else "")
        said = f"{said} {unit_words(unit)}".strip()
    extras = [f"{word[2:]} {value_words(text)}" for word, text in row.items() if word[:2] == "a."]
    limits = [f"{word} limit {row[word]}" for word in ("low", "high") if row.get(word)]
    return ", ".join([said, *extras, *limits])


def _when(fact: Fact, row: Row, day: str) -> str:
    if row.get("start") or row.get("end") or row.get("ongoing"):
        end = "going on" if row.get("ongoing") else row.get("end") or "end not given"
        return f"{row.get('start') or 'start not given'} to {end}"
    if row.get("date"):
        return row["date"]
    event = fact.kind is Kind.EVENT and row.get("value") != "false"
    return day if fact.kind is not Kind.FIXED and not event else ""
