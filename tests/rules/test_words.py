"""The words of one mapping of a rule file: which may stand there, and what each holds."""

from __future__ import annotations

from screener.diagnostics import Span
from screener.rules.faults import Faults
from screener.rules.source import Entries, Items, Text, Unreadable, read_source
from screener.rules.words import Words


def words(text: str, *known: str, later: tuple[str, ...] = ()) -> tuple[Words, Faults]:
    faults = Faults("x.yaml")
    node = read_source(text, faults)
    assert isinstance(node, Entries)
    return Words(node, faults, known, "a leaf", later), faults


def told(faults: Faults) -> list[tuple[str, str, str | None]]:
    return [(one.id, one.message, one.hint) for one in faults.found]


def test_a_word_of_a_later_version_is_no_unknown_word() -> None:
    read, faults = words("{fact: alt, soon: 1}", "fact", later=("soon",))
    assert ([*read], told(faults)) == (["fact", "soon"], [])


def test_a_word_in_quotes_without_letters_has_a_value_that_is_empty() -> None:
    read, faults = words("fact: ''", "fact")
    assert isinstance(read.get("fact"), Text)
    assert read.needed_text("fact") == ""
    assert told(faults) == [("value-missing", "`fact` has no value", None)]


def test_a_word_with_nothing_behind_it_is_told_once() -> None:
    read, faults = words("fact:", "fact")
    assert isinstance(read.get("fact"), Unreadable)
    assert (read.needed_text("fact"), read.needed_prose("fact")) == ("", "")
    assert told(faults) == [("value-missing", "`fact` has no value", None)]


def test_a_misspelt_word_is_missing_no_more_but_others_are() -> None:
    read, faults = words("{fcat: alt}", "fact", "within")
    read.need("fact")
    read.need("within")
    assert told(faults) == [
        ("word-missing", "`within` is missing in a leaf", None),
        ("unknown-word", "`fcat` is not a word of a leaf", "did you mean `fact`?"),
    ]


def test_a_comma_in_braces_is_suspected_where_a_word_has_nothing_behind_it() -> None:
    comma = "in braces a comma ends a value: put a text with a comma in quotes"
    for text, hint in {
        "{zzzzzzzz: }": comma,
        "{fcat: }": "did you mean `fact`?",
        "zzzzzzzz:": None,
        "{zzzzzzzz: [a]}": None,
        "{zzzzzzzz: a}": None,
    }.items():
        assert told(words(text, "fact")[1])[0][2] == hint, text


def test_forty_words_are_named_and_no_more() -> None:
    names = [f"w{number:02}" for number in range(41)]
    _, faults = words("{zzzzzzzz: a}", *names)
    (one,) = faults.found
    assert "`w39`" in str(one.expected)
    assert "`w40`" not in str(one.expected)


def test_a_word_that_is_not_there_is_shown_where_its_mapping_begins() -> None:
    read, _ = words("  fact: alt", "fact", "use")
    assert read.value("use") == read.key("use") == read.span == Span("x.yaml", 1, 3, 1)
    assert read.value("fact") == Span("x.yaml", 1, 9, 3)


def test_texts_are_one_or_several() -> None:
    read, _ = words("{one: a, two: [b, c], none: *x}", "one", "two", "none")
    assert [one.value for one in read.texts("one")] == ["a"]
    assert [one.value for one in read.texts("two")] == ["b", "c"]
    assert read.texts("none") == read.texts("other") == ()
    assert isinstance(read.get("two"), Items)
