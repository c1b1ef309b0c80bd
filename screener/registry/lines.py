"""The text of eligibility criteria, line by line: on which side, how deep, of what stage.

Every line of the text is here again, headings included; a marker of a list is left out only where
it says no more than the place in the list. What a line means is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

#: Lists in lists; what is deeper stands on the last level.
DEEPEST = 8


class Side(Enum):
    """What the lines under a heading do; `UNSAID` before any heading."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    UNSAID = "unsaid"


@dataclass(eq=False, slots=True)
class Line:
    """One line. `place`: its numbers in the list, outermost first; empty for a heading.

    `stage` is the heading's word for a time point or a part, or empty. `marked`: the line began
    with the marker of a list.
    """

    text: str
    stage: str
    side: Side
    place: tuple[int, ...] = ()
    marked: bool = False
    children: list[Line] = field(default_factory=list)
    parent: Line | None = field(default=None, repr=False)

    @property
    def heading(self) -> bool:
        """Whether it only says what the lines below it are."""
        return not self.place


class _Piece(NamedTuple):
    """A line as written: how far indented, after which marker, which text."""

    indent: int
    marker: str
    text: str


_BULLETS = "-*+\u2022\u00b7\u2013\u2014\u25e6\u25aa\u25cf\u25cb\u25a0\u2023\u2043\uf0b7"
_MARKER = re.compile(
    rf"(?P<bullet>[{re.escape(_BULLETS)}]+)(?:\s+|(?=[^\W\d_]{{2}})|\Z)"
    r"|(?P<label>\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})[.)]\)?|\d{1,2}(?:\.\d{1,2}){1,3}\.?)(?:\s+|\Z)"
)
#: What the registry's markup puts a backslash before.
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~^&=|])")
_QUALIFIER = (
    r"(?:key|main|major|general|additional|specific|other|common|primary|principal|basic|overall)"
)
_CRITERIA = r"(?:non-?\s?inclusion|inclusion|exclusion)"
_PLAIN_HEAD = re.compile(
    rf"(?:{_QUALIFIER}\s+)*(?P<side>{_CRITERIA})(?:\s+criteri(?:a|on))?"
    rf"|(?:criteria|criterion)\s+for\s+(?P<for>{_CRITERIA})",
    re.IGNORECASE,
)
_HEAD = re.compile(
    rf"(?P<before>.{{0,80}}?)\b(?P<side>{_CRITERIA})\s+criteri(?:a|on)\b(?P<after>.{{0,60}})",
    re.IGNORECASE,
)
_BOTH = re.compile(rf"{_CRITERIA}.*{_CRITERIA}", re.IGNORECASE)
#: Words of a sentence; a heading with them says no name of a stage.
_SENTENCE = re.compile(
    r"\b(?:who|any|all|if|they|must|meet|meeting|following|patients?|subjects?|participants?|the|"
    r"are|is|with|of|and|or|for|includes?|including|comprises?|appl(?:y|ies)|only|abbreviated|"
    r"related|specific)\b",
    re.IGNORECASE,
)
#: Emphasis around a heading.
_MARKS = "*_# \t\xa0"
_QUALIFIERS = re.compile(rf"\b{_QUALIFIER}\b", re.IGNORECASE)


