"""A line of numbers drawn with characters: axes, tick labels, marked places.

The rule it keeps: pure; width and height are arguments; what has no number is left open, never drawn as 0; however
many numbers there are, the lowest and the highest of every column are on the screen; each character has an ASCII form.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

import msgspec

from signoff.tui.present import Piece, Pieces, Tone, clip, fit, shown

BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of a braille character by row and column (Unicode, block Braille Patterns)."""
POINT, LINK = "•", "."
ROWS_PER_TICK = 3
LEAST_WIDTH, LEAST_HEIGHT = 20, 5
MOST_LABEL = 18
MOST_DECIMALS, MOST_EXPONENT = 6, 9
STEPS = (1, 2, 5, 10)
APART = 3
"""Cells between two points from which on each is worth a character of its own."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the plot that is told apart.

    Attributes:
        index: Which number.
        glyph: One character.
        label: What stands below it, and tells it apart from others.
        tone: How it looks.
    """

    index: int
    glyph: str
    label: str
    tone: Tone = "accent"


class Canvas(msgspec.Struct, frozen=True, kw_only=True):
    """A drawn line, without its marks: moving a mark draws nothing anew.

    Attributes:
        rows: The drawing, each row of `width` characters.
        ticks: A label for every row, "" for none.
        numbers: What was drawn.
        low: The number at the bottom.
        high: The number at the top.
        width: Characters across.
        gutter: Characters that the labels take.
        dots: How many dots a character has across and down.
        plain: Whether only ASCII was used.
        unit: What stands above the axis.
    """

    rows: tuple[str, ...]
    ticks: tuple[str, ...]
    numbers: Sequence[Decimal | None]
    low: Decimal
    high: Decimal
    width: int
    gutter: int
    dots: tuple[int, int]
    plain: bool
    unit: str

    def column(self, index: int) -> int:
        """Return in which column a number stands."""
        across, _ = self.dots
        return _across(index, len(self.numbers), self.width * across) // across

    def row(self, number: Decimal) -> int:
        """Return in which row a number stands."""
        _, down = self.dots
        return _down(number, self.low, self.high, len(self.rows) * down) // down


def axis(low: Decimal, high: Decimal, most: int) -> tuple[Decimal, ...]:
    """Return round numbers, at most about `most`, the first not above `low` and the last not below `high`."""
    with localcontext() as context:
        context.prec = 40
        if high <= low:
            room = abs(low) / 10 or Decimal(1)
            low, high = low - room, low + room
        rough = (high - low) / max(1, most - 1)
        unit = Decimal(1).scaleb(rough.adjusted())
        step = next(unit * factor for factor in STEPS if unit * factor >= rough)
        first = (low / step).to_integral_value(ROUND_FLOOR) * step
        count = int(((high - first) / step).to_integral_value(ROUND_CEILING))
        return tuple(first + step * at for at in range(count + 1))


def tick_texts(ticks: Sequence[Decimal]) -> tuple[str, ...]:
    """Return the labels of an axis, all with the same digits behind the point."""
    step = ticks[1] - ticks[0]
    largest = max(abs(tick) for tick in ticks).adjusted()
    decimals = max(0, -step.adjusted())
    if largest >= MOST_EXPONENT or decimals > MOST_DECIMALS:
        digits = min(MOST_DECIMALS, max(0, largest - step.adjusted()))
        return tuple(f"{tick:.{digits}e}" if tick else "0" for tick in ticks)
    return tuple(f"{tick:.{decimals}f}" for tick in ticks)


