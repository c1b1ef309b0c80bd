"""Whether a registry record still says what a rule file was made from.

It compares what both state: trial, day of the last update, ages, sex, and the text of the criteria,
by its fingerprint or line by line where the file has the record's words. Whether a rule is right is
not asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from screener.ir import (
    Age,
    AllOf,
    AssumeNo,
    Criterion,
    Either,
    Fixed,
    Formula,
    Pick,
    Polarity,
    Protocol,
    Selection,
    Test,
)
from screener.quantities import Range, decimal_text
from screener.registry.draft import FINGERPRINT, fingerprint, lines_of
from screener.registry.fields import ages_of, one_line
from screener.registry.lines import Line
from screener.registry.records import Record

_PRINTED = re.compile(rf"{FINGERPRINT}([0-9a-f]{{16}})")


class Difference(NamedTuple):
    """One thing on which record and file differ; None is what one of them does not say."""

    what: str
    record: str | None
    file: str | None

    @property
    def sentence(self) -> str:
        """In words."""
        if self.what == "line":
            return (
                f"only in the record: {self.record}"
                if self.file is None
                else f"only in the file: {self.file}"
            )
        record = "does not say it" if self.record is None else f"says {self.record}"
        file = "does not" if self.file is None else f"says {self.file}"
        return f"{self.what}: the record {record}, the file {file}"


class Comparison(NamedTuple):
    """What differs, and what could not be compared, with the reason."""

    trial: str
    version: str
    updated: str | None
    differences: tuple[Difference, ...]
    not_compared: tuple[str, ...]

    @property
    def matches(self) -> bool:
        """Whether nothing that both state differs."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """As plain data, keys in their documented order."""
        return {
            "trial": self.trial,
            "version": self.version,
            "record_updated": self.updated,
            "matches": self.matches,
            "differences": [{**one._asdict(), "message": one.sentence} for one in self.differences],
            "not_compared": list(self.not_compared),
        }


def compare(record: Record, protocol: Protocol) -> Comparison:
    """What the record says otherwise than the file.

    Raises:
        RecordError: if the criteria have more lines than any record has.
    """
    found: list[Difference] = []
    left: list[str] = []
    if record.trial is not None and record.trial != protocol.trial:
        found.append(Difference("trial", record.trial, protocol.trial))
    if record.updated is None:
        left.append("day of the last update: the record has none")
    elif record.updated != protocol.version:
        found.append(Difference("day of the last update", record.updated, protocol.version))
    for part in (_ages(record, protocol), _sex(record, protocol), _criteria(record, protocol)):
        for one in part:
            if isinstance(one, Difference):
                found.append(one)
            else:
                left.append(one)
    return Comparison(protocol.trial, protocol.version, record.updated, tuple(found), tuple(left))


# --- ages and sex -------------------------------------------------------------------------------


def _ages(record: Record, protocol: Protocol) -> Iterator[Difference | str]:
    stated = ages_of(record)
    limits = [limit for one in protocol.criteria for limit in _required(one, protocol, "age")]
    lows = [one.low for one in limits if isinstance(one.low, Decimal) and not one.low_open]
    highs = [one.high for one in limits if isinstance(one.high, Decimal) and not one.high_open]
    open_ended = any(one.low_open or one.high_open for one in limits)
    for what, text, value, found in (
        ("minimum age", record.least_age, stated.low, max(lows, default=None)),
        ("maximum age", record.greatest_age, stated.high, min(highs, default=None)),
    ):
        if text is not None and value is None and text.strip().lower() != "n/a":
            yield f"{what}: the record states it as {text}"
        elif text is None and not record.registry:
            continue
        elif value != found:
            if open_ended:
                yield f"{what}: the file has limits of age that do not count themselves"
                continue
            yield Difference(what, _years(value), _years(found))


def _years(value: Decimal | None) -> str | None:
    return None if value is None else f"{decimal_text(value)} years"


def _sex(record: Record, protocol: Protocol) -> Iterator[Difference | str]:
    if record.sex is None:
        return
    wanted = {"female", "male"} if record.sex.lower() in ("all", "both") else {record.sex.lower()}
    found = {"female", "male"}
    for criterion in protocol.criteria:
        if criterion.applies is not None or criterion.kind is not Polarity.INCLUSION:
            continue
        for test, selection in _tests(criterion.rule, protocol):
            if _fact(selection) == "sex" and isinstance(test.condition, frozenset):
                found &= {str(one) for one in test.condition}
    if wanted != found:
        yield Difference("sex", ", ".join(sorted(wanted)), ", ".join(sorted(found)))


def _required(criterion: Criterion, protocol: Protocol, fact: str) -> Iterator[Range]:
    """The ranges that a value of the fact has to lie in for the criterion to pass."""
    if criterion.applies is not None:
        return
    for test, selection in _tests(criterion.rule, protocol):
        condition = test.condition
        if _fact(selection) != fact or not isinstance(condition, Range):
            continue
        if criterion.kind is Polarity.INCLUSION:
            yield condition
        elif condition.low is None:
            yield Range(condition.high, None, low_open=not condition.high_open)
        elif condition.high is None:
            yield Range(None, condition.low, high_open=not condition.low_open)


def _tests(rule: Formula, protocol: Protocol) -> Iterator[tuple[Test, Selection]]:
    """The tests that all have to hold for the rule to hold."""
    match rule:
        case Test():
            yield rule, protocol.selections[rule.slot]
        case AllOf(args):
            for one in args:
                yield from _tests(one, protocol)
        case _:
            return


def _fact(selection: Selection) -> str | None:
    match selection:
        case Fixed(of) | Pick(of):
            return of.fact
        case Age(given=given):
            return given
        case Either(given=inner) | AssumeNo(of=inner):
            return _fact(inner)
        case _:
            return None


# --- the text of the criteria -------------------------------------------------------------------


def _criteria(record: Record, protocol: Protocol) -> Iterator[Difference | str]:
    lines = lines_of(record)
    printed = _PRINTED.search(protocol.source or "")
    same = printed is not None and printed[1] == fingerprint(lines)
    if same:
        return
    texts = [one.text for one in protocol.criteria] + [one.text for one in protocol.not_encoded]
    changes = list(_lines(lines, texts))
    if changes:
        yield from changes
    elif printed is not None:
        yield Difference("criteria text", f"fingerprint {fingerprint(lines)}", f"{printed[1]}")
    elif not _any_alike(lines, texts):
        yield "criteria text: the file has words of its own and no fingerprint of the record"


def _lines(lines: list[Line], texts: list[str]) -> Iterator[Difference]:
    """Lines on one side only, where the file has the record's words at all."""
    if not _any_alike(lines, texts):
        return
    known = {_plain(one) for one in texts}
    there = {_plain(one.text) for one in lines}
    for line in lines:
        if _plain(line.text) not in known:
            yield Difference("line", line.text, None)
    for text in texts:
        if _plain(text) not in there and not _of_a_field(text):
            yield Difference("line", None, one_line(text))


def _any_alike(lines: list[Line], texts: list[str]) -> bool:
    known = {_plain(one) for one in texts}
    return any(_plain(one.text) in known for one in lines if not one.heading)


def _of_a_field(text: str) -> bool:
    return text.startswith(
        ("Minimum age:", "Maximum age:", "Sex:", "Accepts healthy volunteers:", "Study population:")
    )


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
