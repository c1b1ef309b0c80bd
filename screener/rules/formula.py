"""Reads a rule: the words that combine leaves, `by`, and the names of `define`.

It decides how rules nest; a leaf is read by `leaf`. Source: semantics section 1.
"""

from __future__ import annotations

from screener.diagnostics import Span
from screener.ir import AllOf, AnyOf, AtLeast, Cases, Formula, Not, Selection, Test, Unclear
from screener.rules.definitions import LISTS
from screener.rules.faults import listed, nearest, one_of, quoted
from screener.rules.leaf import WORDS as LEAF_WORDS
from screener.rules.leaf import read_leaf
from screener.rules.scope import Scope, Setting
from screener.rules.selections import derived, stage_tests, value_of
from screener.rules.source import DEEPEST, Entries, Items, Node, Text, Unreadable
from screener.rules.values import leaves, read_code
from screener.rules.words import Words, entries_of, items_of, text_of
from screener.vocabulary import AgeOf, Fact, Kind, Type

_COMBINING = (*LISTS, "not", "at_least_of", "by")


def read_rule(node: Node, scope: Scope, setting: Setting, depth: int = 1) -> Formula:
    """The formula of a rule; `Unclear`, with the faults noted, in place of what cannot be read."""
    if isinstance(node, Text):
        return _named(node, scope, setting, depth)
    unclear = Unclear(span=node.span)
    if isinstance(node, Items):
        scope.faults.error(
            "rule-expected",
            node.span,
            "a list is not a rule",
            hint="say whether `all_of` or `any_of` them has to hold",
        )
    if not isinstance(node, Entries) or not scope.spend(1, node.span):
        return unclear
    given = [key for key, _ in node.entries if key.value in _COMBINING]
    fact = any(key.value == "fact" for key, _ in node.entries)
    if not given:
        if fact or any(key.value in LEAF_WORDS for key, _ in node.entries):
            return read_leaf(node, scope, setting)
        _not_a_rule(node, scope)
        return unclear
    key, value = next((key, value) for key, value in node.entries if key.value in _COMBINING)
    for other, _ in node.entries:
        if other is not key:
            scope.faults.error(
                "rule-words",
                other.span,
                f"{quoted(other.value)} cannot stand beside {quoted(key.value)}",
                hint="a rule is one leaf or one of the words that combine rules; nest them",
            )
    if isinstance(value, Text) and value.plain and not value.value:
        scope.faults.error("value-missing", key.span, f"{quoted(key.value)} has no value")
        return unclear
    return _Combined(scope, setting, depth + 1).read(key, value)


def _not_a_rule(node: Entries, scope: Scope) -> None:
    span = node.entries[0][0].span if node.entries else node.span
    known = (*_COMBINING, "fact")
    scope.faults.error(
        "rule-expected",
        span,
        f"{quoted(node.entries[0][0].value)} does not begin a rule"
        if node.entries
        else "this is not a rule",
        expected=f"{one_of(known)}, or a name from `define`",
        hint=nearest(node.entries[0][0].value, known) if node.entries else None,
    )


def _named(node: Text, scope: Scope, setting: Setting, depth: int) -> Formula:
    """The rule of a definition, with the setting of the place that names it."""
    unclear = Unclear(span=node.span)
    name = text_of(node, scope.faults, "a rule")
    if name is None:
        return unclear
    if name not in scope.definitions.names:
        scope.faults.error(
            "unknown-definition",
            node.span,
            f"{quoted(name)} is not defined",
            expected="a rule, or a name from `define`",
            hint=nearest(name, scope.definitions.names),
        )
        return unclear
    definition = scope.definitions.sound.get(name)
    if definition is None or not scope.spend(definition.size, node.span):
        return unclear
    if depth + definition.height > DEEPEST:
        scope.faults.error(
            "too-deep",
            node.span,
            f"with its definitions written out this is nested deeper than {DEEPEST} levels",
        )
        return unclear
    known = scope.lowered.get((name, setting))
    if known is None:
        # Its size is spent already, and is known to be within bounds.
        spent, scope.spent = scope.spent, 0
        known = read_rule(definition.rule, scope, setting, depth)
        scope.spent = spent
        scope.lowered[name, setting] = known
    return known


