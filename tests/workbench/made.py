"""Rule files of made-up trials, read without a file system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from screener.catalog import Edition, Place
from screener.rules.load import read_protocol, read_vocabulary

Json = dict[str, Any]

VOCABULARY: Json = {
    "facts": {
        "a": {"type": "boolean", "kind": "fixed", "label": "A"},
        "x": {"type": "number", "kind": "fixed", "label": "X", "plausible": ["0", "9"]},
        "c": {"type": "code", "kind": "fixed", "label": "C", "values": ["p", "q", "r"]},
    }
}

#: What a rule file says before its criteria.
HEAD: Json = {
    "trial": "XMPL-001",
    "title": "A made-up trial",
    "version": "1",
    "effective": "2026-01-01",
    "source": "made up",
}


def edition(trial: Json, vocabulary: Json = VOCABULARY) -> Edition:
    """A version of a trial out of what its file would say."""
    words = read_vocabulary(json.dumps(vocabulary), "vocabulary.yaml")
    reading = read_protocol(json.dumps(HEAD | trial, indent=1), "1.yaml", words)
    place = Place("XMPL-001", "1", Path("1.yaml"), Path("vocabulary.yaml"))
    return Edition(place, reading.protocol, reading.vocabulary, reading.warnings, "", "", b"", b"")


def stage(inclusion: dict[str, Json], exclusion: dict[str, Json] | None = None) -> Json:
    """A trial of one stage, its criteria by id."""
    sides = {"inclusion": inclusion, "exclusion": exclusion or {}}
    return {
        "stages": [
            {
                "id": "S",
                "title": "S",
                **{
                    side: [
                        {"id": id, "text": "Made up.", "source": "1", "rule": rule}
                        for id, rule in rules.items()
                    ]
                    for side, rules in sides.items()
                    if rules
                },
            }
        ]
    }
