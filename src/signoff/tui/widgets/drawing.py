"""A picture made of lines, as large as the room it has.

The rule it keeps: it is made when it is seen and when its size changes; a picture that differs in one line paints one.
"""

from collections.abc import Callable, Sequence

from signoff.tui.present import Pieces
from signoff.tui.widgets.lines import BLANK, Line, LineView

Draw = Callable[[int, int], Sequence[Pieces]]
"""Width and height in cells -> lines."""


class Drawing(LineView, can_focus=False):
    """Lines that something draws."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin empty."""
        super().__init__(id=id)
        self.draw: Draw = lambda _width, _height: ()
        self.drawn: Sequence[Pieces] = ()
        self.drawn_for: tuple[int, int, Draw] | None = None

    def show(self, draw: Draw) -> None:
        """Show another picture."""
        self.draw = draw
        self.repaint()

    def total(self) -> int:
        """Return how many lines there is room for."""
        return self.size.height

    def line_at(self, index: int, width: int) -> Line:
        """Return a line of the picture."""
        wanted = (width, self.size.height, self.draw)
        if self.drawn_for != wanted:
            self.drawn_for = wanted
            self.drawn = self.draw(width, self.size.height)
        return Line(tuple(self.drawn[index])) if index < len(self.drawn) else BLANK

    def move_by(self, lines: int) -> None:
        """Stay: all of it is on the screen."""
