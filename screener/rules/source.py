"""YAML text to nodes with places, every scalar as the text it is; what the words mean is not asked.

The only module that knows YAML. It reads parser events with a stack of its own: composing nodes
with the C parser overflows the machine's stack on deep brackets, and every loader guesses types
(`no`, `010`, `12:30`) and lets the last of two equal keys win in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import yaml

from screener.diagnostics import Span
from screener.rules.faults import Faults, quoted

MOST_BYTES = 4 * 1024 * 1024
DEEPEST = 64
MOST_NODES = 120_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What YAML cannot hold, and marks that make text look other than it is (direction overrides).
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\ufeff\u202a-\u202e\u2066-\u2069]"
)
_TAG = "tag:yaml.org,2002:"
_QUOTED = ("'", '"', "|", ">")
_TAB_INDENT = re.compile(r"^ *\t", re.MULTILINE)


class Text(NamedTuple):
    """A scalar. `plain`: written without quotes; `cut`: ` #` follows it.

    Its place is kept as plain numbers: of a hundred thousand scalars few are ever pointed at.
    """

    value: str
    file: str
    line: int
    column: int
    width: int
    plain: bool = True
    cut: bool = False

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.file, self.line, self.column, self.width)


class Items(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    span: Span


class Entries(NamedTuple):
    """A mapping in the order of the file.

    `flow`: written in braces; `partial`: a key of it could not be read.
    """

    entries: tuple[tuple[Text, Node], ...]
    span: Span
    flow: bool = False
    partial: bool = False


class Unreadable(NamedTuple):
    """Something whose fault has been told already."""

    span: Span


Node: TypeAlias = Text | Items | Entries | Unreadable


@dataclass(slots=True)
class _Open:
    """A list or mapping that has not ended yet."""

    span: Span
    mapping: bool
    flow: bool
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Text, Node]] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    partial: bool = False
    # The key whose value comes next; an unreadable key takes its value with it.
    key: Text | Unreadable | None = None


def read_source(text: str, faults: Faults) -> Node | None:
    """The one document of a file; None, with the fault noted, where it cannot be read."""
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        faults.error("file-too-large", Span(faults.file, 1, 1), "the file is larger than 4 MiB")
        return None
    if not _characters_are_fit(text, faults):
        return None
    return _Builder(text, faults).read()


def _characters_are_fit(text: str, faults: Faults) -> bool:
    fit = True
    for bad in _FORBIDDEN.finditer(text):
        fit = False
        faults.error(
            "control-character",
            _place(text, bad.start(), faults.file),
            f"the character U+{ord(bad.group()):04X} cannot stand in a rule file",
            hint="delete it; it is often left over from copying",
        )
    for bad in _TAB_INDENT.finditer(text):
        fit = False
        faults.error(
            "tab-indent",
            _place(text, bad.end() - 1, faults.file),
            "a tab indents this line",
            expected="spaces",
        )
    return fit


def _place(text: str, index: int, file: str) -> Span:
    lines = (text[:index] + "x").splitlines()
    return Span(file, len(lines), len(lines[-1]))


class _Builder:
    """Builds nodes from parser events, one pass, without recursion."""

    def __init__(self, text: str, faults: Faults) -> None:
        self.text = text
        self.lines = text.splitlines()
        self.faults = faults
        self.open: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0

    def read(self) -> Node | None:
        count = 0
        try:
            for event in yaml.parse(self.text, Loader=_LOADER):
                count += isinstance(event, yaml.NodeEvent)
                if count > MOST_NODES:
                    span = self._span(event)
                    self.faults.error(
                        "file-too-large", span, f"the file has more than {MOST_NODES:,} values"
                    )
                    return None
                if len(self.open) > DEEPEST:
                    self.faults.error(
                        "too-deep", self._span(event), f"nested deeper than {DEEPEST} levels"
                    )
                    return None
                if not self._take(event):
                    return self.root
        except yaml.MarkedYAMLError as error:
            self._syntax(error)
            return None
        except yaml.YAMLError:
            self.faults.error("yaml-syntax", Span(self.faults.file, 1, 1), "this is not YAML")
            return None
        if self.root is None:
            self.faults.error("empty-file", Span(self.faults.file, 1, 1), "the file is empty")
        return self.root

    def _take(self, event: yaml.Event) -> bool:
        """Add one event; False where the rest of the file is not to be read."""
        if isinstance(event, yaml.ScalarEvent):  # first: most events are scalars
            self._decoration(event)
            self._add(self._scalar(event))
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.faults.error(
                    "second-document",
                    self._span(event),
                    "a second document begins here",
                    expected="one document per file",
                )
                return False
        elif isinstance(event, yaml.AliasEvent):
            span = self._span(event)
            self.faults.error(
                "yaml-alias",
                span,
                f"an alias, {quoted(f'*{event.anchor}')}, stands for a value",
                hint="write the value out, or name a rule under `define`",
            )
            self._add(Unreadable(span))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._decoration(event)
            mapping = isinstance(event, yaml.MappingStartEvent)
            self.open.append(_Open(self._span(event), mapping, bool(event.flow_style)))
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self.open.pop()
            if done.mapping:
                self._add(Entries(tuple(done.entries), done.span, done.flow, done.partial))
            else:
                self._add(Items(tuple(done.items), done.span))
        return True

    def _decoration(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self.faults.error(
                "yaml-anchor",
                self._span(event, len(event.anchor) + 1),
                f"an anchor, {quoted('&' + event.anchor)}, is set",
                hint="name a rule under `define` instead; a text with `&` goes in quotes",
            )
        if event.tag is not None:
            self.faults.error(
                "yaml-tag",
                self._span(event),
                f"a tag, {quoted(event.tag.replace(_TAG, '!!'))}, is set",
                hint="leave it out: values are read by what their fact is declared as",
            )

    def _add(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        top = self.open[-1]
        if not top.mapping:
            top.items.append(node)
        elif top.key is None:
            top.key = self._key(node, top)
        else:
            if isinstance(top.key, Text):
                top.entries.append((top.key, node))
            top.key = None

    def _key(self, node: Node, top: _Open) -> Text | Unreadable:
        if isinstance(node, Unreadable):
            top.partial = True
            return node
        if not isinstance(node, Text) or not node.value:
            top.partial = True
            self.faults.error(
                "key-not-text",
                node.span,
                "a key has to be a word",
                hint="a value with `{` or `[` in it goes in quotes",
            )
            return Unreadable(node.span)
        if node.value in top.seen:
            self.faults.error(
                "duplicate-key",
                node.span,
                f"{quoted(node.value)} is given twice",
                hint=f"the first is in line {top.seen[node.value]}",
            )
            return Unreadable(node.span)
        top.seen[node.value] = node.line
        return node

    def _scalar(self, event: yaml.ScalarEvent) -> Text:
        plain = event.style not in _QUOTED
        start, end = event.start_mark, event.end_mark
        assert start is not None, "INVARIANT: the parser marks every event"
        assert end is not None, "INVARIANT: the parser marks every event"
        row, column, stop = start.line, start.column, end.column
        line = self._line(end.line)
        # A comment is set off by two spaces; one alone was more likely meant as part of the text.
        cut = plain and line.startswith(" #", stop) and bool(event.value)
        width = (stop if end.line == row else len(self._line(row))) - column
        return Text(event.value, self.faults.file, row + 1, column + 1, max(1, width), plain, cut)

    def _span(self, event: yaml.Event, width: int = 1) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start is not None, "INVARIANT: the parser marks every event"
        assert end is not None, "INVARIANT: the parser marks every event"
        if width == 1 and isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            line = self._line(start.line)
            last = end.column if end.line == start.line else len(line)
            width = max(1, last - start.column)
        return Span(self.faults.file, start.line + 1, start.column + 1, width)

    def _line(self, index: int) -> str:
        """A line of the file; the parser's end may lie behind the last."""
        return self.lines[index] if index < len(self.lines) and self.lines else ""

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark, opened = error.problem_mark, error.context_mark
        if opened is not None and (mark is None or mark.line > opened.line):
            # What was opened on an earlier line and never closed is better shown there.
            unclosed = "end of stream" in str(error.problem) or "',' or" in str(error.problem)
            mark = opened if mark is None or unclosed else mark
        if mark is None:
            span = Span(self.faults.file, 1, 1)
        elif mark.line < len(self.lines):
            span = Span(self.faults.file, mark.line + 1, mark.column + 1)
        else:
            # The parser stopped at the end: shown after the last thing written.
            span = Span(self.faults.file, max(1, len(self.lines)), len(self._line(-1)) + 1)
        problem = error.problem or "not YAML"
        if "nesting depth" in problem:
            # Newer parsers have a limit of their own, and reach it before they tell of any depth.
            self.faults.error("too-deep", span, f"nested deeper than {DEEPEST} levels")
            return
        message, hint = problem, None
        for part, said, advice in _SYNTAX:
            if part in problem:
                message, hint = said, advice
                break
        if self._brace_in_value(span):
            hint = (
                "a value with `{` or `[` in it goes in quotes, "
                "or on a line of its own outside braces"
            )
        elif opened and "',' or" in problem and " #" in self._line(opened.line)[opened.column :]:
            # The comment may hide what would have closed it.
            hint = "what follows ` #` is a comment: put a value with it in quotes"
        self.faults.error("yaml-syntax", span, message, hint=hint)

    def _brace_in_value(self, span: Span) -> bool:
        """Whether the parser stopped at a brace inside a value, as in `30 mL/min/{1.73_m2}`."""
        line = self._line(span.line - 1)
        before, here = line[: span.column - 1], line[span.column - 1 : span.column]
        return here in ("{", "[") and before[-1:] not in ("", " ", ",", "[", "{")


_SYNTAX = (
    (
        "mapping values are not allowed",
        "a `:` that cannot stand here",
        "a text with `: ` in it goes in quotes; words of one mapping begin in the same column",
    ),
    ("did not find expected <document start>", "something follows the end of the document", None),
    ("could not find expected ':'", "a word without `:`", None),
    (
        "did not find expected ',' or '}'",
        "a brace is not closed",
        "after a value in braces comes `,` or `}`",
    ),
    (
        "did not find expected ',' or ']'",
        "a bracket is not closed",
        "after a value in brackets comes `,` or `]`",
    ),
    (
        "did not find expected key",
        "this does not line up with what is above",
        "words of one mapping begin in the same column",
    ),
    (
        "did not find expected '-' indicator",
        "this does not line up with the list above",
        "items of one list begin with `-` in the same column",
    ),
    ("found unexpected end of stream", "a quote is not closed", None),
    (
        "found character that cannot start any token",
        "a text cannot begin with this character",
        "put the text in quotes",
    ),
    ("did not find expected node content", "a value is missing here", None),
)
