"""What is fuzzed: the doors that take text from outside, and what they may answer.

Every target takes bytes. A reading, or the error that names the faults, is an answer; anything else
that is raised is a crash.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from screener.diagnostics import ProfileError, RulesError
from screener.intake.profile import read_profile
from screener.intake.strict_json import parse_json
from screener.rules.load import read_cases, read_mapping, read_protocol, read_vocabulary
from screener.vocabulary import Vocabulary
from tests.intake.vocabulary import VOCABULARY
from tests.rules.recorded import HERE as RULES


@cache
def facts() -> Vocabulary:
    """The facts that fuzzed rule and mapping files speak of."""
    return read_vocabulary((RULES / "good" / "vocabulary.yaml").read_bytes(), "vocabulary.yaml")


def rule_file(data: bytes) -> None:
    """A rule file."""
    read_protocol(data, "f.yaml", facts())


def vocabulary(data: bytes) -> None:
    """A vocabulary."""
    read_vocabulary(data, "v.yaml")


def case_file(data: bytes) -> None:
    """A case file."""
    read_cases(data, "c.yaml")


def mapping_file(data: bytes) -> None:
    """A mapping file of a site."""
    read_mapping(data, "m.yaml", facts())


def profile(data: bytes) -> None:
    """A patient profile."""
    read_profile(parse_json(data), VOCABULARY)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "rule_file": rule_file,
    "vocabulary": vocabulary,
    "case_file": case_file,
    "mapping_file": mapping_file,
    "profile": profile,
}


def answered(target: Callable[[bytes], None], data: bytes) -> None:
    """Feed a target; faults that are told are an answer, and have to be fit to print."""
    try:
        target(data)
        return
    except RulesError as error:
        said = str(error) if error.diagnostics else ""
    except ProfileError as error:
        said = str(error) if error.faults else ""
    if not said:
        raise ValueError("refused without a fault")
    said.encode("utf-8", "backslashreplace")
