"""The schemas as recorded, one file a version: `docs/schemas/result-1.json`.

Facts are left out of them: a vocabulary may grow without a step of the shape.
"""

from __future__ import annotations

import json
from pathlib import Path

from screener.schemas import profile_schema, result_schema, rules_schema, trace_schema
from screener.schemas.parts import Schema

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


def current() -> dict[str, Schema]:
    """Each schema by the name of its file, which says its version."""
    every = (result_schema(), trace_schema(), profile_schema(), rules_schema())
    return {f"{_name(one)}.json": one for one in every}


def written(schema: Schema) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _name(schema: Schema) -> str:
    _, _, _, name, version = str(schema["$id"]).split(":")
    return f"{name}-{version}"
