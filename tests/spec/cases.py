"""Reads the data cases of this directory into neutral case objects that any interpreter can run.

It decides how the short notation of a case becomes a trial, a vocabulary and a profile (see
tests/README.md). It runs nothing and does not know the engine: a mistake in the engine's readers
cannot hide here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DIRECTORY = Path(__file__).parent

#: The criterion that a case with a `rule` is about.
SUBJECT = "C"
#: The stage that holds the criteria of a case that names no stages.
STAGE = "S"

_OUTCOMES = {"true": "pass", "pass": "pass", "false": "fail", "fail": "fail", "unknown": "unknown"}
_VERDICTS = ("eligible", "undetermined", "ineligible")
_TRIAL_WORDS = ("define", "dates", "age_at", "cohorts")
_CRITERION_WORDS = ("applies_when", "if_missing", "defect", "only_for", "reading")
_STAGE_WORDS = {"stage_window": "window", "when_missed": "when_missed"}
_BODY_WORDS = ("rule", "polarity", "inclusion", "exclusion", "stages")
_FINDINGS = (
    "cause",
    "applies",
    "because",
    "assumed",
    "set_aside",
    "remedy",
    "valid_until",
    "missing",
    "warnings",
    "next_change",
)
_CASE_WORDS = {
    "name",
    "cites",
    "as_of",
    "patient",
    "ranges",
    "expect",
    *_TRIAL_WORDS,
    *_CRITERION_WORDS,
    *_STAGE_WORDS,
    *_BODY_WORDS,
    *_FINDINGS,
}
_GROUP_WORDS = (_CASE_WORDS - {"name", "expect"}) | {"group", "cases", "rows", "parts"}
_ROW_VALUE = {"T": "true", "F": "false"}


@dataclass(frozen=True)
class Case:
    """One case: texts that any reader takes, and what semantics.md says must come out.

    `trial` and `vocabulary` are JSON text, which is YAML. `criteria`, `stages` and `cohorts` map
    ids to the expected words; `verdict` is None where the case does not speak of it. `findings`
    holds the further expectations that were stated, and only those. `mapping` is the text of a
    mapping file with a table of reference ranges; empty where the site has none.
    """

    id: str
    cites: tuple[str, ...]
    trial: str
    vocabulary: str
    profile: Mapping[str, Any]
    as_of: str
    verdict: str | None
    criteria: Mapping[str, str]
    stages: Mapping[str, str]
    cohorts: Mapping[str, str]
    findings: Mapping[str, Any]
    mapping: str = ""

    @property
    def expects_unknown(self) -> bool:
        """Whether the answer, or one of the answers, must be unknown."""
        words = {self.verdict, *self.criteria.values(), *self.stages.values()}
        return not words.isdisjoint({"unknown", "undetermined"})

    @property
    def has_unknown(self) -> bool:
        """Whether something about the patient is not known: a fact of the trial is not given, a
        value is absent or censored, a date is partial, or the answer itself is unknown."""
        given = set(self.profile["facts"])
        for visit in self.profile["visits"]:
            given |= set(visit["facts"])
        asked = _facts_named(json.loads(self.trial))
        declared = json.loads(self.vocabulary)["facts"]
        primary = {name for name in asked if "derived" not in declared.get(name, {})}
        return self.expects_unknown or not primary <= given or _unsure(self.profile)


def read_all() -> list[Case]:
    """Every case of every file, in the order of file names and of the files."""
    return [case for path in sorted(DIRECTORY.glob("*.yaml")) for case in read_file(path)]


def read_file(path: Path) -> list[Case]:
    """The cases of one file; a word the notation does not have is an error."""
    data = yaml.load(path.read_text("utf-8"), _TextLoader)
    _known(data, {"about", "facts", "cases"} | _GROUP_WORDS, path.name)
    vocabulary = json.dumps({"facts": data.pop("facts")}, indent=1)
    data.pop("about")
    return [_case(path.stem, entry, vocabulary) for entry in _flat(data, "", {})]


class _TextLoader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Every scalar is text, as in the rule files; a key given twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise ValueError(f"{twice} is given twice{node.start_mark}")
        found: dict[Any, Any] = super().construct_mapping(node, deep=True)
        return found


def _flat(group: Mapping[str, Any], prefix: str, inherited: Mapping[str, Any]) -> Iterator[Any]:
    """The cases of a group and of the groups in it, each with the words it inherits."""
    _known(group, _GROUP_WORDS, prefix)
    own = {word: group[word] for word in group if word in _CASE_WORDS}
    shared = {**inherited, **own}
    title = " / ".join(part for part in (prefix, group.get("group", "")) if part)
    for row, expected in group.get("rows", {}).items():
        assert len(row) == len(group["parts"]), f"{title}: {row}"
        values = zip(group["parts"], row, strict=True)
        patient = {name: _ROW_VALUE[mark] for name, mark in values if mark != "U"}
        yield {**shared, "name": f"{title} / {row}", "patient": patient, "expect": expected}
    for entry in group.get("cases", ()):
        if "cases" in entry or "rows" in entry:
            yield from _flat(entry, title, shared)
        else:
            _known(entry, _CASE_WORDS, title)
            name = " / ".join(part for part in (title, entry["name"]) if part)
            yield {**shared, **entry, "name": name}


def _known(entry: Mapping[str, Any], words: set[str], where: str) -> None:
    unknown = set(entry) - words
    if unknown:
        raise ValueError(f"{where}: the notation of cases has no {sorted(unknown)}")


def _case(file: str, entry: Mapping[str, Any], vocabulary: str) -> Case:
    verdict, criteria, stages, cohorts = _expected(entry)
    return Case(
        id=f"{file} / {entry['name']}",
        cites=tuple(part.strip() for part in entry["cites"].split(",")),
        trial=json.dumps(_trial(entry), indent=1),
        vocabulary=vocabulary,
        profile=_profile(entry["patient"]),
        as_of=entry["as_of"],
        verdict=verdict,
        criteria=criteria,
        stages=stages,
        cohorts=cohorts,
        findings={
            word: entry[word] if word == "applies" else _typed(entry[word])
            for word in _FINDINGS
            if word in entry
        },
        mapping=json.dumps({"mapping": "A site", "ranges": entry["ranges"]}, indent=1)
        if "ranges" in entry
        else "",
    )


def _expected(entry: Mapping[str, Any]) -> tuple[str | None, Any, Any, Any]:
    expect = entry["expect"]
    if isinstance(expect, str):
        if expect in _VERDICTS:
            return expect, {}, {}, {}
        return None, {SUBJECT: _OUTCOMES[expect]}, {}, {}
    _known(expect, {"verdict", "criteria", "stages", "cohorts"}, entry["name"])
    criteria = {name: _OUTCOMES[word] for name, word in expect.get("criteria", {}).items()}
    return expect.get("verdict"), criteria, expect.get("stages", {}), expect.get("cohorts", {})


def _trial(entry: Mapping[str, Any]) -> dict[str, Any]:
    trial: dict[str, Any] = {
        "trial": "SPEC",
        "title": entry["name"],
        "version": "1",
        "effective": "2000-01-01",
        "source": "docs/semantics.md",
    }
    trial |= {word: entry[word] for word in _TRIAL_WORDS if word in entry}
    if "stages" in entry:
        trial["stages"] = [_stage(stage) for stage in entry["stages"]]
        return trial
    body = {word: entry[word] for word in ("inclusion", "exclusion") if word in entry}
    if "rule" in entry:
        words = {word: entry[word] for word in _CRITERION_WORDS if word in entry}
        criterion = {"id": SUBJECT, **words, "rule": entry["rule"]}
        body.setdefault(entry.get("polarity", "inclusion"), []).append(criterion)
    stage = {"id": STAGE, "title": "Stage", **body}
    stage |= {words: entry[word] for word, words in _STAGE_WORDS.items() if word in entry}
    trial["stages"] = [_stage(stage)]
    return trial


def _stage(stage: Mapping[str, Any]) -> dict[str, Any]:
    whole = {"title": stage["id"], **stage}
    for polarity in ("inclusion", "exclusion"):
        if polarity in stage:
            whole[polarity] = [_criterion(criterion) for criterion in stage[polarity]]
    return whole


def _criterion(criterion: Mapping[str, Any]) -> dict[str, Any]:
    whole = {"text": f"Criterion {criterion['id']}.", "source": "case", **criterion}
    if "if_missing" in whole:
        whole.setdefault("reading", "Not recorded means no.")
    return whole


def _profile(patient: Mapping[str, Any]) -> dict[str, Any]:
    whole = patient if {"facts", "visits"} & set(patient) else {"facts": patient}
    typed: dict[str, Any] = _typed(whole)
    return {"patient": "P", "facts": {}, "visits": []} | typed


def _typed(value: Any) -> Any:
    """Texts as JSON has them: `true`, `false` and `null` are what they say, numbers stay text."""
    if isinstance(value, dict):
        return {name: _typed(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_typed(part) for part in value]
    return {"true": True, "false": False, "null": None}.get(value, value)


def _facts_named(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(_facts_named, part))
    if not isinstance(part, dict):
        return set()
    named = {part["fact"]} if isinstance(part.get("fact"), str) else set()
    named |= set(part["by"]) if isinstance(part.get("by"), dict) else set()
    return named.union(*map(_facts_named, part.values()))


def _unsure(part: Any) -> bool:
    if isinstance(part, list):
        return any(map(_unsure, part))
    if not isinstance(part, dict):
        return False
    if {"absent", "comparator"} & set(part):
        return True
    dates = (part[word] for word in ("date", "start", "end") if word in part)
    return any(len(date) < len("2026-01-01") for date in dates) or any(map(_unsure, part.values()))
