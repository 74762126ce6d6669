"""Tables for a terminal: which columns fit, and how wide each is.

The rule it keeps: a cell that is cut ends with an ellipsis, a column that is left out is named; pure.
"""

import unicodedata
from collections.abc import Sequence

import msgspec

from signoff.values.display import displayable

GAP = 2
NARROWEST = 12
ELLIPSIS = "…"


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
        elastic: Whether its cells may be cut.
        priority: Columns with the smallest one are left out first; 0 is never left out.
    """

    title: str
    right: bool = False
    elastic: bool = False
    priority: int = 0


class Table(msgspec.Struct, frozen=True):
    """What to print: lines of (text, style) pieces, and the titles of the columns that found no room."""

    lines: tuple[Line, ...]
    dropped: tuple[str, ...]


def laid_out(columns: Sequence[Column], rows: Sequence[Row], *, width: int) -> Table:
    """Return the table that fits a terminal of `width` cells."""
    texts = [[displayable(cell.text) for cell in row] for row in rows]
    natural = [max(cells(column.title), *(cells(row[at]) for row in texts), 0) for at, column in enumerate(columns)]
    kept = list(range(len(columns)))
    while _least(columns, natural, kept) > width and (weakest := _weakest(columns, kept)) is not None:
        kept.remove(weakest)
    widths = _squeezed(columns, natural, kept, width=width)
    head: Line = tuple(
        (_fitted(columns[at].title, widths[at], right=columns[at].right, last=at == kept[-1]), "dim") for at in kept
    )
    lines = [
        tuple(
            (_fitted(row[at], widths[at], right=columns[at].right, last=at == kept[-1]), cell_row[at].style)
            for at in kept
        )
        for row, cell_row in zip(texts, rows, strict=True)
    ]
    dropped = tuple(column.title for at, column in enumerate(columns) if at not in kept)
    return Table((head, *lines), dropped)


def _least(columns: Sequence[Column], natural: Sequence[int], kept: Sequence[int]) -> int:
    least = (min(natural[at], NARROWEST) if columns[at].elastic else natural[at] for at in kept)
    return sum(least) + GAP * (len(kept) - 1)


def _weakest(columns: Sequence[Column], kept: Sequence[int]) -> int | None:
    droppable = [at for at in kept if columns[at].priority]
    return min(reversed(droppable), key=lambda at: columns[at].priority) if droppable else None


def _squeezed(columns: Sequence[Column], natural: list[int], kept: Sequence[int], *, width: int) -> list[int]:
    widths = list(natural)
    elastic = [at for at in kept if columns[at].elastic]
    over = sum(widths[at] for at in kept) + GAP * (len(kept) - 1) - width
    while over > 0 and elastic:
        widest = max(elastic, key=lambda at: widths[at])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
        over -= 1
    return widths


def _fitted(text: str, width: int, *, right: bool, last: bool) -> str:
    cut = text if cells(text) <= width else _cut(text, width)
    room = " " * (width - cells(cut))
    return (room + cut if right else cut + room) + ("" if last else " " * GAP)


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
