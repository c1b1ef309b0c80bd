"""Where campaigns keep what is finished, and what they leave on record."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "campaign"
EVIDENCE = ROOT / "docs" / "evidence" / "campaigns.md"
