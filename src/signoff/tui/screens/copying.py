"""The copy menu: a few texts, chosen by number or with the cursor.

The rule it keeps: it shows the very text that will be copied; esc leaves with nothing.
"""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from signoff.tui.present import fit
from signoff.tui.widgets.blocks import Block, Blocks
from signoff.tui.widgets.chrome import OneLine

LABEL = 17
CHROME = 4


class CopyMenu(ModalScreen[str | None]):
    """What can be copied."""

    AUTO_FOCUS = "#choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q,ctrl+c", "leave", "leave"),
        ("enter", "take", "copy"),
        *((str(number), f"choose({number})", "copy") for number in range(1, 10)),
    ]
    CSS = """
    CopyMenu { align: center middle; background: $background 60%; }
    #menu { width: 100%; max-width: 104; height: auto; border: round $accent; padding: 0 1; background: $surface; }
    #menu > OneLine { background: $surface; }
    #choices { height: auto; background: $surface; }
    """

    def __init__(self, choices: tuple[tuple[str, str], ...]) -> None:
        """Begin at the first choice."""
        super().__init__()
        self.choices = choices
        self.list = Blocks(empty="there is nothing to copy", id="choices")
        self.title_line = OneLine(id="menu-title")

    def compose(self) -> ComposeResult:
        """Lay out title and choices."""
        with Vertical(id="menu"):
            yield self.title_line
            yield self.list

    def on_mount(self) -> None:
        """Show the choices."""
        self.title_line.say((("Copy  ", "accent"), ("a number, or enter; esc leaves", "dim")))
        self.list.show(
            tuple(
                Block(number, (((f"{number}  ", "accent"), (fit(what, LABEL), "strong"), (text, "plain")),), LABEL + 3)
                for number, (what, text) in enumerate(self.choices, start=1)
            )
        )
        self.list.refresh(layout=True)

    def action_choose(self, number: int) -> None:
        """Copy the text of a number."""
        if number <= len(self.choices):
            self.dismiss(self.choices[number - 1][1])

    def action_take(self) -> None:
        """Copy the text under the cursor."""
        if isinstance(self.list.cursor, int):
            self.action_choose(self.list.cursor)

    def on_blocks_opened(self, _: Blocks.Opened) -> None:
        """Copy what was clicked twice."""
        self.action_take()

    def action_leave(self) -> None:
        """Copy nothing."""
        self.dismiss(None)

    def on_resize(self, event: events.Resize) -> None:
        """Leave the list the lines that the terminal has for it."""
        self.list.styles.max_height = max(1, event.size.height - CHROME)
