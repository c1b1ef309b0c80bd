"""The examples in the description of the door for programs: one patient of each verdict.

`make golden` writes them anew; a test compares them with what the engine answers.
"""

from __future__ import annotations

import json
from typing import Any

import screener
from tests.web.support import ROOT

FILE = ROOT / "screener" / "web" / "api" / "examples.json"
RULES = ROOT / "docs" / "example" / "XMPL-001.yaml"
#: The rule wants platelets above 100 x 10^9/L within 14 days before the day of screening.
PATIENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "eligible": (
        "Platelets of 112, five days old.",
        {"value": 112, "unit": "10*9/L", "date": "2026-11-19"},
    ),
    "ineligible": (
        "Platelets of 96, one day old.",
        {"value": 96, "unit": "10*9/L", "date": "2026-11-23"},
    ),
    "undetermined": (
        "Platelets of 112, 15 days old: too old to count, and no failure.",
        {"value": 112, "unit": "10*9/L", "date": "2026-11-09"},
    ),
}


def examples() -> dict[str, Any]:
    """Requests and answers, by verdict."""
    trial = screener.load_trial(RULES)
    found = {}
    for verdict, (summary, platelets) in PATIENTS.items():
        profile = {"patient": "S-012-0044", "facts": {"platelets": platelets}}
        request = {"trial": trial.id, "as_of": "2026-11-24", "profile": profile}
        result = trial.screen(profile, as_of="2026-11-24").to_json()
        found[verdict] = {"summary": summary, "request": request, "result": result}
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(examples(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
