"""Patients out of a stream: one JSON object, or one object per line, in bounded memory.

It decides where one patient ends and the next begins; what the data mean is read elsewhere. A line
that cannot be read is reported in its place, and the others still come.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from screener.diagnostics import Fault, ProfileError
from screener.intake.faults import described
from screener.intake.strict_json import balance, parse_json

#: The longest profile, in bytes.
LONGEST = 4 * 1024 * 1024
ONE_OBJECT = "write one object, or one object per line"

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_profiles(
    stream: BinaryIO, longest: int = LONGEST
) -> Iterator[tuple[int, object | ProfileError]]:
    """Yield, per patient, the number of its first line and the parsed object, or what is wrong.

    An object may be spread over lines if it is the only one. `longest` is in bytes.
    """
    lines = _lines(stream, longest)
    begun = list(islice(lines, 2))
    if begun and begun[0][1].startswith(b"[") and _open(begun[0][1], longest):
        yield begun[0][0], _not_a_profile([])
        return
    goes_on = _goes_on([line for _, line in begun], longest)
    if goes_on is None:
        # Only where it takes a third line to tell: who sends patients one by one waits for answers.
        begun += islice(lines, 1)
        goes_on = any(line.lstrip()[:1] in (b"]", b"}", b",") for _, line in begun[2:])
    if goes_on:
        yield begun[0][0], _document(chain(begun, lines), longest)
        return
    for number, line in chain(begun, lines):
        yield number, _profile(line, longest)


def _lines(stream: BinaryIO, longest: int) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, with their numbers; one too long is cut just above the limit."""
    most = longest + len(b"\r\n")
    number = 0
    while line := stream.readline(most):
        number += 1
        rest = line
        while len(rest) == most and not rest.endswith(b"\n"):
            rest = stream.readline(most)
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        if line.strip():
            yield number, line.rstrip(b"\r\n")


def _goes_on(begun: list[bytes], longest: int) -> bool | None:
    """Whether the second line belongs to what the first line opens; None if the third line tells.

    Where it opens an object of its own, as in a list with a line for each entry, it does only if
    the first line waits for a value. A whole object with nothing behind it may be the only entry or
    the next patient, after a first line that is broken; what closes the list tells which.
    """
    if len(begun) < 2 or not _open(begun[0], longest):
        return False
    if not begun[1].startswith(b"{"):
        return True
    if begun[0].rstrip()[-1:] not in (b"[", b",", b":"):
        return False
    alone = begun[1].rstrip().endswith(b"}") and _whole(begun[1], longest)
    return None if alone else True


def _whole(line: bytes, longest: int) -> bool:
    """Whether all brackets that are opened in the line are closed in it, and no others."""
    return len(line) <= longest and balance(line.decode("utf-8", "replace")).open == 0


def _open(line: bytes, longest: int) -> bool:
    """Whether brackets are still open at the end of the line."""
    return len(line) <= longest and balance(line.decode("utf-8", "replace")).open > 0


def _document(lines: Iterator[tuple[int, bytes]], longest: int) -> object | ProfileError:
    """One object over several lines; blank lines are put back, so that places are right."""
    parts: list[bytes] = []
    size = reached = 0
    for number, line in lines:
        gap = max(0, number - reached - 1)
        size += gap + len(line) + 1
        if size > longest:
            return _too_long(longest)
        parts += [b"\n" * gap, line, b"\n"]
        reached = number
    return _profile(b"".join(parts), longest)


def _profile(line: bytes, longest: int) -> object | ProfileError:
    if len(line) > longest:
        return _too_long(longest)
    try:
        data = parse_json(line)
    except ProfileError as error:
        return error
    if isinstance(data, dict):
        return data
    return _not_a_profile(data)


def _not_a_profile(data: object) -> ProfileError:
    return ProfileError(
        [Fault("", f"{described(data)} is not a profile", ONE_OBJECT, "not-a-profile")]
    )


def _too_long(longest: int) -> ProfileError:
    message = f"longer than {longest // 1024 // 1024} MiB"
    return ProfileError([Fault("", message, ONE_OBJECT, "too-long")])
