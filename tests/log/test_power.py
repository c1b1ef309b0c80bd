"""A power cut at any moment: first that a wrong journal is found out, then that ours holds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from tests.log.power import MODELS, Moment, record, wrong

APPENDS = 4
CUTS = 150


@cache
def _recorded(mode: str, synchronous: str) -> list[Moment]:
    with TemporaryDirectory(prefix="power-") as folder:
        return record(Path(folder), mode, synchronous, APPENDS)


@pytest.mark.parametrize(
    ("mode", "synchronous"),
    [("wal", "NORMAL"), ("delete", "OFF"), ("delete", "FULL")],
)
def test_a_journal_that_is_not_synced_enough_is_found_out(mode: str, synchronous: str) -> None:
    moments = _recorded(mode, synchronous)
    assert max(len(one.acknowledged) for one in moments) == APPENDS
    # From the end: there something acknowledged is most likely to be pending.
    found = (wrong(one, "dropped", Random(0)) for one in reversed(moments))
    assert next((one for one in found if one is not None), None) is not None


@pytest.mark.parametrize(("mode", "synchronous"), [("wal", "FULL"), ("delete", "EXTRA")])
def test_with_our_journals_nothing_acknowledged_is_lost(mode: str, synchronous: str) -> None:
    moments = _recorded(mode, synchronous)
    assert max(len(one.acknowledged) for one in moments) == APPENDS
    random = Random(f"{mode}-{synchronous}")
    everywhere = [(one, model) for one in moments for model in MODELS]
    assert len(everywhere) > CUTS
    for moment, model in random.sample(everywhere, CUTS):
        assert wrong(moment, model, random) is None, model
