"""What README shows is what there is: its files, its commands and their printed answers."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from tests.docs.readme import (
    GOING_ON,
    PAGES,
    README,
    ROOT,
    SHOWN,
    answered,
    blocks,
    command,
    workplace,
)


@pytest.mark.parametrize(("kind", "name"), SHOWN.items())
def test_the_files_shown_are_the_files_there_are(kind: str, name: str) -> None:
    assert blocks(kind) == [(ROOT / name).read_text(encoding="utf-8")]


def test_each_command_prints_what_is_shown() -> None:
    shown = blocks("console")
    assert shown
    assert [answered(command(block)) for block in shown] == shown


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_each_command_of_a_page_prints_what_is_shown(page: Path) -> None:
    shown = blocks("console", page)
    assert shown
    assert [answered(command(block)) for block in shown] == shown


@pytest.mark.parametrize("page", GOING_ON, ids=[page.name for page in GOING_ON])
def test_the_commands_of_a_page_go_on_from_one_another(page: Path) -> None:
    shown = blocks("console", page)
    assert shown
    with workplace() as where:
        assert [answered(command(block), where) for block in shown] == shown


def test_the_python_session_goes_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (session,) = blocks("pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, "README", str(README), 0)
    assert len(test.examples) == 8
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_the_python_sessions_on_cohorts_go_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / "cohorts.md"
    session = "\n".join(blocks("pycon", page))
    test = doctest.DocTestParser().get_doctest(session, {}, "cohorts", str(page), 0)
    assert len(test.examples) >= 10
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_every_page_linked_to_exists() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    assert README in pages
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_list_of_pages_leaves_none_out() -> None:
    listed = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
    assert [name for name in pages if f"({name})" not in listed] == []


def test_make_offers_what_readme_speaks_of() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    spoken = set(re.findall(r"`make (\w+)`", README.read_text(encoding="utf-8")))
    assert {"run", "test"} <= spoken <= targets


def test_the_messages_of_the_catalog_are_documented_too() -> None:
    page = (ROOT / "docs" / "rule-files.md").read_text(encoding="utf-8")
    for id_ in ("draft", "misplaced-file", "same-effective-date"):
        assert f"| `{id_}` | error |" in page
