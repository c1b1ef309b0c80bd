"""The screening log of a trial: its lines, filters in the address, and the same as CSV and JSON.

No address names a patient: what is asked for by screening ID is sent in a form. The flow of the
persons is drawn from the same log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from screener.cells import csv_line, csv_row
from screener.log.entries import Fate
from screener.log.flow import BOXES, Flow, flows
from screener.log.read import Filter, Line, Status, page
from screener.log.store import Log
from screener.log.tables import CRITERIA, LOG, Row, criteria_rows, log_rows, primary_reason
from screener.web import tokens
from screener.web.inbox import read_fields
from screener.web.pages.asked import pages_of, trial_of
from screener.web.problems import Problem
from screener.web.records import records_of

STATE = {"eligible": "pass", "ineligible": "fail", "undetermined": "open", None: "warn"}
VERDICT = {
    "eligible": "Meets the criteria",
    "ineligible": "Does not meet the criteria",
    "undetermined": "Cannot tell yet",
    None: "Redacted",
}
FATES = {
    Fate.PENDING: "Pending",
    Fate.NOT_ELIGIBLE: "Not eligible",
    Fate.NOT_APPROACHED: "Not approached",
    Fate.DECLINED: "Declined",
    Fate.CONSENTED: "Consented",
    Fate.ENROLLED: "Enrolled",
    Fate.RANDOMISED: "Randomised",
    Fate.WITHDREW: "Withdrew",
    Fate.OTHER: "Other",
}
STATUSES = {
    Status.CURRENT: "Current",
    Status.SUPERSEDED: "Superseded",
    Status.VOID: "Void",
    Status.REDACTED: "Redacted",
}
_FILTERS = ("verdict", "disposition", "status", "version", "criterion")


class Shown(NamedTuple):
    """A line of the log as the page shows it."""

    record: str
    patient: str
    attempt: str
    as_of: str
    version: str
    state: str
    verdict: str
    reason: str
    disposition: str
    status: str
    recorded: str
    by: str


async def show_log(request: Request) -> Response:
    """A page of the log; a form may ask for one screening ID."""
    trial, records = trial_of(request), records_of(request)
    wanted, before, patient = _wanted(request, trial.id), _before(request), ""
    if request.method == "POST":
        fields = await read_fields(request)
        tokens.require(request, fields)
        patient = dict(fields).get("patient", "").strip()
        wanted = Filter(trial=trial.id, patient=patient) if patient else wanted
    found = await records.read(lambda log: page(log, wanted, before=before))
    asked = {name: request.query_params.get(name, "") for name in _FILTERS}
    chosen = {name: said for name, said in asked.items() if said}
    more = {**chosen, "before": str(found.older)} if found.older else None
    return pages_of(request).page(
        "log.html",
        request,
        trial=trial.id,
        title=trial.title,
        lines=[shown(line) for line in found.lines],
        patient=patient,
        asked=asked,
        query=urlencode(chosen),
        older=None if more is None else urlencode(more),
        later=before is not None,
        choices=_choices(trial.editions),
    )


async def log_csv(request: Request) -> Response:
    """The lines that the page shows, all of them, as CSV."""
    rows = await _rows(request, log_rows)
    return _csv(f"{trial_of(request).id}-log.csv", LOG, rows)


async def criteria_csv(request: Request) -> Response:
    """Every criterion of those lines as CSV."""
    rows = await _rows(request, criteria_rows)
    return _csv(f"{trial_of(request).id}-criteria.csv", CRITERIA, rows)


async def log_json(request: Request) -> Response:
    """The same lines as JSON."""
    rows = await _rows(request, log_rows)
    body = json.dumps(rows, ensure_ascii=False).encode()
    return Response(body, headers={"Content-Type": "application/json; charset=utf-8"})


async def flow(request: Request) -> Response:
    """How the persons went, in the boxes of a CONSORT diagram."""
    trial, records = trial_of(request), records_of(request)
    found = await records.read(lambda log: flows(log, trial.id))
    one = found[0] if found else Flow(trial.id)
    excluded = sum(one.boxes[box] for box in ("not_eligible", "declined", "other"))
    return pages_of(request).page(
        "flow.html",
        request,
        trial=trial.id,
        title=trial.title,
        flow=one,
        excluded=excluded,
        boxes=_box_rows(one),
        reasons=one.reasons.most_common(),
        failed=one.criteria.most_common(),
        to_explain=[
            (VERDICT[verdict], FATES[Fate(fate)], count)
            for (verdict, fate), count in one.to_explain.most_common()
        ],
    )


def shown(line: Line) -> Shown:
    """A line in the words of the page."""
    reason, chosen = primary_reason(line)
    if reason is not None and chosen == "default":
        reason = f"{reason} (first)"
    elif reason is None and line.unknowns:
        reason = f"open: {', '.join(line.unknowns)}"
    return Shown(
        line.record,
        line.patient or ("redacted" if line.status is Status.REDACTED else "no screening ID"),
        f"{line.attempt}" + (f", version {line.version}" if line.version > 1 else ""),
        line.as_of or "",
        line.protocol_version,
        STATE[line.verdict],
        VERDICT[line.verdict],
        reason or "",
        FATES[Fate(line.disposition or Fate.PENDING)],
        STATUSES[line.status],
        f"{line.at_utc[:16].replace('T', ' ')} UTC",
        by_words(line.actor, line.identity),
    )


def by_words(actor: str, identity: str) -> str:
    """Who recorded; a typed name is marked as such."""
    return f"{actor} ({_IDENTITY[identity]})"


_IDENTITY = {
    "signed_in": "signed in",
    "proxy": "signed in by the proxy",
    "account": "account of the computer",
    "typed": "as typed",
}


def _wanted(request: Request, trial: str) -> Filter:
    """The filter that an address spells; what is none of its words is refused.

    Raises:
        Problem: 404.
    """
    said = {name: request.query_params.get(name) or None for name in _FILTERS}
    status = said["status"]
    if (
        (said["verdict"] is not None and said["verdict"] not in VERDICT)
        or (said["disposition"] is not None and said["disposition"] not in set(Fate))
        or (status is not None and status not in set(Status))
    ):
        raise Problem(404, "There is no such filter.")
    return Filter(
        trial=trial,
        verdict=said["verdict"],
        disposition=said["disposition"],
        status=None if status is None else Status(status),
        protocol_version=said["version"],
        criterion=said["criterion"],
    )


def _before(request: Request) -> int | None:
    said = request.query_params.get("before", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


def _choices(editions: Iterable[Any]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filters of the page: the word in the address, the label, the values and their words."""
    those = list(editions)
    criteria = dict.fromkeys(one.id for edition in those for one in edition.protocol.criteria)
    return [
        ("verdict", "Verdict", [(str(one), said) for one, said in VERDICT.items() if one]),
        ("disposition", "What became of them", [(one.value, said) for one, said in FATES.items()]),
        ("status", "Status", [(one.value, said) for one, said in STATUSES.items()]),
        (
            "version",
            "Version",
            [(one.protocol.version, one.protocol.version) for one in those],
        ),
        ("criterion", "Fails or is open", [(one, one) for one in criteria]),
    ]


async def _rows(request: Request, table: Any) -> list[Row]:
    trial, records = trial_of(request), records_of(request)
    wanted = _wanted(request, trial.id)

    def read(log: Log) -> list[Row]:
        return list(table(log, wanted))

    return await records.read(read)


def _csv(name: str, header: tuple[str, ...], rows: list[Row]) -> Response:
    body = csv_line(header) + "".join(csv_row(row) for row in rows)
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(body.encode("utf-8", "replace"), headers=headers)


def _box_rows(flow: Flow) -> list[tuple[str, str, int, list[tuple[str, int]]]]:
    """Each box: its name, its title, its persons, and the dispositions within."""
    titles = {
        "not_eligible": "Excluded: not meeting the criteria",
        "declined": "Excluded: declined",
        "other": "Excluded: other reasons",
        "pending": "Pending",
        "enrolled": "Enrolled or randomised",
    }
    return [
        (
            box,
            titles[box],
            flow.boxes[box],
            [
                (FATES[fate], flow.dispositions[fate.value])
                for fate in fates
                if flow.dispositions[fate.value] and len(fates) > 1
            ],
        )
        for box, fates in BOXES.items()
    ]
