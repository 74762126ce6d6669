"""All commands, to be found by a few letters; and models and versions to go to.

The rule it keeps: it does nothing itself: what is chosen goes the way of its key; what cannot be done says why, in
the same words, and the palette stays.
"""

from collections.abc import Hashable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from signoff.tui.choices import Choice, choices, command_choices
from signoff.tui.messages import Wanted
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.terminal import size_notice
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.entry import Entry
from signoff.tui.widgets.table import Column, Row, Table

COLUMNS = (
    Column(id="key", title="KEY", width=12, priority=8),
    Column(id="title", title="DOES", width=32, priority=9, grow=10),
    Column(id="why", title="WHY NOT NOW", width=20, priority=7, grow=60),
)


class Palette(ModalScreen[None]):
    """Entry and table."""

    AUTO_FOCUS = "#wanted"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,ctrl+c,ctrl+p", "leave", "leave"),
        ("down,ctrl+n", "move('move.down')", "down"),
        ("up", "move('move.up')", "up"),
        ("pagedown", "move('move.page-down')", "page down"),
        ("pageup", "move('move.page-up')", "page up"),
    ]
    CSS = """
    Palette { align: center top; background: $background 60%; }
    Palette > #palette { width: 100%; max-width: 110; height: 80%; margin: 1 0 0 0; border: round $accent;
        background: $surface; padding: 0 1; }
    Palette Table { background: $surface; }
    Palette OneLine { background: $surface; }
    #too-small { display: none; }
    Palette.-tiny > #palette { display: none; }
    Palette.-tiny > #too-small { display: block; }
    """

    def __init__(self, page: Page, session: Session) -> None:
        """Offer what can be done with a page.

        Args:
            page: The page in front.
            session: The person and the desk.
        """
        super().__init__()
        self.snapshot = page.scene.snapshot if page.scene else None
        self.commands = command_choices(page.situation(), session.keymap)
        self.found: dict[Hashable, Choice] = {}
        self.entry = Entry(placeholder="a few letters of a command, a model or a version", id="wanted")
        self.table = Table(COLUMNS, empty="nothing fits: esc leaves", id="choices")
        self.table.can_focus = False
        self.notice = OneLine(id="notice")

    def compose(self) -> ComposeResult:
        """Lay the entry above the table."""
        with Vertical(id="palette"):
            yield self.entry
            yield self.table
            yield self.notice
        yield OneLine(id="too-small")

    def on_mount(self) -> None:
        """Show every command."""
        self.offer("")

    def offer(self, typed: str) -> None:
        """Show what fits."""
        self.found = {choice.id: choice for choice in choices(typed, self.commands, self.snapshot)}
        self.table.show(tuple(self.found), self._row)
        self.table.move_by(-len(self.found))
        self.notice.say(())

    def _row(self, key: Hashable) -> Row:
        choice = self.found[key]
        if choice.why:
            return Row(key, ((choice.label, "dim"), (choice.title, "dim"), (choice.why, "dim")))
        return Row(key, ((choice.label, "accent"), (choice.title, "plain"), ("", "plain")))

    def action_move(self, way: str) -> None:
        """Move the cursor."""
        self.table.action_move(way)
        self.notice.say(())

    def action_leave(self) -> None:
        """Do nothing."""
        self.dismiss(None)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits what is typed."""
        event.stop()
        self.offer(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what the cursor is on."""
        event.stop()
        self.choose()

    def on_table_opened(self, event: Table.Opened) -> None:
        """Do what was clicked twice."""
        event.stop()
        self.choose()

    def choose(self) -> None:
        """Do what the cursor is on, or say why it cannot be done."""
        choice = self.found.get(self.table.cursor)
        if choice is None:
            return
        if choice.why:
            self.notice.say(((choice.why, "warn"),))
            return
        app = self.app
        self.dismiss(None)
        app.post_message(Wanted(choice.wish))

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the terminal is too small."""
        notice = size_notice(event.size.width, event.size.height)
        self.set_class(bool(notice), "-tiny")
        self.query_one("#too-small", OneLine).say(((notice, "warn"),))
