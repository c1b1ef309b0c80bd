"""Plain data as the YAML that `source` reads: block style, one way of quoting, any text survives.

What is written decides nothing; that it is read back as the same texts is tested. A lone surrogate,
which no file can hold, becomes U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

#: What a document is made of; a flag is written as a bare word.
Data: TypeAlias = "str | bool | Sequence[Data] | Mapping[str, Data]"

#: Texts that mean themselves without quotes, wherever they stand.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./*^+-]*(?: [A-Za-z0-9_./*^+-]+)*", re.ASCII)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_WIDEST_FLOW = 90


def write_document(data: Mapping[str, Data], comment: Iterable[str] = ()) -> str:
    """A whole file: lines of comment, then each word, lists of mappings set off by blank lines."""
    lines = [f"# {one}".rstrip() for line in comment for one in _shown(line).splitlines() or [""]]
    for word, said in data.items():
        lines += _entry(word, said, "")
    return "\n".join(lines) + "\n"


def quoted_text(text: str) -> str:
    """A scalar: bare where that is safe, else in double quotes with escapes."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + "".join(_ESCAPES.get(one) or _sign(one) for one in text) + '"'


def _entry(word: str, said: Data, indent: str) -> Iterator[str]:
    key = f"{indent}{quoted_text(word)}:"
    if isinstance(said, (str, bool)):
        yield f"{key} {_scalar(said)}"
        return
    flow = _flow(said)
    if flow is not None and len(key) + len(flow) < _WIDEST_FLOW:
        yield f"{key} {flow}"
    elif isinstance(said, Mapping):
        yield key
        for inner, value in said.items():
            yield from _entry(inner, value, indent + "  ")
    else:
        yield key
        for item in said:
            yield from _item(item, indent + "  ")


def _item(item: Data, indent: str) -> Iterator[str]:
    if isinstance(item, Mapping):
        lines = [line for word, said in item.items() for line in _entry(word, said, indent + "  ")]
        yield f"{indent}- {lines[0].lstrip()}"
        yield from lines[1:]
    elif isinstance(item, (str, bool)):
        yield f"{indent}- {_scalar(item)}"
    else:
        raise TypeError("a list in a list has no place in a rule file")


def _flow(said: Data) -> str | None:
    """The value in braces or brackets, where it has no more than two levels of short parts."""
    if isinstance(said, (str, bool)):
        return _scalar(said)
    if isinstance(said, Mapping):
        if "text" in said or not said:
            return None if said else "{}"
        parts = {word: _flow(value) for word, value in said.items()}
        if any(part is None for part in parts.values()):
            return None
        return "{" + ", ".join(f"{quoted_text(word)}: {part}" for word, part in parts.items()) + "}"
    if any(isinstance(one, Mapping) for one in said):
        return None
    if any(isinstance(one, str) and not _PLAIN.fullmatch(one) for one in said):
        return None
    return "[" + ", ".join(_flow(one) or "" for one in said) + "]"


def _scalar(said: str | bool) -> str:
    if isinstance(said, bool):
        return "true" if said else "false"
    return quoted_text(said)


def _shown(text: str) -> str:
    """A text for a comment: what YAML cannot hold is shown as U+FFFD."""
    return "".join(one if one.isprintable() or one == "\n" else "\ufffd" for one in text)


def _sign(one: str) -> str:
    code = ord(one)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if one.isprintable() or one == "\xa0":
        return one
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )
