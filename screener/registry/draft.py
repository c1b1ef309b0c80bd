"""A draft rule file out of a registry record: every line kept, certain limits proposed, all open.

It decides what a person has still to settle: everything. A criterion is a draft until somebody has
read it against its words, so that no draft screens anybody (semantics 2.7).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from screener.registry.ages import OTHERWISE
from screener.registry.doubts import doubts_of
from screener.registry.fields import Item, ages_of, fields_of, one_line
from screener.registry.lines import Line, Side, read_lines
from screener.registry.proposals import RANDOMIZATION, Ages, Known, Proposal
from screener.registry.recognition import proposal_for
from screener.registry.records import Record, RecordError
from screener.registry.wording import Unclear
from screener.rules.writing import Data, write_document
from screener.vocabulary import Vocabulary

MOST_LINES = 4_000
#: How the text of the criteria is told apart from a later one, in `source`.
FINGERPRINT = "criteria text "


class Made(NamedTuple):
    """A draft: its text, its trial and version, and how much of it there is to settle."""

    text: str
    trial: str
    version: str
    lines: int
    proposed: int


def make_draft(record: Record, vocabulary: Vocabulary, *, trial: str, day: str) -> Made:
    """The draft of a record.

    Args:
        record: what the registry says.
        vocabulary: the facts that rules may ask about.
        trial: what the trial is called where the record does not say it.
        day: the version, ISO, where the record has no day of its last update.

    Raises:
        RecordError: if there is nothing to draft.
    """
    name, version = record.trial or trial, record.updated or day
    lines = lines_of(record)
    ages = ages_of(record)
    found = _found(lines, vocabulary, ages)
    reasons = [one.reason for one in found.values() if isinstance(one, Unclear)]
    agreed = not any(reason.startswith(OTHERWISE) for reason in reasons)
    fields = list(fields_of(record, vocabulary, ages, agreed=agreed))
    open_items, headings = _criteria(lines, found)
    if not open_items and not any("draft" in one.words for one in fields):
        raise RecordError("it has no eligibility criteria", "give a record, or a text of criteria")
    criteria = [one for one in fields if "draft" in one.words] + open_items
    left = [one for one in fields if "draft" not in one.words] + headings
    document = _document(record, name, version, _source(record, name, lines), criteria, left)
    proposed = sum("rule" in one.words for one in criteria)
    return Made(
        write_document(document, _comment(record, name)), name, version, len(lines), proposed
    )


def lines_of(record: Record) -> list[Line]:
    """The lines of the criteria.

    Raises:
        RecordError: if there are more than any record has.
    """
    lines = read_lines(record.criteria, wrapped=record.wrapped)
    if len(lines) > MOST_LINES:
        raise RecordError(f"the criteria have more than {MOST_LINES:,} lines")
    return lines


def fingerprint(lines: Sequence[Line]) -> str:
    """What tells the text of the criteria from any other, however it is broken and spaced."""
    text = "".join("".join(line.text.split()) for line in lines)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


# --- the lines of the criteria ------------------------------------------------------------------


_Found: TypeAlias = dict[Line, Proposal | Unclear | None]


def _found(lines: Sequence[Line], vocabulary: Vocabulary, ages: Ages) -> _Found:
    """What each line comes to, the lines around it considered."""
    found: dict[Line, Proposal | Unclear | None] = {
        line: proposal_for(line.text, Known(line.side, vocabulary, ages))
        for line in lines
        if not line.heading
    }
    for line, why in doubts_of(lines, found).items():
        found[line] = Unclear(why)
    return found


def _criteria(lines: Sequence[Line], found: _Found) -> tuple[list[Item], list[Item]]:
    """The draft criteria of the lines, and the headings."""
    stages = _numbered(line.stage for line in lines)
    items, headings = [], []
    count = 0
    for line in lines:
        if line.heading:
            count += 1
            name = f"Heading {count}"
            headings.append(Item(name, line.side, "", _heading(name, line)))
            continue
        name = _name(line, stages)
        items.append(Item(name, line.side, line.stage, _criterion(name, line, stages, found[line])))
    return items, headings


def _criterion(
    name: str, line: Line, stages: Mapping[str, int], found: Proposal | Unclear | None
) -> Mapping[str, Data]:
    words: dict[str, Data] = {
        "id": _id(line, stages), "text": line.text, "source": name, "draft": True
    }  # fmt: skip
    if line.side is Side.UNSAID:
        words["note"] = "No heading says whether this includes or excludes."
    elif isinstance(found, Unclear):
        words["note"] = f"No rule is proposed: {found.reason}."
    elif isinstance(found, Proposal):
        if found.reading is not None:
            words["reading"] = found.reading
        words["rule"] = found.rule
    return words


def _heading(name: str, line: Line) -> Mapping[str, Data]:
    what = {Side.INCLUSION: "inclusion", Side.EXCLUSION: "exclusion"}[line.side]
    reason = f"A heading; the lines below it are taken for {what} criteria."
    return {"text": line.text, "source": name, "reason": reason}


def _numbered(stages: Iterable[str]) -> dict[str, int]:
    return {stage: number for number, stage in enumerate(dict.fromkeys(stages), start=1)}


_LETTER = {Side.INCLUSION: "I", Side.EXCLUSION: "E", Side.UNSAID: "U"}
_WORD = {Side.INCLUSION: "inclusion", Side.EXCLUSION: "exclusion", Side.UNSAID: "line"}


def _id(line: Line, stages: Mapping[str, int]) -> str:
    stage = f"S{stages[line.stage]}-" if len(stages) > 1 else ""
    return f"{stage}{_LETTER[line.side]}{'.'.join(map(str, line.place))}"[:64]


def _name(line: Line, stages: Mapping[str, int]) -> str:
    """The item of the outline: stage, side and numbers."""
    words = f"{line.stage} {_WORD[line.side]}" if len(stages) > 1 else _WORD[line.side]
    shown = f"{words} {'.'.join(map(str, line.place))}".replace(";", ",").strip()
    return shown[:1].upper() + shown[1:]


# --- the file -----------------------------------------------------------------------------------


def _document(
    record: Record,
    trial: str,
    version: str,
    source: str,
    criteria: Sequence[Item],
    left: Sequence[Item],
) -> dict[str, Data]:
    document: dict[str, Data] = {
        "trial": trial,
        "title": one_line(record.title or record.official_title or trial),
        "version": version,
        "effective": version,
        "source": source,
        "outline": [one.name for one in (*left, *criteria)],
    }
    if any("before " + RANDOMIZATION in str(one.words.get("rule")) for one in criteria):
        document["dates"] = {RANDOMIZATION: {"fact": RANDOMIZATION, "otherwise": "as_of"}}
    document["age_at"] = "as_of"
    document["stages"] = _stages(criteria)
    if left:
        document["not_encoded"] = [one.words for one in left]
    return document


def _stages(criteria: Sequence[Item]) -> list[Data]:
    """The stages in their order; what belongs to none stands in the first."""
    names = list(dict.fromkeys(one.stage for one in criteria if one.stage)) or [""]
    taken: set[str] = set()
    stages: list[Data] = []
    for number, name in enumerate(names):
        own = [one for one in criteria if one.stage == name or (not one.stage and number == 0)]
        stage: dict[str, Data] = {"id": _slug(name, taken), "title": name or "Eligibility"}
        for word, inside in (("inclusion", False), ("exclusion", True)):
            items = [one.words for one in own if (one.side is Side.EXCLUSION) is inside]
            if items:
                stage[word] = items
        stages.append(stage)
    return stages


def _slug(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "eligibility"
    slug, number = plain, 1
    while slug in taken:
        number += 1
        slug = f"{plain}-{number}"
    taken.add(slug)
    return slug


def _source(record: Record, trial: str, lines: Sequence[Line]) -> str:
    where = f"ClinicalTrials.gov, {trial}" if record.registry else f"A text on {trial}"
    when = (
        f"last updated on {record.updated}" if record.updated else "the day of its version not said"
    )
    return f"{where}, {when}; {FINGERPRINT}{fingerprint(lines)}"


def _comment(record: Record, trial: str) -> Iterator[str]:
    yield f"A draft of {trial}, made from its registry record or text. It screens nobody."
    yield ""
    yield "Settle every criterion: read it against its source, write or mend its `rule`, take"
    yield "`draft` out. What no rule can say goes to `not_encoded`, with the reason."
    yield "Several stages are taken from headings; windows and named dates are still to be written."
    if record.official_title and record.official_title != record.title:
        yield ""
        yield f"Official title: {one_line(record.official_title)}"
    if record.dates:
        yield ""
        yield "Dates of the record: " + "; ".join(f"{name} {day}" for name, day in record.dates)
