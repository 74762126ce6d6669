"""A long text of plain lines, each dressed in tones when it is seen.

The rule it keeps: a megabyte costs what counting its lines costs; only lines on the screen are coloured.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from signoff.tui.present import Piece, Pieces, hang_of, shown, wrap
from signoff.tui.widgets.lines import Line
from signoff.tui.widgets.paint import is_plain
from signoff.tui.widgets.text import TextView
from signoff.values.display import displayable_lines

LONGEST = 10_000
MOST_DRESSED = 200
WIDEST, WIDEST_PLAIN = 2, 10
Dress = Callable[[str], Pieces]


def undressed(line: str) -> Pieces:
    """Return a line in one tone."""
    return ((line, "plain"),)


def long_lines(text: str) -> tuple[str, ...]:
    """Return the lines of any text as a long text takes them: displayable, and none longer than anybody reads."""
    return tuple(_bounded(line) for line in displayable_lines(text))


class LongText(TextView):
    """Pieces on top, as any text, and below them lines that are dressed on demand."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin empty."""
        super().__init__(id=id)
        self.lines: tuple[str, ...] = ()
        self.dress: Dress = undressed
        self.starts: tuple[int, ...] = (0,)
        self.dressed: dict[int, tuple[Pieces, ...]] = {}
        self.counted_for: tuple[int, tuple[str, ...]] = (0, ())

    def show(self, text: Sequence[Pieces]) -> None:
        """Show pieces alone."""
        self.show_lines(text, (), undressed)

    def show_lines(self, above: Sequence[Pieces], lines: Sequence[str], dress: Dress) -> None:
        """Show lines, as `long_lines` returns them, below some pieces."""
        self.lines, self.dress = tuple(lines), dress
        super().show(above)

    def total(self) -> int:
        """Return how many lines there are, wrapped."""
        above = super().total()
        self._count(max(1, self.size.width - 1))
        return above + self.starts[-1]

    def line_at(self, index: int, width: int) -> Line:
        """Return a wrapped line."""
        self._wrap(max(1, width))
        self._count(max(1, width))
        below = index - len(self.wrapped)
        if below < 0:
            return self.wrapped[index]
        number = bisect_right(self.starts, below) - 1
        if number not in self.dressed:
            if len(self.dressed) >= MOST_DRESSED:
                self.dressed.clear()
            self.dressed[number] = self._dressed(self.lines[number], max(1, width))
        return Line(self.dressed[number][below - self.starts[number]])

    def whole(self) -> tuple[Pieces, ...]:
        """Return everything, unwrapped."""
        return (*self.text, *(undressed(line) for line in self.lines))

    def _dressed(self, line: str, width: int) -> tuple[Pieces, ...]:
        plain = is_plain(self)
        pieces = tuple[Piece, ...]((shown(text, plain=plain), tone) for text, tone in self.dress(line))
        return wrap(pieces, width, indent=hang_of(pieces, width))

    def _count(self, width: int) -> None:
        if self.counted_for == (width, self.lines):
            return
        self.counted_for = (width, self.lines)
        self.dressed.clear()
        widest = WIDEST_PLAIN if is_plain(self) else WIDEST
        self.starts = (0, *accumulate(self._height(line, width, widest) for line in self.lines))

    def _height(self, line: str, width: int, widest: int) -> int:
        if len(line) * (1 if line.isascii() else widest) <= width:
            return 1
        return len(self._dressed(line, width))


def _bounded(line: str) -> str:
    more = len(line) - LONGEST
    return line if more <= 0 else f"{line[:LONGEST]} … and {more:,} more characters"
