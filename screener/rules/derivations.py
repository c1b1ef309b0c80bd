"""Reads how a fact is derived: an age, points, a formula, the grades of one, or a table.

A table has to cover every value of its facts exactly once, so that no patient falls between its
rows. Source: semantics section 11.
"""

from __future__ import annotations

from collections.abc import Mapping

from screener.diagnostics import Span
from screener.quantities import Range, empty
from screener.rules.bands import COMPARATORS, LOWER, UPPER, check_cover, check_whole_cover
from screener.rules.calculations import read_calculation
from screener.rules.conditions import given_comparators, read_comparison
from screener.rules.faults import Faults, listed, nearest, one_of, quoted
from screener.rules.source import Entries, Items, Node, Text
from screener.rules.tables import read_table
from screener.rules.values import NUMERIC, leaves, read_code, unit_factor
from screener.rules.words import Words, entries_of, items_of, text_of
from screener.vocabulary import (
    AgeOf,
    Calculated,
    Derivation,
    DerivedBand,
    Fact,
    Grading,
    Kind,
    PointsTable,
    Shape,
    Type,
)

_FORMS = ("age_of", "points", "formula", "grades", "table")


def read_derivations(
    nodes: Mapping[str, Node], facts: Mapping[str, Fact], faults: Faults
) -> dict[str, Derivation]:
    """The derivations of the facts that have one; grades after what they grade, tables last."""
    found: dict[str, Derivation] = {}
    grades: list[tuple[Fact, Node]] = []
    tables: list[tuple[Fact, Node]] = []
    ages = {name for name, node in nodes.items() if _is_age(node)}
    for name, node in nodes.items():
        entries = entries_of(node, faults, "`derived`")
        if entries is None:
            continue
        words = Words(entries, faults, _FORMS, "`derived`")
        given = list(words)
        if len(given) != 1:
            faults.error(
                "derived-form",
                words.key(given[1]) if given else node.span,
                f"{quoted(name)} is derived in no way"
                if not given
                else f"{quoted(name)} is derived in two ways",
                expected=one_of(_FORMS),
            )
            continue
        fact, inner = facts[name], words.need(given[0])
        derivation: Derivation | None = None
        if given[0] == "grades":
            grades.append((fact, inner))
        elif given[0] == "table":
            tables.append((fact, inner))
        elif given[0] == "age_of":
            derivation = _age_of(fact, inner, facts, nodes, faults)
        elif given[0] == "formula":
            _form(
                fact, fact.shape.type in NUMERIC, "formula", "a number or quantity", inner, faults
            )
            derivation = read_calculation(fact, inner, facts, ages, nodes, faults)
        else:
            derivation = _points(fact, inner, facts, nodes, faults)
        if derivation is not None:
            found[name] = derivation
    for fact, inner in grades:
        grading = _grades(fact, inner, facts, found, faults)
        if grading is not None:
            found[fact.name] = grading
    laid_out = {fact.name for fact, _ in tables}
    for fact, inner in tables:
        _form(
            fact,
            fact.shape.type is Type.BOOLEAN or bool(fact.shape.values),
            "table",
            "`type: boolean`, `type: code` with `values`, or `type: ordinal`",
            inner,
            faults,
        )
        table = read_table(fact, inner, facts, laid_out, faults)
        if table is not None:
            found[fact.name] = table
    return found


def _is_age(node: Node) -> bool:
    return isinstance(node, Entries) and any(key.value == "age_of" for key, _ in node.entries)


def _form(fact: Fact, right: bool, form: str, expected: str, node: Node, faults: Faults) -> None:
    if not right:
        faults.error(
            "derived-type",
            node.span,
            f"{quoted(fact.name)} cannot be derived by {quoted(form)}",
            expected=expected,
        )


def _another(node: Node, facts: Mapping[str, Fact], faults: Faults) -> Fact | None:
    name = text_of(node, faults, "`fact`")
    if name is not None and name not in facts:
        faults.error(
            "unknown-fact",
            node.span,
            f"{quoted(name)} is not a declared fact",
            hint=nearest(name, facts),
        )
    return None if name is None else facts.get(name)


def _age_of(
    fact: Fact, node: Node, facts: Mapping[str, Fact], derived: Mapping[str, Node], faults: Faults
) -> AgeOf | None:
    fits = fact.shape.type is Type.QUANTITY and fact.shape.unit == "a"
    _form(fact, fits, "age_of", "`type: quantity` with `unit: a`", node, faults)
    birth = _another(node, facts, faults)
    if birth is None:
        return None
    if birth.shape.type is not Type.DATE or birth.name in derived:
        faults.error(
            "not-a-date-fact",
            node.span,
            f"{quoted(birth.name)} is not a date",
            expected="a fact of `type: date`",
        )
    return AgeOf(birth.name)


