"""Where trials are found, and which version of one is in force on a day.

A trial is a folder of rule files, one a version; nothing here judges what they say. The working
directory is looked at, the environment and the clock are not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from screener.days import iso
from screener.diagnostics import Diagnostic, RulesError, Span, UnknownTrial
from screener.ir import Protocol
from screener.rules.load import read_protocol, read_vocabulary
from screener.vocabulary import Vocabulary

VOCABULARY = "vocabulary.yaml"
_RULES = ".yaml"
_CASES = ".cases.yaml"
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class File:
    """A file as read: its name for people and its bytes."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the bytes."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def sources(self) -> dict[str, str]:
        """Its text by its name, for showing where a fault is."""
        return {self.name: self.content.decode("utf-8-sig", "replace")}


@dataclass(frozen=True, slots=True)
class Place:
    """The rule file of one version of a trial, and the vocabulary that goes with it."""

    trial: str
    version: str
    rules: Path
    vocabulary: Path

    @property
    def cases(self) -> Path | None:
        """The file of example patients beside the rule file, if there is one."""
        beside = self.rules.with_name(self.rules.name.removesuffix(_RULES) + _CASES)
        return beside if beside.is_file() else None


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a trial, read and ready for screening; the bytes it was read from as well."""

    place: Place
    protocol: Protocol
    vocabulary: Vocabulary
    warnings: tuple[Diagnostic, ...]
    rules_sha256: str
    vocabulary_sha256: str
    rules_text: bytes
    vocabulary_text: bytes

    @property
    def stage_titles(self) -> dict[str, str]:
        """How the stages are called, by their ids."""
        return {stage.id: stage.title for stage in self.protocol.stages}


def shipped(name: str) -> Path:
    """The folder `criteria` or `templates` that came with this installation."""
    packed = _HERE / "_shipped" / name
    return packed if packed.is_dir() else _HERE.parent / name


def folders(given: Iterable[str | Path] = ()) -> tuple[Path, ...]:
    """Where trials are looked for: the folders given, else `./criteria`, else the shipped one."""
    chosen = tuple(Path(one) for one in given)
    for folder in chosen:
        if not folder.is_dir():
            raise UnknownTrial(f"`{folder}` is not a folder of trials")
    if chosen:
        return chosen
    local = Path("criteria")
    return (local,) if local.is_dir() else (shipped("criteria"),)


def places(roots: Sequence[Path]) -> dict[str, tuple[Place, ...]]:
    """Every trial with its versions, by name; a trial in several folders is that of the first."""
    found: dict[str, tuple[Place, ...]] = {}
    for root in roots:
        for folder in sorted(path for path in root.iterdir() if path.is_dir()):
            versions = tuple(
                Place(folder.name, path.name.removesuffix(_RULES), path, vocabulary_for(path))
                for path in sorted(rule_files(folder))
            )
            if versions:
                found.setdefault(folder.name, versions)
    return found


def rule_files(folder: Path) -> Iterator[Path]:
    """The rule files right in a folder, without case files and vocabulary."""
    for path in folder.glob(f"*{_RULES}"):
        if path.name != VOCABULARY and not path.name.endswith(_CASES):
            yield path


def is_cases(path: Path) -> bool:
    """Whether a file's name says that it holds example patients."""
    return path.name.endswith(_CASES)


def find(name: str, given: Iterable[str | Path] = ()) -> tuple[Place, ...]:
    """The versions that a name means: all of a trial, one of it (`@version`), or a rule file.

    Raises:
        UnknownTrial: with the nearest names there are.
    """
    if _is_path(name):
        return (_place_of(Path(name), tuple(given)),)
    trial, at, version = name.partition("@")
    known = places(folders(given))
    if trial not in known:
        raise UnknownTrial(f"there is no trial `{trial}`", _nearest(trial, known))
    if not at:
        return known[trial]
    chosen = tuple(place for place in known[trial] if place.version == version)
    if not chosen:
        versions = [place.version for place in known[trial]]
        raise UnknownTrial(
            f"`{trial}` has no version `{version}`", f"its versions are {_listed(versions)}"
        )
    return chosen


def names_version(name: str) -> bool:
    """Whether a name means one version, whatever the day."""
    return _is_path(name) or "@" in name


def read(place: Place) -> Edition:
    """Read one version with its vocabulary.

    Raises:
        RulesError: with all faults of the vocabulary, or else of the rule file.
    """
    return _read(place, read_file(place.rules), read_file(place.vocabulary))


