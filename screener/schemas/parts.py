"""The few forms that the schemas are made of, and how a schema is headed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: A calendar day.
DAY: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
#: A date as far as it is known.
PARTIAL = r"\d{4}(-\d{2}(-\d{2})?)?"


def headed(name: str, version: str, title: str, description: str, schema: Schema) -> Schema:
    """A whole schema: its dialect, its versioned id, and what it describes."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:screener:schema:{name}:{version}",
        "title": title,
        "description": description,
        **schema,
    }


def record(description: str, **words: Schema) -> Schema:
    """An object in which each of these words stands and no other."""
    return {
        "type": "object",
        "description": description,
        "properties": words,
        "required": list(words),
        "additionalProperties": False,
    }


def some_of(description: str, words: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    """An object of these words, of which the required ones have to stand."""
    needed = list(required)
    return {
        "type": "object",
        "description": description,
        "properties": dict(words),
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def each(items: Schema, description: str, *, least: int = 0) -> Schema:
    """A list."""
    bound = {"minItems": least} if least else {}
    return {"type": "array", "description": description, "items": items, **bound}


def one_of(values: Iterable[object], description: str) -> Schema:
    """One of several values."""
    return {"description": description, "enum": list(values)}


def text(description: str) -> Schema:
    """A text."""
    return {"type": "string", "description": description}


def flag(description: str) -> Schema:
    """`true` or `false`."""
    return {"type": "boolean", "description": description}


def or_null(schema: Schema) -> Schema:
    """The same, or `null`."""
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """What is defined under that name."""
    return {"$ref": f"#/$defs/{name}"}


def day(description: str) -> Schema:
    """A calendar day."""
    return {**DAY, "description": description}
