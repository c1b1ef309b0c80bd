"""Forty small questions, put to this engine and to others: `python -m benchmarks.conformance`.

The questions stand in conformance.yaml. Each engine is asked in its own language, with what is
missing given as null; an error is its answer "refused". What a language cannot say is left out.
Engines that are not installed are named and left out; those of Node are installed first.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks import npm, rulesets
from benchmarks.peers import installed, version
from benchmarks.plain import infix, json_logic, json_rules, tree
from benchmarks.translation import Tree
from screener import ProfileError
from screener.catalog import shipped
from screener.days import parse_days
from screener.intake.profile import read_profile
from screener.intake.strict_json import parse_json
from screener.rules.load import read_protocol, read_vocabulary
from screener.screening import screen
from screener.vocabulary import Vocabulary

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "conformance.md"
DAY = "2026-11-24"
OURS = "screener"
_TRUTH = {"pass": "true", "fail": "false", "unknown": "unknown"}


class Case(NamedTuple):
    """A question: `expect` holds every answer that is right."""

    group: str
    name: str
    why: str
    expect: tuple[str, ...]
    asked: dict[str, Any]


def cases() -> list[Case]:
    """All questions, in their order."""
    groups = yaml.safe_load((HERE / "conformance.yaml").read_text(encoding="utf-8"))
    return [
        Case(group["group"], one["name"], one["why"], tuple(one["expect"]), one)
        for group in groups
        for one in group["cases"]
    ]


def ours(case: Case) -> str:
    """What this engine answers: whether the criterion is passed."""
    kind = case.asked.get("kind", "inclusion")
    criterion = {"id": "C", "text": case.name, "source": "1", "rule": case.asked["rule"]}
    stage = {"id": "S", "title": "S", kind: [criterion]}
    head = {"trial": "XMPL", "title": "X", "version": "1", "effective": "2026-01-01"}
    rules = {**head, "source": "made up", "outline": [1], "stages": [stage]}
    reading = read_protocol(json.dumps(rules), "case.yaml", _vocabulary())
    day = parse_days(case.asked.get("as_of", DAY))
    assert day is not None
    try:
        sheet = read_profile({"facts": _as_sent(case.asked["patient"])}, reading.vocabulary)
    except ProfileError:
        return "refused"
    result = screen(reading.protocol, reading.vocabulary, sheet, day.first)
    return _TRUTH[result.criteria[0].outcome.value]


@cache
def _vocabulary() -> Vocabulary:
    words = shipped("criteria") / "vocabulary.yaml"
    return read_vocabulary(words.read_bytes(), words.name)


def _as_sent(patient: dict[str, Any]) -> object:
    """The facts as they come in: every number the decimal that its text shows."""
    return parse_json(json.dumps(patient))


# --- engines of Python -------------------------------------------

Judge = Callable[[Any, Any, dict[str, Any]], Any]
#: A question in an engine's language; None where it has no words for it.
Language = Callable[[Case], Any]


def _zen(engine: Any, said: str, flat: dict[str, Any]) -> Any:
    return engine.compile_expression(said).evaluate(flat)


def _cel(engine: Any, said: str, flat: dict[str, Any]) -> Any:
    return engine.compile(said).execute(flat)


def _cel_python(engine: Any, said: str, flat: dict[str, Any]) -> Any:
    environment = engine.Environment()
    program = environment.program(environment.compile(said))
    answer = program.evaluate(engine.json_to_cel(flat))
    return None if answer is None else bool(answer)


def _json_logic(engine: Any, said: Any, flat: dict[str, Any]) -> Any:
    return bool(engine.jsonLogic(said, flat))


def _rule_engine(engine: Any, said: str, flat: dict[str, Any]) -> Any:
    context = engine.Context(default_value=None)
    return engine.Rule(said, context=context).matches(flat)


def _business_rules(engine: Any, said: Tree, flat: dict[str, Any]) -> Any:
    return rulesets.business_rules(engine, [said], [])[0](flat)


def _durable_rules(engine: Any, said: Tree, flat: dict[str, Any]) -> Any:
    return rulesets.durable_rules(engine, [said], [])[0](flat)


def _fhirpath(engine: Any, said: str, flat: dict[str, Any]) -> Any:
    found = engine.compile(said)(flat)
    return found[0] if found else None


def _plain(write: Callable[[str], Any]) -> Language:
    return lambda case: write(case.asked["plain"]) if "plain" in case.asked else None


def _in_fhirpath(case: Case) -> Any:
    return case.asked.get("fhirpath") or _plain(partial(infix, style="fhirpath"))(case)


_PEERS: tuple[tuple[str, str, Language, Judge], ...] = (
    ("zen-engine", "zen", _plain(partial(infix, style="zen")), _zen),
    ("common-expression-language", "cel", _plain(partial(infix, style="cel")), _cel),
    ("cel-python", "celpy", _plain(partial(infix, style="cel")), _cel_python),
    ("panzi-json-logic", "json_logic", _plain(json_logic), _json_logic),
    ("json-logic-qubit", "json_logic", _plain(json_logic), _json_logic),
    ("rule-engine", "rule_engine", _plain(partial(infix, style="words")), _rule_engine),
    ("business-rules", "business_rules", _plain(tree), _business_rules),
    ("durable-rules", "durable.lang", _plain(tree), _durable_rules),
    ("fhirpathpy", "fhirpathpy", _in_fhirpath, _fhirpath),
)


def _of_python(asked: list[Case]) -> Iterator[tuple[str, dict[int, str]]]:
    os.environ.setdefault("RUST_BACKTRACE", "0")
    for name, module, language, judge in _PEERS:
        try:
            engine = installed(name, module)
        except ImportError:
            print(f"{name} is not installed and left out", file=sys.stderr)
            continue
        found = {}
        for number, case in enumerate(asked):
            said = language(case)
            if said is not None:
                found[number] = _answer(judge, engine, said, dict(case.asked.get("flat", {})))
        yield f"{name} {version(name)}", found


def _answer(judge: Judge, engine: Any, said: Any, flat: dict[str, Any]) -> str:
    try:
        answer = judge(engine, said, flat)
    # Whatever an engine raises is its answer.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "refused"
    return "unknown" if answer is None else ("true" if answer else "false")


# --- engines of Node ---------------------------------------------


def _of_node(asked: list[Case]) -> Iterator[tuple[str, dict[int, str]]]:
    try:
        npm.place()
        answers = npm.run("conformance.mjs", [_for_node(one) for one in asked])
    except npm.NotInstalled as error:
        print(f"the engines of Node are left out: {error}", file=sys.stderr)
        return
    for name, found in answers.items():
        yield (
            f"{name} {npm.version(name)}",
            {int(number): said for number, said in found.items()},
        )


def _for_node(case: Case) -> dict[str, Any]:
    return {
        "flat": case.asked.get("flat", {}),
        "json_logic": _plain(json_logic)(case),
        "json_rules": _plain(json_rules)(case),
        "zen": _plain(partial(infix, style="zen"))(case),
        "cql": case.asked.get("cql"),
    }


# --- the page ----------------------------------------------------

_HEAD = """# Who answers what

