"""The terms of a parsed query, and the predicates that they are compiled to.

The rule it keeps: a term is a value that can be compared; `compiled` turns it into nested closures once, so that a
hundred thousand rows are asked without looking at the term again. What a row does not know matches no comparison.
"""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Literal, Protocol, TypeVar

import msgspec

Thing = TypeVar("Thing")
Value = str | Decimal | datetime | int
Operator = Literal["=", "!=", "<", "<=", ">", ">="]


class Row(Protocol):
    """What can be filtered."""

    def values(self, field: str) -> tuple[Value, ...]:
        """Return what the row says for a field, () where it says nothing; sizes in bytes, times with a zone.

        `field` is a name of `query_fields.FIELDS`, or `metrics.NAME`, `params.NAME` or `tags.NAME`; for `age` it is
        the moment from which the row's age counts.
        """

    def words(self) -> tuple[str, ...]:
        """Return what free words look into: name, version, tags, author, description."""


Predicate = Callable[[Row], bool]
Test = Callable[[Value], bool]


class Span(msgspec.Struct, frozen=True):
    """Numbers from `low` up to, but without, `high`; one number where both are the same."""

    low: Decimal
    high: Decimal


class Text(msgspec.Struct, frozen=True):
    """A folded text, and which part of a value it must be; `number` is its number where numbers are also meant."""

    text: str
    part: Literal["whole", "prefix", "part"]
    number: Decimal | None = None


class Person(msgspec.Struct, frozen=True):
    """A folded person id, or what stands before its `@`."""

    text: str


class Glob(msgspec.Struct, frozen=True):
    """A regular expression over a whole folded value."""

    expression: str


class Anything(msgspec.Struct, frozen=True):
    """Any value at all, but at least one."""


Operand = Span | Text | Person | Glob | Anything
ANYTHING = Anything()


class Word(msgspec.Struct, frozen=True):
    """A folded text anywhere in a row's words."""

    text: str


class Comparison(msgspec.Struct, frozen=True):
    """A field compared with one of several operands."""

    field: str
    operator: Operator
    operands: tuple[Operand, ...]


class Negation(msgspec.Struct, frozen=True):
    """Not the term."""

    term: "Term"


class AllOf(msgspec.Struct, frozen=True):
    """Every one of the terms; none is everything."""

    terms: tuple["Term", ...]


class AnyOf(msgspec.Struct, frozen=True):
    """At least one of the terms."""

    terms: tuple["Term", ...]


Term = Word | Comparison | Negation | AllOf | AnyOf


def compiled(term: Term) -> Predicate:
    """Return the predicate of a term."""
    match term:
        case Word(text):
            return _word(text)
        case Comparison(field, operator, operands):
            return _comparison(field, operator, operands)
        case Negation(inner):
            predicate = compiled(inner)
            return lambda row: not predicate(row)
        case AllOf(terms):
            return all_of([compiled(each) for each in terms])
        case _:
            return any_of([compiled(each) for each in term.terms])


def asked(term: Term) -> tuple[str, ...]:
    """Return the fields that a term asks rows for, each once, in the order of writing."""
    match term:
        case Word():
            return ()
        case Comparison(field):
            return (field,)
        case Negation(inner):
            return asked(inner)
        case _:
            return tuple(dict.fromkeys(field for each in term.terms for field in asked(each)))


def glob(text: str, *, many: str, one: str) -> str:
    """Return the regular expression of a glob.

    Each run between two stars is atomic (its first place is as good as any), so that no pattern takes more than
    quadratic time.
    """
    first, *others = ("".join("." if mark == one else re.escape(mark) for mark in run) for run in text.split(many))
    if not others:
        return first
    return first + "".join(f"(?>.*?{run})" for run in others[:-1]) + ".*" + others[-1]


def _word(text: str) -> Predicate:
    def matches(row: Row) -> bool:
        for word in row.words():  # noqa: SIM110  a loop costs half of any() over a generator
            if text in word.casefold():
                return True
        return False

    return matches


def all_of(predicates: list[Callable[[Thing], bool]]) -> Callable[[Thing], bool]:
    """Return what is true where each of these is."""

    def matches(thing: Thing) -> bool:
        for predicate in predicates:  # noqa: SIM110
            if not predicate(thing):
                return False
        return True

    return matches


def any_of(predicates: list[Callable[[Thing], bool]]) -> Callable[[Thing], bool]:
    """Return what is true where one of these is."""

    def matches(thing: Thing) -> bool:
        for predicate in predicates:  # noqa: SIM110
            if predicate(thing):
                return True
        return False

    return matches


def _comparison(field: str, operator: Operator, operands: tuple[Operand, ...]) -> Predicate:
    if operator == "!=":
        equal = _any_value(field, [_equal(operand) for operand in operands])
        return lambda row: bool(row.values(field)) and not equal(row)
    if operator == "=":
        return _any_value(field, [_equal(operand) for operand in operands])
    return _any_value(field, [_order(operator, operand) for operand in operands if isinstance(operand, Span)])


def _any_value(field: str, tests: list[Test]) -> Predicate:
    def matches(row: Row) -> bool:
        for value in row.values(field):
            for test in tests:
                if test(value):
                    return True
        return False

    return matches


def _equal(operand: Operand) -> Test:
    match operand:
        case Span():
            return _order("=", operand)
        case Text():
            return _text(operand)
        case Person(text):
            return lambda value: text in (folded(value), folded(value).partition("@")[0])
        case Glob(expression):
            whole = re.compile(expression, re.DOTALL).fullmatch
            return lambda value: whole(folded(value)) is not None
        case _:
            return lambda _: True


def _text(operand: Text) -> Test:
    text, number = operand.text, operand.number
    if number is not None:
        return lambda value: folded(value) == text or as_number(value) == number
    match operand.part:
        case "whole":
            return lambda value: folded(value) == text
        case "prefix":
            return lambda value: folded(value).startswith(text)
        case _:
            return lambda value: text in folded(value)


def _order(operator: Operator, span: Span) -> Test:
    compare = ORDERS[operator]
    low, high = span.low, span.high

    def test(value: Value) -> bool:
        number = as_number(value)
        return number is not None and compare(number, low, high)

    return test


Number = Decimal | int
ORDERS: dict[str, Callable[[Number, Decimal, Decimal], bool]] = {
    "=": lambda number, low, high: low <= number < high or number == low,
    "<": lambda number, low, _: number < low,
    "<=": lambda number, low, high: number < high or number == low,
    ">": lambda number, low, high: number >= high and number != low,
    ">=": lambda number, low, _: number >= low,
}


def folded(value: Value) -> str:
    """Return a value's text without regard to case."""
    return value.casefold() if isinstance(value, str) else str(value).casefold()


def as_number(value: Value) -> Number | None:
    """Return a value's number, a moment's seconds since 1970, or None: a text may be any."""
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return int(value.timestamp())
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
