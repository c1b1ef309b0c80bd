"""IE: which criteria of which subjects a log gives, by the rules of the SDTM guide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import Command, patient
from tests.standards.test_cdisc import rows

DAY = "--as-of=2026-11-24"


@pytest.fixture
def log(command: Command, tmp_path: Path) -> Path:
    """A is eligible, B open, C smokes; D smoked at first, then has too few platelets."""
    name = tmp_path / "log.db"
    first = [patient("A"), patient("B", platelets=None), patient("C", smoker=True),
             patient("D", smoker=True)]  # fmt: skip
    for patients in (first, [patient("D", 120)]):
        file = command.write("patients.ndjson", *patients)
        ended = command("screen", "XMPL-001", file, DAY, "--log", name, "--by=Dr. N")
        assert ended.code == 0, ended.err
    return name


def test_ie_holds_what_is_against_a_subject_and_nothing_that_is_open(
    command: Command, log: Path
) -> None:
    ended = command("export", "XMPL-001", "--to=cdisc", f"--log={log}", DAY)
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == [
        "STUDYID,DOMAIN,USUBJID,IESEQ,IESPID,IETESTCD,IETEST,IECAT,IEORRES,IESTRESC,IEDTC",
        "XMPL-001,IE,XMPL-001-C,1,E1,E1,Smoker.,EXCLUSION,Y,Y,2026-11-24",
        # Of D the last attempt counts; the criterion is that of version 2.0.
        "XMPL-001,IE,XMPL-001-D,1,I1,I1A,Platelets of at least 150 x 10^9/L within 14 days before "
        "screening.,INCLUSION,N,N,2026-11-24",
    ]


def test_every_short_name_of_ie_is_one_of_ti(command: Command, log: Path) -> None:
    def keys(*more: str) -> set[tuple[str, ...]]:
        ended = command("export", "XMPL-001", "--to=cdisc", DAY, *more)
        return {tuple(one[name] for name in ("IETESTCD", "IETEST", "IECAT"))
                for one in rows(ended.out)}  # fmt: skip

    assert keys(f"--log={log}") <= keys()


def test_what_was_judged_by_a_text_that_is_not_on_file_is_told_of(
    command: Command, log: Path
) -> None:
    ended = command("export", "XMPL-001@1.0", "--to=cdisc", f"--log={log}", DAY)
    assert [one["USUBJID"] for one in rows(ended.out)] == ["XMPL-001-C"]
    assert "IE lacks the exceptions to I1 of version 2.0" in ended.err


def test_a_log_belongs_to_cdisc_alone(command: Command, log: Path) -> None:
    assert command("export", "XMPL-001", "--to=fhir", f"--log={log}").code == 2
    assert command("export", "XMPL-001", "--to=cdisc", "--log=nowhere.db").code == 2
