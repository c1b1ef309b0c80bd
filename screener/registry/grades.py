"""Lines about the ECOG performance status and the Child-Pugh class or score."""

from __future__ import annotations

import re

from screener.registry.lines import Side
from screener.registry.proposals import (
    LEAD,
    WINDOW,
    Known,
    Patterns,
    Proposal,
    Rule,
    direction,
    with_window,
)
from screener.registry.wording import COMPARISON, Unclear, comparison
from screener.rules.writing import Data

_ECOG_LONG = r"eastern cooperative oncology group"
_ECOG_WORD = r"(?:performance status|performance score|performance|PS|score|grade|scale|status)"
_ECOG = (
    rf"{LEAD}(?:{_ECOG_LONG}(?: ?\(ECOG\))?|ECOG(?: ?\({_ECOG_LONG}\))?)"
    rf"(?: {_ECOG_WORD}(?: ?\((?:ECOG ?)?(?:PS)?\))?){{0,3}}(?: (?:of|is|must be))?:? ?"
)
_ECOG_PATTERNS = (
    rf"{_ECOG}(?P<low>[0-5]) ?(?:-|to) ?(?P<high>[0-5]){WINDOW}",
    rf"{_ECOG}(?P<list>[0-5](?:, ?[0-5])*,? or [0-5]|[0-5]){WINDOW}",
    rf"{_ECOG}(?P<how>{COMPARISON}) ?(?P<number>[0-5]){WINDOW}",
)


def _read_ecog(match: re.Match[str], known: Known) -> Proposal | Unclear | None:
    fact = known.vocabulary.get("ecog")
    if fact is None or fact.shape.values != ("0", "1", "2", "3", "4"):
        return Unclear("the vocabulary has no `ecog` with the grades 0 to 4")
    said, scale = match.groupdict(), fact.shape.values
    rule: dict[str, Data]
    if said.get("how"):
        word, number = comparison(said["how"]), said["number"]
        if number == "5" or (word, number) in (("less_than", "0"), ("more_than", "4")):
            return Unclear("grade 5 is death, and the vocabulary ends with 4")
        rule = {"fact": "ecog", word: number}
    else:
        named = re.findall(r"\d", said.get("list") or "")
        first, last = (said["low"], said["high"]) if said.get("low") else (min(named), max(named))
        inside = named or [str(one) for one in range(int(first), int(last) + 1)]
        if sorted(set(inside)) != [str(one) for one in range(int(first), int(last) + 1)]:
            return Unclear("the grades leave one out between them")
        if last == "5":
            return Unclear("grade 5 is death, and the vocabulary ends with 4")
        if first == scale[0]:
            word, rule = "at_most", {"fact": "ecog", "at_most": last}
        elif last == scale[-1]:
            word, rule = "at_least", {"fact": "ecog", "at_least": first}
        else:
            return Unclear("it leaves out better and worse grades")
    return direction(word, known.side, fact) or Proposal(
        with_window(rule, match), frozenset({"ecog"})
    )


# --- Child-Pugh -------------------------------------------------------------------------------

_CHILD = rf"{LEAD}child[- ](?:turcotte[- ])?pugh(?: ?\((?:CP|CTP)\))?"
_CHILD_PATTERNS = (
    rf"{_CHILD}(?: (?:class|grade|stage|status|score of class|classification))?(?: of)?:? ?"
    rf"(?P<class>A|B|C|A or B|B or C){WINDOW}",
    rf"{_CHILD} (?:score|points?)(?: (?:of|is|must be))?:? ?(?P<how>{COMPARISON}) ?"
    rf"(?P<number>\d{{1,2}})(?: points?)?{WINDOW}",
    rf"{_CHILD} (?:score|points?)(?: (?:of|is|must be))?:? ?(?P<low>\d{{1,2}}) ?(?:-|to) ?"
    rf"(?P<high>\d{{1,2}})(?: points?)?{WINDOW}",
)
_LEAST_SCORE, _MOST_SCORE = 5, 15


def _read_child(match: re.Match[str], known: Known) -> Proposal | Unclear | None:
    said = match.groupdict()
    name = "child_pugh_class" if said.get("class") else "child_pugh_score"
    if name not in known.vocabulary:
        return Unclear(f"the vocabulary has no fact `{name}`")
    fact = known.vocabulary[name]
    facts = frozenset({"child_pugh"})
    if said.get("class"):
        grades = said["class"].upper().split(" OR ")
        if set(grades) - set(fact.shape.values):
            return Unclear("the vocabulary has other classes")
        if known.side is Side.INCLUSION and "A" not in grades:
            return Unclear("it asks for the worse values")
        if known.side is Side.EXCLUSION and "A" in grades:
            return Unclear("it would exclude the better values, and reads like a requirement")
        if known.side is Side.EXCLUSION and "C" not in grades:
            return Unclear("whether the class beyond is excluded too is not said")
        rule: Rule = (
            {"fact": name, "one_of": grades} if grades[1:] else {"fact": name, "is": grades[0]}
        )
        return Proposal(with_window(rule, match), facts)
    if said.get("low"):
        low, high = int(said["low"]), int(said["high"])
        if low != _LEAST_SCORE or not low <= high < _MOST_SCORE or known.side is Side.EXCLUSION:
            return Unclear("the scores do not begin with the best")
        return Proposal(with_window({"fact": name, "at_most": str(high)}, match), facts)
    word, number = comparison(said["how"]), int(said["number"])
    if not _LEAST_SCORE <= number < _MOST_SCORE or (word, number) == ("less_than", _LEAST_SCORE):
        return Unclear("no score is like that")
    return direction(word, known.side, fact) or Proposal(
        with_window({"fact": name, word: str(number)}, match), facts
    )


def patterns() -> Patterns:
    """Whole lines about a grade, a class or a score."""
    ecog: Patterns = [(one, _read_ecog) for one in _ECOG_PATTERNS]
    return ecog + [(one, _read_child) for one in _CHILD_PATTERNS]