def read_lines(text: str, *, wrapped: bool = False) -> list[Line]:
    """All lines of the text in their order.

    `wrapped`: lines were broken at a width, as in the registry's XML, and are put together again.
    """
    reader = _Reader()
    for piece in _pieces(text, wrapped):
        reader.take(piece)
    return reader.lines


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, in their order."""
    return re.findall(r"\w+", text)


class _Reader:
    """The lines so far, and where in the list the next one belongs."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._stage = ""
        # A heading written in other letters is of the same stage.
        self._stages = {"": ""}
        self._side = Side.UNSAID
        self._counts: dict[tuple[str, Side], int] = {}
        # The open items, outermost first, each with its indent and the kind of its marker.
        self._open: list[tuple[int, str, Line]] = []
        self._waiting: _Piece | None = None

    def take(self, piece: _Piece) -> None:
        """Add one line of the text."""
        if not piece.text:
            # A marker alone belongs to the line that follows it.
            self._waiting = piece
            return
        if self._waiting is not None:
            if not piece.marker:
                piece = _Piece(self._waiting.indent, self._waiting.marker, piece.text)
            self._waiting = None
        head = _heading(piece)
        if head is None:
            self._item(piece)
            return
        side, stage, heading, rest = head
        self._side = side
        if stage is not None:
            self._stage = self._stages.setdefault(stage.casefold(), stage)
        self._open.clear()
        self.lines.append(Line(heading, self._stage, side))
        if rest:
            self._item(_Piece(piece.indent, "", rest))

    def _item(self, piece: _Piece) -> None:
        kind = _kind(piece.marker)
        while self._open and not self._beneath(piece.indent, kind):
            self._open.pop()
        del self._open[DEEPEST - 1 :]
        parent = self._open[-1][2] if self._open else None
        if parent is None:
            key = (self._stage, self._side)
            number = self._counts[key] = self._counts.get(key, 0) + 1
        else:
            number = len(parent.children) + 1
        place = (*(parent.place if parent else ()), number)
        text = piece.text if _says_no_more(piece.marker, number) else f"{piece.marker} {piece.text}"
        line = Line(text, self._stage, self._side, place, bool(piece.marker), [], parent)
        if parent is not None:
            parent.children.append(line)
        self.lines.append(line)
        self._open.append((piece.indent, kind, line))

    def _beneath(self, indent: int, kind: str) -> bool:
        """Whether a line lies below the innermost open item."""
        above, its_kind, _ = self._open[-1]
        if indent != above:
            return indent > above
        # Without indentation a letter after a number is the level below it, until the next number.
        kinds = [one for at, one, _ in self._open if at == indent]
        return its_kind == "number" and kind == "letter" and kind not in kinds


def _pieces(text: str, wrapped: bool) -> Iterator[_Piece]:
    last: _Piece | None = None
    width = 0
    for raw in re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text):
        plain = raw.expandtabs(4)
        body = plain.strip()
        if not body:
            if last is not None:
                yield last
            last = None
            continue
        piece = _piece(len(plain) - len(plain.lstrip()), body)
        # A line is broken only where its next word would not have fitted.
        full = width + 1 + len(body.split()[0]) > _NARROWEST
        if wrapped and full and last is not None and last.text and not piece.marker:
            last = last._replace(text=f"{last.text} {piece.text}")
            width = len(plain.rstrip())
            continue
        if last is not None:
            yield last
        last, width = piece, len(plain.rstrip())
    if last is not None:
        yield last


#: No text of the registry is broken at fewer columns.
_NARROWEST = 76


def _piece(indent: int, body: str) -> _Piece:
    match = _MARKER.match(body)
    if match is None or (match["bullet"] or "").startswith("**"):
        return _Piece(indent, "", _unescaped(body))
    return _Piece(indent, match[0].strip(), _unescaped(body[match.end() :].strip()))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _kind(marker: str) -> str:
    core = marker.strip("().")
    if not core or core[0] in _BULLETS:
        return "bullet" if core or marker else ""
    return "number" if core[0].isdigit() else "letter"


_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def _says_no_more(marker: str, number: int) -> bool:
    """Whether a marker tells nothing beyond the place in the list."""
    core = marker.strip("().").lower()
    if _kind(marker) in ("", "bullet"):
        return True
    roman = number <= len(_ROMAN) and core == _ROMAN[number - 1]
    letter = len(core) == 1 and ord(core) - ord("a") + 1 == number
    return core == str(number) or roman or letter


def _heading(piece: _Piece) -> tuple[Side, str | None, str, str] | None:
    """Side, stage (None: as before), the heading and what follows it on its line."""
    bare = piece.text.strip(_MARKS)
    name, colon, rest = bare.partition(":")
    plain = _PLAIN_HEAD.fullmatch(name.strip(_MARKS).strip(" ."))
    if plain is not None and (colon or not piece.marker):
        rest = rest.strip(_MARKS)
        shown = piece.text if not rest else f"{name}:"
        return _side(plain["side"] or plain["for"]), None, shown, rest
    if not bare.endswith(":") or piece.marker or _BOTH.search(bare):
        return None
    match = _HEAD.fullmatch(bare[:-1])
    if match is None or ":" in match["before"]:
        return None
    named = _QUALIFIERS.sub("", f"{match['before']} {match['after']}")
    named = " ".join(re.sub(r"[;:,]", " ", named).split()).strip(" -")
    if _SENTENCE.search(re.sub(r"\(.*?\)", "", named)):
        return _side(match["side"]), None, piece.text, ""
    return _side(match["side"]), named, piece.text, ""


def _side(word: str) -> Side:
    return Side.INCLUSION if word.lower() == "inclusion" else Side.EXCLUSION
