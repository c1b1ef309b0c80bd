"""The workbench: a rule file edited as text, and what the edit does, before anybody installs it.

The text goes back and forth with the page and is kept nowhere; rule files are never written.
"""

from __future__ import annotations

import asyncio
import base64
from functools import cache

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from screener.catalog import Edition
from screener.trial import Trial
from screener.web import tokens
from screener.web.batch import Given
from screener.web.edits import Sent, Work
from screener.web.inbox import Upload, limits_of, read_upload
from screener.web.pages.asked import library_of, pages_of, today_of, trial_of
from screener.web.problems import Problem
from screener.web.proving import in_turn

_DOES = ("check", "cases", "compare", "prove", "funnel", "sweep")


async def workbench(request: Request) -> Response:
    """A version as text, and what an edit of it does."""
    trial = trial_of(request)
    if request.method == "GET":
        base = _version(trial, request.query_params.get("v"), today_of(request).toordinal())
        text = base.rules_text.decode("utf-8-sig", "replace")
        return await _page(request, trial, base, Sent(text, "", None, ("", ""), ""))
    upload = await read_upload(request)
    tokens.require(request, upload.fields.items())
    base = _version(trial, upload.fields.get("v"), today_of(request).toordinal())
    return await _page(request, trial, base, _sent(request, upload))


async def download(request: Request) -> Response:
    """The text as a file; nothing else comes of it."""
    trial = trial_of(request)
    upload = await read_upload(request)
    tokens.require(request, upload.fields.items())
    headers = {
        "Content-Type": "application/yaml; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{trial.id}-edited.yaml"',
    }
    text = _sent(request, upload).text
    return Response(text.encode("utf-8", "replace"), headers=headers)


def _sent(request: Request, upload: Upload) -> Sent:
    fields = upload.fields
    # A browser sends every line end as CR LF, whatever the file had.
    text = fields.get("rules", "").replace("\r\n", "\n")
    if len(text.encode("utf-8", "replace")) > limits_of(request).json_body:
        raise Problem(413, "The text is larger than is edited here; edit it as a file.")
    name, content = upload.files.get("patients", ("", b""))
    if not content and fields.get("content"):
        try:
            content = base64.b64decode(fields["content"], validate=True)
        except ValueError:
            raise Problem(400, "The form could not be read.") from None
        name = fields.get("name", "")
    ending = name.rpartition(".")[2].lower()
    short = f"upload.{ending}"[:20] if ending.isalnum() and ending.isascii() else "upload"
    given = Given(short, content, b"", "") if content.strip() else None
    do = fields.get("do", "check")
    vary = (fields.get("vary", "").strip()[:200], fields.get("vary2", "").strip()[:200])
    return Sent(text, do if do in _DOES else "check", given, vary, fields.get("off", "")[:400])


def _version(trial: Trial, version: str | None, today: int) -> Edition:
    if not version:
        begun = [one for one in trial.editions if one.protocol.effective <= today]
        return max(begun, key=lambda one: one.protocol.effective, default=trial.newest)
    for one in trial.editions:
        if one.protocol.version == version:
            return one
    raise Problem(404, "There is no such version here.")


async def _page(request: Request, trial: Trial, base: Edition, sent: Sent) -> Response:
    most, today = limits_of(request).patients, today_of(request).toordinal()
    cases = library_of(request).cases(base) if sent.do else ()
    work = Work(trial, base, cases, sent, most=most, today=today)
    if sent.do:
        if sent.do == "prove":
            await in_turn(request, work.proved)
        else:
            handler = request.scope["state"]["handler"]
            handler.reschedule(asyncio.get_running_loop().time() + limits_of(request).proof_time)
            await run_sync(work.done, limiter=_few_at_a_time())
    errors = sum(one.severity == "error" for one in work.shown["faults"])
    return pages_of(request).page(
        "workbench.html",
        request,
        422 if errors or work.shown["problem"] else 200,
        trial=trial.id,
        title=base.protocol.title,
        edited=base.protocol.version,
        sent=sent,
        fields=sent.given.fields() if sent.given else None,
        errors=errors,
        **work.shown,
    )


@cache
def _few_at_a_time() -> CapacityLimiter:
    """So that those who edit leave room for those who screen."""
    return CapacityLimiter(2)
