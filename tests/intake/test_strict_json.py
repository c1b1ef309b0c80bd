"""JSON text that is hostile, broken or doubtful; and that exact numbers stay exact."""

from __future__ import annotations

import json
from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.diagnostics import ProfileError
from screener.intake.strict_json import DEEPEST, parse_json


def refused(text: str | bytes) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        parse_json(text)
    assert caught.value.faults
    return caught.value


def faults(text: str | bytes) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.message) for fault in refused(text).faults]


def test_numbers_come_exactly_as_they_are_written() -> None:
    data = parse_json("[2.50, 1E5, -0.0, 7, 123456789012345678901234567890, 1e-400]")
    assert isinstance(data, list)
    assert [str(one) for one in data] == [
        "2.50",
        "1E+5",
        "-0.0",
        "7",
        "123456789012345678901234567890",
        "1E-400",
    ]
    assert [type(one) for one in data] == [Decimal, Decimal, Decimal, int, int, Decimal]


def test_text_and_bytes_are_read_alike() -> None:
    text = '{"patient": "Zoë 😀 \\ud83d\\ude00"}'
    assert parse_json(text) == parse_json(text.encode()) == {"patient": "Zoë 😀 😀"}


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse_json(b"\xef\xbb\xbf{}") == parse_json("\ufeff{}") == {}


@pytest.mark.parametrize("digits", [60, 61, 5000])
def test_integers_of_more_than_sixty_digits_are_refused(digits: int) -> None:
    for sign in ("", "-"):
        text = sign + "9" * digits
        if digits == 60:
            assert parse_json(text) == int(text)
        else:
            assert faults(text) == [("", "a number of more than 60 digits")]


@pytest.mark.parametrize("text", ["1e1000", "0." + "1" * 60, "1.5e-99999999999"])
def test_decimals_beyond_measure_are_refused(text: str) -> None:
    ((pointer, message),) = faults(f'{{"a": [{text}]}}')
    assert pointer == "/a/0"
    assert "longer than any measurement" in message


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_a_number_is_refused_with_its_place(text: str) -> None:
    assert faults(f'{{"a": {{"b": [0, {text}]}}}}') == [("/a/b/1", f"`{text}` is not a number")]


def test_every_repeated_name_is_reported_with_its_place() -> None:
    text = '{"a": 1, "b": [{"c": 1, "c": 2, "c": 3}], "a": {"d/e": 1, "d/e": 1}}'
    assert [pointer for pointer, _ in faults(text)] == ["/a", "/a/d~1e", "/b/0/c"]


def test_a_name_repeated_in_another_object_is_fine() -> None:
    assert parse_json('[{"a": 1}, {"a": 1, "b": {"a": 1}}]') == [{"a": 1}, {"a": 1, "b": {"a": 1}}]


@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_nesting_is_bounded(brackets: str) -> None:
    opening = "[" if brackets == "[]" else '{"a":'
    closing = brackets[1]
    inner = DEEPEST - 1
    assert parse_json(opening * inner + brackets + closing * inner) is not None
    assert faults(opening * DEEPEST + brackets + closing * DEEPEST) == [
        ("", f"nested more than {DEEPEST} deep")
    ]


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, '{"a":' * 500_000, "[" * 100_000 + "]" * 100_000, '[{"a":[' * 99_999]
)
def test_bottomless_nesting_is_refused_before_it_is_parsed(text: str) -> None:
    assert faults(text) == [("", f"nested more than {DEEPEST} deep")]


def test_brackets_in_texts_do_not_nest() -> None:
    text = json.dumps(["[" * 1000, "\\" * 7, '"' * 9 + "{" * 1000])
    assert parse_json(text) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        '"' + '\\"' * 1_000_000,
        '"' + "\\" * 1_000_001,
        '["' * 30 + "\\" * 1_000_000,
        '{"a": "' + '\\"[' * 500_000,
        "{" + " " * 2_000_000,
    ],
)
def test_a_text_that_nobody_closes_is_refused_in_no_time(text: str) -> None:
    began = process_time()
    refused(text)
    assert process_time() - began < 5


def test_a_million_repeated_names_are_refused_in_no_time() -> None:
    began = process_time()
    text = "{" + ",".join(f'"n{number % 100_000}": 1' for number in range(200_000)) + "}"
    assert len(faults(text)) == 100_000
    assert process_time() - began < 20


@pytest.mark.parametrize(
    ("data", "byte"),
    [(b'{"a": "\xff"}', 8), (b"\xff\xfe{\x00}\x00", 1), (b'"\xed\xa0\x80"', 2), (b'"\xc0\x80"', 2)],
)
def test_bytes_that_are_not_utf_8_are_refused(data: bytes, byte: int) -> None:
    assert faults(data) == [("", f"not UTF-8 text (byte {byte})")]
    assert refused(data).faults[0].hint == "save the file as UTF-8"


