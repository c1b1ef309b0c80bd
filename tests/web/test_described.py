"""A sample of the requests that schemathesis makes from the OpenAPI document: 300 and a few."""

from __future__ import annotations

import pytest

from screener.web.api.doors import DOORS
from tests.web.described import asked


@pytest.mark.parametrize("door", [one.name for one in DOORS])
def test_every_answer_is_one_that_the_document_describes(door: str) -> None:
    outcome = asked(door, f"make test/{door}", 28)
    assert outcome.problems == []
    # A door without a body has few requests that differ.
    assert outcome.tried >= (28 if door not in ("trials", "one_trial") else 1)
