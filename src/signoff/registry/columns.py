"""What many versions say for one field of the filter language, so that no version is asked twice.

The rule it keeps: what a column answers is what the version said; a column that has no room left answers nothing, and
the version is asked. Numbers that differ in spelling alone may be kept as one: who asks for texts asks the version.
"""

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from signoff.policy.query_ranges import Range, as_double, ranges_of
from signoff.policy.query_terms import Comparison, Value, as_number

UNASKED, NUMBER = -1, -2
FEW = 1024
"""Beyond so many different answers, numbers are kept as doubles."""
ROOM = 2 << 20
"""About so many bytes the different answers for one field may take."""
EACH = 200
TEXTS = frozenset({str})
Answer: TypeAlias = tuple[Value, ...]
Key: TypeAlias = float | str | None
"""By what things are sorted: a number, a text, or nothing."""


class Answers:
    """The different answers for a field, each once."""

    __slots__ = ("_codes", "_keys", "each", "open", "room")

    def __init__(self, *, open: bool) -> None:  # noqa: A002
        """Begin without any; in an `open` field a text that reads as a number is one."""
        self.open = open
        self.each: list[Answer] = []
        self.room = ROOM
        self._codes: dict[object, int] = {}
        self._keys: dict[int, Key] = {}

    def code(self, answer: Answer) -> int:
        """Return which one an answer is, or `UNASKED` where there is no room for it."""
        alike = answer if TEXTS.issuperset(map(type, answer)) else repr(answer)
        code = self._codes.get(alike)
        if code is None:
            code, weight = len(self.each), EACH + sum(len(one) for one in answer if isinstance(one, str))
            if weight > self.room:
                return UNASKED
            self.room -= weight
            self.each.append(answer)
            self._codes[alike] = code
        return code

    @property
    def roomy(self) -> bool:
        """Whether there is room for other answers."""
        return self.room > ROOM // 4

    def key(self, code: int) -> Key:
        """Return by what an answer is sorted."""
        if code not in self._keys:
            self._keys[code] = key_of(self.each[code], open=self.open)
        return self._keys[code]


class Column:
    """The answers of so many versions, by their places; `codes` says for each which one, or why there is none."""

    __slots__ = ("answers", "codes", "numbers")

    def __init__(self, size: int, answers: Answers) -> None:
        """Begin with versions that nobody asked."""
        self.codes = array("i", [UNASKED]) * size
        self.numbers = array("d")
        self.answers = answers

    def put(self, at: int, answer: Answer) -> int:
        """Keep what a version said; return its code."""
        double = self._double(answer) if len(answer) == 1 and len(self.answers.each) >= FEW else None
        if double is None:
            code = self.answers.code(answer)
        else:
            self._make_room()
            code, self.numbers[at] = NUMBER, double
        self.codes[at] = code
        return code

    def copy(self, at: int, other: "Column", other_at: int, length: int) -> None:
        """Take the codes of so many versions over from another column of the same answers."""
        self.codes[at : at + length] = other.codes[other_at : other_at + length]
        if other.numbers:
            self._make_room()
            self.numbers[at : at + length] = other.numbers[other_at : other_at + length]

    def key(self, at: int, code: int) -> Key:
        """Return by what a version is sorted that was asked."""
        return self.numbers[at] if code == NUMBER else self.answers.key(code)

    def _double(self, answer: Answer) -> float | None:
        return as_double(answer[0]) if self.answers.open or not isinstance(answer[0], str) else None

    def _make_room(self) -> None:
        if not self.numbers:
            self.numbers.frombytes(bytes(8 * len(self.codes)))


def key_of(answer: Sequence[Value], *, open: bool = False) -> Key:  # noqa: A002
    """Return by what an answer is sorted: its first value; in an `open` field a text may be a number."""
    if not answer:
        return None
    match answer[0]:
        case datetime() as moment:
            return moment.timestamp()
        case str() as text:
            number = as_number(text) if open else None
            return text if number is None else float(number)
        case number:
            return float(number)


def number_test(column: Column, term: Comparison) -> Callable[[int], bool] | None:
    """Return what tells whether a comparison holds for a number that is kept as a double; None where it needs texts."""
    numbers, ranges = column.numbers, ranges_of(term)
    if ranges is None:
        return None
    if term.operator == "!=":
        return lambda at: not _within(numbers[at], ranges)
    if len(ranges) == 1:
        ((low, high),) = ranges
        return lambda at: low <= numbers[at] <= high
    return lambda at: _within(numbers[at], ranges)


def _within(number: float, ranges: tuple[Range, ...]) -> bool:
    return any(low <= number <= high for low, high in ranges)
