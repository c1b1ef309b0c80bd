"""What the lines around a line do to it: whether it still means what it says by itself.

Sub-lists, broken lines, exceptions further down and headings for some of the patients all change
what a line asks for. Where one of them may, the line gets no proposal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from screener.registry.lines import Line, Side
from screener.registry.proposals import Proposal
from screener.registry.recognition import hinted
from screener.registry.wording import plain

_SUBJECT = r"(?:(?:the )?(?:patient|subject|participant)s? )?"
#: Lines that say no more of what is below them than that it is asked for, of each side.
_NEUTRAL = {
    Side.INCLUSION: re.compile(
        rf"{_SUBJECT}(?:(?:must|should|shall) )?(?:have|meet|fulfil+|satisfy)?(?: all(?: of)?)?"
        r"(?: the following)?(?: (?:criteria|requirements|conditions))?"
        r"|(?:adequate|acceptable|sufficient)(?: [a-z]+,?){0,5}? functions?"
        r"(?:,? (?:as )?(?:defined|evidenced|indicated|shown) (?:by|as))?(?: all(?: of)?)?"
        r"(?: the following)?(?: (?:criteria|laboratory values|parameters))?",
        re.IGNORECASE,
    ),
    Side.EXCLUSION: re.compile(
        rf"{_SUBJECT}(?:with|having|who have|meeting)? ?any(?: one)?(?: of)? the following"
        r"(?: (?:criteria|conditions))?(?: (?:is|are|will be) excluded)?",
        re.IGNORECASE,
    ),
    Side.UNSAID: re.compile(r"(?!)"),
}
#: Words of a heading that say nothing of who is meant.
_EMPTY = frozenset(
    re.findall(
        "[a-z]+",
        """the following all of patients patient subjects subject participants participant must meet
        study for this trial any who are to be eligible is should fulfil fulfill satisfy each have
        if they excluded included will in order one criteria criterion inclusion exclusion non key
        main major general additional specific other common primary principal basic overall and
        apply applies exist present met fulfilled prior before enrolled enrollment entry enter
        participate participation include includes comprise abbreviated list candidates a an at""",
    )
)
_SOME_PATIENTS = re.compile(
    r"cohort|\barms?\b|\bgroups?\b|\bparts?\b|\bphase\b|volunteer|control|caregiver|donor|\bpatients\b",
    re.IGNORECASE,
)
_RUNS_ON = re.compile(
    r"(?:\b(?:and|or|and/or|of|with|the|than|if|unless|except|to|in|for|by|at|from|either|not|no|(?-i:an?)|"
    r"who|whose|without|after|before|until|during|per|as|plus|due|because|other|have|has|had|including|is|are|must|be|within)|[(/&,-])$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:or|and|and/or|unless|except\w*|if|but|however|notes?|alternatively|in case|otherwise|"
    r"with the exception|provided|only if|(?:a|an) exception|exceptions?)\b"
    r"|[(*\u2020<>\u2264\u2265=]",
    re.IGNORECASE,
)


def doubts_of(lines: Sequence[Line], found: Mapping[Line, object]) -> dict[Line, str]:
    """Why a line that has a proposal does not keep it, for every line where that is so."""
    hints = {line: hinted(line.text) for line in lines if not line.heading}
    sections = _sections(lines)
    doubts: dict[Line, str] = {}
    for index, line in enumerate(lines):
        proposal = found.get(line)
        if not isinstance(proposal, Proposal):
            continue
        why = (
            sections.get(line)
            or _around(lines, index)
            or _above(line, lines)
            or _elsewhere(line, proposal, hints)
        )
        if why is not None:
            doubts[line] = why
    return doubts


def _sections(lines: Sequence[Line]) -> dict[Line, str]:
    """The lines under a heading that speaks of some of the patients only."""
    found: dict[Line, str] = {}
    why: str | None = None
    for line in lines:
        if line.heading:
            why = _of_some(line)
        elif why is not None:
            found[line] = why
    return found


def _of_some(heading: Line) -> str | None:
    words = [one for one in re.findall(r"[a-z]+", heading.text.lower()) if one not in _EMPTY]
    named = re.findall(r"[a-z]+", heading.stage.lower())
    if _SOME_PATIENTS.search(heading.stage) or any(word not in named for word in words):
        return "its heading may speak of some of the patients only"
    return None


def _around(lines: Sequence[Line], index: int) -> str | None:
    """Whether the line before runs on into this one, or this one into the next."""
    line = lines[index]
    if line.children:
        return "lines below it belong to it"
    before = lines[index - 1] if index else None
    if before is not None and not before.heading and _runs_into(before, line):
        return "the line before may run on into it"
    after = lines[index + 1] if index + 1 < len(lines) else None
    if after is not None and not after.heading and _runs_into(line, after):
        return "the next line may belong to it"
    return None


def _runs_into(line: Line, after: Line) -> bool:
    text = plain(line.text)
    if _GOES_ON.match(plain(after.text)):
        return True
    small = after.text[:1].islower()
    if text.endswith(","):
        return small
    return _RUNS_ON.search(text) is not None or (small and not after.marked and line.marked)


def _above(line: Line, lines: Sequence[Line]) -> str | None:
    """Whether what it stands below says more than that it is asked for."""
    parent = line.parent
    while parent is not None:
        if not _neutral(parent):
            return "the line it stands below may change what it means"
        parent = parent.parent
    siblings = line.parent.children if line.parent else [
        one for one in lines
        if one.parent is None and not one.heading
        and (one.stage, one.side) == (line.stage, line.side)
    ]  # fmt: skip
    for one in siblings[: siblings.index(line)]:
        # A list below a line is often not indented, and nobody can tell where it ends.
        if one.text.rstrip().endswith(":") and not one.children and not _neutral(one):
            return "a line above it may begin a list that changes what it means"
    return None


def _neutral(line: Line) -> bool:
    return _NEUTRAL[line.side].fullmatch(plain(line.text).rstrip(":. ")) is not None


def _elsewhere(line: Line, proposal: Proposal, hints: Mapping[Line, frozenset[str]]) -> str | None:
    """Whether another line of the stage speaks of the same: it may be an exception to this one."""
    times_limit = "ULN" in str(proposal.rule)
    for other, about in hints.items():
        if other is line or other.stage != line.stage:
            continue
        if about & proposal.about or (times_limit and "uln" in about):
            text = other.text.rstrip(".;, ")
            shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
            return f"another line speaks of it too: {shown}"
    return None


_SHOWN = 80
