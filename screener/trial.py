"""A trial as a Python program uses it: load it by name, screen a profile, get a typed result.

It decides which version judges a profile, and nothing about patients. The day of screening is
always said, by the caller or the profile: there is no clock here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from screener.days import parse_days
from screener.diagnostics import Diagnostic, Fault, ProfileError, RulesError, Span
from screener.facts import FactSheet
from screener.result import Judgement, Result

# `import screener` stays light: what reads files and judges is imported when it is first used.
if TYPE_CHECKING:
    from screener.catalog import Edition
    from screener.trace import Trace
    from screener.vocabulary import Vocabulary

_Frame = TypeVar("_Frame")


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial: all its versions, or the one it was pinned to when it was loaded."""

    editions: tuple[Edition, ...]
    pinned: bool

    @property
    def id(self) -> str:
        """The trial's name, such as `NCT01681446`."""
        return self.editions[-1].protocol.trial

    @property
    def title(self) -> str:
        """The title in its newest version."""
        return self.newest.protocol.title

    @property
    def newest(self) -> Edition:
        """The version that takes effect last."""
        return max(self.editions, key=lambda one: one.protocol.effective)

    def edition(self, as_of: int) -> Edition:
        """The version that judges on that day (an ordinal): the pinned one, else the one in force.

        Raises:
            UnknownTrial: before the first version.
            RulesError: if it has a criterion that is still a draft (semantics 2.7).
        """
        from screener.catalog import in_force

        if self.pinned:
            return self.editions[0]
        edition = in_force(self.editions, as_of)
        _refuse_draft(edition)
        return edition

    def edition_of(self, result: Result) -> Edition:
        """The version that an answer of this trial rests on."""
        (edition,) = [one for one in self.editions if one.protocol.version == result.version]
        return edition

    def screen(
        self, profile: Mapping[str, object] | str | FactSheet, *, as_of: date | str | None = None
    ) -> Result:
        """Judge one patient on one day.

        Args:
            profile: the patient's facts, as in docs or as JSON text; or facts already read.
            as_of: the day of screening; left out, the profile's own `as_of`.

        Raises:
            ProfileError: with all faults of the profile; also if no day is given, or two different.
            UnknownTrial: if no version is in force on that day.
        """
        return self._placed(profile, as_of).screen()

    def judge(
        self, profile: Mapping[str, object] | str | FactSheet, *, as_of: date | str | None = None
    ) -> Judgement:
        """The bare verdict and outcomes for one patient, in less than half the time of `screen`.

        Arguments and errors are those of `screen`.
        """
        return self._placed(profile, as_of).judge()

    def explain(
        self,
        profile: Mapping[str, object] | str | FactSheet,
        *,
        as_of: date | str | None = None,
        only: Collection[str] = (),
    ) -> Trace:
        """The answer for one patient taken apart; `only` these criteria, or all.

        Arguments and errors are those of `screen`.
        """
        return self._placed(profile, as_of).explain(only)

    def screen_frame(
        self,
        frame: _Frame,
        *,
        as_of: date | str,
        columns: Sequence[str] | None = None,
        refused: Callable[[ProfileError], None] | None = None,
        unique: bool = False,
    ) -> _Frame:
        """Judge a frame with a row for each patient; gives back the kind of frame it was given.

        Args:
            frame: polars (eager or lazy), pandas, pyarrow, a relation of DuckDB or a dataframe of
                Spark, with the column names of a wide CSV.
            as_of: the day of screening, for all.
            columns: the answers wanted, as they are called below; left out, all.
            refused: told of each patient whose row cannot be read, whose answers are null then;
                left out, that is an error.
            unique: the caller vouches that no patient has two rows, which is looked for otherwise.

        Returns:
            The column `patient` if there is one; `verdict`; `first_reason`, the criterion that
            fails or is waited for; a column for each stage and cohort (words); a column for each
            criterion, true where it passes, null where it is unknown. Rows stay in
            their order, but for DuckDB and Spark.

        Raises:
            ProfileError: a column or a row that cannot be read; a patient in two rows.
            UnknownTrial: if no version is in force on that day.
        """
        from screener.cohort.frames import screen_frame

        day = _ordinal(as_of)
        edition = self.edition(day)
        return screen_frame(
            edition.protocol,
            edition.vocabulary,
            frame,
            day,
            wanted=columns,
            refused=refused,
            unique=unique,
        )

    def screen_records(
        self,
        records: _Frame,
        patients: object | None = None,
        *,
        as_of: date | str,
        columns: Sequence[str] | None = None,
        refused: Callable[[ProfileError], None] | None = None,
    ) -> _Frame:
        """Judge patients of whom there is a table with a row for each record.

        Args:
            records: polars, pandas, pyarrow, DuckDB or Spark, with the columns of a long CSV:
                `patient`, `fact`, `value`, `unit`, `date` and others.
            patients: a row for each patient, with `patient` and what a wide CSV may say (sex,
                dates); left out, whoever has a record is one.
            as_of: the day of screening, for all.
            columns: as in `screen_frame`.
            refused: as in `screen_frame`.

        Returns:
            What `screen_frame` returns, in the order of `patients`, else of their identifiers, and
            of the kind of `records`, computed here with polars (of a lazy frame, too, the answer is
            lazy). Tables of DuckDB and Spark come here in batches, and have no order.

        Raises:
            ProfileError: as `screen_frame`; a record of nobody, or of a patient who is not among
                `patients`; a fact named nearly like a known one.
            UnknownTrial: if no version is in force on that day.
        """
        from screener.cohort.handed import screen_records

        day = _ordinal(as_of)
        edition = self.edition(day)
        return screen_records(
            edition.protocol,
            edition.vocabulary,
            records,
            patients,
            day,
            wanted=columns,
            refused=refused,
        )

    def screen_omop(
        self,
        tables: str | Path | Mapping[str, object],
        *,
        as_of: date | str,
        columns: Sequence[str] | None = None,
        refused: Callable[[ProfileError], None] | None = None,
        aside: Callable[[str, int], None] | None = None,
    ) -> Any:
        """Judge the persons of tables in the OMOP Common Data Model 5.4.

        Args:
            tables: a folder, or frames by the names of the tables (`person`, `measurement`,
                `concept` and others).
            as_of: the day of screening, for all.
            columns: as in `screen_frame`.
            refused: as in `screen_frame`.
            aside: called with each reason why rows cannot be used, and their number.

        Returns:
            What `screen_frame` returns, as a frame of polars, in the order of `person`.

        Raises:
            ProfileError: as `screen_records`; a table lacks a column, or a cell is of another type
                than the model gives it.
            UnknownTrial: if no version is in force on that day.
            FileNotFoundError: there is no such folder.

        Source: https://ohdsi.github.io/CommonDataModel/cdm54.html.
        """
        from screener.cohort.handed import screen_omop

        day = _ordinal(as_of)
        edition = self.edition(day)
        return screen_omop(
            edition.protocol,
            edition.vocabulary,
            tables,
            day,
            wanted=columns,
            refused=refused,
            aside=aside,
        )

    def _placed(
        self, profile: Mapping[str, object] | str | FactSheet, as_of: date | str | None
    ) -> Placed:
        from screener.intake.strict_json import parse_json

        asked = None if as_of is None else _ordinal(as_of)
        if isinstance(profile, FactSheet):
            day = agreed_day(asked, profile.as_of, profile.patient)
            return Placed(self.edition(day), profile, day)
        data = parse_json(profile) if isinstance(profile, str) else _plain(profile)
        return self.place_data(data, asked)

    def place_data(self, data: object, as_of: int | None, otherwise: int | None = None) -> Placed:
        """A profile that is already parsed; `otherwise` is the day if nobody names one.

        Raises:
            ProfileError, UnknownTrial: as `screen`.
        """
        from screener.intake.profile import read_profile

        own = own_day(data)
        patient = named(data)
        if own is None and isinstance(data, Mapping) and data.get("as_of") is not None:
            # Not a day at all: reading the profile says so, together with its other faults.
            read_profile(data, self.newest.vocabulary)
        day = otherwise if as_of is None and own is None else agreed_day(as_of, own, patient)
        if day is None:
            day = agreed_day(None, None, patient)
        edition = self.edition(day)
        return Placed(edition, read_profile(data, edition.vocabulary, as_of=day), day)

    def place_facts(
        self, sheet: FactSheet, as_of: int | None, otherwise: int | None = None
    ) -> Placed:
        """Facts taken in with the vocabulary of the newest version.

        Raises:
            ProfileError: also if the version in force declares a fact of the patient otherwise.
        """
        own = sheet.as_of
        day = otherwise if as_of is None and own is None else agreed_day(as_of, own, sheet.patient)
        if day is None:
            day = agreed_day(None, None, sheet.patient)
        edition = self.edition(day)
        differing = declared_otherwise(sheet, edition.vocabulary, self.newest.vocabulary)
        if differing:
            version = edition.protocol.version
            message = f"version {version} declares the fact otherwise than the newest one"
            hint = f"name the version: `{self.id}@{version}`"
            faults = [Fault(f"/facts/{fact}", message, hint) for fact in differing]
            raise ProfileError(faults, sheet.patient)
        return Placed(edition, sheet, day)

    def screen_data(self, data: object, as_of: int | None, otherwise: int | None = None) -> Result:
        """Judge a profile that is already parsed, see `place_data`."""
        return self.place_data(data, as_of, otherwise).screen()

    def screen_facts(
        self, sheet: FactSheet, as_of: int | None, otherwise: int | None = None
    ) -> Result:
        """Judge facts taken in with the vocabulary of the newest version, see `place_facts`."""
        return self.place_facts(sheet, as_of, otherwise).screen()


