"""Reads the arithmetic of a formula: a small closed grammar of numbers, names and functions.

    0.66 * log10(bilirubin) - 0.085 * albumin
    by(sex, female = 0.7, male = 0.9)        if(meld > 11, meld + 1, meld)

It decides what may be written and where it is wrong; what the inputs are is decided by
`calculations`, what a term means by semantics 11.7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from screener.diagnostics import Span
from screener.quantities import parse_decimal
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.source import Text
from screener.rules.values import leaves, read_code
from screener.terms import Apply, ByCase, Constant, Function, IfMore, Input, Rounded, Term
from screener.vocabulary import Fact, Type

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[<>]=|\S))"
)
#: How many arguments each function takes; None: two or more.
FUNCTIONS: Mapping[str, int | None] = {
    "min": None, "max": None, "clamp": 3, "ln": 1, "log10": 1, "sqrt": 1, "power": 2, "round": 2,
    "by": None, "if": 3,
}  # fmt: skip
_SUMS = {"+": Function.ADD, "-": Function.SUBTRACT}
_PRODUCTS = {"*": Function.MULTIPLY, "/": Function.DIVIDE}
_ORDERS = (">", "<", ">=", "<=")
#: Deeper than any score; keeps hostile brackets from the machine's stack.
_DEEPEST = 40
#: More parts than any score has, steps written out.
_LARGEST = 2_000
MOST_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Names:
    """What a formula may name: numeric inputs and steps, and coded inputs by their place."""

    terms: Mapping[str, Term]
    coded: Mapping[str, tuple[int, Fact]]


class _Wrong(Exception):
    """Something that cannot be read; its fault is noted."""


def read_term(node: Text, names: Names, faults: Faults) -> Term | None:
    """The term of a text; None, with the fault noted, where it cannot be read."""
    reader = _Reader(node, names, faults)
    try:
        term = reader.sum(0)
        if reader.token is not None:
            reader.wrong(f"{quoted(reader.token[1])} stands where the formula should end")
        if _size(term, _LARGEST) < 0:
            reader.wrong("with its steps written out the formula is too large")
    except _Wrong:
        return None
    return term


class _Reader:
    """One pass over the text of a term; the first fault ends it."""

    def __init__(self, node: Text, names: Names, faults: Faults) -> None:
        self.node = node
        self.names = names
        self.faults = faults
        self.place = 0
        self.start = 0
        self.token: tuple[str, str] | None = None
        self.next()

    def next(self) -> None:
        """Go on to the next token; None at the end."""
        match = _TOKEN.match(self.node.value, self.place)
        if match is None:
            self.token, self.start = None, len(self.node.value)
            return
        kind = str(match.lastgroup)
        self.token, self.start, self.place = (kind, match[kind]), match.start(kind), match.end()

    def wrong(self, message: str, expected: str | None = None, hint: str | None = None) -> None:
        """Note the fault at the token and give up."""
        width = 1 if self.token is None else len(self.token[1])
        self.faults.error("bad-formula", self._span(width), message, expected=expected, hint=hint)
        raise _Wrong

    def _span(self, width: int) -> Span:
        """The place in the line; where the text begins if it goes over several lines."""
        span = self.node.span
        if span.width < len(self.node.value.rstrip()):
            return span
        quote = 0 if self.node.plain else 1
        return span._replace(column=span.column + quote + self.start, width=width)

    def sign(self, *signs: str) -> str | None:
        """One of these signs, if it stands here; it is passed."""
        if self.token is None or self.token[0] != "sign" or self.token[1] not in signs:
            return None
        found = self.token[1]
        self.next()
        return found

    def need(self, sign: str) -> None:
        """This sign and no other."""
        if self.sign(sign) is None:
            what = "the end" if self.token is None else quoted(self.token[1])
            self.wrong(f"{what} stands where {quoted(sign)} is needed")

    def sum(self, depth: int) -> Term:
        """Terms joined by `+` and `-`."""
        return self._chain(self._product, _SUMS, depth)

    def _product(self, depth: int) -> Term:
        return self._chain(self._factor, _PRODUCTS, depth)

    def _chain(
        self, part: Callable[[int], Term], signs: Mapping[str, Function], depth: int
    ) -> Term:
        term = part(depth)
        while (sign := self.sign(*signs)) is not None:
            term = Apply(signs[sign], (term, part(depth)))
        return term

    def _factor(self, depth: int) -> Term:
        if depth > _DEEPEST:
            self.wrong(f"the formula is nested deeper than {_DEEPEST} levels")
        if self.sign("-") is not None:
            factor = self._factor(depth + 1)
            if isinstance(factor, Constant):
                return Constant(-factor.number)
            return Apply(Function.SUBTRACT, (Constant(Fraction(0)), factor))
        if self.sign("(") is not None:
            term = self.sum(depth + 1)
            self.need(")")
            return term
        if self.token is None or self.token[0] == "sign":
            what = "it ends" if self.token is None else f"{quoted(self.token[1])} stands"
            self.wrong(f"{what} where a number or a name is needed")
        assert self.token is not None, "INVARIANT: its absence is told"
        kind, text = self.token
        if kind == "number":
            return Constant(self._number())
        if text in FUNCTIONS:
            self.next()
            self.need("(")
            term = self._call(text, depth + 1)
            self.need(")")
            return term
        return self._named(text)

    def _number(self) -> Fraction:
        assert self.token is not None, "INVARIANT: asked of a number"
        number = parse_decimal(self.token[1])
        if number is None:
            self.wrong(f"{quoted(self.token[1])} is too long for a number")
        self.next()
        return Fraction(number or 0)

    def _named(self, text: str) -> Term:
        term = self.names.terms.get(text)
        if term is None:
            known = [*self.names.terms, *FUNCTIONS]
            coded = text in self.names.coded
            self.wrong(
                f"{quoted(text)} is not a number"
                if coded
                else f"{quoted(text)} is neither an input nor an earlier step",
                expected=one_of([*self.names.terms]) if self.names.terms and not coded else None,
                hint=f"write `by({text}, VALUE = …)`" if coded else nearest(text, known),
            )
        assert term is not None, "INVARIANT: its absence is told"
        self.next()
        return term

    # --- functions ------------------------------------------------------------------------------

    def _call(self, name: str, depth: int) -> Term:
        if name == "by":
            return self._by(depth)
        if name == "if":
            return self._if(depth)
        args = [self.sum(depth)]
        if name == "round":
            self.need(",")
            return Rounded(args[0], self._decimals())
        while self.sign(",") is not None:
            args.append(self.sum(depth))
        count = FUNCTIONS[name]
        if len(args) < 2 if count is None else len(args) != count:
            self.wrong(f"{quoted(name)} takes {count or 'two or more'} numbers, not {len(args)}")
        if name == "clamp":
            term, low, high = args
            raised = Apply(Function.MAXIMUM, (term, low))
            return Apply(Function.MINIMUM, (raised, high))
        if count is None:
            term = args[0]
            for arg in args[1:]:
                term = Apply(Function(name), (term, arg))
            return term
        return Apply(Function(name), tuple(args))

    def _decimals(self) -> int:
        text = "" if self.token is None else self.token[1]
        if not text.isdecimal() or int(text[:3]) > MOST_DECIMALS:
            self.wrong(f"`round` takes a number and how many decimals, 0 to {MOST_DECIMALS}")
        self.next()
        return int(text)

    def _if(self, depth: int) -> Term:
        left = self.sum(depth)
        order = self.sign(*_ORDERS)
        if order is None:
            self.wrong("`if` begins with a comparison", expected=one_of(_ORDERS))
        right = self.sum(depth)
        self.need(",")
        then = self.sum(depth)
        self.need(",")
        otherwise = self.sum(depth)
        if order in ("<", ">="):
            left, right = right, left
        if order in (">=", "<="):
            then, otherwise = otherwise, then
        return IfMore(left, right, then, otherwise)

    def _by(self, depth: int) -> Term:
        """`by(sex, female = 0.7, male = 0.9)`: one case for every value."""
        text = "" if self.token is None else self.token[1]
        found = self.names.coded.get(text)
        if found is None:
            self.wrong(
                f"{quoted(text)} is not an input with cases",
                expected=one_of(self.names.coded) if self.names.coded else None,
            )
        assert found is not None, "INVARIANT: its absence is told"
        index, fact = found
        self.next()
        shape = fact.shape
        boolean = shape.type is Type.BOOLEAN
        wanted = ("false", "true") if boolean else leaves(shape.values, shape.children)
        cases: list[tuple[frozenset[str | bool], Term]] = []
        covered: set[str | bool] = set()
        while self.sign(",") is not None:
            key = Text("" if self.token is None else self.token[1], *self._span(1))
            codes = read_code(key, shape, self.faults, what=fact.name)
            if codes is None:
                raise _Wrong
            if not covered.isdisjoint(codes):
                self.wrong(f"{quoted(key.value)} has a case already")
            covered |= codes
            self.next()
            self.need("=")
            cases.append((codes, self.sum(depth)))
        said = {str(one).lower() if isinstance(one, bool) else one for one in covered}
        left = [one for one in wanted if one not in said]
        if left:
            self.wrong(f"no case for {', '.join(map(quoted, left))} of {quoted(fact.name)}")
        return ByCase(index, tuple(cases))


def uses(term: Term) -> frozenset[int]:
    """The places of the inputs that a term depends on."""
    match term:
        case Constant():
            return frozenset()
        case Input(index):
            return frozenset({index})
        case Apply(_, args):
            inner = args
        case Rounded(arg):
            inner = (arg,)
        case ByCase(index, cases):
            return frozenset({index}).union(*(uses(arg) for _, arg in cases))
        case IfMore(left, right, then, otherwise):
            inner = (left, right, then, otherwise)
    return frozenset[int]().union(*map(uses, inner))


def _size(term: Term, left: int) -> int:
    """How many parts of `left` a term leaves over; below zero where it is larger."""
    parts: list[Term] = [term]
    while parts and left >= 0:
        left -= 1
        match parts.pop():
            case Apply(_, args):
                parts += args
            case Rounded(arg):
                parts.append(arg)
            case ByCase(_, cases):
                parts += [arg for _, arg in cases]
            case IfMore(one, other, then, otherwise):
                parts += [one, other, then, otherwise]
            case _:
                pass
    return left
