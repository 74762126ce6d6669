"""A line to type in, and a word to press.

The rule it keeps: what is typed or pasted goes through the shield, so that no control character can be entered; the
cursor does not blink.
"""

from typing import Any, ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input

from signoff.tui.present import Piece
from signoff.tui.widgets.chrome import OneLine
from signoff.values.display import displayable


class Fault(Highlighter):
    """Marks the part of a text that is wrong."""

    def __init__(self) -> None:
        """Begin without a fault."""
        self.start = self.end = 0

    def highlight(self, text: Text) -> None:
        """Underline the part."""
        if self.end > self.start:
            text.stylize("bold underline red", self.start, self.end)


class Entry(Input):
    """A one-line text that people type."""

    DEFAULT_CSS = """
    Entry, Entry:focus { height: 1; border: none; padding: 0 1; background: $boost; }
    """

    def __init__(self, *, placeholder: str = "", id: str | None = None, **more: Any) -> None:  # noqa: A002, ANN401
        """Begin empty."""
        self.fault = Fault()
        super().__init__(
            placeholder=displayable(placeholder), id=id, highlighter=self.fault, select_on_focus=False, **more
        )
        self.cursor_blink = False

    def mark_fault(self, start: int, end: int) -> None:
        """Mark the part that is wrong; nothing where both are the same."""
        if (start, end) != (self.fault.start, self.fault.end):
            self.fault.start, self.fault.end = start, end
            self.refresh()

    def _on_paste(self, event: events.Paste) -> None:
        """Take the first line of what was pasted, without anything that acts or hides."""
        event.stop()
        event.prevent_default()
        self.put(event.text)

    def put(self, text: str) -> None:
        """Put in the first line of a text, without anything that acts or hides, in the place of what is selected."""
        lines = text.splitlines()
        kept = "".join(character for character in (lines[0] if lines else "") if displayable(character) == character)
        self.replace(kept, *sorted(self.selection))

    def typed_by(self, event: events.Key) -> str:
        """Return the text that a key types here, or ""."""
        return (event.character or "") if event.is_printable else ""


class Push(OneLine, can_focus=True):
    """A word that is pressed with enter; not with space, which comes with words typed before a field has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [("enter", "push", "press")]
    DEFAULT_CSS = """
    Push { width: auto; min-width: 8; margin: 0 2 0 0; background: $boost; }
    Push:focus { background: $block-cursor-background; text-style: $block-cursor-text-style; }
    """

    class Pushed(Message):
        """It was pressed."""

        def __init__(self, push: "Push") -> None:
            """Say which."""
            super().__init__()
            self.push = push

        @property
        def control(self) -> "Push":
            """The word, for selectors."""
            return self.push

    def __init__(self, label: str, *, id: str) -> None:  # noqa: A002
        """Show a word of the program's own."""
        super().__init__(id=id)
        self.label, self.offered = label, True
        self.call_it(label)

    def call_it(self, label: str) -> None:
        """Give it another word."""
        self.label = label
        self.styles.width = len(label) + 4
        self.offer(can_be=self.offered)

    def offer(self, *, can_be: bool) -> None:
        """Show whether it can be pressed with an effect."""
        self.offered = can_be
        piece: Piece = (f"  {self.label}  ", "strong" if can_be else "dim")
        self.say((piece,))

    def action_push(self) -> None:
        """Tell that it was pressed."""
        self.post_message(self.Pushed(self))

    def on_click(self) -> None:
        """Tell that it was pressed."""
        self.action_push()