class Placed(NamedTuple):
    """One patient, the version that judges him, and the day (an ordinal)."""

    edition: Edition
    sheet: FactSheet
    day: int

    def screen(self) -> Result:
        """Judge him.

        Raises:
            ProfileError: the facts cannot be those of a patient on that day.
        """
        from screener.screening import screen

        return screen(
            self.edition.protocol,
            self.edition.vocabulary,
            self.sheet,
            self.day,
            rules_sha256=self.edition.rules_sha256,
            vocabulary_sha256=self.edition.vocabulary_sha256,
        )

    def judge(self) -> Judgement:
        """Judge him without what explains it; raises as `screen`."""
        from screener.screening import judge_sheet

        edition = self.edition
        return judge_sheet(edition.protocol, edition.vocabulary, self.sheet, self.day)

    def explain(self, only: Collection[str] = ()) -> Trace:
        """Take the answer apart; raises as `screen`."""
        from screener.tracing import trace_patient

        return trace_patient(
            self.edition.protocol,
            self.edition.vocabulary,
            self.sheet,
            self.day,
            only=only,
            rules_sha256=self.edition.rules_sha256,
            vocabulary_sha256=self.edition.vocabulary_sha256,
        )


def load_trial(
    name_or_path: str | Path,
    *,
    as_of: date | str | None = None,
    criteria: str | Path | Iterable[str | Path] | None = None,
) -> Trial:
    """Load a trial by name (`NCT01681446`, `NCT01681446@2018-05-30`) or from a rule file.

    Args:
        name_or_path: a bare name holds every version, and each screening picks the one in force.
        as_of: pins the version in force on that day, unless the name already says which.
        criteria: folders of trials; left out, `./criteria`, else the shipped ones.

    Raises:
        UnknownTrial: with the nearest names.
        RulesError: with all faults of the files, each with its place.
    """
    from screener.catalog import find, in_force, names_version, read

    roots = [criteria] if isinstance(criteria, str | Path) else list(criteria or ())
    name = str(name_or_path)
    if isinstance(name_or_path, Path) and not name.endswith((".yaml", ".yml")):
        name = str(name_or_path.absolute())
    places = find(name, roots)
    editions = tuple(read(place) for place in places)
    if as_of is not None and not names_version(name):
        editions = (in_force(editions, _ordinal(as_of)),)
    elif not names_version(name):
        return Trial(editions, pinned=False)
    _refuse_draft(editions[0])
    return Trial(editions, pinned=True)


