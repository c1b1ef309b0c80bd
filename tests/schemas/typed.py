"""YAML as an editor hands it to a schema: plain scalars typed as YAML 1.2 types them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class _Loader(yaml.BaseLoader):
    """Scalars are texts; the constructor below types the plain ones."""


def _scalar(loader: yaml.BaseLoader, node: yaml.ScalarNode) -> Any:
    text = node.value
    if node.style is not None:
        return text
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


_Loader.add_constructor("tag:yaml.org,2002:str", _scalar)


def read(path: Path) -> Any:
    """The content of a file.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    return yaml.load(path.read_text(encoding="utf-8"), _Loader)