def draw(
    numbers: Sequence[Decimal | None], *, width: int, height: int, unit: str = "", plain: bool = False
) -> Canvas | None:
    """Return a line through numbers, from left to right; None where there is no number or no room for one.

    Args:
        numbers: In order; None leaves its place open, and the line with it.
        width: Cells for all of it, labels too.
        height: Lines for all of it: the unit, the drawing, the axis, what stands below it.
        unit: What stands above the axis.
        plain: Whether to use ASCII only.
    """
    known = [number for number in numbers if number is not None]
    if not known or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return None
    rows = height - 3
    ticks = axis(min(known), max(known), max(2, rows // ROWS_PER_TICK + 1))
    texts = tick_texts(ticks)
    gutter = max(map(len, texts)) + 2
    columns = max(1, width - gutter)
    across, down = dots = (1, 1) if plain else (2, 4)
    grid = _Grid(columns * across, rows * down)
    grid.line([None if one is None else _down(one, ticks[0], ticks[-1], rows * down) for one in numbers])
    bare = Canvas(
        rows=tuple(grid.ascii() if plain else grid.braille()),
        ticks=("",) * rows,
        numbers=numbers,
        low=ticks[0],
        high=ticks[-1],
        width=columns,
        gutter=gutter,
        dots=dots,
        plain=plain,
        unit=unit,
    )
    return _finished(bare, dict(zip(ticks, texts, strict=True)))


def _finished(canvas: Canvas, texts: Mapping[Decimal, str]) -> Canvas:
    """Return a canvas with labels, and with a character of its own for every number where that tells them apart."""
    labels = {canvas.row(tick): text for tick, text in texts.items()}
    rows, count = canvas.rows, len(canvas.numbers)
    if canvas.plain or count * APART <= canvas.width:
        spots = {(canvas.row(number), canvas.column(at)) for at, number in _known(canvas.numbers)}
        rows = _spotted(rows, spots, _glyph(POINT, canvas))
    ticks = tuple(labels.get(row, "") for row in range(len(rows)))
    return msgspec.structs.replace(canvas, rows=rows, ticks=ticks)


def _known(numbers: Sequence[Decimal | None]) -> Iterator[tuple[int, Decimal]]:
    return ((at, number) for at, number in enumerate(numbers) if number is not None)


def _across(index: int, count: int, width: int) -> int:
    return (width - 1) // 2 if count < 2 else (index * (width - 1) * 2 + count - 1) // ((count - 1) * 2)  # noqa: PLR2004


def _down(number: Decimal, low: Decimal, high: Decimal, rows: int) -> int:
    share = float((number - low) / (high - low))
    return max(0, min(rows - 1, round((1 - share) * (rows - 1))))


class _Grid:
    """Dots that are set or not."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.columns: list[set[int]] = [set() for _ in range(width)]

    def line(self, heights: Sequence[int | None]) -> None:
        """Draw a line through dots, open where one is missing."""
        count, before = len(heights), None
        for index, y in enumerate(heights):
            here = None if y is None else (_across(index, count, self.width), y)
            if here is not None:
                self.link(before or here, here)
            before = here

    def link(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw from a dot to one that is not to its left, without a hole."""
        (x0, y0), (x1, y1) = start, end
        last = y0
        for x in range(x0, x1 + 1):
            y = y1 if x == x1 else y0 + round((y1 - y0) * (x - x0) / (x1 - x0))
            step = 1 if y >= last else -1
            self.columns[x].update(range(last, y + step, step) if x > x0 or x0 == x1 else (y,))
            last = y

    def braille(self) -> list[str]:
        """Return the dots, two by four in a character; a space where there is none."""
        cells = [[0] * (self.width // 2) for _ in range(self.height // 4)]
        for x, column in enumerate(self.columns):
            for y in column:
                cells[y // 4][x // 2] |= DOTS[y % 4][x % 2]
        return ["".join(chr(BRAILLE + bits) if bits else " " for bits in row) for row in cells]

    def ascii(self) -> list[str]:
        """Return each dot as a character."""
        return ["".join(LINK if y in column else " " for column in self.columns) for y in range(self.height)]


def _spotted(rows: Sequence[str], spots: Iterable[tuple[int, int]], glyph: str) -> tuple[str, ...]:
    cells = [list(row) for row in rows]
    for row, column in spots:
        cells[row][column] = glyph
    return tuple("".join(row) for row in cells)


def plot_lines(canvas: Canvas, *, ends: tuple[str, str], marks: Sequence[Mark] = ()) -> tuple[Pieces, ...]:
    """Return the lines of a plot.

    Args:
        canvas: What was drawn.
        ends: What the first and the last number are called.
        marks: Places told apart; of two in one cell the earlier is seen.
    """
    spots: dict[tuple[int, int], Mark] = {}
    feet: dict[int, Mark] = {}
    for mark in marks:
        column, number = canvas.column(mark.index), canvas.numbers[mark.index]
        feet.setdefault(column, mark)
        if number is not None:
            spots.setdefault((canvas.row(number), column), mark)
    lines = [_unit_line(canvas)]
    for at, row in enumerate(canvas.rows):
        tick = canvas.ticks[at]
        bar = _glyph("┤" if tick else "│", canvas)
        gutter: Piece = (f"{tick:>{canvas.gutter - 2}} {bar}", "dim")
        lines.append((gutter, *_with_marks(row, {x: mark for (y, x), mark in spots.items() if y == at}, canvas)))
    corner: Piece = (" " * (canvas.gutter - 1) + _glyph("└", canvas), "dim")
    floor = _glyph("─", canvas) * canvas.width
    lines.append((corner, *_with_marks(floor, feet, canvas, tone="dim")))
    lines.append(_names(canvas, ends, feet))
    return tuple(lines)


def _unit_line(canvas: Canvas) -> Pieces:
    share = -(-len(canvas.numbers) // canvas.width)
    dense = f"each column: lowest to highest of up to {share:,}" if share > 1 else ""
    unit = fit(shown(canvas.unit, plain=canvas.plain), max(0, canvas.gutter + canvas.width - len(dense)))
    return ((unit, "dim"), (clip(dense, canvas.gutter + canvas.width), "dim"))


def _glyph(text: str, canvas: Canvas) -> str:
    return shown(text, plain=canvas.plain)


def _with_marks(row: str, marks: dict[int, Mark], canvas: Canvas, *, tone: Tone = "plain") -> Iterator[Piece]:
    at = 0
    for column, mark in sorted(marks.items()):
        yield row[at:column], tone
        yield _glyph(mark.glyph, canvas)[:1], mark.tone
        at = column + 1
    yield row[at:], tone


def _names(canvas: Canvas, ends: tuple[str, str], feet: dict[int, Mark]) -> Pieces:
    """Return the line below the axis: what marks and ends are called, as far as there is room."""
    wanted = [(column, mark.label, mark.tone) for column, mark in feet.items()]
    first, last = ends
    wanted += [(canvas.column(0), first, "dim"), (canvas.column(len(canvas.numbers) - 1), last, "dim")]
    taken: list[tuple[int, str, Tone]] = []
    for column, label, tone in wanted:
        text = clip(_glyph(label, canvas), MOST_LABEL)
        start = max(0, min(column - len(text) // 2, canvas.width - len(text)))
        if all(start + len(text) < at or start > at + len(other) for at, other, _ in taken):
            taken.append((start, text, tone))
    pieces: list[Piece] = [(" " * canvas.gutter, "plain")]
    at = 0
    for start, text, tone in sorted(taken):
        pieces += [(" " * (start - at), "plain"), (text, tone)]
        at = start + len(text)
    return tuple(pieces)
