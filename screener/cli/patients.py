"""Patient files, opened one after the other; what is in them is for the intake to say."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, assert_never

from screener.catalog import read_file
from screener.cli.account import Account
from screener.cli.aside import tell_aside
from screener.cli.console import UsageFault, say, today
from screener.diagnostics import Fault, ProfileError
from screener.intake.profiles import read_profiles
from screener.intake.ranges import profile_with_ranges
from screener.intake.report import Entry as Part
from screener.intake.report import Fate
from screener.intake.sources import Form, form_of, no_text, read_source
from screener.intake.tables.reading import LONGEST
from screener.intake.taken import Taken
from screener.rules.load import read_mapping
from screener.site import Site
from screener.terminal import clean
from screener.trial import named
from screener.vocabulary import Vocabulary

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

STANDARD_INPUT = "-"
#: An empty list of patients is a list; an empty file of any other name is a mistake.
_LISTS = (".ndjson", ".jsonl")
#: The words of a profile, which a flat object that is none goes beyond.
_OF_PROFILES = {"patient", "as_of", "facts", "visits", "complete"}
#: So many bytes tell a form from another.
_HEAD = 4096
_DOUBTFUL = (Fate.UNKNOWN, Fate.REJECTED)


class Entry(NamedTuple):
    """One patient: where he stands, and his parsed profile, his facts, or what is wrong with them.

    `line` is that of a profile. `whole`: it is no patient but a file that nobody is judged from.
    """

    place: str
    line: int | None
    data: object
    whole: bool = False


class Intake(NamedTuple):
    """How patients are taken in.

    `form` None: found by name and content. `strict`: what nobody knows or can use keeps a patient,
    or a whole table, from being judged.
    """

    vocabulary: Vocabulary
    account: Account
    form: Form | None = None
    site: Site | None = None
    strict: bool = False
    as_of: int | None = None


class Wanted(NamedTuple):
    """What was asked for on the command line about the intake."""

    form: Form | None = None
    mapping: Path | None = None
    strict: bool = False
    report: Path | None = None
    rejected: Path | None = None

    @contextmanager
    def intake(
        self, vocabulary: Vocabulary, as_of: int | None, files: Sequence[str]
    ) -> Iterator[Intake]:
        """The intake, with its files open.

        Raises:
            UsageFault: a file cannot be written, or would be written over a file that is read.
            RulesError: with all faults of the mapping file.
        """
        site = None
        if self.mapping is not None:
            file = read_file(self.mapping)
            site = read_mapping(file.content, file.name, vocabulary)
        for path in (self.report, self.rejected):
            read = [*files, *([str(self.mapping)] if self.mapping else [])]
            if path is not None and any(_same(path, name) for name in read):
                raise UsageFault(f"`{clean(str(path))}` is read, so it is not written over")
        if self.report is not None and self.report == self.rejected:
            raise UsageFault("the report and the rejected rows need a file each")
        with Account(self.report, self.rejected) as account:
            yield Intake(vocabulary, account, self.form, site, self.strict, as_of)


def _same(path: Path, name: str) -> bool:
    return name != STANDARD_INPUT and path.exists() and path.samefile(name)


def entries(files: Iterable[str], intake: Intake, patients: Sequence[str] = ()) -> Iterator[Entry]:
    """The patients of all files in order, read as they are asked for.

    What is said of a patient in FHIR may lie in several files: those come last, read together.
    `patients`: nobody else is wanted, so that a large frame need not be read out for him.
    """
    together: list[str] = []
    first: dict[str, BinaryIO] = {}
    for name in files:
        if intake.form is None and is_frame(name):
            yield from _frame(name, intake, patients)
            continue
        with _opened(name) as stream:
            head = stream.peek(_HEAD)[:_HEAD]
            unfit = no_text(head)
            if unfit is not None:
                yield _unfit(name, unfit, intake)
                continue
            form = intake.form or form_of(name, head)
            match form:
                case Form.PROFILE:
                    yield from _profiles(name, stream, intake)
                case Form.CSV:
                    yield from _table(name, stream, intake)
                case Form.FHIR:
                    together.append(name)
                    if name == STANDARD_INPUT:
                        first[name] = stream
                case _:
                    assert_never(form)
    if together:
        yield from _fhir(together, first, intake)


def require(files: Iterable[str]) -> None:
    """Say at once which file cannot be read, before any patient is judged.

    Raises:
        UsageFault: naming the first of them.
    """
    seen = set()
    for name in files:
        if name != STANDARD_INPUT:
            if not Path(name).is_dir():
                _try_to_open(name)
        elif name in seen:
            raise UsageFault("standard input can be read only once")
        elif sys.stdin.isatty():
            say("reading patients from the keyboard; Ctrl-D ends it")
        seen.add(name)


def _profiles(name: str, stream: BinaryIO, intake: Intake) -> Iterator[Entry]:
    empty = True
    for line, data in read_profiles(stream):
        empty = False
        yield Entry(f"{name}:{line}", line, _ranged(data, intake))
    if empty and name.endswith(_LISTS):
        say(f"there is no patient in `{clean(name)}`")
    elif empty:
        nobody = ProfileError([Fault("", "there is no patient in it")])
        yield Entry(f"{name}:1", 1, nobody, whole=True)


def _ranged(data: object, intake: Intake) -> object:
    """A profile; with the limits of the site's table, if there is one, and then as facts."""
    site = intake.site
    if site is None or not site.ranges or isinstance(data, ProfileError):
        return data
    try:
        return profile_with_ranges(data, intake.vocabulary, site, intake.as_of, today())
    except ProfileError as error:
        return ProfileError(error.faults, error.patient or named(data))


