"""A draft as plain data, and the vocabulary that drafts are made with."""

from __future__ import annotations

from functools import cache
from typing import Any

from screener.catalog import shipped
from screener.registry.draft import Made, make_draft
from screener.registry.records import read_record
from screener.rules.faults import Faults
from screener.rules.load import Reading, read_protocol, read_vocabulary
from screener.rules.source import Entries, Items, Node, Text, read_source
from screener.vocabulary import Vocabulary


@cache
def vocabulary() -> Vocabulary:
    file = shipped("criteria") / "vocabulary.yaml"
    return read_vocabulary(file.read_bytes(), file.name)


def draft_of(content: bytes | str) -> Made:
    """The draft of a record, or of a text named TEXT of 28 November 2026."""
    data = content.encode() if isinstance(content, str) else content
    return make_draft(read_record(data), vocabulary(), trial="TEXT", day="2026-11-28")


def reading_of(made: Made) -> Reading:
    return read_protocol(made.text, "draft.yaml", vocabulary())


def plain(node: Node | None) -> Any:
    """What a node says: texts, lists and mappings."""
    match node:
        case Text():
            return node.value
        case Items():
            return [plain(one) for one in node.items]
        case Entries():
            return {key.value: plain(value) for key, value in node.entries}
    raise AssertionError("the file can be read")


def document(text: str) -> Any:
    return plain(read_source(text, Faults("draft.yaml")))


def criteria(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Every criterion of a draft with its side, in the order of the file."""
    return [
        (side, one)
        for stage in document(text)["stages"]
        for side in ("inclusion", "exclusion")
        for one in stage.get(side, [])
    ]
