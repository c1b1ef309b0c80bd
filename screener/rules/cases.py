"""Reads a case file: example patients, each with the answer it has to give.

It works in `like` and `change`; whether a profile is a good one is asked when it is read.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from screener.diagnostics import Span
from screener.rules.faults import Faults, nearest, quoted
from screener.rules.source import Entries, Items, Node, Text, Unreadable
from screener.rules.words import Words, entries_of, items_of, texts_of
from screener.truth import Outcome, Verdict

_WORDS = ("name", "as_of", "profile", "like", "patient", "change", "expect", "missing")
_VERDICTS = tuple(one.value for one in Verdict)
_OUTCOMES = tuple(one.value for one in Outcome)


@dataclass(frozen=True, slots=True)
class Case:
    """One example patient and what is expected of him; what is not stated is not checked."""

    name: str
    as_of: str | None
    profile: dict[str, Any]
    verdict: str | None
    stages: dict[str, str]
    criteria: dict[str, str]
    missing: tuple[str, ...] | None
    span: Span


def read_case_file(root: Node, faults: Faults) -> tuple[Case, ...] | None:
    """The cases of a file; None, with the fault noted, where it is none at all."""
    entries = entries_of(root, faults, "a case file")
    if entries is None:
        return None
    words = Words(entries, faults, ("cases",), "a case file")
    words.need("cases")
    every: list[Words] = []
    written: dict[str, Words] = {}
    for node in words.items("cases"):
        inner = entries_of(node, faults, "a case")
        if inner is None:
            continue
        case = Words(inner, faults, _WORDS, "a case")
        name = case.needed_text("name")
        if name in written:
            faults.error(
                "duplicate-id",
                case.need("name").span,
                f"{quoted(name)} is given twice",
                hint=f"the first is in line {written[name].span.line}",
            )
        every.append(case)
        written.setdefault(name, case)
    _like_is_known(every, written, faults)
    profiles = _Profiles(written, faults)
    return tuple(_case(name, case, profiles, faults) for name, case in written.items())


def _case(name: str, case: Words, profiles: _Profiles, faults: Faults) -> Case:
    profile, as_of = profiles.of(name)
    case.day("as_of")
    verdict, stages, criteria = _expect(case, faults)
    node = case.get("missing")
    missing = None
    if node is not None:
        items = items_of(node, faults, "`missing`")
        missing = tuple(one.value for one in texts_of(items, faults, "`missing`"))
    return Case(name, as_of, profile, verdict, stages, criteria, missing, case.key("name"))


def _expect(case: Words, faults: Faults) -> tuple[str | None, dict[str, str], dict[str, str]]:
    entries = entries_of(case.need("expect"), faults, "`expect`")
    if entries is None:
        return None, {}, {}
    words = Words(entries, faults, ("verdict", "stages", "criteria"), "`expect`")
    verdict = words.choice("verdict", _VERDICTS)
    return (
        verdict,
        _answers(words, "stages", _VERDICTS, faults),
        _answers(words, "criteria", _OUTCOMES, faults),
    )


def _answers(words: Words, word: str, options: tuple[str, ...], faults: Faults) -> dict[str, str]:
    entries = words.entries(word)
    if not entries:
        return {}
    known = tuple(key.value for key, _ in entries)
    inner = Words(Entries(entries, words.key(word)), faults, known, quoted(word))
    found = {name: inner.choice(name, options) for name in known}
    return {name: said for name, said in found.items() if said is not None}


def _like_is_known(every: list[Words], written: dict[str, Words], faults: Faults) -> None:
    for case in every:
        name = case.text("name") or ""
        if ("profile" in case) is ("like" in case):
            faults.error(
                "case-profile",
                case.key("like" if "like" in case else "name"),
                f"{quoted(name)} has both a `profile` and a `like`"
                if "like" in case
                else f"{quoted(name)} has no patient",
                expected="`profile`, or `like` another case",
            )
        if "change" in case and "like" not in case:
            faults.error(
                "case-profile",
                case.key("change"),
                "`change` needs a case to change",
                expected="`like` beside it",
            )
        if "patient" in case and "like" not in case:
            faults.error(
                "case-profile",
                case.key("patient"),
                "`patient` stands in the `profile`",
                hint="beside `like` it names the patient anew",
            )
        like = case.text("like")
        if like is not None and like not in written:
            faults.error(
                "unknown-case",
                case.need("like").span,
                f"{quoted(like)} is not a case",
                hint=nearest(like, written),
            )


class _Profiles:
    """The profile of each case, with what it takes from others worked in."""

    def __init__(self, written: dict[str, Words], faults: Faults) -> None:
        self._written = written
        self._faults = faults
        self._done: dict[str, tuple[dict[str, Any], str | None]] = {}

    def of(self, name: str) -> tuple[dict[str, Any], str | None]:
        """The profile and the day of a case."""
        chain: list[str] = []
        while name not in self._done and name in self._written and name not in chain:
            chain.append(name)
            like = self._written[name].text("like")
            if like is None:
                break
            name = like
        if name in chain and self._written[name].text("like") is not None:
            case = self._written[name]
            self._faults.error(
                "circular-case", case.need("like").span, f"{quoted(name)} is like itself"
            )
            self._done[name] = {}, None
        for one in reversed(chain):
            if one not in self._done:
                self._done[one] = self._worked_in(one)
        return self._done.get(chain[0] if chain else name, ({}, None))

    def _worked_in(self, name: str) -> tuple[dict[str, Any], str | None]:
        case = self._written[name]
        own = case.text("as_of")
        like = case.text("like")
        if like is None:
            node = case.get("profile")
            entries = None if node is None else entries_of(node, self._faults, "`profile`")
            found = {} if entries is None else plain(entries)
            return (found if isinstance(found, dict) else {}), own
        profile, as_of = self._done.get(like, ({}, None))
        profile = deepcopy(profile)
        facts = profile.setdefault("facts", {})
        patient = case.text("patient")
        if patient is not None:
            profile["patient"] = patient
        for key, value in case.entries("change"):
            _forget(profile, key.value)
            said = plain(value)
            if said is not None and isinstance(facts, dict):
                facts[key.value] = said
        return profile, own or as_of


def _forget(profile: dict[str, Any], fact: str) -> None:
    """Take a fact out, wherever in the profile it stands."""
    visits = profile.get("visits")
    places = [profile, *(visits if isinstance(visits, list) else [])]
    for place in places:
        facts = place.get("facts") if isinstance(place, dict) else None
        if isinstance(facts, dict):
            facts.pop(fact, None)


def plain(node: Node) -> Any:
    """A node as JSON data: unquoted `true`, `false` and `null` are those, all else is text."""
    match node:
        case Text(value, plain=True):
            return {"true": True, "false": False, "null": None, "": None}.get(value, value)
        case Text(value):
            return value
        case Items(items):
            return [plain(item) for item in items]
        case Entries(entries):
            return {key.value: plain(value) for key, value in entries}
        case Unreadable():
            return None
