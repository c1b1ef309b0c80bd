"""The made-up facts of the golden sentences, and a trial of one criterion around a rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from screener.rules.load import Reading, read_protocol, read_vocabulary
from screener.vocabulary import Vocabulary

#: The words of a criterion that an entry may have.
CRITERION = ("rule", "applies_when", "if_missing", "only_for", "defect")


def entries(file: str) -> Any:
    """A data file of this directory; every scalar is text, as in rule files."""
    return yaml.load((Path(__file__).parent / file).read_text("utf-8"), yaml.BaseLoader)


FILE = entries("rules.yaml")


@cache
def vocabulary() -> Vocabulary:
    """The facts that the rules are about."""
    return read_vocabulary(json.dumps({"facts": FILE["facts"]}), "vocabulary.yaml")


def encoded(entry: Mapping[str, Any]) -> Reading:
    """The trial with the criterion of an entry and nothing else, as read."""
    return read_protocol(json.dumps(written(entry)), "trial.yaml", vocabulary())


def written(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The rule file with the criterion of an entry and nothing else."""
    words = {word: entry[word] for word in CRITERION if word in entry}
    one = {"id": "C", "text": "The text.", "source": "1", "reading": "So.", **words}
    stage: dict[str, Any] = {"id": "S", "title": "Stage", entry.get("polarity", "inclusion"): [one]}
    if "stage_window" in entry:
        stage["window"] = entry["stage_window"]
    if "when_missed" in entry:
        stage["when_missed"] = entry["when_missed"]
    whole = {"trial": "T", "title": "Title", "version": "1", "effective": "2026-01-01"}
    more = {word: entry[word] for word in ("cohorts",) if word in entry}
    shared = {"dates": FILE["dates"], "define": FILE["define"]}
    return {**whole, **shared, **more, "stages": [stage]}