@lru_cache(maxsize=64)
def _read(place: Place, rules: File, words: File) -> Edition:
    # The same files of the same place are the same version, which never changes.
    return read_contents(place, rules, words)


#: The trials of a folder share one vocabulary.
_vocabulary = lru_cache(maxsize=8)(read_vocabulary)


def read_contents(place: Place, rules: File, words: File) -> Edition:
    """Read one version out of the contents of its files, wherever they come from.

    Raises:
        RulesError: with all faults of the vocabulary, or else of the rule file.
    """
    vocabulary = _vocabulary(words.content, words.name)
    reading = read_protocol(rules.content, rules.name, vocabulary)
    _check_place(place, reading.protocol, rules)
    return Edition(
        place,
        reading.protocol,
        reading.vocabulary,
        reading.warnings,
        rules.sha256,
        words.sha256,
        rules.content,
        words.content,
    )


def in_force(editions: Sequence[Edition], as_of: int) -> Edition:
    """The version with the latest effective day that is not after `as_of`.

    Raises:
        UnknownTrial: before the first version; names its day.
        RulesError: where two versions take effect on the same day.
    """
    begun = [one for one in editions if one.protocol.effective <= as_of]
    if not begun:
        first = min(editions, key=lambda one: one.protocol.effective)
        raise UnknownTrial(
            f"no version of `{first.protocol.trial}` is in force on {iso(as_of)}",
            f"its first version, `{first.protocol.version}`, "
            f"takes effect on {iso(first.protocol.effective)}",
        )
    newest = max(begun, key=lambda one: one.protocol.effective)
    for one in begun:
        if one is not newest and one.protocol.effective == newest.protocol.effective:
            raise _fault(
                "same-effective-date",
                f"takes effect on the same day as version `{one.protocol.version}`",
                read_file(newest.place.rules),
                "each version of a trial has an effective date of its own",
            )
    return newest


def read_file(path: Path) -> File:
    """A file as it is.

    Raises:
        UnknownTrial: if it cannot be opened.
    """
    name = _shown(path)
    try:
        return File(name, path.read_bytes())
    except OSError as error:
        raise UnknownTrial(f"`{name}` cannot be read: {_reason(error)}") from error


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name


def _place_of(path: Path, given: Sequence[str | Path]) -> Place:
    if not path.is_file():
        what = "is a folder, not a rule file" if path.is_dir() else "does not exist"
        raise UnknownTrial(f"`{path}` {what}")
    if is_cases(path) or path.name == VOCABULARY:
        raise UnknownTrial(f"`{path}` is not a rule file")
    return Place("", "", path, vocabulary_for(path, folders(given) if given else ()))


def vocabulary_for(rules: Path, roots: Sequence[Path] = ()) -> Path:
    """Beside the rule file, else in the folder above, else in a given folder, else the shipped."""
    for folder in (rules.parent, rules.absolute().parent.parent, *roots):
        if (folder / VOCABULARY).is_file():
            return folder / VOCABULARY
    return shipped("criteria") / VOCABULARY


def _check_place(place: Place, protocol: Protocol, rules: File) -> None:
    """A file found by its place must be what its place says; a path by itself says nothing."""
    if place.trial not in ("", protocol.trial):
        raise _fault(
            "misplaced-file",
            f"the folder says `{place.trial}`, the file says `trial: {protocol.trial}`",
            rules,
        )
    if place.version not in ("", protocol.version):
        raise _fault(
            "misplaced-file",
            f"the file's name says `{place.version}`, the file says `version: {protocol.version}`",
            rules,
        )


def _fault(id_: str, message: str, rules: File, expected: str | None = None) -> RulesError:
    span = Span(rules.name, 1, 1)
    fault = Diagnostic(id_, message, span, expected=expected)
    return RulesError([fault], rules.sources)


def _nearest(name: str, known: Iterable[str]) -> str | None:
    names = list(known)
    folded = {one.casefold(): one for one in names}
    near = [folded[one] for one in get_close_matches(name.casefold(), folded, n=3, cutoff=0.7)]
    if near:
        return f"did you mean {_listed(near)}?"
    return f"the trials here are {_listed(names)}" if names else "there are no trials here"


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names[:12]]
    more = [f"{len(names) - 12} more"] if len(names) > 12 else []
    return ", ".join(shown + more)


def _shown(path: Path) -> str:
    """The path as short as it can be said from here."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown reason").lower()
