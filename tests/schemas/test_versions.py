"""A change of a shape needs a step of its version."""

from __future__ import annotations

import pytest

from screener.result import SCHEMA as RESULT
from screener.schemas.profile import VERSION as PROFILE
from screener.schemas.rules import VERSION as RULES
from screener.trace import SCHEMA as TRACE
from tests.schemas.versions import FOLDER, current, written

CURRENT = current()


@pytest.mark.parametrize("name", CURRENT)
def test_a_schema_is_the_one_recorded_for_its_version(name: str) -> None:
    path = FOLDER / name
    assert path.exists(), "a new version: `make golden` records it"
    recorded = path.read_text(encoding="utf-8")
    assert recorded == written(CURRENT[name]), "changed: step the version beside the shape"


def test_each_version_is_that_of_its_shape() -> None:
    versions = (("result", RESULT), ("explain", TRACE), ("profile", PROFILE), ("rules", RULES))
    assert set(CURRENT) == {f"{name}-{version}.json" for name, version in versions}
