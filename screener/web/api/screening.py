"""One patient judged: the result as the command line gives it, recorded where that is asked for.

A verdict is an answer, whichever it is; only a request that cannot be judged is a problem, and no
problem repeats what was sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from screener.diagnostics import ProfileError, RulesError, UnknownTrial
from screener.log.entries import Evaluation, Identity, Screening, Who, is_record, new_record
from screener.trial import Placed, Trial, own_day
from screener.web.api.answer import answer
from screener.web.api.asked import asked
from screener.web.inbox import read_json
from screener.web.keys import Key
from screener.web.pages.asked import library_of, today_of
from screener.web.problems import Problem, silent_errors
from screener.web.records import BY, records_of, when_of, who_of

T = TypeVar("T")
_LONGEST_KEY = 255


async def screen_one(request: Request) -> Response:
    """Judge one patient: `{trial, as_of, profile}`, `as_of` being today where nobody names it."""
    data = await read_json(request)
    trial, day, profile = asked(data, library_of(request))
    result = judged(request, trial, day, profile, Placed.screen)
    request.app.state.metrics.judged(result.trial, result.verdict)
    return answer(result.to_json_text())


async def record_one(request: Request) -> Response:
    """Judge one patient and record the answer: the same, with `by`, the name of who records.

    `by` is needed where no person is signed in. The same `record` (32 hexadecimal digits of the
    caller's choice), or the same header `Idempotency-Key`, sent again is recorded once.
    """
    records = records_of(request)
    data = await read_json(request)
    said = dict(data) if isinstance(data, dict) else {}
    by, name = said.pop("by", None), said.pop("record", None)
    trial, day, profile = asked(said if isinstance(data, dict) else data, library_of(request))
    who = _who(request, by)
    record = _record(request, who, name)
    result = judged(request, trial, day, profile, Placed.screen)
    request.app.state.metrics.judged(result.trial, result.verdict)
    edition = trial.edition_of(result)
    evaluation = Evaluation(
        inputs=profile,
        result=result,
        rules=edition.rules_text,
        vocabulary=edition.vocabulary_text,
    )
    draft = Screening(evaluation=evaluation, who=who, when=when_of(request), record=record)
    recorded = await records.append(draft)
    noted = json.dumps(recorded.to_json())
    return answer(f'{{"recorded": {noted}, "result": {evaluation.lines[1]}}}', 201)


def judged(
    request: Request,
    trial: Trial,
    day: int | None,
    profile: dict[str, Any],
    ask: Callable[[Placed], T],
) -> T:
    """What the trial answers.

    Raises:
        Problem: 422 with everything wrong with the profile.
    """
    own = own_day(profile)
    today = today_of(request).toordinal() if day is None and own is None else None
    try:
        return ask(trial.place_data(profile, day, today))
    except ProfileError as error:
        errors = silent_errors(error.faults, profile, trial.newest.vocabulary, "/profile")
        raise Problem(422, "The profile cannot be used.", errors) from None
    except UnknownTrial as error:
        pointer = "/profile/as_of" if day is None and own is not None else "/as_of"
        wrong = [{"pointer": pointer, "message": error.hint or "no version is in force"}]
        raise Problem(422, "No version of the trial is in force on that day.", wrong) from None
    except RulesError:
        raise Problem(422, "The rules of the trial have faults and are not used.") from None


def _who(request: Request, by: object) -> Who:
    """Who records; the key of a program is said beside the person that the program names.

    Raises:
        Problem: 422 where there is no person.
    """
    who = who_of(request, [(BY, by)] if isinstance(by, str) else [])
    if who is None:
        wrong = [{"pointer": "/by", "message": "the name of who records is needed"}]
        raise Problem(422, "Nobody is signed in, and no name is given.", wrong)
    key: Key | None = getattr(request.state, "key", None)
    return who if key is None else Who(f"{who.name} (by {key.name})", Identity.TYPED)


def _record(request: Request, who: Who, name: object) -> str:
    """The name of the record: the caller's, one that follows from his key, or a new one.

    Raises:
        Problem: 422 where it is no name, or 400 where both are given or the key is no key.
    """
    if name is not None and not (isinstance(name, str) and is_record(name)):
        wrong = [{"pointer": "/record", "message": "32 hexadecimal digits in lower case"}]
        raise Problem(422, "This is no name of a record.", wrong)
    key = request.headers.get("idempotency-key")
    if key is None:
        return name if isinstance(name, str) else new_record()
    if name is not None:
        raise Problem(400, "Either `record` or the header Idempotency-Key names the record.")
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= _LONGEST_KEY:
        raise Problem(400, "An Idempotency-Key has 1 to 255 printable ASCII characters.")
    return hashlib.sha256(f"{who.name}\n{key}".encode()).hexdigest()[:32]
