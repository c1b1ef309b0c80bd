"""Where one patient ends and the next begins, and what happens to lines that cannot be read."""

from __future__ import annotations

import json
import tracemalloc
from io import BytesIO, RawIOBase
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.diagnostics import ProfileError
from screener.intake.profiles import LONGEST, read_profiles


def read(data: bytes) -> list[tuple[int, object]]:
    """Line and object, or line and messages of what is wrong."""
    return [
        (line, [fault.message for fault in one.faults] if isinstance(one, ProfileError) else one)
        for line, one in read_profiles(BytesIO(data))
    ]


def test_one_object_is_one_patient() -> None:
    assert read(b'{"patient": "A"}') == [(1, {"patient": "A"})]


def test_one_object_may_be_spread_over_lines() -> None:
    data = {"patient": "A", "facts": {"sex": "male"}, "visits": [{"date": "2026"}]}
    for indent in (1, 2, "\t"):
        text = json.dumps(data, indent=indent)
        assert read(text.encode()) == [(1, data)]
        assert read(("\n\n" + text + "\n\n").encode()) == [(3, data)]
        assert read(text.replace("\n", "\r\n").encode()) == [(1, data)]
        assert read(text.replace("\n", "\n\n").encode()) == [(1, data)]


def test_each_line_is_a_patient_and_blank_lines_are_none() -> None:
    text = b'\n{"patient": "A"}\n\n  \r\n{"patient": "B"}\r\n{"patient": "C"}'
    assert read(text) == [(2, {"patient": "A"}), (5, {"patient": "B"}), (6, {"patient": "C"})]


def test_an_empty_stream_holds_nobody() -> None:
    assert read(b"") == read(b"\n \n") == read(b"\xef\xbb\xbf") == []


def test_a_byte_order_mark_is_passed_over() -> None:
    text = b'\xef\xbb\xbf{"patient": "A"}\n{"patient": "B"}\n'
    assert read(text) == [(1, {"patient": "A"}), (2, {"patient": "B"})]


def test_a_bad_line_is_reported_in_its_place_and_the_others_come() -> None:
    text = b'{"patient": "A"}\n{"patient": }\n{"patient": "C"}\n\xff\n{"patient": "E"}\n5\n[]\n'
    lines = read(text)
    assert [line for line, _ in lines] == [1, 2, 3, 4, 5, 6, 7]
    assert lines[0][1] == {"patient": "A"}
    assert lines[1][1] == [
        "not valid JSON at column 13: a value is missing here, or is not in quotes"
    ]
    assert lines[3][1] == ["not UTF-8 text (byte 1)"]
    assert lines[4][1] == {"patient": "E"}
    assert lines[5][1] == ["a number is not a profile"]
    assert lines[6][1] == ["a list is not a profile"]


def test_a_first_line_cut_short_does_not_swallow_the_others() -> None:
    text = b'{"patient": "A", "facts": {\n{"patient": "B"}\n'
    first, second = read(text)
    assert first[0] == 1
    assert "not valid JSON" in str(first[1])
    assert second == (2, {"patient": "B"})


@pytest.mark.parametrize(
    "text",
    [
        '{"entry": [\n{"a": 1},\n{"b": 2}\n]}\n',
        '{"entry": [\n{"a": 1},\n{"b": 2}]}\n',
        '{"entry": [\n{"a": 1}]}\n',
        '{"entry": [\n{"a": 1}\n]}\n',
        '{"entry": [{"a": 1},\n{"b": 2}]}\n',
        '{"facts":\n{"a": 1}\n}\n',
        '{"entry": [\n{\n"a": 1}]}\n',
    ],
)
def test_a_line_for_each_entry_is_one_object_still(text: str) -> None:
    assert read(text.encode()) == [(1, json.loads(text))]


def test_a_first_line_cut_short_in_a_list_does_not_swallow_the_others() -> None:
    first, *others = read(b'{"facts": {"a": [\n{"patient": "B"}\n{"patient": "C"}\n')
    assert first[0] == 1
    assert "not valid JSON" in str(first[1])
    assert others == [(2, {"patient": "B"}), (3, {"patient": "C"})]