# --- points -----------------------------------------------------------------------------------


def _points(
    fact: Fact, node: Node, facts: Mapping[str, Fact], derived: Mapping[str, Node], faults: Faults
) -> PointsTable | None:
    _form(fact, fact.shape.type is Type.NUMBER, "points", "`type: number`", node, faults)
    parts: list[tuple[str, tuple[DerivedBand, ...]]] = []
    nodes = items_of(node, faults, "`points`")
    if isinstance(node, Items) and not nodes:
        faults.error("empty-list", node.span, "`points` lists nothing")
    for item in nodes:
        entries = entries_of(item, faults, "a part")
        if entries is None:
            continue
        words = Words(entries, faults, ("fact", "unit", "bands", "values"), "a part")
        part = _another(words.need("fact"), facts, faults)
        if part is None:
            continue
        if part.name in derived or part.derived is not None or part.kind not in (
            Kind.FIXED, Kind.OBSERVATION,
        ):  # fmt: skip
            faults.error(
                "derived-part",
                words.key("fact"),
                f"{quoted(part.name)} cannot be part of a score",
                expected="a fixed or observed fact that is not derived itself",
            )
            continue
        numeric = part.shape.type in NUMERIC
        bands = _number_bands(words, part, faults) if numeric else _code_bands(words, part, faults)
        parts.append((part.name, bands))
    if not nodes:
        return None
    return PointsTable(tuple(parts))


def _number_bands(words: Words, part: Fact, faults: Faults) -> tuple[DerivedBand, ...]:
    if "values" in words:
        faults.error(
            "type-word",
            words.key("values"),
            f"{quoted(part.name)} has no list of values",
            expected="`bands`",
        )
    before = faults.errors
    pinned = words.text("unit")
    if pinned is not None:
        unit_factor(pinned, part.shape, words.value("unit"), faults, part.name)
    if faults.errors > before:
        return ()
    found: list[tuple[Range, int, Span]] = []
    for item in items_of(words.need("bands"), faults, "`bands`"):
        entries = entries_of(item, faults, "a band")
        if entries is None:
            continue
        inner = Words(entries, faults, (*COMPARATORS, "points"), "a band")
        range_ = read_band(inner, part.shape, part.name, pinned, faults)
        points = _whole(inner.need("points"), faults)
        if range_ is not None and points is not None:
            found.append((range_, points, entries.span))
    if faults.errors == before:
        check_cover([(band, span) for band, _, span in found], words.key("bands"), faults)
    return tuple(DerivedBand(band, points=points) for band, points, _ in found)


def read_band(
    words: Words, shape: Shape, what: str, pinned: str | None, faults: Faults
) -> Range | None:
    """The range of a row, in the unit the fact is kept in."""
    before = faults.errors
    given = set(given_comparators(words))
    ends = [given & set(side) for side in (LOWER, UPPER)]
    if len(given) == 2 and all(ends):
        return _both_ends(words, [*ends[0], *ends[1]], shape, what, pinned, faults)
    comparison = read_comparison(words, shape, faults, what=what, pinned=pinned)
    if comparison is None:
        if faults.errors == before:
            faults.error(
                "condition-missing",
                words.span,
                "the band does not say for which values",
                expected=one_of(COMPARATORS),
            )
        return None
    condition, times = comparison.parts[0]
    if times is not None or not isinstance(condition, Range):
        faults.error("bad-limit", comparison.span, "a table has fixed limits")
        return None
    return condition


def _both_ends(
    words: Words, ends: list[str], shape: Shape, what: str, pinned: str | None, faults: Faults
) -> Range | None:
    """The range between `at_least` or `more_than` and `at_most` or `less_than`."""
    found = [
        read_comparison(words, shape, faults, what=what, pinned=pinned, only=end) for end in ends
    ]
    ranges = [one.parts[0].condition for one in found if one is not None]
    if len(ranges) < 2:
        return None
    low, high = ranges
    assert isinstance(low, Range), "INVARIANT: bands are those of numbers"
    assert isinstance(high, Range), "INVARIANT: bands are those of numbers"
    both = Range(low.low, high.high, low.low_open, high.high_open)
    if empty(both):
        faults.error("empty-range", words.span, "no value meets this condition")
        return None
    return both


