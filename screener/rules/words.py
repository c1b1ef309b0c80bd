"""Reads the words of one mapping: which are known, which are missing, and of what form each is.

It knows no word of the rule language; which words there are is said by who asks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from screener.days import parse_days
from screener.diagnostics import Span
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.source import Entries, Items, Node, Text, Unreadable

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


class Words:
    """The words of one mapping and their values.

    `what` names the mapping in messages ("a criterion"); `later` are words that this version tells
    apart from mistakes without knowing them.
    """

    def __init__(
        self,
        node: Entries,
        faults: Faults,
        known: Collection[str],
        what: str,
        later: Collection[str] = (),
    ) -> None:
        self.span = node.span
        self.what = what
        self._partial = node.partial
        self._faults = faults
        self._keys: dict[str, Text] = {}
        self._values: dict[str, Node] = {}
        # Words that are missing only because they are misspelt: told once.
        self._meant: set[str] = set()
        for key, value in node.entries:
            if key.value not in known and key.value not in later:
                self._unknown(key, value, known, node.flow)
                continue
            self._keys[key.value] = key
            if isinstance(value, Text) and value.plain and not value.value:
                faults.error("value-missing", key.span, f"{quoted(key.value)} has no value")
                value = Unreadable(key.span)
            self._values[key.value] = value

    def _unknown(self, key: Text, value: Node, known: Collection[str], flow: bool) -> None:
        hint = nearest(key.value, known)
        self._meant.update(word for word in known if hint and f" {quoted(word)}?" in hint)
        if hint is None and flow and isinstance(value, Text) and not value.value:
            hint = "in braces a comma ends a value: put a text with a comma in quotes"
        self._faults.error(
            "unknown-word",
            key.span,
            f"{quoted(key.value)} is not a word of {self.what}",
            expected=one_of(known, 40),
            hint=hint,
        )

    def __contains__(self, word: str) -> bool:
        return word in self._values

    def __iter__(self) -> Iterator[str]:
        """The words given, in the order of the file."""
        return iter(self._values)

    def key(self, word: str) -> Span:
        """Where the word stands; where the mapping begins if it is not given."""
        return self._keys[word].span if word in self._keys else self.span

    def value(self, word: str) -> Span:
        """Where the value of the word stands; where the mapping begins if it is not given."""
        return self._values[word].span if word in self._values else self.span

    def get(self, word: str) -> Node | None:
        """The value of a word that may be left out."""
        return self._values.get(word)

    def need(self, word: str) -> Node:
        """The value of a word that may not be left out."""
        if word not in self._values:
            if word in self._meant or self._partial:
                return Unreadable(self.span)
            self._faults.error(
                "word-missing", self.span, f"{quoted(word)} is missing in {self.what}"
            )
            return Unreadable(self.span)
        return self._values[word]

    def text(self, word: str) -> str | None:
        """A text that may be left out."""
        node = self.get(word)
        return None if node is None else text_of(node, self._faults, quoted(word))

    def prose(self, word: str) -> str | None:
        """A text for people that may be left out; warns where a comment may have cut it."""
        node = self.get(word)
        if isinstance(node, Text) and node.cut:
            self._faults.warning(
                "text-cut",
                node.span,
                f"what follows ` #` is not part of {quoted(word)}",
                hint="put the text in quotes if it belongs to it",
            )
        text = self.text(word)
        # A block ends with a line break that belongs to the file, not to the text.
        return None if text is None else text.strip()

    def needed_text(self, word: str) -> str:
        """A text that may not be left out; empty, with the fault noted, where it is."""
        return text_of(self.need(word), self._faults, quoted(word)) or ""

    def needed_prose(self, word: str) -> str:
        """As `prose`, for a text that may not be left out."""
        self.need(word)
        return self.prose(word) or ""

    def items(self, word: str) -> tuple[Node, ...]:
        """The items of a list that may be left out."""
        node = self.get(word)
        return () if node is None else items_of(node, self._faults, quoted(word))

    def entries(self, word: str) -> tuple[tuple[Text, Node], ...]:
        """The entries of a mapping that may be left out."""
        node = self.get(word)
        found = None if node is None else entries_of(node, self._faults, quoted(word))
        return () if found is None else found.entries

    def texts(self, word: str) -> tuple[Text, ...]:
        """One text or a list of texts."""
        node = self.get(word)
        if node is None or isinstance(node, Unreadable):
            return ()
        if isinstance(node, Text):
            return (node,)
        return texts_of(items_of(node, self._faults, quoted(word)), self._faults, quoted(word))

    def choice(self, word: str, options: Collection[str]) -> str | None:
        """One of several given texts; None where it is left out or is none of them."""
        text = self.text(word)
        if text is None or text in options:
            return text
        node = self._values[word]
        self._faults.error(
            "not-a-choice",
            node.span,
            f"{quoted(word)} cannot be {quoted(text)}",
            expected=one_of(options),
            hint=nearest(text, options),
        )
        return None

    def flag(self, word: str, otherwise: bool) -> bool:
        """`true` or `false`."""
        said = self.choice(word, ("true", "false"))
        return otherwise if said is None else said == "true"

    def day(self, word: str) -> int | None:
        """An exact calendar day, as its ordinal."""
        text = self.text(word)
        if text is None:
            return None
        days = parse_days(text)
        if days is None or not days.exact:
            self._faults.error(
                "not-a-day",
                self._values[word].span,
                f"{quoted(text)} is not a day",
                expected="a day such as `2026-03-01`",
            )
            return None
        return days.first


def text_of(node: Node, faults: Faults, what: str) -> str | None:
    """The text of a scalar; None, with the fault noted, for anything else."""
    if isinstance(node, Text):
        if node.value.strip():
            return node.value
        faults.error("value-missing", node.span, f"{what} has no value")
    elif not isinstance(node, Unreadable):
        hint = "a text that begins with `{` or `[` goes in quotes"
        faults.error("text-expected", node.span, f"{what} is not a text", hint=hint)
    return None


def items_of(node: Node, faults: Faults, what: str) -> tuple[Node, ...]:
    """The items of a list; none, with the fault noted, for anything else."""
    if isinstance(node, Items):
        return node.items
    if not isinstance(node, Unreadable):
        faults.error("list-expected", node.span, f"{what} is not a list", expected="`[…, …]`")
    return ()


def entries_of(node: Node, faults: Faults, what: str) -> Entries | None:
    """The mapping itself; None, with the fault noted, for anything else."""
    if isinstance(node, Entries):
        return node
    if not isinstance(node, Unreadable):
        faults.error(
            "mapping-expected",
            node.span,
            f"{what} takes words with values",
            expected="`word: value`, one a line, or `{word: value, …}`",
        )
    return None


def texts_of(nodes: tuple[Node, ...], faults: Faults, what: str) -> tuple[Text, ...]:
    """Those of the items that are texts; a fault for each that is not."""
    found = []
    for node in nodes:
        if text_of(node, faults, f"an item of {what}") is not None:
            assert isinstance(node, Text), "INVARIANT: only a scalar has a text"
            found.append(node)
    return tuple(found)


def read_name(key: Text, faults: Faults, what: str) -> str:
    """A name that rules, profiles and columns refer to."""
    if _NAME.fullmatch(key.value) is None:
        faults.error(
            "bad-name",
            key.span,
            f"{quoted(key.value)} cannot name {what}",
            expected="small letters, digits and `_`, the first a letter, 64 at most",
        )
    return key.value