def test_half_a_character_is_refused_in_names_too() -> None:
    found = faults('{"a": ["\\ud800", {"b\\udfff": 1}]}')
    assert [pointer for pointer, _ in found] == ["/a/0", "/a/1/b\ufffd"]
    assert faults('"\ud800"') == [("", "a text with half of a character")]


def test_the_character_nul_is_refused() -> None:
    assert faults('{"a\\u0000": "\\u0000"}') == [
        ("/a\ufffd", "a text with the character NUL"),
        ("/a\ufffd", "a text with the character NUL"),
    ]
    assert faults(b'{"a": "\x00"}')[0][1].startswith("not valid JSON")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('{"a": 1,}', "remove the comma"),
        ("[1, 2,]", "remove the comma"),
        ("{'a': 1}", "double quotes"),
        ("{} {}", "one object per line"),
    ],
)
def test_common_slips_come_with_a_hint(text: str, hint: str) -> None:
    (fault,) = refused(text).faults
    assert hint in str(fault.hint)


@pytest.mark.parametrize(
    "text", ["{", "tru", "{a: 1}", "01", "+1", ".5", "5.", '"\n"', "// x", "'"]
)
def test_what_is_not_json_is_refused(text: str) -> None:
    assert faults(text)[0][1].startswith("not valid JSON at ")


def attempt(text: str | bytes) -> object:
    """The data, or the refusal; whatever else is raised fails the test."""
    try:
        return parse_json(text)
    except ProfileError as error:
        return error


@given(st.text() | st.binary())
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    found = attempt(text)
    assert not isinstance(found, ProfileError) or found.faults


@given(st.text(alphabet="{}[]\":,\\u0dD8 \n1e.-+'tfn/\x00é", max_size=80))
def test_any_near_json_is_read_as_json_reads_it_or_refused(text: str) -> None:
    found = attempt(text)
    if isinstance(found, ProfileError):
        assert str(found).encode()
    else:
        # Whatever is accepted is JSON, and means the same.
        assert json.loads(text.removeprefix("\ufeff"), parse_float=Decimal) == found


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**59), 10**59)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda part: (
        st.lists(part)
        | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0")), part)
    ),
    max_leaves=20,
)


@given(JSON)
def test_good_json_comes_back_as_it_was(data: object) -> None:
    assert parse_json(json.dumps(data)) == data
    assert parse_json(json.dumps(data, ensure_ascii=False).encode()) == data


def test_a_depth_of_sixty_four_is_read_and_one_more_is_not() -> None:
    deep = parse_json("[" * DEEPEST + "]" * DEEPEST)
    for _ in range(DEEPEST - 1):
        assert isinstance(deep, list)
        (deep,) = deep
    assert deep == []
    # As deep, with more brackets.
    beside = parse_json("[" * DEEPEST + "], [" + "]" * DEEPEST)
    for _ in range(DEEPEST - 2):
        assert isinstance(beside, list)
        (beside,) = beside
    assert beside == [[], []]
    assert faults("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)) == [("", "nested more than 64 deep")]


def test_a_fault_of_the_syntax_behind_a_doubtful_name_is_told() -> None:
    ((pointer, message),) = faults('{"a": {"b": 1, "b": 2}, "c": }')
    assert (pointer, "not valid JSON at column 30" in message) == ("", True)


def test_a_patient_who_is_no_text_has_no_name() -> None:
    assert refused('{"patient": 7, "a": 1, "a": 2}').patient is None
    assert refused('{"patient": "S-7", "a": 1, "a": 2}').patient == "S-7"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('{"a": 1,, "b": 2}', "remove the comma that nothing follows"),
        ('{"a": 1, b: 2}', None),
        ("0x1F", "hexadecimal is not read; write `31`"),
        ("[0x1F]", "hexadecimal is not read; write `31`"),
        ('{"a": 0x123456789ABCDEF}', "hexadecimal is not read; write `81985529216486895`"),
    ],
)
def test_a_slip_has_the_hint_for_what_stands_there(text: str, hint: str | None) -> None:
    ((fault),) = refused(text).faults
    assert fault.hint == hint


def test_a_long_negative_integer_spoils_no_other_number() -> None:
    # 60 digits are read; the sign is not one.
    assert parse_json('{"a": -' + "9" * 60 + ', "b": 1.5}') == {
        "a": -(10**60 - 1),
        "b": Decimal("1.5"),
    }
