"""Single values of YAML and JSON: what a plain word means, and how to write one so that it means the same again.

The rule it keeps: the YAML 1.2 core schema without its surprises. `true` is a boolean, `1` and `0.93` are numbers, and
whatever other parsers quarrel about (`no`, `012`, `1_000`, `1:30`, dates) is text.
"""

import re
from typing import TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    Value: TypeAlias = bool | int | float | str | list["Value"] | dict[str, "Value"] | None
else:
    Value = Any  # msgspec resolves no alias that names itself
"""What a file can say; a float that was read is a `Real`."""
Scalar: TypeAlias = bool | float | str | None
"""A value that is no list and no map."""

LONGEST_INTEGER = 64
NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(\.[0-9]*)?|(\.[0-9]+))([eE][-+]?[0-9]+)?")
NUMBER_STARTS = frozenset("+-.0123456789")
NOT_FINITE = {
    **{f"{sign}.{word}": f"{sign}inf" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")},
    **{f".{word}": "nan" for word in ("nan", "NaN", "NAN")},
}
QUARRELSOME = re.compile(
    r"[-+.]?[0-9][-+0-9_:.,eExXoObBa-fA-FTtZz ]*"  # numbers, dates and times of any parser
    r"|[yYnN~=]|<<|(?i:yes|no|on|off|true|false|null|nan|[-+]?\.?(?:inf|nan))"
)


class Real(float):
    """A number with a fraction or an exponent, which remembers how it was written: "0.9310"."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Keep the text beside the number."""
        try:
            self = float.__new__(cls, text)
        except ValueError:
            self = float.__new__(cls, NOT_FINITE[text])
        self.text = text
        return self

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override]  # float says it is a float
        return (self.text,)

    def __repr__(self) -> str:
        return self.text


WORDS: dict[str, bool | Real | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{word: Real(word) for word in NOT_FINITE},
}


def read_plain(text: str) -> bool | int | Real | str | None:
    """Return what an unquoted word means; what is no null, boolean or number is itself."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMBER_STARTS:
        return text
    found = NUMBER.fullmatch(text)
    if found is None:
        return text
    return read_integer(text) if found.lastindex is None else Real(text)


def read_integer(text: str) -> int | str:
    """Return the integer, or the text itself where nobody counts that far and the conversion would take long."""
    return int(text) if len(text) <= LONGEST_INTEGER else text


def text_of(value: Scalar) -> str:
    """Return a single value as it was written, as far as that is known."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return repr(value)


def is_plain(text: str) -> bool:
    """Return whether this text may stand without quotes: ours, and every other parser, read it as this text."""
    return read_plain(text) is text and not QUARRELSOME.fullmatch(text)


def plain_number(number: float) -> str:
    """Return the plain word for a number, as YAML writes it."""
    if number != number:  # noqa: PLR0124 - what is not equal to itself is not a number
        return ".nan"
    if number in (float("inf"), float("-inf")):
        return ".inf" if number > 0 else "-.inf"
    return repr(number)