Forty small questions whose answers people get wrong, put to this engine and to others that
anybody can install. `python -m benchmarks.conformance --record` wrote this page; the questions,
each in every language, stand in [benchmarks/conformance.yaml](../benchmarks/conformance.yaml). A
test checks our own column.

How to read it. *Right* is what [the semantics](semantics.md) say, for the reason given. An engine
of bare values knows no units, dates or records: it is asked with the numbers that a caller would
hand over, and what it cannot be asked at all is left blank, for the caller has to work it out.
What is missing is given as null. *refused* is an error instead of an answer. Wrong answers are
bold; "unknown" where there is an answer is a cautious one, counted apart. None of these engines
claims to answer questions like these: the table says what is left to whoever builds on one.
traumatrial-match, which knows the fields of injured patients only, cannot be asked.
"""


def page(asked: list[Case], found: dict[str, dict[int, str]]) -> str:
    """The table as a page."""
    names = list(found)
    lines = [_HEAD]
    lines.append("| engine | right | wrong | unknown instead | refused | cannot be asked |")
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in names:
        counts = [sum(_mark(one, found[name].get(n)) == word for n, one in enumerate(asked))
                  for word in ("right", "wrong", "unknown", "refused", "")]  # fmt: skip
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    shown = [name.split(" ")[0] for name in names]
    group = ""
    for number, one in enumerate(asked):
        if one.group != group:
            group = one.group
            lines += ["", f"## {group}", "", f"| question | right | {' | '.join(shown)} |"]
            lines.append("| --- | --- |" + " --- |" * len(names))
        cells = [_cell(one, found[name].get(number)) for name in names]
        right = " or ".join(one.expect)
        lines.append(f"| {one.name}: {one.why} | {right} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _mark(case: Case, answer: str | None) -> str:
    if answer is None:
        return ""
    if answer in case.expect:
        return "right"
    return answer if answer in ("refused", "unknown") else "wrong"


def _cell(case: Case, answer: str | None) -> str:
    mark = _mark(case, answer)
    return f"**{answer}**" if mark == "wrong" else answer or ""


def main() -> None:
    """Ask everybody."""
    parser = argparse.ArgumentParser(prog="benchmarks.conformance", description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"write {PAGE.name}")
    given = parser.parse_args()
    asked = cases()
    found = {OURS: {number: ours(one) for number, one in enumerate(asked)}}
    found.update(_of_python(asked))
    found.update(_of_node(asked))
    text = page(asked, found)
    if given.record:
        PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
