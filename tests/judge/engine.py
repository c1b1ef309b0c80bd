"""The engine behind its public readers: the only way in which generated tests reach it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from screener.intake.profile import read_profile
from screener.result import Result
from screener.rules.load import read_protocol, read_vocabulary
from screener.screening import screen

Json = dict[str, Any]


class Engine:
    """The engine with one vocabulary and rule file."""

    def __init__(self, trial: Json, vocabulary: Json) -> None:
        words = read_vocabulary(json.dumps(vocabulary, indent=1), "vocabulary.yaml")
        reading = read_protocol(json.dumps(trial, indent=1), "trial.yaml", words)
        self.protocol = reading.protocol
        self.vocabulary = reading.vocabulary

    def screen(self, profile: Json, as_of: date) -> Result:
        """The result for one patient."""
        sheet = read_profile(profile, self.vocabulary)
        return screen(self.protocol, self.vocabulary, sheet, as_of.toordinal())
