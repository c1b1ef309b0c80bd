"""What is on file: the trials and their versions, and of one version its criteria and facts."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from screener.catalog import Edition
from screener.days import iso
from screener.diagnostics import RulesError, UnknownTrial
from screener.ir import Criterion
from screener.needs import needs_of
from screener.shelf import overview
from screener.tracing import trace_rules
from screener.vocabulary import Fact
from screener.web.api.answer import tagged
from screener.web.api.asked import day_of_query, found
from screener.web.pages.asked import library_of, today_of
from screener.web.problems import Problem


async def trials(request: Request) -> Response:
    """All trials on file."""
    today = today_of(request).toordinal()
    listed = [overview(one.editions, today) for one in library_of(request).trials.values()]
    return tagged(request, {"trials": listed})


async def one_trial(request: Request) -> Response:
    """One trial and its versions."""
    trial = found(request.path_params["trial"], library_of(request))
    return tagged(request, overview(trial.editions, today_of(request).toordinal()))


async def criteria(request: Request) -> Response:
    """The criteria of the version in force, each with what its rule says."""
    edition = _edition(request)
    said = trace_rules(edition.protocol, edition.vocabulary).criteria
    pairs = zip(edition.protocol.criteria, said, strict=True)
    listed = [_criterion(one, each.says) for one, each in pairs]
    return tagged(request, {**_head(edition), "criteria": listed})


async def facts(request: Request) -> Response:
    """The facts that the version in force asks about."""
    edition = _edition(request)
    listed = [
        _fact(edition.vocabulary[one.fact], one.by, one.limits)
        for one in needs_of(edition.protocol)
    ]
    return tagged(request, {**_head(edition), "facts": listed})


def _edition(request: Request) -> Edition:
    trial = found(request.path_params["trial"], library_of(request))
    day = day_of_query(request.query_params.get("as_of"))
    try:
        return trial.edition(today_of(request).toordinal() if day is None else day)
    except UnknownTrial:
        raise Problem(404, "No version of the trial is in force on that day.") from None
    except RulesError:
        raise Problem(422, "The rules of the trial have faults and are not used.") from None


def _head(edition: Edition) -> dict[str, Any]:
    return {
        "trial": edition.protocol.trial,
        "version": edition.protocol.version,
        "effective": iso(edition.protocol.effective),
        "rules_sha256": edition.rules_sha256,
        "vocabulary_sha256": edition.vocabulary_sha256,
    }


def _criterion(one: Criterion, says: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "stage": one.stage,
        "kind": one.kind.value,
        "text": one.text,
        "source": one.source,
        "says": says,
        "reading": one.reading,
    }


def _fact(fact: Fact, by: tuple[str, ...], limits: bool) -> dict[str, Any]:
    shape = fact.shape
    return {
        "fact": fact.name,
        "label": fact.label,
        "question": fact.question,
        "type": shape.type.value,
        "kind": fact.kind.value,
        "unit": None if shape.unit == "1" else shape.unit,
        "accepted": list(shape.accepted),
        "values": list(shape.values),
        "attributes": list(fact.attributes),
        "asked_of": fact.asked_of,
        "cost": fact.cost.value,
        "needs_reference_range": limits,
        "needed_by": list(by),
    }
