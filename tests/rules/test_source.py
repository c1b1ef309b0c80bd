"""How the text of a rule file becomes nodes with places, and what is told of text that does not."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import yaml

from screener.rules import source
from screener.rules.faults import Faults
from screener.rules.source import Entries, Items, Node, Text, Unreadable, read_source


class Told(NamedTuple):
    """A fault: its id, line, column, width, message and hint."""

    id: str
    line: int
    column: int
    width: int
    message: str
    hint: str | None


def read(text: str) -> tuple[Node | None, list[Told]]:
    faults = Faults("x.yaml")
    node = read_source(text, faults)
    return node, [
        Told(one.id, one.span.line, one.span.column, one.span.width, one.message, one.hint)
        for one in faults.found
    ]


def fault(text: str) -> Told:
    _, (only,) = read(text)
    return only


def plain(node: Node | None) -> Any:
    """A node as plain data, to compare with."""
    match node:
        case Text():
            return node.value
        case Items():
            return [plain(one) for one in node.items]
        case Entries():
            return {key.value: plain(value) for key, value in node.entries}
        case Unreadable():
            return "unreadable"
    return None


# --- limits -------------------------------------------------------------------------------------


def test_a_file_may_have_so_many_bytes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_BYTES", 10)
    for text in ("a: b345678", "a: ééé8"):
        assert plain(read(text)[0]) == {"a": text[3:]}
    for text in ("a: 12345678", "a: ééééé"):
        assert read(text) == (
            None,
            [Told("file-too-large", 1, 1, 1, "the file is larger than 4 MiB", None)],
        )


def test_a_file_may_have_so_many_values_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_NODES", 3)
    assert plain(read("[a, b]")[0]) == ["a", "b"]
    # The list and three texts are four; the last stands in column 8.
    assert read("[a, b, c]") == (
        None,
        [Told("file-too-large", 1, 8, 1, "the file has more than 3 values", None)],
    )


def test_a_file_may_nest_so_deep_and_no_deeper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "DEEPEST", 2)
    assert plain(read("[[a]]")[0]) == [["a"]]
    node, told = read("[[[a]]]")
    assert (node, [(one.id, one.message) for one in told]) == (
        None,
        [("too-deep", "nested deeper than 2 levels")],
    )


# --- what the nodes hold ------------------------------------------------------------------------


def test_the_first_of_two_documents_is_read() -> None:
    node, (told,) = read("a: 1\n---\nb: 2\n")
    assert (plain(node), told.id, told.line) == ({"a": "1"}, "second-document", 2)


def test_an_alias_stands_where_its_value_would() -> None:
    assert plain(read("a: *x\nb: 1\n")[0]) == {"a": "unreadable", "b": "1"}
    assert plain(read("[*x, b]")[0]) == ["unreadable", "b"]


@pytest.mark.parametrize("text", ["{*x : 1, b: 2}", "{'': 1, b: 2}", "{[a]: 1, b: 2}"])
def test_a_key_that_cannot_be_read_takes_its_value_with_it(text: str) -> None:
    node, told = read(text)
    assert isinstance(node, Entries)
    assert (plain(node), node.partial, len(told)) == ({"b": "2"}, True, 1)


def test_a_key_without_letters_is_no_word() -> None:
    assert fault("'': 1").id == "key-not-text"


@pytest.mark.parametrize(
    ("text", "cut"),
    [("a: b # c", True), ("a: b  # c", False), ("a: 'b' # c", False), ("a: # c", False)],
)
def test_a_text_is_cut_where_one_space_sets_off_a_comment(text: str, cut: bool) -> None:
    node, _ = read(text)
    assert isinstance(node, Entries)
    ((_, value),) = node.entries
    assert isinstance(value, Text)
    assert value.cut is cut


def test_an_anchor_is_shown_and_not_what_it_is_set_on() -> None:
    told = fault("a: &abc value")
    assert (told.line, told.column, told.width) == (1, 4, 4)


def test_a_text_over_several_lines_is_shown_to_the_end_of_the_first() -> None:
    told = fault("a: !x |\n  text\n")
    assert (told.id, told.line, told.column, told.width) == ("yaml-tag", 1, 4, 4)


# --- what is not YAML ---------------------------------------------------------------------------

SAME_COLUMN = "words of one mapping begin in the same column"


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        # Shown where it stops fitting, not where the mapping began.
        ("a:\n  b: 1\n c: 2\n", 3, 2, SAME_COLUMN),
        ("a:  # note\n  b: 1\n c: 2\n", 3, 2, SAME_COLUMN),
        # Shown after the last thing written.
        ("a: 1\nc: 2\nbb\n", 3, 3, None),
        ("%YAML 1.1\n", 1, 10, None),
        # Shown where it was opened.
        (
            "a: [1, 2\nb: 1\n",
            1,
            4,
            "after a value in brackets comes `,` or `]`",
        ),
    ],
)
def test_a_slip_is_shown_where_it_can_be_mended(
    text: str, line: int, column: int, hint: str | None
) -> None:
    told = fault(text)
    assert (told.id, told.line, told.column, told.hint) == ("yaml-syntax", line, column, hint)


def mark(line: int, column: int) -> yaml.Mark:
    return yaml.Mark("x", 0, line, column, None, 0)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (yaml.YAMLError(), Told("yaml-syntax", 1, 1, 1, "this is not YAML", None)),
        (
            yaml.MarkedYAMLError("while", mark(1, 2), "odd", None),
            Told("yaml-syntax", 2, 3, 1, "odd", None),
        ),
        (
            yaml.MarkedYAMLError(None, None, None, None),
            Told("yaml-syntax", 1, 1, 1, "not YAML", None),
        ),
        (
            yaml.MarkedYAMLError(None, None, "exceeded max nesting depth", mark(0, 3)),
            Told("too-deep", 1, 4, 1, "nested deeper than 64 levels", None),
        ),
        (
            yaml.MarkedYAMLError(None, None, "did not find expected ',' or '}'", mark(0, 0)),
            Told(
                "yaml-syntax", 1, 1, 1, "a brace is not closed",
                "after a value in braces comes `,` or `}`",
            ),
        ),
    ],
)  # fmt: skip
def test_whatever_the_parser_says_is_told_with_a_place(
    error: yaml.YAMLError, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(yaml, "parse", parse)
    assert read("a: 1\nb: # 2\n") == (None, [told])