def _refuse_draft(edition: Edition) -> None:
    drafts = [one for one in edition.protocol.criteria if one.draft]
    if drafts:
        from screener.catalog import read_file

        rules = read_file(edition.place.rules)
        count = (
            "1 criterion is a draft" if len(drafts) == 1 else f"{len(drafts)} criteria are drafts"
        )
        fault = Diagnostic(
            "draft",
            f"{count}, and a version with a draft is not used for screening",
            drafts[0].span or Span(rules.name, 1, 1),
            hint="a person confirms a draft: reads it against its source and takes `draft` out; "
            f"`screener check {rules.name}` lists them",
        )
        raise RulesError([fault], rules.sources)


def own_day(data: object) -> int | None:
    """The `as_of` that a parsed profile carries, where it is a day."""
    said = data.get("as_of") if isinstance(data, Mapping) else None
    days = parse_days(said) if isinstance(said, str) else None
    return days.first if days is not None and days.exact else None


def named(data: object) -> str | None:
    """The patient that a parsed profile names, even if the rest of it cannot be used."""
    said = data.get("patient") if isinstance(data, Mapping) else None
    return said if isinstance(said, str) else None


def declared_otherwise(sheet: FactSheet, then: Vocabulary, now: Vocabulary) -> list[str]:
    """The facts given of a patient that two vocabularies do not declare alike."""
    used = {*sheet.records, *sheet.statements, *sheet.dropped, *sheet.complete}
    return sorted(fact for fact in used if then.get(fact) != now.get(fact))


def agreed_day(asked: int | None, own: int | None, patient: str | None) -> int:
    """The day asked for, which must not contradict the one the profile carries.

    Raises:
        ProfileError: if it does, or if there is no day at all.
    """
    if asked is not None and own is not None and asked != own:
        asked_text, own_text = date.fromordinal(asked), date.fromordinal(own)
        message = f"the profile says `{own_text}`, but the day asked for is `{asked_text}`"
        raise ProfileError([Fault("/as_of", message, "leave one of the two out")], patient)
    day = own if asked is None else asked
    if day is None:
        hint = "write `as_of` in the profile, or give the day as an argument"
        raise ProfileError([Fault("/as_of", "the day of screening is not given", hint)], patient)
    return day


def _ordinal(day: date | str) -> int:
    if isinstance(day, date):
        return day.toordinal()
    days = parse_days(day)
    if days is None or not days.exact:
        raise ValueError(f"`{day}` is not a day such as `2026-11-24`")
    return days.first


def _plain(profile: Mapping[str, object]) -> object:
    """A Python mapping as the JSON it stands for: a float is the number its text shows."""
    from screener.intake.strict_json import parse_json

    try:
        text = json.dumps(profile, default=_as_json)
    except (TypeError, ValueError, RecursionError) as error:
        fault = Fault("", f"the profile cannot be written as JSON: {error}")
        raise ProfileError([fault]) from error
    return parse_json(text)


def _as_json(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"`{value}` has no form in JSON")
