"""Whatever is in a file, reading it ends soon: with what it says, or with what is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.diagnostics import RulesError
from screener.rules.load import read_cases, read_protocol, read_vocabulary
from tests.rules.recorded import HERE, vocabulary

# Generous for a busy machine; a fault of growth takes minutes.
SECONDS = 20.0

HEAD = 'trial: XMPL-009\ntitle: A made-up trial\nversion: "1"\neffective: 2026-01-01\n'
RULE = "{fact: sex, is: female}"


def ids_of(text: str | bytes, read: Callable[[str | bytes], object] | None = None) -> list[str]:
    """The ids of the faults of a text, in the time a person waits."""
    began = time.monotonic()
    try:
        (read or (lambda data: read_protocol(data, "f.yaml", vocabulary())))(text)
    except RulesError as error:
        return [one.id for one in error.diagnostics]
    finally:
        assert time.monotonic() - began < SECONDS
    return []


def test_deep_brackets_stop_at_the_limit() -> None:
    assert ids_of("[" * 50_000) == ["too-deep"]
    assert ids_of("{a: " * 50_000) == ["too-deep"]
    assert ids_of("- " * 50_000) == ["too-deep"]
    assert ids_of("? " * 50_000) == ["too-deep"]


def test_nesting_up_to_the_limit_is_read() -> None:
    # 62 levels of `not` in a criterion would be deeper than a file may be; 25 are not.
    rule = "{not: " * 25 + RULE + "}" * 25
    text = f"{HEAD}stages: [{{id: s, title: S, inclusion: [{{id: C, text: T, rule: {rule}}}]}}]"
    assert ids_of(text) == []


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 15)]
    assert set(ids_of("\n".join(lines))) >= {"yaml-anchor", "yaml-alias"}


def test_a_bomb_of_definitions_does_not_go_off() -> None:
    lines = [f"  d{n}: {{all_of: [d{n + 1}, d{n + 1}]}}" for n in range(60)]
    define = "define:\n" + "\n".join(lines) + f"\n  d60: {RULE}\n"
    stages = "stages: [{id: s, title: S, inclusion: [{id: C, text: T, rule: d0}]}]\n"
    assert "rules-too-large" in ids_of(HEAD + define + stages)


def test_a_bomb_of_criteria_that_name_one_large_definition_does_not_go_off() -> None:
    many = ", ".join([RULE] * 1_000)
    criteria = ", ".join(f"{{id: C{n}, text: T, rule: many}}" for n in range(300))
    define = f"define:\n  many: {{any_of: [{many}]}}\n"
    stages = f"stages: [{{id: s, title: S, inclusion: [{criteria}]}}]\n"
    assert ids_of(HEAD + define + stages) == ["rules-too-large"]


def test_a_long_chain_of_definitions_is_refused() -> None:
    lines = [f"  d{n}: {{not: d{n + 1}}}" for n in range(3_000)]
    define = "define:\n" + "\n".join(lines) + f"\n  d3000: {RULE}\n"
    stages = "stages: [{id: s, title: S, inclusion: [{id: C, text: T, rule: d0}]}]\n"
    assert "too-deep" in ids_of(HEAD + define + stages)


def test_a_long_circle_of_definitions_is_refused() -> None:
    lines = [f"  d{n}: {{not: d{(n + 1) % 3_000}}}" for n in range(3_000)]
    stages = "stages: [{id: s, title: S, inclusion: [{id: C, text: T, rule: d0}]}]\n"
    assert ids_of(HEAD + "define:\n" + "\n".join(lines) + "\n" + stages) == ["circular-definition"]


def test_a_long_chain_of_cases_is_read() -> None:
    lines = ["cases:", "  - {name: c0, profile: {facts: {sex: male}}, expect: {}}"]
    lines += [f"  - {{name: c{n}, like: c{n - 1}, expect: {{}}}}" for n in range(1, 3_000)]
    text = "\n".join([lines[0], *reversed(lines[1:])])
    cases = read_cases(text, "f.cases.yaml")
    assert len(cases) == 3_000
    assert all(case.profile == {"facts": {"sex": "male"}} for case in cases)


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\ufeff", "\u202e", "\ud800"]
)
def test_a_character_that_cannot_stand_in_a_file_is_shown(character: str) -> None:
    assert ids_of(f"{HEAD}source: a{character}b\n") == ["control-character"]


def test_a_byte_order_mark_at_the_start_is_no_fault() -> None:
    stages = f"stages: [{{id: s, title: S, inclusion: [{{id: C, text: T, rule: {RULE}}}]}}]\n"
    assert ids_of("\ufeff" + HEAD + stages) == []
    assert ids_of(b"\xef\xbb\xbf" + (HEAD + stages).encode()) == []


def test_bytes_that_are_not_utf_8_are_told_with_their_line() -> None:
    with pytest.raises(RulesError) as caught:
        read_vocabulary(b"facts:\n  a: \xff\n", "v.yaml")
    (fault,) = caught.value.diagnostics
    assert (fault.id, fault.span.line) == ("not-utf-8", 2)


def test_a_file_may_have_four_mebibytes_and_no_more() -> None:
    stages = f"stages: [{{id: s, title: S, inclusion: [{{id: C, text: T, rule: {RULE}}}]}}]\n"
    text = HEAD + stages + "#"
    fill = 4 * 1024 * 1024 - len(text)
    assert ids_of(text + "x" * fill) == []
    assert ids_of(text + "x" * (fill + 1)) == ["file-too-large"]
    # The limit is in bytes, not in characters.
    assert ids_of(text + "ä" * (fill // 2 + 1)) == ["file-too-large"]


def test_a_file_may_have_120_000_values_and_no_more() -> None:
    assert ids_of("[" + "a, " * 120_001 + "]") == ["file-too-large"]


def test_a_file_may_have_5_000_criteria_and_no_more() -> None:
    def stages(count: int) -> str:
        lines = [f"      - {{id: C{n}, text: T, rule: {RULE}}}" for n in range(count)]
        return "stages:\n  - id: s\n    title: S\n    inclusion:\n" + "\n".join(lines)

    assert ids_of(HEAD + stages(5_000)) == []
    assert ids_of(HEAD + stages(5_001)) == ["file-too-large"]


def test_reading_stops_after_200_faults() -> None:
    lines = "\n".join(f"  unheard_of_{n}: {{type: what}}" for n in range(25_000))
    found = ids_of(f"facts:\n{lines}\n", lambda data: read_vocabulary(data, "v.yaml"))
    assert len(found) == 201
    assert found[-1] == "too-many-faults"


def test_one_line_of_four_mebibytes_is_shown_in_part() -> None:
    began = time.monotonic()
    with pytest.raises(RulesError) as caught:
        read_vocabulary("facts: {a: &a " + "x" * 4_000_000 + "}", "v.yaml")
    assert max(len(line) for line in str(caught.value).splitlines()) < 200
    assert time.monotonic() - began < SECONDS


GOOD = (HERE / "good" / "xmpl_001.yaml").read_text(encoding="utf-8")
GOOD_FACTS = (HERE / "good" / "vocabulary.yaml").read_text(encoding="utf-8")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_reading_or_faults(data: bytes) -> None:
    ids_of(data)
    ids_of(data, lambda text: read_vocabulary(text, "v.yaml"))
    ids_of(data, lambda text: read_cases(text, "c.yaml"))


def spliced(text: str) -> st.SearchStrategy[str]:
    """A good file with a piece cut out and something else put in its place."""
    signs = ["", "{", "}", "[", "]", ": ", "- ", "\n", "  ", ",", "#", " #", '"', "'", "|", "~"]
    words = ["fact", "is", "0", "-", "1e9", "99999999999", "ULN", "before", "as_of", "null"]
    pieces = st.sampled_from([*signs, *words, "&a ", "*a", "!x "])
    place = st.integers(0, len(text))
    return st.builds(
        lambda at, width, piece: text[:at] + piece + text[at + width :],
        place,
        st.integers(0, 30),
        pieces | st.text(max_size=8),
    )


@settings(max_examples=200, deadline=None)
@given(spliced(GOOD))
def test_a_damaged_rule_file_gives_a_reading_or_faults(text: str) -> None:
    ids_of(text)


@settings(max_examples=120, deadline=None)
@given(spliced(GOOD_FACTS))
def test_a_damaged_vocabulary_gives_facts_or_faults(text: str) -> None:
    ids_of(text, lambda data: read_vocabulary(data, "v.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        "a: [1,\n",
        "a: {b: c",
        "a: 'x",
        "a: [\n# comment\n",
        "a: b\n c",
        "- a\n- b\nc",
        "a: |\n x\n#[\n[",
    ],
)
def test_a_file_that_breaks_off_is_shown_within_its_lines(text: str) -> None:
    with pytest.raises(RulesError) as caught:
        read_vocabulary(text, "v.yaml")
    for fault in caught.value.diagnostics:
        assert 1 <= fault.span.line <= len(text.splitlines())


def test_many_unknown_names_in_a_long_vocabulary_are_told_soon() -> None:
    facts = "".join(f"  fact_number_{n}: {{type: event}}\n" for n in range(8_000))
    criteria = ", ".join(
        f"{{id: C{n}, text: T, rule: {{fact: fact_nummber_{n}}}}}" for n in range(300)
    )
    stages = f"stages: [{{id: s, title: S, inclusion: [{criteria}]}}]\n"
    assert ids_of(f"{HEAD}facts:\n{facts}{stages}")[-1] == "too-many-faults"


def test_the_loader_without_c_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with_c = read_vocabulary(GOOD_FACTS, "v.yaml")
    monkeypatch.setattr("screener.rules.source._LOADER", yaml.SafeLoader)
    assert read_vocabulary(GOOD_FACTS, "v.yaml") == with_c
    assert ids_of("[" * 50_000) == ["too-deep"]
    assert ids_of("a: {b: c") == ["yaml-syntax"]