def test_a_repeated_name_in_a_line_is_a_fault_of_that_line() -> None:
    lines = read(b'{"patient": "A", "patient": "A"}\n{"patient": "B"}\n')
    assert lines[0][1] == ["`patient` stands here more than once"]
    assert lines[1][1] == {"patient": "B"}


@pytest.mark.parametrize("text", ['[{"patient": "A"}, {"patient": "B"}]', '[\n{"patient": "A"}\n]'])
def test_a_list_of_patients_is_refused_with_what_to_do(text: str) -> None:
    found = list(read_profiles(BytesIO(text.encode())))
    line, error = found[0]
    assert line == 1
    assert isinstance(error, ProfileError)
    assert "one object per line" in str(error.faults[0].hint)


def test_a_place_in_an_object_over_lines_counts_the_lines_of_the_file() -> None:
    ((line, messages),) = read(b'\n{\n "patient": "A",\n\n "facts": }\n')
    assert line == 2
    assert messages == [
        "not valid JSON at line 5, column 11: a value is missing here, or is not in quotes"
    ]


def test_a_line_beyond_the_limit_is_refused_and_the_next_is_read() -> None:
    long = b'{"patient": "' + b"x" * (3 * LONGEST) + b'"}'
    lines = read(long + b'\n{"patient": "B"}\n' + long)
    assert [line for line, _ in lines] == [1, 2, 3]
    assert lines[0][1] == lines[2][1] == ["longer than 4 MiB"]
    assert lines[1][1] == {"patient": "B"}


def test_a_line_of_just_the_limit_is_read() -> None:
    fixed = len(b'{"patient": ""}')
    for more, fits in ((0, True), (1, False)):
        line = b'{"patient": "' + b"x" * (LONGEST - fixed + more) + b'"}'
        ((_, found),) = read(line)
        assert isinstance(found, dict) == fits


def test_an_object_over_lines_is_bounded_too() -> None:
    line = b'"' + b"x" * 1000 + b'",\n'
    text = b'{"patient": [\n' + line * (LONGEST // 1000)
    assert read(text) == [(1, ["longer than 4 MiB"])]
    assert read(b'{"patient":' + b"\n" * LONGEST + b'"A"}') == [(1, ["longer than 4 MiB"])]


class Endless(RawIOBase):
    """So many lines of one length, made as they are read; `taken` counts the bytes."""

    def __init__(self, start: bytes, length: int, lines: int) -> None:
        self.start, self.length, self.lines = start, length, lines
        self.place = self.taken = 0

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1) -> bytes:
        if self.lines == 0:
            return b""
        assert size is not None
        assert size > 0, "reading without a limit"
        left = self.length - self.place
        part = (self.start if self.place == 0 else b"").ljust(min(size, left))
        self.place += len(part)
        self.taken += len(part)
        if self.place == self.length:
            self.place, self.lines = 0, self.lines - 1
            part = part[:-1] + b"\n"
        return part


def stream_of(start: bytes, length: int, lines: int) -> tuple[Endless, BinaryIO]:
    made = Endless(start, length, lines)
    return made, cast(BinaryIO, made)


def test_patients_are_read_one_after_the_other() -> None:
    made, stream = stream_of(b'{"patient": "A"}', 40, 1_000_000)
    patients = read_profiles(stream)
    assert next(patients) == (1, {"patient": "A"})
    assert made.taken < 1000


def test_memory_does_not_grow_with_the_stream() -> None:
    _, many = stream_of(b'{"patient": "A"}', 40, 20_000)
    _, long = stream_of(b'{"patient": "A"', 100 * LONGEST, 1)
    tracemalloc.start()
    count = sum(1 for _ in read_profiles(many))
    refusals = [one for _, one in read_profiles(long)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert [type(one) for one in refusals] == [ProfileError]
    assert peak < 6 * LONGEST


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\n a1', max_size=200).map(str.encode))
def test_any_stream_gives_objects_and_refusals_with_rising_line_numbers(data: bytes) -> None:
    found = list(read_profiles(BytesIO(data)))
    assert [line for line, _ in found] == sorted({line for line, _ in found})
    for _, one in found:
        assert isinstance(one, dict | ProfileError)
