"""Generated criteria texts: no line is lost, none is proposed wrongly, what is certain is found.

`check` is also the campaign's door: 500 texts a seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from tests.registry.generate import Text, generate
from tests.registry.support import criteria, document, draft_of, reading_of

TEXTS = 500


def check(seed: str, texts: int = TEXTS) -> tuple[int, list[str]]:
    """How many texts were tried, and what was wrong with their drafts."""
    problems = []
    for number in range(texts):
        name = f"{seed}/{number}"
        random = Random(name)
        text = generate(random)
        content = random.choice((text.as_json, text.as_xml, lambda t=text: t.plain().encode()))()
        problems += [f"{name}: {one}" for one in wrong(text, content)]
    return texts, problems


def wrong(text: Text, content: bytes) -> Iterator[str]:
    """What a draft says otherwise than the lines it was made from."""
    made = draft_of(content)
    warnings = Counter(one.id for one in reading_of(made).warnings)
    open_items = [one for one in criteria(made.text) if one[1]["source"] not in FIELDS]
    if warnings != {"draft-open": len(open_items)}:
        yield f"check says {dict(warnings)} of {len(open_items)} drafts"
    headings = [_same(said.text) for said, side in text.lines if side is None]
    left = [one for one in document(made.text)["not_encoded"] if one["source"] not in FIELDS]
    if [_same(one["text"]) for one in left] != headings:
        yield f"the headings {headings} became {left}"
    lines = [(said, side) for said, side in text.lines if side is not None]
    sides = ["inclusion" if side else "exclusion" for _, side in lines]
    if [side for side, _ in open_items] != sides:
        yield "the lines stand on other sides"
    if [_same(one["text"]) for _, one in open_items] != [_same(said.text) for said, _ in lines]:
        yield f"the lines of {text.plain()!r} are not all there"
        return
    for (said, _), (_, one) in zip(lines, open_items, strict=True):
        if one.get("rule") != said.rule:
            yield f"`{said.text}` became {one.get('rule')}, not {said.rule} ({one.get('note')})"


FIELDS = ("Sex", "Healthy volunteers")


def _same(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("seed", ["a", "b"])
def test_of_generated_texts_no_line_is_lost_and_nothing_is_proposed_wrongly(seed: str) -> None:
    tried, problems = check(seed, TEXTS // 2)
    assert tried == TEXTS // 2
    assert problems == []
