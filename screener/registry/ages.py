"""Lines about ages, where they are certain and agree with the record's own fields."""

from __future__ import annotations

import re
from decimal import Decimal

from screener.registry.lines import Side
from screener.registry.proposals import Ages, Known, Patterns, Proposal
from screener.registry.wording import COMPARISON, Unclear, comparison

#: How a line is told that the record states other limits of age.
OTHERWISE = "the record's own fields say otherwise"

_PEOPLE = (
    r"(?:(?:male or female|male and female|males and females|men and women|men or women|adults?)"
    r"(?: (?:patient|subject|participant)s?)?,? |(?:patient|subject|participant)s?,? )?"
)
_AGE = rf"{_PEOPLE}(?:(?:with )?(?:an )?age[ds]?(?: range)?(?: (?:is|of|must be))?:? ?)?"
_YEARS = r"(?: years?| yrs?| y)(?: old| of age|-old)?"
_SEXES = (
    r"(?:,? (?:male or female|male and female|both sexes|of either sex|both genders|either sex))?"
)
_SAID_BOTH = r"(?P<both>,? ?\(?(?:both )?inclusive(?:ly)?\)?)?"
_OLDER = r"(?:or|and) (?:older|above|over|more)"

_AGE_PATTERNS = (
    rf"{_AGE}(?P<between>between )?(?P<low>\d{{1,3}})(?:{_YEARS})?"
    rf"(?P<join> ?- ?| to | and )(?P<high>\d{{1,3}})(?:{_YEARS}){_SAID_BOTH}{_SEXES}",
    rf"{_AGE}(?P<how1>{COMPARISON}) ?(?P<one>\d{{1,3}})(?:{_YEARS})? ?(?:and|,|&) ?"
    rf"(?P<how2>{COMPARISON}) ?(?P<two>\d{{1,3}})(?:{_YEARS}){_SEXES}",
    rf"{_AGE}(?P<how>{COMPARISON}|no older than|not older than|older than|younger than|under|over)"
    rf" ?(?P<number>\d{{1,3}})(?:{_YEARS}){_SEXES}",
    rf"{_AGE}(?P<least>\d{{1,3}})(?:{_YEARS}),? {_OLDER}{_SEXES}",
)
_AGE_WORDS = {
    "no older than": "at_most", "not older than": "at_most", "older than": "more_than",
    "younger than": "less_than", "under": "less_than", "over": "more_than",
}  # fmt: skip
_READING = "Age in completed years; both ends count."


def _read_age(match: re.Match[str], known: Known) -> Proposal | Unclear | None:
    age = known.vocabulary.get("age")
    if age is None or age.shape.unit != "a":
        return Unclear("the vocabulary has no `age` in years")
    said = match.groupdict()
    if not re.search(r"\bage|\bold|younger|\bmale|\bmen\b|\badult", match[0], re.IGNORECASE):
        return None
    limits: dict[str, Decimal] = {}
    if said.get("low"):
        if ("and" in said["join"]) is not bool(said["between"]) and "and" in said["join"]:
            return None
        limits = {"at_least": Decimal(said["low"]), "at_most": Decimal(said["high"])}
        agrees = (known.ages.low, known.ages.high) == (limits["at_least"], limits["at_most"])
        if said["between"] and not said["both"] and not agrees:
            return Unclear("whether both ends of `between` count is not said")
    elif said.get("how1"):
        for how, number in ((said["how1"], said["one"]), (said["how2"], said["two"])):
            limits[comparison(how)] = Decimal(number)
        if len(limits) != 2:
            return None
    elif said.get("least"):
        limits = {"at_least": Decimal(said["least"])}
    else:
        how = " ".join(said["how"].lower().split())
        limits = {_AGE_WORDS.get(how) or comparison(how): Decimal(said["number"])}
    upper = not limits.keys() & {"at_least", "more_than"}
    if upper and re.match("adult", match[0], re.IGNORECASE):
        return Unclear("from which age somebody is an adult is not said")
    return _ages(limits, known.side, known.ages)


def _ages(limits: dict[str, Decimal], side: Side, ages: Ages) -> Proposal | Unclear | None:
    if "more_than" in limits:
        return Unclear("whether somebody of that age, and some months, is above it is not said")
    if any(number > 120 for number in limits.values()):
        return Unclear("no age is that high")
    low = limits.get("at_least")
    high = limits.get("at_most")
    facts = frozenset({"age"})
    if side is Side.EXCLUSION:
        if len(limits) > 1:
            return Unclear("whether the ages between or beyond are excluded is not certain")
        word, number = next(iter(limits.items()))
        if word == "less_than":
            if ages.low not in (None, number):
                return _against(ages)
            return Proposal({"fact": "age", "less_than": f"{number} a"}, facts)
        return Unclear("it may exclude the ages asked for")
    if low is not None and ages.low not in (None, low):
        return _against(ages)
    if high is not None and ages.high not in (None, high):
        return _against(ages)
    if low is not None and high is not None:
        if low > high:
            return Unclear("the ends stand in the wrong order")
        return Proposal({"fact": "age", "between": [f"{low} a", f"{high} a"]}, facts, _READING)
    if len(limits) > 1:
        return Unclear("one end counts and the other does not")
    word, number = next(iter(limits.items()))
    if word == "less_than" and ages.high not in (None, number, number - 1):
        return _against(ages)
    reading = _READING if word == "at_most" else None
    return Proposal({"fact": "age", word: f"{number} a"}, facts, reading)


def _against(ages: Ages) -> Unclear:
    low = "no least age" if ages.low is None else f"{ages.low} years at least"
    high = "no greatest" if ages.high is None else f"{ages.high} at most"
    return Unclear(f"{OTHERWISE}: {low}, {high}")


def patterns() -> Patterns:
    """Whole lines about an age."""
    return [(one, _read_age) for one in _AGE_PATTERNS]
