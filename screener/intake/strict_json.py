"""JSON text into plain data, exactly: decimals stay decimals, and what is doubtful is refused.

It refuses what other readers pass over (repeated names, NaN, broken text, bottomless nesting) and
decides nothing about what the data mean.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from screener.diagnostics import Fault, ProfileError
from screener.intake.faults import Faults, quoted, step
from screener.quantities import LONGEST_NUMBER, hexadecimal, parse_decimal

#: Nobody nests a profile deeper; the parser would fall over at some thousands.
DEEPEST = 64

# A whole string (to the end of the text if nobody closes it), or one bracket. Linear for any text.
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


#: Where the walk is: what it came from, and the last step. Only a fault makes a pointer of it.
_Path: TypeAlias = "tuple[_Path, str | int] | None"


class _Repeated(dict[str, object]):
    """An object in which names stand more than once, kept until the walk knows where it is."""

    names: tuple[str, ...] = ()


class _Doubtful(Exception):
    """Something is repeated or refused; where, is looked for then."""


class _Refused(NamedTuple):
    """A number that is not one, kept until the walk knows where it is."""

    message: str
    hint: str | None = None


def parse_json(text: str | bytes) -> object:
    """Read JSON text; numbers come as `int` or `Decimal`.

    Raises:
        ProfileError: with every repeated name and refused value, or the one fault of the syntax.
    """
    plain = _decoded(text)
    if _brackets(plain) > DEEPEST and balance(plain).deepest > DEEPEST:
        raise _unreadable(f"nested more than {DEEPEST} deep", id="too-deep")
    try:
        data: object = _SOUND.decode(plain)
    except _Doubtful:
        return _with_places(plain)
    except json.JSONDecodeError as error:
        raise _syntax(plain, error) from None
    # Half of a character, or the character NUL, can come from an escape only.
    if "\\u" in plain or not (plain.isascii() or _SURROGATE.search(plain) is None):
        return _with_places(plain)
    return data


def _with_places(plain: str) -> object:
    """Read what may hold faults, to tell the place of each."""
    try:
        data: object = _TOLERANT.decode(plain)
    except json.JSONDecodeError as error:
        raise _syntax(plain, error) from None
    faults = Faults()
    _walk(data, None, faults)
    if faults.found:
        patient = data.get("patient") if isinstance(data, dict) else None
        raise ProfileError(faults.found, patient if isinstance(patient, str) else None)
    return data


class Balance(NamedTuple):
    """How deep brackets nest in a text, and how many are still open at its end."""

    deepest: int
    open: int


def balance(text: str) -> Balance:
    """Count the brackets of a text outside its strings."""
    deepest = depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return Balance(deepest, depth)


def _brackets(text: str) -> int:
    """No fewer than nest in one another."""
    return text.count("[") + text.count("{")


def _decoded(text: str | bytes) -> str:
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"not UTF-8 text (byte {error.start + 1})"
            raise _unreadable(message, "save the file as UTF-8", "not-utf-8") from None
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise _unreadable("there is nothing here", "write one object", "empty")
    return text


def _unreadable(message: str, hint: str | None = None, id: str = "not-json") -> ProfileError:
    return ProfileError([Fault("", message, hint, id)])


#: What the parser says, in words for the person who wrote the file.
_SYNTAX = {
    "Unterminated string starting at": "a text begins here and is never closed",
    "Expecting property name enclosed in double quotes": "a name in double quotes belongs here",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing here",
    "Expecting ':' delimiter": "a colon is missing after the name",
    "Expecting value": "a value is missing here, or is not in quotes",
    "Extra data": "something follows the end of the object",
    "Invalid control character at": "a line break or control character inside a text",
    "Invalid \\escape": "a backslash that means nothing; a real one is written twice",
    "Invalid \\uXXXX escape": "four digits or letters a to f belong after this backslash",
}


def _syntax(text: str, error: json.JSONDecodeError) -> ProfileError:
    where = f"column {error.colno}"
    if "\n" in text.strip():
        where = f"line {error.lineno}, {where}"
    there = text[error.pos : error.pos + 1]
    hint = None
    if there == "'":
        hint = "names and texts stand in double quotes"
    elif (there in "}]" and text[: error.pos].rstrip().endswith(",")) or there == ",":
        hint = "remove the comma that nothing follows"
    elif there in ("x", "X"):
        hint = hexadecimal(text[max(0, error.pos - 1) : error.pos + 20])
    elif error.msg == "Extra data":
        hint = "write one object, or one object per line"
    said = _SYNTAX.get(error.msg, error.msg.lower())
    return _unreadable(f"not valid JSON at {where}: {said}", hint)


def _number(text: str) -> Decimal | _Refused:
    number = parse_decimal(text)
    if number is None:
        return _Refused(f"{quoted(text)} is longer than any measurement")
    return number


def _integer(text: str) -> int | _Refused:
    if len(text.lstrip("-")) > LONGEST_NUMBER:
        return _Refused(f"a number of more than {LONGEST_NUMBER} digits")
    return int(text)


def _constant(text: str) -> _Refused:
    return _Refused(f"{quoted(text)} is not a number", "leave out what is not known, or use `null`")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    repeated = _Repeated(members)
    times = Counter(name for name, _ in pairs)
    repeated.names = tuple(name for name, count in times.items() if count > 1)
    return repeated


def _sound_number(text: str) -> Decimal:
    number = parse_decimal(text)
    if number is None:
        raise _Doubtful
    return number


def _sound_integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _Doubtful
    return int(text)


def _sound_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Doubtful
    return members


def _sound_constant(text: str) -> object:
    raise _Doubtful


_SOUND = json.JSONDecoder(
    parse_float=_sound_number,
    parse_int=_sound_integer,
    parse_constant=_sound_constant,
    object_pairs_hook=_sound_object,
)
_TOLERANT = json.JSONDecoder(
    parse_float=_number,
    parse_int=_integer,
    parse_constant=_constant,
    object_pairs_hook=_object,
)


def _walk(data: object, at: _Path, faults: Faults) -> None:
    if isinstance(data, str):
        _text(data, at, faults)
    elif isinstance(data, _Refused):
        faults.add("bad-number", _pointer(at), data.message, data.hint)
    elif isinstance(data, list):
        for index, element in enumerate(data):
            _walk(element, (at, index), faults)
    elif isinstance(data, dict):
        if isinstance(data, _Repeated):
            for name in data.names:
                faults.add(
                    "duplicate-key",
                    _pointer((at, name)),
                    f"{quoted(name)} stands here more than once",
                    "say it once; several records of a fact go into one list",
                )
        for name, member in data.items():
            _text(name, (at, name), faults)
            _walk(member, (at, name), faults)


def _text(text: str, at: _Path, faults: Faults) -> None:
    if "\0" in text:
        faults.add(
            "bad-character", _pointer(at), "a text with the character NUL", "remove the character"
        )
    if not text.isascii() and _SURROGATE.search(text):
        message = "a text with half of a character"
        faults.add("bad-character", _pointer(at), message, "write the character itself, in UTF-8")


def _pointer(at: _Path) -> str:
    if at is None:
        return ""
    above, key = at
    return step(_pointer(above), key)
