"""What every page needs of a request: the trial named in the address, the trials, the day."""

from __future__ import annotations

from datetime import date, datetime

from starlette.requests import Request

from screener.trial import Trial
from screener.web.library import Library
from screener.web.problems import Problem
from screener.web.render import Pages


def library_of(request: Request) -> Library:
    """The trials on file, the same from the beginning of a request to its end."""
    library: Library = request.state.library
    return library


def pages_of(request: Request) -> Pages:
    """The templates."""
    pages: Pages = request.app.state.pages
    return pages


def today_of(request: Request) -> date:
    """Today, as the server was told."""
    return now_of(request).date()


def now_of(request: Request) -> datetime:
    """The time of day, with its zone."""
    now: datetime = request.app.state.settings.now()
    return now


def trial_of(request: Request) -> Trial:
    """The trial that the address names.

    Raises:
        Problem: 404, in the same words whatever was asked for.
    """
    trial = library_of(request).trial(request.path_params["trial"])
    if trial is None:
        raise Problem(404, "There is no trial of that name here.")
    return trial
