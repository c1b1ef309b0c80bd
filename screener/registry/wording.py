"""How criteria texts word comparisons, numbers, units and stretches of time, as closed tables.

A phrase that is not here is not understood; nothing is ever understood in part.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from screener import units
from screener.quantities import decimal_text, parse_decimal

_COMPARISONS = {
    "at_least": (
        "\u2265",
        ">=",
        ">/=",
        "at least",
        "of at least",
        "greater than or equal to",
        "no less than",
        "equal to or greater than",
        "more than or equal to",
        "higher than or equal to",
        "not less than",
        "no lower than",
        "not lower than",
        "not below",
        "minimum of",
    ),
    "at_most": (
        "\u2264",
        "<=",
        "</=",
        "at most",
        "less than or equal to",
        "equal to or less than",
        "lower than or equal to",
        "no more than",
        "not more than",
        "no greater than",
        "not greater than",
        "no higher than",
        "not higher than",
        "not above",
        "not exceeding",
        "maximum of",
    ),
    "more_than": (">", "greater than", "more than", "higher than", "above", "exceeding"),
    "less_than": ("<", "less than", "lower than", "below"),
}
_MEANING = {
    phrase: word for word, phrases in _COMPARISONS.items() for phrase in phrases
}  # fmt: skip
#: A comparison, the longest phrase first.
COMPARISON = "(?:{})".format(
    "|".join(re.escape(one) for one in sorted(_MEANING, key=len, reverse=True))
)
NUMBER = r"\d[\d.,]*"
#: Between what is measured and the comparison.
LINK = r"\s*(?:\s(?:is|are|of|must be|should be|shall be|has to be))?\s*:?\s*"

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
#: In some countries a thousand is written with a point: `1.500/mm3` cannot be told.
_EITHER_POINT = re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)
_PER_SMALL = re.compile(r"/\s*(?:u|m)(?:L|m3)", re.IGNORECASE)
_ULN = re.compile(
    r"(?:(?:x|times|\*)\s*)?(?:the\s+)?(?:(?:institutional|institution's|laboratory|local|lab)\s+)?"
    r"(?:ULN|upper limits? of (?:the )?normal(?: range)?(?: ?\(ULN\))?"
    r"|upper normal limit(?: ?\((?:ULN|UNL)\))?)",
    re.IGNORECASE,
)


def comparison(phrase: str) -> str:
    """The word of the rule language for a phrase that `COMPARISON` matched."""
    return _MEANING[" ".join(phrase.lower().split())]


class Limit(NamedTuple):
    """A limit as the rule language writes it; `number` in `unit`, or times the upper limit."""

    number: Decimal
    unit: str | None
    times_uln: bool = False

    def __str__(self) -> str:
        if self.times_uln:
            return f"{decimal_text(self.number)} x ULN"
        shown = decimal_text(self.number)
        return shown if self.unit in (None, "1") else f"{shown} {self.unit}"


class Unclear(NamedTuple):
    """Why something is not understood."""

    reason: str


#: What is longer is no misspelt unit but a further statement.
_LONGEST_UNIT = 14


def limit(number: str, rest: str) -> Limit | Unclear | None:
    """A number and what follows it: a unit, a multiple of the upper limit, nothing; else None."""
    rest = rest.strip()
    value = whole_number(number, cells=_PER_SMALL.search(rest) is not None)
    if value is None:
        return Unclear(f"the number `{number}` can be read in two ways")
    if _ULN.fullmatch(rest):
        return Limit(value, None, times_uln=True)
    if not rest:
        return Limit(value, None)
    unit = units.canonical(_unit_spelling(rest))
    if unit is None:
        return Unclear(f"`{rest}` is not a known unit") if len(rest) <= _LONGEST_UNIT else None
    return Limit(value, unit)


def whole_number(text: str, *, cells: bool = False) -> Decimal | None:
    """A number as criteria write it; None where comma or point may mean two things."""
    if _THOUSANDS.fullmatch(text):
        return parse_decimal(text.replace(",", ""))
    if cells and _EITHER_POINT.fullmatch(text):
        return None
    return parse_decimal(text)


def _unit_spelling(text: str) -> str:
    text = re.sub(r"\s*/\s*", "/", text)
    text = re.sub(r"^\*\s*(?=10)", "x ", text)
    text = re.sub(r"^x\s*(?=10)", "x ", text)
    text = re.sub(r"\bmicro-?lit(?:er|re)s?\b", "uL", text)
    text = re.sub(r"\bcubic milli-?met(?:er|re)s?\b", "mm3", text)
    text = re.sub(r"^per (?=(?:mm3|uL|L|mL)$)", "/", text)
    return re.sub(r"^(?:cells|cell)?\s*/\s*", "/", text)


_TIME = {"day": "d", "week": "wk", "month": "mo", "year": "a"}
#: So long before the randomization; `of`, `after` and other days leave open which days are meant.
BEFORE_RANDOMIZATION = (
    r"within (?:the )?(?P<count>\d{1,3}) (?P<time>day|week|month|year)s? "
    r"(?:prior to|before|preceding) (?:the )?randomi[sz]ation"
)


def stretch(count: str, time: str) -> str:
    """A stretch of time as the rule language writes it."""
    return f"{int(count)} {_TIME[time.lower()]}"


_SAME = str.maketrans(
    {
        "\u2267": "\u2265", "\u2a7e": "\u2265", "\u2266": "\u2264", "\u2a7d": "\u2264",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u00d7": "x", "\u2715": "x", "\u00b5": "u", "\u03bc": "u", "\u00b3": "3",
        "\u2018": "'", "\u2019": "'",
    }
)  # fmt: skip


def plain(text: str) -> str:
    """The text with one sign for each of those that look alike, and single spaces."""
    # A small three is a power only after a length; as a stray sign it is left as it is.
    text = re.sub(r"(?<!m)\u00b3", "\x00", text).translate(_SAME).replace("\x00", "\u00b3")
    return " ".join(text.split())
