"""A text as a site writes it, into the text of a profile: spellings, dates, decimals, absences.

It translates only what the site's mapping file declares, and refuses what could be read in two
ways; what a translated text means is for the readers of profiles.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from screener.causes import STATED_ABSENCES
from screener.intake.faults import quoted
from screener.site import NOT_GIVEN, Site
from screener.vocabulary import Shape, Type

#: Words that people put where there is nothing to say. A table never takes them for a blank.
EMPTY_WORDS = frozenset(
    {
        "na",
        "n/a",
        "n.a.",
        "#n/a",
        "none",
        "null",
        "nil",
        "nan",
        "nd",
        "n.d.",
        "unknown",
        "unk",
        "missing",
        "not given",
        "-",
        "--",
        ".",
        "?",
    }
)
_SLASHED = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1([0-9]{4}|[0-9]{2})", re.ASCII)
_NUMBER = re.compile(r"([<>=\u2264\u2265\s]*[-+]?[0-9]+)([.,][0-9]+)?(.*)", re.ASCII | re.DOTALL)
_BARE = re.compile(
    r"[<>=\u2264\u2265\s]*[-+]?[0-9]+([.,][0-9]+)?([eE][-+]?[0-9]{1,3})?\s*", re.ASCII
)
_PARTS = {"DD": r"(?P<d>[0-9]{2})", "MM": r"(?P<m>[0-9]{2})", "YYYY": r"(?P<y>[0-9]{4})"}


class Refused(NamedTuple):
    """Why a text cannot be translated, and how to mend it."""

    message: str
    hint: str | None = None


def is_blank(text: str, site: Site) -> bool:
    """Whether the text says nothing: white space, or a word declared to say no more."""
    plain = text.strip()
    return not plain or site.absent.get(plain) == NOT_GIVEN


def absence_of(text: str, site: Site) -> str | None:
    """The reason of absence that the site's word stands for."""
    reason = site.absent.get(text.strip())
    return reason if reason in STATED_ABSENCES else None


def value_text(text: str, shape: Shape, path: str, site: Site) -> str | Refused:
    """The text of a value of `path`, a fact or `fact.attribute`."""
    plain = text.strip()
    spelled = site.values.get(path, {}).get(plain)
    if spelled is not None:
        return spelled
    match shape.type:
        case Type.QUANTITY | Type.NUMBER:
            return number_text(text, site)
        case Type.DATE:
            return date_text(text, site)
        case Type.BOOLEAN | Type.EVENT:
            # What spreadsheets make of `true`.
            return plain.lower() if plain in ("TRUE", "FALSE") else plain
        case _:
            return text if shape.values else named_text(text, path)


def number_text(text: str, site: Site) -> str | Refused:
    """A number, with a point for decimals."""
    match = _NUMBER.fullmatch(text) if site.comma else None
    if match is None or not match[2]:
        return text
    if match[2].startswith("."):
        message = f"{quoted(text)} has a point, where decimals are declared to have a comma"
        return Refused(message, "write a comma, or declare `decimals: point`")
    return f"{match[1]}.{match[2][1:]}{match[3]}"


def date_text(text: str, site: Site) -> str | Refused:
    """A date, as far as it is known, as year-month-day."""
    plain = text.strip()
    if site.dates is None:
        if _SLASHED.fullmatch(plain):
            days_or_months = re.split(r"[^0-9]", plain)[:2]
            what = "can be read in two ways"
            if any(int(one or 0) > 12 for one in days_or_months):
                what = "is not written year-month-day"
            return Refused(
                f"{quoted(plain)} {what}",
                "write year-month-day, as in `2026-10-31`, or declare the form of all dates in "
                "a mapping file, as in `dates: DD.MM.YYYY`",
            )
        return plain
    for form in _date_forms(site.dates):
        match = re.fullmatch(form, plain, re.ASCII)
        if match is not None:
            parts = match.groupdict()
            return "-".join(parts[one] for one in "ymd" if parts.get(one))
    hint = "dates are declared to have this form; `MM` and `YYYY` alone do where no more is known"
    return Refused(f"{quoted(plain)} is not a date of the form {quoted(site.dates)}", hint)


def named_text(text: str, what: str) -> str | Refused:
    """A text that may be anything but a word for nothing."""
    if is_empty_word(text):
        return Refused(f"{quoted(text)} does not say what {quoted(what)} is")
    return text


def is_empty_word(text: str) -> bool:
    """Whether people write it where there is nothing to say."""
    return text.strip().casefold() in EMPTY_WORDS


def unit_for(text: str, path: str, site: Site) -> str | None:
    """The declared unit of a number that is written without one."""
    return site.units.get(path) if _BARE.fullmatch(text) else None


def _date_forms(form: str) -> tuple[str, str, str]:
    """Patterns of a whole date, of a month and of a year."""
    mark = next((one for one in form if not one.isalpha()), "")
    order: list[str] = re.findall("DD|MM|YYYY", form)
    patterns = [_PARTS[one] for one in order]
    month = [_PARTS[one] for one in order if one != "DD"]
    joint = re.escape(mark)
    return joint.join(patterns), joint.join(month), _PARTS["YYYY"]
