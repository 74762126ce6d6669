"""The frame of a dialog: title, text, fields to type in, a line of words, buttons.

The rule it keeps: as high as its text needs and never higher than the terminal; it decides nothing.
"""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from signoff.tui.present import Pieces
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.entry import Entry, Push
from signoff.tui.widgets.text import TextView

CHROME = 9
LEAST_TEXT = 3


class Dialog(Vertical):
    """Title, text, two fields, three buttons."""

    DEFAULT_CSS = """
    Dialog { width: 100%; max-width: 104; height: auto; border: round $warning; padding: 0 1; background: $surface; }
    Dialog OneLine { background: $surface; }
    Dialog Push { background: $boost; }
    Dialog Push:focus { background: $block-cursor-background; }
    Dialog > #question { height: auto; background: $surface; padding: 0; margin: 0 0 1 0; }
    Dialog > #fields { height: auto; }
    Dialog .row { height: 1; }
    Dialog .row > OneLine { width: 26; }
    Dialog .row > Entry { width: 1fr; }
    Dialog > #buttons { height: 1; margin: 1 0 0 0; }
    Dialog .-away { display: none; }
    """

    def __init__(self, *, action: str, version: str, typed: bool) -> None:
        """Begin without a text.

        Args:
            action: The word on the last button.
            version: What is to be typed.
            typed: Whether it is to be typed at all.
        """
        super().__init__(id="dialog")
        self.with_typed = typed
        self.text = TextView(id="question")
        self.text.can_focus = False
        self.title, self.notice = OneLine(id="title"), OneLine(id="notice")
        self.comment, self.typed = Entry(id="comment"), Entry(placeholder=version, id="typed")
        self.cancel = Push("Cancel", id="cancel")
        self.record = Push("d  Exact record", id="record")
        self.sign = Push(action, id="sign")
        self.sign.offer(can_be=False)

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield self.title
        yield self.text
        with Vertical(id="fields"):
            with Horizontal(classes="row"):
                yield OneLine(id="comment-label")
                yield self.comment
            with Horizontal(classes="row", id="typed-row"):
                yield OneLine(id="typed-label")
                yield self.typed
        yield self.notice
        with Horizontal(id="buttons"):
            yield self.cancel
            yield self.record
            yield self.sign

    def on_mount(self) -> None:
        """Name the fields, and hide them until there is something to decide."""
        self.query_one("#comment-label", OneLine).say((("Comment, for everybody", "dim"),))
        self.query_one("#typed-label", OneLine).say((("Type the version to sign", "warn"),))
        self.show_fields(shown=False)

    def show_fields(self, *, shown: bool) -> None:
        """Show or hide what can be typed and signed."""
        self.query_one("#fields").set_class(not shown, "-away")
        self.query_one("#typed-row").set_class(not self.with_typed, "-away")
        for widget in (self.record, self.sign):
            widget.set_class(not shown, "-away")
        self.comment.disabled = self.typed.disabled = not shown

    def read(self, text: tuple[Pieces, ...]) -> None:
        """Show a text from its beginning."""
        self.text.top = 0
        self.text.show(text)
        self.text.refresh(layout=True)

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say something above the buttons."""
        self.notice.say(((words, "bad" if bad else "dim"),))

    def close_with(self, text: tuple[Pieces, ...], words: str) -> None:
        """Show a last text; there is nothing left but to close."""
        self.show_fields(shown=False)
        self.read(text)
        self.cancel.call_it("Close")
        self.cancel.focus()
        self.tell(words)

    def fit_into(self, height: int) -> None:
        """Leave the text the lines that a terminal of this height has for it."""
        self.text.styles.max_height = max(LEAST_TEXT, height - CHROME)
