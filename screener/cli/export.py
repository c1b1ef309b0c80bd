"""`screener export`: a trial in the form of another standard; a row a form, read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from screener.cli import console
from screener.cli.console import UsageFault
from screener.cli.output import give, require_new
from screener.standards import Exported
from screener.trial import Trial, load_trial


class Target(StrEnum):
    """The forms a trial can be written in."""

    FHIR = "fhir"
    QUESTIONNAIRE = "questionnaire"
    QUESTIONNAIRE_R4 = "questionnaire-r4"
    CDISC = "cdisc"
    CQL = "cql"


def _fhir(trial: Trial, day: int) -> Exported:
    from screener.standards.fhir.criteria import export_criteria

    return export_criteria(trial.edition(day))


def _questionnaire(trial: Trial, day: int) -> Exported:
    from screener.standards.fhir import Release
    from screener.standards.fhir.questionnaire import export_questionnaire

    return export_questionnaire(trial.edition(day), Release.R5)


def _questionnaire_r4(trial: Trial, day: int) -> Exported:
    from screener.standards.fhir import Release
    from screener.standards.fhir.questionnaire import export_questionnaire

    return export_questionnaire(trial.edition(day), Release.R4)


def _cdisc(trial: Trial, day: int) -> Exported:
    from screener.standards.cdisc import export_ti

    return export_ti(trial, day)


def _exceptions(trial: Trial, day: int, name: str) -> Exported:
    from screener.log.store import open_log
    from screener.standards.exceptions import export_ie

    with open_log(name) as log:
        return export_ie(trial, day, log)


def _cql(trial: Trial, day: int, mapping: Path | None = None) -> Exported:
    from screener.catalog import read_file
    from screener.rules.load import read_mapping
    from screener.standards.cql import export_cql

    edition = trial.edition(day)
    if mapping is None:
        return export_cql(edition)
    file = read_file(mapping)
    return export_cql(edition, read_mapping(file.content, file.name, edition.vocabulary))


#: What writes each form: a trial and the day (an ordinal) on which the version has to be in force.
TARGETS: Mapping[Target, Callable[[Trial, int], Exported]] = {
    Target.FHIR: _fhir,
    Target.QUESTIONNAIRE: _questionnaire,
    Target.QUESTIONNAIRE_R4: _questionnaire_r4,
    Target.CDISC: _cdisc,
    Target.CQL: _cql,
}


def export_trial(
    name: str,
    to: Target,
    criteria: Sequence[Path],
    as_of: int,
    *,
    out: Path | None,
    log: str | None = None,
    mapping: Path | None = None,
) -> int:
    """Write the trial to standard output or into a new file; what the form lacks is told beside it.

    `mapping`: the codes of a site, for a form that asks for patients' records by code.

    Raises:
        UsageFault: the file is there already, or cannot be written; a log or a mapping with
            another form.
        RulesError: with all faults of the mapping file.
    """
    if mapping is not None and to is not Target.CQL:
        raise UsageFault("`--mapping` goes with `--to cql` only")
    require_new(out)
    trial = load_trial(name, criteria=criteria)
    if log is not None and to is not Target.CDISC:
        raise UsageFault(f"`--log` belongs to `--to {Target.CDISC.value}`")
    if log is not None:
        exported = _exceptions(trial, as_of, log)
    elif to is Target.CQL:
        exported = _cql(trial, as_of, mapping)
    else:
        exported = TARGETS[to](trial, as_of)
    give(exported.text, out)
    for note in exported.notes:
        console.say(f"note: {note}")
    return console.DONE
