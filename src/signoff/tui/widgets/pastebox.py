"""Where a text of several lines is pasted, and nothing is typed by hand.

The rule it keeps: what is pasted goes through the shield: line ends stay, and nothing else that acts or hides.
"""

from collections.abc import Iterable

from textual import events
from textual.message import Message

from signoff.tui.present import Pieces
from signoff.tui.widgets.text import TextView
from signoff.values.display import displayable

LONGEST = 64 * 1024
EMPTY: Pieces = (("paste here; nothing was pasted yet", "dim"),)


class PasteBox(TextView):
    """Shows what was pasted, and tells of it."""

    DEFAULT_CSS = """
    PasteBox { height: 6; background: $boost; }
    PasteBox:focus { background: $panel; }
    """

    class Pasted(Message):
        """Something was pasted, or typed line by line."""

        def __init__(self, text: str) -> None:
            """Say all that was pasted until now."""
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin empty."""
        super().__init__(id=id)
        self.pasted = ""

    def clear(self) -> None:
        """Forget what was pasted."""
        self.pasted = ""
        self.show((EMPTY,))

    def typed_by(self, event: events.Key) -> str:
        """Return the text of a key: a terminal without bracketed paste sends a paste as keys."""
        return "\n" if event.key == "enter" else (event.character or "") if event.is_printable else ""

    def put(self, text: str) -> None:
        """Take more text, all its lines, and tell."""
        self.pasted = (self.pasted + kept_lines(text))[:LONGEST]
        self.show([((line, "plain"),) for line in self.pasted.splitlines()])
        self.scroll_top(self.last_top)
        self.post_message(self.Pasted(self.pasted))


def kept_lines(text: str) -> str:
    """Return a pasted text with its line ends as LF, and without what acts or hides."""
    lines: Iterable[str] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(one for one in line if displayable(one) == one) for line in lines)
