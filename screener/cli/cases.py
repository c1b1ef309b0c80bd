"""`screener test`: example patients, and where their answers are not the expected ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screener.catalog import Edition, Place, find, folders, places, read, read_file
from screener.cli import console
from screener.cli.coverage import tell_coverage
from screener.days import parse_days
from screener.diagnostics import ProfileError, RulesError
from screener.intake.profile import read_profile
from screener.judging import Judged, judge_patient
from screener.result import Result
from screener.rules.load import Case, read_cases
from screener.terminal import clean, wrapped
from screener.trial import agreed_day, own_day
from screener.truth import Outcome
from screener.workbench.expected import Expected
from screener.workbench.replaying import Difference, answer_or_fault, differences


def run_cases(
    names: Sequence[str],
    criteria: Sequence[Path],
    *,
    as_json: bool,
    least_coverage: float | None = None,
    mutate: bool = False,
) -> int:
    """Screen every example patient; 3 if a file cannot be used.

    1 if any answer differs, or if the examples of a version exercise less of it than
    `least_coverage` percent, or let pass a small mistake that `mutate` makes in it.
    """
    report = _as_json if as_json else _as_text
    passed = failed = 0
    code = console.DONE
    lacking: list[str] = []
    survived = 0
    for place in _chosen(names, criteria):
        try:
            edition = read(place)
            cases = cases_of(place)
        except RulesError as error:
            console.say(str(error))
            code = console.BAD_RULES
            continue
        results = []
        for case in cases:
            result = answer_or_fault(edition, case)
            differing = tuple(differences(result, case))
            passed += not differing
            failed += bool(differing)
            report(edition, case, differing)
            results += [result] if isinstance(result, Result) else []
        if least_coverage is not None:
            percent = tell_coverage(edition, judged_cases(edition, cases), as_json=as_json)
            if percent < least_coverage:
                where = f"{edition.protocol.trial}@{edition.protocol.version}"
                asked = f"less than the {least_coverage:g} % asked for"
                lacking.append(f"{clean(where)}: {percent:.2f} % exercised, {asked}")
        elif not as_json and not mutate:
            _not_exercised(edition, results)
        if mutate:
            # The solver is no part of the light install.
            from screener.cli.survival import tell_survival

            survived += tell_survival(edition, expected_of(edition, cases), as_json=as_json)
    for line in lacking:
        console.say(line)
    console.say(f"{passed} passed, {failed} failed")
    if code == console.DONE and (failed or lacking or survived):
        return console.NOT_HELD
    return code


def cases_of(place: Place) -> tuple[Case, ...]:
    """The example patients beside a rule file; none if there is no such file."""
    if place.cases is None:
        return ()
    file = read_file(place.cases)
    return read_cases(file.content, file.name)


def judged_cases(edition: Edition, cases: Sequence[Case]) -> list[Judged]:
    """The bare findings for every example patient that can be read."""
    return [
        judge_patient(edition.protocol, edition.vocabulary, one.sheet, one.as_of)
        for one in expected_of(edition, cases)
    ]


def expected_of(edition: Edition, cases: Sequence[Case]) -> list[Expected]:
    """The example patients that can be read, and what is expected of them."""
    found = []
    for case in cases:
        asked = parse_days(case.as_of) if case.as_of is not None else None
        try:
            day = agreed_day(asked and asked.first, own_day(case.profile), case.name)
            sheet = read_profile(case.profile, edition.vocabulary, as_of=day)
        except ProfileError:
            continue  # told already, as a difference
        found.append(Expected(sheet, day, case.verdict, case.stages, case.criteria))
    return found


def _chosen(names: Sequence[str], criteria: Sequence[Path]) -> list[Place]:
    if not names:
        return [place for found in places(folders(criteria)).values() for place in found]
    return [place for name in names for place in find(name, criteria)]


def _not_exercised(edition: Edition, results: Sequence[Result]) -> None:
    """Name the outcomes that no example patient has, criterion by criterion."""
    seen = {(one.id, one.outcome) for result in results for one in result.criteria}
    for outcome in Outcome:
        ids = [one.id for one in edition.protocol.criteria if (one.id, outcome) not in seen]
        if ids:
            where = f"{edition.protocol.trial}@{edition.protocol.version}"
            text = f"no example in {where} ends as {outcome.value}: {', '.join(ids)}"
            console.put("\n".join(wrapped(text, console.width(), "", "    ")) + "\n")


def _as_json(edition: Edition, case: Case, differing: Sequence[Difference]) -> None:
    console.put_json(
        {
            "trial": edition.protocol.trial,
            "version": edition.protocol.version,
            "case": case.name,
            "ok": not differing,
            "differences": [one._asdict() for one in differing],
        }
    )


def _as_text(edition: Edition, case: Case, differing: Sequence[Difference]) -> None:
    where = f"{edition.protocol.trial}@{edition.protocol.version}"
    word = "differs" if differing else "ok     "
    console.put(f"{word}  {clean(where)}  {clean(case.name)}\n")
    for one in differing:
        console.put(f"    {clean(f'{one.what}: expected {one.expected}, got {one.got}')}\n")