def _code_bands(words: Words, part: Fact, faults: Faults) -> tuple[DerivedBand, ...]:
    for word in ("bands", "unit"):
        if word in words:
            faults.error(
                "type-word",
                words.key(word),
                f"{quoted(part.name)} is not a number",
                expected="`values: {VALUE: POINTS, …}`",
            )
    words.need("values")
    boolean = part.shape.type is Type.BOOLEAN
    wanted = ("false", "true") if boolean else leaves(part.shape.values, part.shape.children)
    if not wanted:
        faults.error(
            "derived-part", words.key("fact"), f"{quoted(part.name)} has no list of values"
        )
    bands: list[DerivedBand] = []
    covered: set[str | bool] = set()
    for key, node in words.entries("values"):
        codes = read_code(key, part.shape, faults, what=part.name)
        points = _whole(node, faults)
        if codes is None:
            return ()
        if not covered.isdisjoint(codes):
            faults.error("bands-overlap", key.span, f"{quoted(key.value)} has points already")
        covered |= codes
        bands.append(DerivedBand(codes, points=points or 0))
    said = {str(one).lower() if isinstance(one, bool) else one for one in covered}
    left = [one for one in wanted if one not in said]
    if left and "values" in words:
        faults.error(
            "bands-gap", words.key("values"), f"no points for {listed(left)} of {quoted(part.name)}"
        )
    return tuple(bands)


def _whole(node: Node, faults: Faults) -> int | None:
    text = text_of(node, faults, "`points`")
    if text is None:
        return None
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7):
        faults.error("bad-number", node.span, f"{quoted(text)} is not a whole number of points")
        return None
    return int(text)


# --- grades -----------------------------------------------------------------------------------


def _grades(
    fact: Fact, node: Node, facts: Mapping[str, Fact], found: Mapping[str, Derivation],
    faults: Faults,
) -> Grading | None:  # fmt: skip
    fits = fact.shape.type in (Type.CODE, Type.ORDINAL) and bool(fact.shape.values)
    expected = "`type: code` with `values`, or `type: ordinal`"
    _form(fact, fits, "grades", expected, node, faults)
    entries = entries_of(node, faults, "`grades`")
    if entries is None:
        return None
    words = Words(entries, faults, ("of", "bands"), "`grades`")
    score = _another(words.need("of"), facts, faults)
    if score is None:
        return None
    derivation = found.get(score.name, score.derived)
    if not isinstance(derivation, PointsTable | Calculated):
        faults.error(
            "derived-part",
            words.key("of"),
            f"{quoted(score.name)} is neither a table of points nor a formula",
        )
        return None
    before = faults.errors
    bands: list[tuple[Range, str, Span]] = []
    for item in items_of(words.need("bands"), faults, "`bands`"):
        inner_entries = entries_of(item, faults, "a band")
        if inner_entries is not None:
            band = _grade_band(inner_entries, score, fact, faults)
            if band is not None:
                bands.append((*band, inner_entries.span))
    rows = [(band, span) for band, _, span in bands]
    if faults.errors == before and isinstance(derivation, PointsTable):
        low, high = _least_and_most(derivation)
        check_whole_cover(rows, low, high, words.key("bands"), faults)
    elif faults.errors == before:
        check_cover(rows, words.key("bands"), faults)
    return Grading(score.name, tuple(DerivedBand(band, grade=name) for band, name, _ in bands))


def _grade_band(
    entries: Entries, score: Fact, fact: Fact, faults: Faults
) -> tuple[Range, str] | None:
    """A row of a grading; `is` names its grade, so a single score is `between: [n, n]`."""
    rest = tuple((key, node) for key, node in entries.entries if key.value != "is")
    named = [node for key, node in entries.entries if key.value == "is"]
    words = Words(Entries(rest, entries.span, entries.flow), faults, COMPARATORS, "a band")
    range_ = read_band(words, score.shape, score.name, None, faults)
    if not named:
        faults.error("word-missing", entries.span, "`is` is missing in a band")
        return None
    grade = named[0]
    name = text_of(grade, faults, "`is`")
    if not isinstance(grade, Text) or name is None:
        return None
    if read_code(grade, fact.shape, faults, what=fact.name) is None or range_ is None:
        return None
    return range_, name


def _least_and_most(table: PointsTable) -> tuple[int, int]:
    scores = [[band.points or 0 for band in bands] or [0] for _, bands in table.parts]
    return sum(min(one) for one in scores), sum(max(one) for one in scores)
