"""`screener export`: a trial in the form of another standard; a row a form, read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from screener.cli import console
from screener.cli.output import give, refuse_existing
from screener.standards import Exported
from screener.trial import Trial, load_trial


class Target(StrEnum):
    """The forms a trial can be written in."""

    FHIR = "fhir"
    QUESTIONNAIRE = "questionnaire"
    QUESTIONNAIRE_R4 = "questionnaire-r4"
    CDISC = "cdisc"


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


#: What writes each form: a trial and the day (an ordinal) on which the version has to be in force.
TARGETS: Mapping[Target, Callable[[Trial, int], Exported]] = {
    Target.FHIR: _fhir,
    Target.QUESTIONNAIRE: _questionnaire,
    Target.QUESTIONNAIRE_R4: _questionnaire_r4,
    Target.CDISC: _cdisc,
}


def export_trial(
    name: str,
    to: Target,
    criteria: Sequence[Path],
    as_of: int,
    *,
    out: Path | None,
    log: str | None = None,
) -> int:
    """Write the trial to standard output or into a new file; what the form lacks is told beside it.

    Raises:
        UsageFault: the file is there already, or cannot be written; a log with another form.
    """
    refuse_existing(out)
    trial = load_trial(name, criteria=criteria)
    if log is None:
        exported = TARGETS[to](trial, as_of)
    elif to is Target.CDISC:
        exported = _exceptions(trial, as_of, log)
    else:
        raise console.UsageFault(f"`--log` belongs to `--to {Target.CDISC.value}`")
    give(exported.text, out)
    for note in exported.notes:
        console.say(f"note: {note}")
    return console.DONE
