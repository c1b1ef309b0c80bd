"""The door for programs: one patient in, the result out, as the command line gives it.

A verdict is an answer, whichever it is; only a request that cannot be judged is a problem, and no
problem repeats what was sent.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from screener.diagnostics import ProfileError, RulesError, UnknownTrial
from screener.log.entries import Evaluation, Screening, is_record, new_record
from screener.result import Result
from screener.trial import Trial, own_day
from screener.web.api.asked import asked
from screener.web.inbox import read_json
from screener.web.problems import Problem, silent_errors
from screener.web.records import BY, records_of, when_of, who_of

router = APIRouter()


@router.post("/api/v1/screen")
async def screen_one(request: Request) -> Response:
    """Judge one patient: `{trial, as_of, profile}`, `as_of` being today where nobody names it."""
    data = await read_json(request)
    trial, day, profile = asked(data, request.app.state.library)
    return _answer(_judged(request, trial, day, profile).to_json_text())


@router.post("/api/v1/records")
async def record_one(request: Request) -> Response:
    """Judge one patient and record the answer: the same, with `by`, the name of who records.

    `by` is needed where nobody is signed in. The same `record` (32 hexadecimal digits of the
    caller's choice) sent again is recorded once.
    """
    records = records_of(request)
    data = await read_json(request)
    said = dict(data) if isinstance(data, dict) else {}
    by, name = said.pop("by", None), said.pop("record", None)
    trial, day, profile = asked(said if isinstance(data, dict) else data, request.app.state.library)
    who = who_of(request, [(BY, by)] if isinstance(by, str) else [])
    if who is None:
        wrong = [{"pointer": "/by", "message": "the name of who records is needed"}]
        raise Problem(422, "Nobody is signed in, and no name is given.", wrong)
    if name is not None and not (isinstance(name, str) and is_record(name)):
        wrong = [{"pointer": "/record", "message": "32 hexadecimal digits in lower case"}]
        raise Problem(422, "This is no name of a record.", wrong)
    result = _judged(request, trial, day, profile)
    edition = trial.edition_of(result)
    evaluation = Evaluation(
        inputs=profile,
        result=result,
        rules=edition.rules_text,
        vocabulary=edition.vocabulary_text,
    )
    draft = Screening(
        evaluation=evaluation, who=who, when=when_of(request), record=name or new_record()
    )
    recorded = await records.append(draft)
    noted = json.dumps(recorded.to_json())
    return _answer(f'{{"recorded": {noted}, "result": {result.to_json_text()}}}', 201)


def _answer(text: str, status: int = 200) -> Response:
    media = {"Content-Type": "application/json; charset=utf-8"}
    return Response(text.encode("utf-8", "backslashreplace"), status, media)


def _judged(request: Request, trial: Trial, day: int | None, profile: dict[str, Any]) -> Result:
    """What the trial answers.

    Raises:
        Problem: 422 with everything wrong with the profile.
    """
    otherwise = request.app.state.settings.now().toordinal()
    own = own_day(profile)
    try:
        return trial.screen_data(profile, day, otherwise if day is None and own is None else None)
    except ProfileError as error:
        errors = silent_errors(error.faults, profile, trial.newest.vocabulary, "/profile")
        raise Problem(422, "The profile cannot be used.", errors) from None
    except UnknownTrial as error:
        pointer = "/profile/as_of" if day is None and own is not None else "/as_of"
        wrong = [{"pointer": pointer, "message": error.hint or "no version is in force"}]
        raise Problem(422, "No version of the trial is in force on that day.", wrong) from None
    except RulesError:
        raise Problem(422, "The rules of the trial have faults and are not used.") from None
