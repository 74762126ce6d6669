"""What everything that shows lines is built on: a widget that paints the lines that changed and no others.

The rule it keeps: a screen line is a value; after any change the new values are compared with those on the screen, and
only lines that differ are painted. It keeps its own first line instead of Textual's virtual size, since changing that
lays the whole screen out anew.
"""

from typing import ClassVar

import msgspec
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.strip import Strip

from signoff.tui.bindings import move_bindings
from signoff.tui.present import Pieces, width_of
from signoff.tui.widgets.paint import Painted, is_plain, paint

WHEEL = 3


class Line(msgspec.Struct, frozen=True):
    """One line as it stands on the screen.

    Attributes:
        pieces: What it shows.
        base: The component style of the whole line, or "".
    """

    pieces: Pieces
    base: str = ""


BLANK = Line(())
BLANK_CELL = (" ", "")


def changed_cells(before: Line, after: Line, width: int) -> range:
    """Return the cells of a line that have to be painted: all of them where characters and cells may not be the same."""
    if before.base != after.base or not (_is_even(before) and _is_even(after)):
        return range(width)
    was, now = ([*_cells(line), *[BLANK_CELL] * width] for line in (before, after))
    differ = [at for at in range(width) if was[at] != now[at] and (was[at][0], now[at][0]) != (" ", " ")]
    return range(differ[0], differ[-1] + 1) if differ else range(0)


def _is_even(line: Line) -> bool:
    """Tell whether each character is one cell, as it is and as it is shown."""
    texts = [text for text, _ in line.pieces]
    return all(text.isprintable() for text in texts) and sum(map(len, texts)) == width_of(line.pieces)


def _cells(line: Line) -> list[tuple[str, str]]:
    return [(one, tone) for text, tone in line.pieces for one in text]


class LineView(Painted, can_focus=True):
    """Lines under a fixed head, with the movement keys of every list and text."""

    BINDINGS: ClassVar[list[BindingType]] = list(move_bindings())
    DEFAULT_CSS = """
    LineView { height: 1fr; background: $background; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin at the first line, with nothing on the screen."""
        super().__init__(id=id)
        self.top = 0
        self.on_screen: list[Line] = []

    def total(self) -> int:
        """Return how many lines there are below the head."""
        raise NotImplementedError

    def line_at(self, index: int, width: int) -> Line:
        """Return one line, laid out for `width` cells."""
        raise NotImplementedError

    def whole(self) -> tuple[Pieces, ...]:
        """Return everything, as it is laid out now: for a pager."""
        width = max(1, self.size.width - 1)
        lines = [*self.head(width), *(self.line_at(index, width) for index in range(self.total()))]
        return tuple(line.pieces for line in lines)

    def head(self, width: int) -> tuple[Line, ...]:  # noqa: ARG002
        """Return the lines that stay on top."""
        return ()

    def move_by(self, lines: int) -> None:
        """Move down by some lines, or up where negative."""
        raise NotImplementedError

    @property
    def page(self) -> int:
        """How many lines are visible below the head."""
        return max(1, self.size.height - len(self.head(self.size.width)))

    @property
    def last_top(self) -> int:
        """The largest first line that leaves no room unused."""
        return max(0, self.total() - self.page)

    def scroll_top(self, top: int) -> None:
        """Show `top` as the first line, as far as there are lines."""
        self.top = max(0, min(top, self.last_top))
        self.repaint()

    def action_move(self, way: str) -> None:
        """Move as a command of the group "move" says."""
        page, everything = self.page, self.total()
        steps = {
            "move.down": 1,
            "move.up": -1,
            "move.half-down": max(1, page // 2),
            "move.half-up": -max(1, page // 2),
            "move.page-down": page,
            "move.page-up": -page,
            "move.top": -everything,
            "move.bottom": everything,
        }
        self.move_by(steps[way])

    def lines_now(self) -> list[Line]:
        """Return what should stand on the screen."""
        width, height = self.size
        room = max(0, width - 1)
        head = list(self.head(room))[:height]
        shown = range(self.top, min(self.total(), self.top + height - len(head)))
        body = [self.line_at(index, room) for index in shown]
        return (head + body + [BLANK] * height)[:height]

    def repaint(self) -> None:
        """Paint the lines that are no longer what should stand there."""
        before, self.on_screen = self.on_screen, self.lines_now()
        if len(before) != len(self.on_screen):
            self._thumb = self._thumb_now()
            self.refresh()
            return
        width = self.size.width
        pairs = enumerate(zip(before, self.on_screen, strict=True))
        whole = range(width) if is_plain(self) else None
        spans = [
            (y, whole or changed_cells(was, line, width)) for y, (was, line) in pairs if was is not line and was != line
        ]
        changed = [Region(cells.start, y, len(cells), 1) for y, cells in spans if cells]
        thumbs = self._moved_thumb(before)
        if changed or thumbs:
            self.refresh(*changed, *thumbs)

    def _moved_thumb(self, before: list[Line]) -> list[Region]:
        old, self._thumb = self._thumb, self._thumb_now()
        if old == self._thumb or not before:
            return []
        column = max(0, self.size.width - 1)
        return [Region(column, y, 1, 1) for y in range(self.size.height) if (y in old) != (y in self._thumb)]

    _thumb: range = range(0)

    def _thumb_now(self) -> range:
        total, page = self.total(), self.page
        if total <= page:
            return range(0)
        length = max(1, page * page // total)
        start = self.size.height - page + self.top * (page - length) // (total - page)
        return range(start, start + length)

    def render_line(self, y: int) -> Strip:
        """Return a line of the screen, its last cell for the scroll bar."""
        if y >= len(self.on_screen):
            return paint(self, (), self.size.width)
        line, bar = self.on_screen[y], "▐" if y in self._thumb else " "
        return paint(self, line.pieces, self.size.width, base=line.base, last=bar)

    def on_resize(self, _: events.Resize) -> None:
        """Lay the lines out for the new size."""
        self.on_screen = []
        self.scroll_top(self.top)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll on, the cursor stays on its line."""
        event.stop()
        self.scroll_top(self.top + WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back, the cursor stays on its line."""
        event.stop()
        self.scroll_top(self.top - WHEEL)
