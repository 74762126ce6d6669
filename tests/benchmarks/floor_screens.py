"""The least that a Textual program costs: a page of text, or a list of so many lines of which a key moves the cursor.

Run it: `python floor_screens.py hello` or `python floor_screens.py lines COUNT`.
"""

import sys
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

PLAIN, MARKED = Style(), Style(reverse=True)


class Lines(ScrollView, can_focus=True):
    """A list that paints the two lines that a key changes."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "below", "Below")]

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.at = count, 0
        self.virtual_size = Size(100, count)

    def render_line(self, y: int) -> Strip:
        width, number = self.size.width, y + int(self.scroll_offset.y)
        if number >= self.count:
            return Strip.blank(width)
        figures = "  ".join(f"{number * place % 991 / 991:.4f}" for place in range(2, 11))
        style = MARKED if number == self.at else PLAIN
        return Strip([Segment(f"model-{number:05d}  {figures}".ljust(width)[:width], style)], width)

    def action_below(self) -> None:
        before, self.at = self.at, min(self.at + 1, self.count - 1)
        top, height = int(self.scroll_offset.y), self.size.height
        if self.at >= top + height:
            self.scroll_to(y=top + 1, animate=False, immediate=True)
        else:
            self.refresh(*(Region(0, line - top, self.size.width, 1) for line in (before, self.at)))


class Floor(App[None]):
    """One of the two."""

    def compose(self) -> ComposeResult:
        if sys.argv[1] == "hello":
            yield Static("\n".join("model-00000 hello" for _ in range(38)))
        else:
            yield Lines(int(sys.argv[2]))

    def on_mount(self) -> None:
        for lines in self.query(Lines):
            lines.focus()


if __name__ == "__main__":
    Floor().run()
