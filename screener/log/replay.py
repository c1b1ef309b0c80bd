"""Giving every recorded answer again, from the texts and the inputs that the log holds.

With the same version of the engine the bytes must be the same; with another one every outcome is
compared, and what differs is named. It says what differs, not which of the two is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from screener.days import parse_days
from screener.diagnostics import ProfileError, RulesError
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.ir import Protocol
from screener.log.changes import Change, outcome_changes
from screener.log.entries import result_text
from screener.log.read import Answer, Filter, Line, Texts, answer_of, lines
from screener.log.store import Log
from screener.result import SEMANTICS, Result
from screener.rules.load import read_protocol, read_vocabulary
from screener.screening import screen
from screener.version import VERSION
from screener.vocabulary import Vocabulary


class Replayed(NamedTuple):
    """One recorded answer, given again.

    `same_engine`: recorded by this version, so that every byte must agree. `differences` is empty
    where nothing differs; None where there is nothing to compare, because it is redacted.
    """

    line: Line
    same_engine: bool
    differences: tuple[Change, ...] | None

    def to_json(self) -> dict[str, Any]:
        """As plain data, without what is of the patient."""
        found = self.differences
        return {
            "entry": self.line.seq,
            "record": self.line.record,
            "version": self.line.version,
            "engine": self.line.engine,
            "semantics": self.line.semantics,
            "same_engine": self.same_engine,
            "redacted": found is None,
            "differences": None
            if found is None
            else [{"what": one.what, "recorded": one.before, "now": one.after} for one in found],
        }


def replay(log: Log, wanted: Filter) -> Iterator[Replayed]:
    """Every recorded answer that is wanted, oldest first.

    Raises:
        LogFault: the log cannot be read.
    """
    known = Texts(log)
    shelf = _Shelf(known)
    for line in lines(log, wanted):
        same = (line.engine, line.semantics) == (VERSION, SEMANTICS)
        answer = answer_of(line, known)
        found = None if answer is None else tuple(_differences(line, answer, shelf, same=same))
        yield Replayed(line, same, found)


class _Shelf:
    """The rules of the log, each read once."""

    def __init__(self, known: Texts) -> None:
        self._known = known
        self._read: dict[tuple[str, str], tuple[Protocol, Vocabulary]] = {}

    def edition(self, rules: str, words: str) -> tuple[Protocol, Vocabulary]:
        if (rules, words) not in self._read:
            vocabulary = read_vocabulary(self._known[words], f"vocabulary {words[:12]}")
            reading = read_protocol(self._known[rules], f"rules {rules[:12]}", vocabulary)
            self._read[rules, words] = (reading.protocol, reading.vocabulary)
        return self._read[rules, words]


def _differences(line: Line, answer: Answer, shelf: _Shelf, *, same: bool) -> Iterator[Change]:
    try:
        again = _again(line, answer, shelf)
    except (RulesError, ProfileError) as error:
        # Only a name of what is wrong: a fault of a profile may quote a patient's values.
        first = error.diagnostics[0].id if isinstance(error, RulesError) else "the inputs"
        yield Change("answer", "given", f"none: {first} cannot be used any more")
        return
    found = list(outcome_changes(answer.result, again.to_json()))
    yield from found
    if same and not found and result_text(again) != answer.text:
        yield Change("text", "as recorded", "other bytes, same outcomes")


def _again(line: Line, answer: Answer, shelf: _Shelf) -> Result:
    protocol, vocabulary = shelf.edition(line.rules_sha256, line.vocabulary_sha256)
    days = parse_days(line.as_of or "")
    assert days is not None, "INVARIANT: an answer has its day"
    sheet = answer.inputs
    if not isinstance(sheet, FactSheet):
        sheet = read_profile(sheet, vocabulary, as_of=days.first)
    return screen(
        protocol,
        vocabulary,
        sheet,
        days.first,
        rules_sha256=line.rules_sha256,
        vocabulary_sha256=line.vocabulary_sha256,
    )