def _unfit(name: str, fault: Fault, intake: Intake) -> Entry:
    intake.account.add([Part(name, Fate.REJECTED, None, fault.message, fault.hint)])
    return Entry(name, None, ProfileError([fault]), whole=True)


def _table(name: str, stream: BinaryIO, intake: Intake) -> Iterator[Entry]:
    for one in _taken(Form.CSV, [(name, stream)], intake):
        entry = _counted(one, intake)
        if entry is not None:
            yield entry
            if one.sheet is None:
                return  # under `--strict` a table is not read if a column of it is not known


def is_frame(name: str) -> bool:
    """Whether it is a file of columns, or one of flat objects, as `screener cohort` reads them."""
    path = Path(name)
    if path.is_dir() or path.suffix.lower() == ".parquet":
        return True
    if path.suffix.lower() not in _LISTS:
        return False
    with path.open("rb") as stream:
        line = stream.readline(LONGEST)
    try:
        first = json.loads(line)
    except ValueError:
        return False
    flat = isinstance(first, dict) and not any(
        isinstance(one, dict | list) for one in first.values()
    )
    # A short resource of FHIR is flat as well, and says what it is.
    return flat and "resourceType" not in first and not first.keys() <= _OF_PROFILES


def _frame(name: str, intake: Intake, patients: Sequence[str]) -> Iterator[Entry]:
    """The patients of a file of columns, or of a folder of tables, read like those of a table.

    Raises:
        UsageFault: a mapping file would be left aside.
        ProfileError: nobody can be judged from it.
    """
    from screener.cohort.omop.translate import is_omop
    from screener.cohort.written import table_of

    path = Path(name)
    if intake.site is not None and is_omop(path):
        # It may declare sources complete, and silence in these tables may be a code nobody knows.
        message = "the tables of OMOP are read by their codes, without a mapping file: leave "
        raise UsageFault(f"{message}`--mapping` out; codes of your own belong into the vocabulary")
    table, aside = table_of(path, patients, intake.vocabulary)
    tell_aside(clean(name), aside)
    yield from _table(name, table, intake)


def _fhir(names: Sequence[str], begun: dict[str, BinaryIO], intake: Intake) -> Iterator[Entry]:
    def inputs() -> Iterator[tuple[str, BinaryIO]]:
        for name in names:
            if name in begun:
                yield name, begun[name]
            else:
                with Path(name).open("rb") as stream:
                    yield name, stream

    taken = _taken(Form.FHIR, inputs(), intake)
    yield from filter(None, (_counted(one, intake) for one in taken))


def _taken(form: Form, inputs: Iterable[tuple[str, BinaryIO]], intake: Intake) -> Iterator[Taken]:
    return read_source(
        form, inputs, intake.vocabulary, intake.site, intake.as_of, intake.account.sink, today()
    )


def _counted(one: Taken, intake: Intake) -> Entry | None:
    """The patient, once every part that concerns him is accounted for; None if there is none."""
    intake.account.add(one.entries)
    doubtful = [entry for entry in one.entries if entry.kind in _DOUBTFUL]
    if intake.strict and doubtful and not isinstance(one.sheet, ProfileError):
        faults = [Fault(entry.place, entry.reason or "", entry.hint) for entry in doubtful]
        patient = None if one.sheet is None else one.sheet.patient
        whole = one.sheet is None
        return Entry(one.place or "the input", None, ProfileError(faults, patient), whole)
    return None if one.sheet is None else Entry(one.place, None, one.sheet, one.whole)


@contextmanager
def _opened(name: str) -> Iterator[io.BufferedReader]:
    if name != STANDARD_INPUT:
        with Path(name).open("rb") as stream:
            yield stream
        return
    given = sys.stdin.buffer
    yield given if isinstance(given, io.BufferedReader) else io.BufferedReader(_Raw(given))


class _Raw(io.RawIOBase):
    """Standard input that is no file (as where a program calls the command line), made to peek."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        read = self._stream.read(len(view))
        view[: len(read)] = read
        return len(read)


def _try_to_open(name: str) -> None:
    try:
        with Path(name).open("rb"):
            pass
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UsageFault(
            f"`{clean(name)}` cannot be read: {(reason or 'not a file name').lower()}"
        ) from error
