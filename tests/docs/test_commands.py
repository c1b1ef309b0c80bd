"""Every command that a page speaks of, run by a test or not, is there and has its options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from screener.cli.app import app
from tests.docs.readme import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
COMMANDS = typer.main.get_command(app)


def spoken(page: Path) -> list[str]:
    """What stands behind `screener` in blocks and in running text."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = re.findall(r"^(?:\$ |\.venv/bin/)?screener (.+)$", text, re.MULTILINE)
    inline = re.findall(r"`(?:\.venv/bin/)?screener ([^`]+)`", text)
    return [re.split(r"[|>&#]| 2>", one.replace("\n", " "))[0] for one in (*lines, *inline)]


def faults(line: str) -> list[str]:
    """The words of a command line that there is no command or option for."""
    words = line.split()
    command: Any = COMMANDS
    # A group knows its commands; so it is told, for typer may bring a click of its own.
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        name = words.pop(0).rstrip(",.;:")
        if name not in command.commands:
            return [name]
        command = command.commands[name]
    known = {"--help", "--version"}
    for one in command.params:
        known |= {*one.opts, *one.secondary_opts}
    given = [word.partition("=")[0].rstrip(",.;:") for word in words if word.startswith("--")]
    return [word for word in given if word not in known]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_each_command_that_a_page_speaks_of_is_there(page: Path) -> None:
    assert {line: faults(line) for line in spoken(page) if faults(line)} == {}


def test_a_command_or_an_option_that_nobody_has_is_found() -> None:
    assert faults("screen TRIAL FILE --as-of 2026-11-24") == []
    assert faults("log verify LOG --heads X") == ["--heads"]
    assert faults("scren TRIAL") == ["scren"]


def test_the_pages_speak_of_commands() -> None:
    assert sum(len(spoken(page)) for page in PAGES) > 60
