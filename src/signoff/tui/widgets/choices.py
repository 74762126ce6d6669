"""A few things to choose from: a name and what is said about it, wrapped beside it; the cursor is on one of them.

The rule it keeps: enter chooses what the cursor is on, a digit chooses at once; nothing is chosen by looking.
"""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message

from signoff.tui.present import Pieces, fit, shown, width_of, wrap
from signoff.tui.widgets.lines import Line, LineView
from signoff.tui.widgets.paint import CURSOR, is_plain

MOST_DIGITS = 9
MOST_NAME = 28


class Choices(LineView):
    """Options, of which one is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [("enter,space", "choose", "choose")]
    DEFAULT_CSS = """
    Choices { height: auto; background: $surface; }
    """

    class Chosen(Message):
        """One was chosen."""

        def __init__(self, index: int) -> None:
            """Say which, from 0."""
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin without any."""
        super().__init__(id=id)
        self.options: tuple[Pieces, ...] = ()
        self.at = 0

    def offer(self, options: Sequence[Pieces]) -> None:
        """Show options, with the cursor on the first."""
        self.options, self.at, self.top = tuple(options), 0, 0
        self.refresh(layout=True)
        self.repaint()

    def laid(self, width: int) -> list[tuple[int, Pieces]]:
        """Return each line with the option it belongs to."""
        plain, lines = is_plain(self), []
        names = min(MOST_NAME, max((cell_len(shown(one[0][0], plain=plain)) for one in self.options), default=0))
        for index, pieces in enumerate(self.options):
            number = f" {index + 1} " if index < MOST_DIGITS else "   "
            (name, tone), *said = ((shown(text, plain=plain), tone) for text, tone in pieces)
            head: Pieces = ((number, "accent"), (f"{fit(name, names)}  ", tone))
            room = max(1, width - width_of(head))
            first, *rest = wrap(tuple(said), room)
            indent = " " * width_of(head)
            lines += [(index, (*head, *first)), *((index, ((indent, "plain"), *line)) for line in rest)]
        return lines

    def total(self) -> int:
        """Return how many lines there are."""
        return len(self.laid(self.size.width - 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's)
        """Return how high all options are."""
        return len(self.laid(width - 1))

    def line_at(self, index: int, width: int) -> Line:
        """Return a line; those of the option that the cursor is on stand out."""
        option, pieces = self.laid(width)[index]
        return Line(pieces, CURSOR if option == self.at else "")

    def move_by(self, lines: int) -> None:
        """Move the cursor by options, and keep it in view."""
        self.at = max(0, min(self.at + lines, len(self.options) - 1))
        mine = [y for y, (index, _) in enumerate(self.laid(self.size.width - 1)) if index == self.at]
        if mine:
            self.top = max(mine[-1] - self.page + 1, min(self.top, mine[0]))
        self.scroll_top(self.top)

    def action_choose(self) -> None:
        """Choose what the cursor is on."""
        self.choose(self.at)

    def choose(self, index: int) -> None:
        """Tell that an option was chosen, where there is one of that number."""
        if index < len(self.options):
            self.post_message(self.Chosen(index))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to what was clicked."""
        lines = self.laid(self.size.width - 1)
        if self.top + event.y < len(lines):
            self.move_by(lines[self.top + event.y][0] - self.at)
