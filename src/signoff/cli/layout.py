"""Tables for a terminal: which columns fit, and how wide each is.

The rule it keeps: a cell that is cut ends with an ellipsis, a column that is left out is named; pure.
"""

import re
import unicodedata
from collections.abc import Sequence
from textwrap import wrap

import msgspec

from signoff.values.display import UNKNOWN, aligned, displayable

GAP = 2
NARROWEST = 8
NARROWEST_WRAP = 20
ELLIPSIS = "…"
NUMBER = re.compile(r"([+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?|[-=])(?= |$)")


class Cell(msgspec.Struct, frozen=True):
    """One cell: short for people, whole for pipes.

    Attributes:
        text: What a terminal shows.
        whole: What a pipe gets; None: the same.
        style: A colour's name, or "".
    """

    text: str
    whole: str | None = None
    style: str = ""

    @property
    def full(self) -> str:
        """What a pipe gets."""
        return self.text if self.whole is None else self.whole


Row = Sequence[Cell]
Line = tuple[tuple[str, str], ...]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column.

    Attributes:
        title: Its heading.
        right: Whether its cells stand to the right, as numbers do.
        pointed: Whether its numbers stand with their decimal points below each other, what follows them behind.
        elastic: Whether its cells may be cut.
        wraps: Whether its cells go on in the next line; for the last column only.
        optional: Whether it is left out without a word where no cell says anything.
        priority: Columns with the smallest one are left out first; 0 is never left out.
    """

    title: str
    right: bool = False
    pointed: bool = False
    elastic: bool = False
    wraps: bool = False
    optional: bool = False
    priority: int = 0


class Table(msgspec.Struct, frozen=True):
    """What to print: lines of (text, style) pieces, and the titles of the columns that found no room."""

    lines: tuple[Line, ...]
    dropped: tuple[str, ...]


def laid_out(columns: Sequence[Column], rows: Sequence[Row], *, width: int) -> Table:
    """Return the table that fits a terminal of `width` cells."""
    texts = [[displayable(cell.text) for cell in row] for row in rows]
    natural = _natural(columns, texts)
    lined = _pointed(columns, texts)
    if sum(_natural(columns, lined)) + GAP * (len(columns) - 1) <= width:
        texts, natural = lined, _natural(columns, lined)
    said = [at for at, column in enumerate(columns) if not column.optional or any(_says(row[at]) for row in rows)]
    kept = list(said)
    while _least(columns, natural, kept) > width and (weakest := _weakest(columns, kept)) is not None:
        kept.remove(weakest)
    widths = _squeezed(columns, natural, kept, width=width)
    shown = [columns[at] for at in kept]
    styles = [[row[at].style for at in kept] for row in rows]
    lines = [_line([column.title for column in shown], shown, widths, ["dim"] * len(kept))]
    for row, style in zip(texts, styles, strict=True):
        parts = _wrapped([row[at] for at in kept], shown, widths)
        lines += [_line(part, shown, widths, style) for part in parts]
    return Table(tuple(lines), tuple(columns[at].title for at in said if at not in kept))


def _natural(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> list[int]:
    return [max(cells(column.title), *(cells(row[at]) for row in texts), 0) for at, column in enumerate(columns)]


def _pointed(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the texts with the decimal points of numbers below each other, where a column wants that."""
    turned = [[row[at] for row in texts] for at in range(len(columns))]
    lined = [_lined(texts) if column.pointed else texts for column, texts in zip(columns, turned, strict=True)]
    return [list(row) for row in zip(*lined, strict=True)]


def _lined(texts: Sequence[str]) -> list[str]:
    found = [NUMBER.match(text) for text in texts]
    numbers = iter(aligned([one[0] for one in found if one]))
    behind = max((len(one.string) - one.end() for one in found if one), default=0)
    return [
        next(numbers) + text[one.end() :].ljust(behind) if one else text for text, one in zip(texts, found, strict=True)
    ]


def _says(cell: Cell) -> bool:
    return cell.text not in {"", UNKNOWN}


def _line(texts: Sequence[str], columns: Sequence[Column], widths: Sequence[int], styles: Sequence[str]) -> Line:
    last = len(texts) - 1
    return tuple(
        (_fitted(text, widths[at], right=columns[at].right, last=at == last), styles[at])
        for at, text in enumerate(texts)
    )


def _wrapped(row: list[str], columns: Sequence[Column], widths: Sequence[int]) -> list[list[str]]:
    """Return the lines of a row: several where its last cell goes on."""
    if not columns[-1].wraps or cells(row[-1]) <= widths[-1]:
        return [row]
    parts = wrap(row[-1], widths[-1]) or [""]
    return [[*row[:-1], parts[0]], *([*[""] * (len(row) - 1), part] for part in parts[1:])]


def _least(columns: Sequence[Column], natural: Sequence[int], kept: Sequence[int]) -> int:
    return sum(_narrowest(columns[at], natural[at]) for at in kept) + GAP * (len(kept) - 1)


def _narrowest(column: Column, natural: int) -> int:
    if column.wraps:
        return min(natural, NARROWEST_WRAP)
    return min(natural, NARROWEST) if column.elastic else natural


def _weakest(columns: Sequence[Column], kept: Sequence[int]) -> int | None:
    droppable = [at for at in kept if columns[at].priority]
    return min(reversed(droppable), key=lambda at: columns[at].priority) if droppable else None


def _squeezed(columns: Sequence[Column], natural: list[int], kept: Sequence[int], *, width: int) -> list[int]:
    """Return the widths of the kept columns: the widest of those that may be cut gives way first."""
    widths = {at: natural[at] for at in kept}
    over = sum(widths.values()) + GAP * (len(kept) - 1) - width
    for at in [at for at in kept if columns[at].wraps]:
        given = max(0, min(over, widths[at] - _narrowest(columns[at], natural[at])))
        widths[at], over = widths[at] - given, over - given
    elastic = [at for at in kept if columns[at].elastic]
    while over > 0 and elastic:
        widest = max(elastic, key=lambda at: widths[at])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
        over -= 1
    return [widths[at] for at in kept]


def _fitted(text: str, width: int, *, right: bool, last: bool) -> str:
    cut = text if cells(text) <= width else _cut(text, width)
    room = " " * (width - cells(cut))
    if right:
        return room + cut + ("" if last else " " * GAP)
    return cut if last else cut + room + " " * GAP


def _cut(text: str, width: int) -> str:
    while text and cells(text) > width - 1:
        text = text[:-1]
    return text + ELLIPSIS


def cells(text: str) -> int:
    """Return how many cells of a terminal a displayable text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
