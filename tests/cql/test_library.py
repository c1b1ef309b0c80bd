"""What an exported library holds and names as missing, and that it keeps to the intake's words."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from screener.intake.fhir import codings, statuses
from screener.interpreters.cql import written
from tests.cli.support import Command
from tests.cql.test_same_outcomes import edition_of, libraries

_ROOT = Path(__file__).parents[2]
_DOCS = _ROOT / "docs" / "cql.md"
_SHIPPED = ("--criteria", str(_ROOT / "criteria"), "--as-of", "2026-11-24")
_FUNCTIONS = (files("screener.interpreters.cql") / "functions.cql").read_text(encoding="utf-8")


def _set_after(marker: str) -> set[str]:
    """The first set of texts behind a text of the functions."""
    behind = _FUNCTIONS[_FUNCTIONS.index(marker) :]
    found = re.search(r"in \{([^}]*)\}", behind)
    assert found is not None
    return set(re.findall(r"'([^']*)'", found[1]))


@pytest.mark.parametrize(
    ("marker", "table"),
    [
        ("[Procedure] P", statuses.PROCEDURE),
        ("[MedicationStatement] M", statuses.STATEMENT),
        ("[MedicationAdministration] M", statuses.ADMINISTRATION),
        ("[Consent] C", statuses.CONSENT),
    ],
)
def test_the_statuses_that_count_are_those_of_the_intake(
    marker: str, table: dict[str, statuses.Standing | None]
) -> None:
    counting = {name for name, one in table.items() if one is None or one.never is None}
    assert _set_after(marker) == counting


@pytest.mark.parametrize(
    ("marker", "table"),
    [
        ('"Measured" M', statuses.OBSERVATION),
        ("[MedicationRequest] M", statuses.REQUEST),
    ],
)
def test_the_statuses_that_never_count_are_those_of_the_intake(
    marker: str, table: dict[str, statuses.Standing | None]
) -> None:
    never = {name for name, one in table.items() if one is not None and one.never is not None}
    assert _set_after(marker) == never


def test_the_answers_yes_and_no_are_those_of_the_intake() -> None:
    found: dict[tuple[str, str], bool] = {}
    for name, answer in (("Yes", True), ("No", False)):
        block = _FUNCTIONS[_FUNCTIONS.index(f'define "{name}"') :].partition("})")[0]
        pairs = re.findall(r"system: '([^']*)', code: '([^']*)'", block)
        found |= dict.fromkeys(pairs, answer)
    assert found == dict(codings.YES_OR_NO)


def test_the_classifications_are_those_of_the_intake() -> None:
    assert _set_after('define function "Keys"') == set(codings.CLASSIFICATIONS)


@pytest.mark.parametrize("name", sorted(libraries()))
def test_the_page_says_how_much_of_each_trial_is_said(name: str) -> None:
    edition = edition_of(name)
    bare = written(edition.protocol, edition.vocabulary)
    numbers = (len(edition.protocol.criteria), len(bare.whole), len(libraries()[name].whole))
    assert "| " + " | ".join([name, *map(str, numbers)]) + " |\n" in _DOCS.read_text()


@pytest.mark.parametrize("name", sorted(libraries()))
def test_what_is_null_is_named_at_the_head_and_above_its_criterion(name: str) -> None:
    library = libraries()[name]
    for gap in library.gaps:
        assert library.text.count(f"// null here: {gap}\n") == 2


def test_a_criterion_is_defined_by_its_id_with_its_text() -> None:
    library = libraries()["NCT01681446 2018-05-30"]
    edition = edition_of("NCT01681446 2018-05-30")
    for one in edition.protocol.criteria:
        assert f'// {one.kind.value} {one.id}: {one.text}\ndefine "{one.id}":\n' in library.text


def test_the_command_writes_the_library_and_tells_what_is_null(command: Command) -> None:
    done = command("export", "KIM-2023", "--to", "cql", *_SHIPPED)
    assert done.code == 0
    assert "library \"KIM_2023\" version '2023'\n" in done.out
    assert "note: 1 of 3 criteria are said completely\n" in done.err


def test_the_codes_of_a_site_are_used(command: Command, tmp_path: Path) -> None:
    mapping = tmp_path / "site.yaml"
    mapping.write_text(
        "mapping: Hospital A\n"
        "codes:\n"
        '  - {system: "urn:hospital-a", code: META, fact: extrahepatic_focus_count}\n'
    )
    done = command("export", "KIM-2023", "--to", "cql", "--mapping", str(mapping), *_SHIPPED)
    assert done.code == 0
    assert "code \"urn:hospital-a|META\": 'META' from" in done.out
    assert "note: 2 of 3 criteria are said completely\n" in done.err


def test_a_mapping_is_for_cql_alone(command: Command, tmp_path: Path) -> None:
    done = command("export", "KIM-2023", "--to", "cdisc", "--mapping", str(tmp_path / "site.yaml"))
    assert done.code == 2
    assert "`--mapping` goes with `--to cql` only" in done.err
