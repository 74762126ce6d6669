"""How outside text, sizes, times and digests become text that a terminal can be given.

The rule it keeps: what `displayable` returns has no character that moves a cursor, starts a terminal's sequence,
turns the writing direction or takes no room of its own; it stands visibly in its place.
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

UNKNOWN = "-"
MOST_MARKS = 4
TAB = 4
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
MARK_CATEGORIES = frozenset({"Mn", "Me"})
UNSEEN = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # hangul fillers
    (0x17B4, 0x17B5),  # khmer inherent vowels
    (0x180B, 0x180F),  # mongolian variation selectors
    (0x2800, 0x2800),  # blank braille pattern
    (0x3164, 0x3164),  # hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),  # half-width hangul filler
    (0xE0100, 0xE01EF),  # more variation selectors
)
ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
UNITS = "KMGTPE"
KIBI = 1024
FOURTH_DIGIT = 999.5
AGES = ((60, 1, "s"), (3600, 60, "m"), (86400, 3600, "h"), (1209600, 86400, "d"), (31557600, 604800, "w"))
YEAR = 31557600
JUST_NOW = 2


def displayable(text: str) -> str:
    r"""Return `text` in NFC with every character that could act or hide written out, as `\x1b` or `<U+202E>`."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = MOST_MARKS
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in MARK_CATEGORIES else 0
        if marks > MOST_MARKS or _is_hidden(character, category):
            shown.append(_written_out(character))
            marks = MOST_MARKS
        else:
            shown.append(character)
    return "".join(shown)


def _is_hidden(character: str, category: str) -> bool:
    if category in HIDDEN_CATEGORIES:
        return True
    return not character.isascii() and any(low <= ord(character) <= high for low, high in UNSEEN)


def _written_out(character: str) -> str:
    code = ord(character)
    return ESCAPES.get(character) or (f"\\x{code:02x}" if code <= 0xFF else f"<U+{code:04X}>")  # noqa: PLR2004


def displayable_lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text, each displayable, with tabs as spaces; a line ends at LF or CR LF only."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept = lines[:-1] if len(lines) > 1 and not lines[-1] else lines
    return tuple(displayable(line.expandtabs(TAB)) for line in kept)


def ascii_only(text: str) -> str:
    r"""Return displayable text for a terminal without UTF-8: other characters as `\xe9` or `\u4e2d`."""
    return text if text.isascii() else text.encode("ascii", "backslashreplace").decode("ascii")


def short_size(size: int | None) -> str:
    """Return a number of bytes in at most five cells, three digits and a binary unit: `15.0G`, `168M`, `812B`."""
    if size is None:
        return UNKNOWN
    number, unit = _scaled(size)
    return f"{number}{unit or 'B'}"


def long_size(size: int | None) -> str:
    """Return a number of bytes with its unit spelled out: `14.9 GiB`, `812 B`."""
    if size is None:
        return UNKNOWN
    number, unit = _scaled(size)
    return f"{number} {unit}iB" if unit else f"{number} B"


def _scaled(size: int) -> tuple[str, str]:
    number, unit = float(size), ""
    for following in UNITS:
        if number < FOURTH_DIGIT:
            break
        number, unit = number / KIBI, following
    digits = sum(number < limit for limit in (9.995, 99.95))
    return f"{number:.{digits if unit else 0}f}", unit


def age(moment: datetime | None, *, now: datetime) -> str:
    """Return how long ago something was, in one unit: `3m ago`, `6d ago`, `in 2h`, `-` where nobody knows."""
    if moment is None:
        return UNKNOWN
    seconds = int((now - moment).total_seconds())
    if abs(seconds) <= JUST_NOW:
        return "now"
    return f"{_span(seconds)} ago" if seconds > 0 else f"in {_span(-seconds)}"


def _span(seconds: int) -> str:
    for limit, step, unit in AGES:
        if seconds < limit:
            return f"{seconds // step}{unit}"
    return f"{seconds // YEAR}y"


def utc_minute(moment: datetime | None) -> str:
    """Return a time to the minute, in UTC and saying so: `2026-11-23 14:03 UTC`."""
    return UNKNOWN if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def short_digest(digest: str | None) -> str:
    """Return a digest that can be told from its neighbours at a glance: `sha256:9f2c…41aa`."""
    if not digest:
        return UNKNOWN
    plain = digest.removeprefix("sha256:")
    return f"sha256:{plain[:4]}…{plain[-4:]}" if len(plain) > 12 else f"sha256:{plain}"  # noqa: PLR2004


def aligned(numbers: Sequence[str]) -> tuple[str, ...]:
    """Return numbers as texts of one width with their decimal points below each other; `-` stands at the point."""
    heads = [text.partition(".")[0] for text in numbers]
    tails = [text[len(head) :] for text, head in zip(numbers, heads, strict=True)]
    before, after = max(map(len, heads), default=0), max(map(len, tails), default=0)
    return tuple(head.rjust(before) + tail.ljust(after) for head, tail in zip(heads, tails, strict=True))
