"""Writes the blocks of README and of other pages anew (`make golden`), for a person to review."""

from __future__ import annotations

from pathlib import Path

from tests.docs import sufficiency
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


def main() -> None:
    text = README.read_text(encoding="utf-8")
    new = {name: (ROOT / path).read_text(encoding="utf-8") for name, path in SHOWN.items()}
    pairs = [(kind, old, new[kind]) for kind in SHOWN for old in blocks(kind)]
    pairs += [("console", old, answered(command(old))) for old in blocks("console")]
    for kind, old, now in pairs:
        text = text.replace(f"```{kind}\n{old}```\n", f"```{kind}\n{now}```\n", 1)
    README.write_text(text, encoding="utf-8")
    for page in PAGES:
        _anew(page, ROOT)
    for page in GOING_ON:
        with workplace() as where:
            _anew(page, where)
    sufficiency.main()


def _anew(page: Path, where: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for old in blocks("console", page):
        # With its fence: a command may stand in another block too.
        now = answered(command(old), where)
        text = text.replace(f"```console\n{old}```\n", f"```console\n{now}```\n", 1)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