class _Combined:
    """One combining word and its value."""

    def __init__(self, scope: Scope, setting: Setting, depth: int) -> None:
        self.scope = scope
        self.setting = setting
        self.depth = depth
        self.faults = scope.faults

    def read(self, key: Text, value: Node) -> Formula:
        span = key.span
        match key.value:
            case "all_of":
                return AllOf(self._rules(key, value), span=span)
            case "any_of":
                return AnyOf(self._rules(key, value), span=span)
            case "none_of":
                return Not(AnyOf(self._rules(key, value), span=span), span=span)
            case "not":
                return Not(self._rule(value), span=span)
            case "at_least_of":
                return self._at_least_of(value, span)
            case _:
                return self._by(value, span)

    def _rule(self, node: Node) -> Formula:
        return read_rule(node, self.scope, self.setting, self.depth)

    def _rules(self, key: Text, value: Node) -> tuple[Formula, ...]:
        nodes = items_of(value, self.faults, quoted(key.value))
        if isinstance(value, Items) and not nodes:
            self.faults.error("empty-list", key.span, f"{quoted(key.value)} lists nothing")
        return tuple(self._rule(node) for node in nodes)

    def _at_least_of(self, value: Node, span: Span) -> Formula:
        entries = entries_of(value, self.faults, "`at_least_of`")
        if entries is None:
            return Unclear(span=span)
        words = Words(entries, self.faults, ("count", "of"), "`at_least_of`")
        text = words.needed_text("count")
        rules = tuple(self._rule(node) for node in items_of(words.need("of"), self.faults, "`of`"))
        count = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        if text and rules and not 1 <= count <= len(rules):
            self.faults.error(
                "bad-number",
                words.need("count").span,
                f"{quoted(text)} of {len(rules)} rules cannot be asked",
                expected="a whole number, from 1 to the number of rules under `of`",
            )
        return AtLeast(count, rules, span=span)

    # --- by -----------------------------------------------------------------------------------

    def _by(self, value: Node, span: Span) -> Formula:
        entries = entries_of(value, self.faults, "`by`")
        if entries is None:
            return Unclear(span=span)
        if len(entries.entries) != 1:
            self.faults.error(
                "by-fact", span, "`by` takes one fact", expected="`by: {FACT: {VALUE: RULE, …}}`"
            )
            return Unclear(span=span)
        key, cases = entries.entries[0]
        inner = entries_of(cases, self.faults, quoted(key.value))
        fact = self.scope.fact(key)
        if inner is None or fact is None or not self._by_fact(fact, key):
            return Unclear(span=span)
        return self._cases(fact, key, inner)

    def _by_fact(self, fact: Fact, key: Text) -> bool:
        shape = fact.shape
        listing = shape.type is Type.BOOLEAN or bool(shape.values)
        if listing and fact.kind in (Kind.FIXED, Kind.OBSERVATION):
            return True
        self.faults.error(
            "by-fact",
            key.span,
            f"{quoted(fact.name)} has no list of values to decide by",
            expected="a fixed or observed fact that is yes or no, or has `values` or a `scale`",
        )
        return False

    def _cases(self, fact: Fact, key: Text, inner: Entries) -> Formula:
        values = (
            ("true", "false")
            if fact.shape.type is Type.BOOLEAN
            else leaves(fact.shape.values, fact.shape.children)
        )
        slot = self.scope.slots.number(self._asked(fact))
        covered: set[str | bool] = set()
        cases: list[tuple[Formula, Formula]] = []
        for name, node in inner.entries:
            rule = self._rule(node) if not _blank(node) else Unclear(span=name.span)
            if _blank(node):
                self.faults.error("value-missing", name.span, f"{quoted(name.value)} has no rule")
            codes = read_code(name, fact.shape, self.faults, what=fact.name)
            if codes is None:
                covered.update(values)
                continue
            if not covered.isdisjoint(codes):
                self.faults.error(
                    "by-overlap", name.span, f"{quoted(name.value)} belongs to an earlier case too"
                )
            covered |= codes
            cases.append((Test(slot, codes, span=name.span), rule))
        said = {str(one).lower() if isinstance(one, bool) else one for one in covered}
        left = [value for value in values if value not in said]
        if left:
            self.faults.error(
                "by-missing",
                key.span,
                f"no case for {listed(left)} of {quoted(fact.name)}",
                expected="a case for each value",
            )
        return Cases(tuple(cases), span=key.span)

    def _asked(self, fact: Fact) -> Selection:
        timing = stage_tests(self.setting)
        if fact.derived is not None and not isinstance(fact.derived, AgeOf):
            return derived(fact, self.scope, self.setting, timing, None)
        return value_of(fact, self.setting, timing)


def _blank(node: Node) -> bool:
    return isinstance(node, Unreadable) or (
        isinstance(node, Text) and node.plain and not node.value
    )
