"""Comparisons with numbers, as ranges of doubles.

The rule it keeps: a double stands for the number that its shortest spelling is, so that a range has a double in it
exactly where the comparison holds for that number.
"""

from datetime import datetime
from decimal import Decimal
from math import inf, nextafter

from signoff.policy.query_terms import Anything, Comparison, Operand, Operator, Span, Text, Value, as_number

Range = tuple[float, float]
"""Doubles from the first to the last of two."""


def as_double(value: Value) -> float | None:
    """Return the double that stands for a value's number; None where it has no number, or no double stands for it."""
    number = as_number(value)
    if number is None or (isinstance(value, datetime) and value.microsecond):
        return None
    double = float(number)
    return double if _exact(double) == number else None


def ranges_of(term: Comparison) -> tuple[Range, ...] | None:
    """Return where a comparison with `=`, or another with `!=`, finds its number; None where it looks at texts."""
    found: list[Range] = []
    for operand in term.operands:
        one = _range(term.operator, operand)
        if one is None:
            return None
        found.append(one)
    return tuple(found)


def _range(operator: Operator, operand: Operand) -> Range | None:
    match operand:
        case Span(low, high):
            return _ordered(operator, low, high)
        case Text(_, "whole", Decimal() as number):
            return _from(number), _to(number)
        case Anything():
            return -inf, inf
        case _:
            return None


def _ordered(operator: Operator, low: Decimal, high: Decimal) -> Range:
    """Return what `query_terms.ORDERS` tells of a span."""
    point = low == high
    match operator:
        case "<":
            return -inf, _below(low)
        case "<=":
            return -inf, _to(low) if point else _below(high)
        case ">":
            return (_above(low) if point else _from(high)), inf
        case ">=":
            return _from(low), inf
        case _:
            return _from(low), _to(low) if point else _below(high)


def _exact(double: float) -> Decimal:
    return Decimal(repr(double))


def _from(number: Decimal) -> float:
    """Return the first double that is no less than a number."""
    double = float(number)
    return double if _exact(double) >= number else nextafter(double, inf)


def _to(number: Decimal) -> float:
    """Return the last double that is no more than a number."""
    double = float(number)
    return double if _exact(double) <= number else nextafter(double, -inf)


def _above(number: Decimal) -> float:
    double = _to(number)
    return nextafter(double, inf)


def _below(number: Decimal) -> float:
    double = _from(number)
    return nextafter(double, -inf)
