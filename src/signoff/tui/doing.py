"""What commands do that belong to no single screen: one function for each command id.

The rule it keeps: a function here asks the app for a page, a dialog or a job, and decides nothing; what it is about is
the subject of the page in front.
"""

from collections.abc import Callable
from typing import Protocol

from signoff.registry.snapshot import Snapshot
from signoff.tui import doing_here, doing_outside, doing_pane
from signoff.tui.choosing import refs_to_compare
from signoff.tui.commands import COMMANDS
from signoff.tui.messages import Go, Sign
from signoff.tui.screens.page import Page


class Desktop(doing_here.Here, doing_outside.Outward, Protocol):
    """What a command may ask of the app."""

    @property
    def snapshot(self) -> Snapshot | None:
        """What was read."""

    def action_command(self, command_id: str) -> None:
        """Do a command of the page in front, or say why it cannot be done."""

    def show(self) -> None:
        """Have the page in front show things as they are."""

    def go_home(self) -> None:
        """Show the first page."""

    def open_palette(self) -> None:
        """Show all commands."""

    def switch_registry(self, name: str) -> None:
        """Show another registry of the configuration."""

    def wear(self, theme: str) -> str:
        """Show everything in a theme; return what is to be said of it."""


Doing = Callable[[Desktop], None]
ABOUT_RECORDS = frozenset({"withdraw", "review"})


def go(page_id: str) -> Doing:
    """Return what shows a page."""

    def doing(app: Desktop) -> None:
        app.post_message(Go(page_id))

    return doing


def look(page_id: str, words_of: Callable[[Page], tuple[str, ...]]) -> Doing:
    """Return what shows a page about what the page in front is on; without words there is nothing to show."""

    def doing(app: Desktop) -> None:
        words = words_of(app.page)
        if words:
            app.post_message(Go(page_id, *words))

    return doing


def _compared(page: Page) -> tuple[str, ...]:
    return refs_to_compare(page.scene, page.view, page.marked) if page.scene else ()


def _trend(page: Page) -> tuple[str, ...]:
    subject = page.subject
    return (subject.model, "", subject.version) if subject else ()


def sign(action: str) -> Doing:
    """Return what opens the signing dialog for the subject, and for the record that the cursor is on."""

    def doing(app: Desktop) -> None:
        subject = app.page.subject
        if subject is not None:
            fields = {"record": subject.record} if subject.record and action in ABOUT_RECORDS else {}
            app.post_message(Sign(action, subject.model, subject.version, **fields))

    return doing


DOINGS: dict[str, Doing] = {
    **{page: go(page) for page in ("inbox", "serving", "audit", "rules", "help", "problems", "tasks")},
    "compare": look("compare", _compared),
    "trend": look("trend", _trend),
    **{command.id: sign(command.id) for command in COMMANDS if command.signs or command.id == "pull"},
    "models": lambda app: app.go_home(),
    "palette": lambda app: app.open_palette(),
    "describe": doing_here.describe,
    "yaml": doing_here.read_yaml,
    "lineage": doing_here.show_lineage,
    "history": doing_here.show_history,
    "copy": doing_here.offer_copies,
    "verify": doing_here.verify,
    "interrupt": doing_here.interrupt,
    "pane.down": lambda app: doing_pane.scroll(app.page, 1),
    "pane.up": lambda app: doing_pane.scroll(app.page, -1),
    "pager": doing_outside.open_pager,
    "edit": doing_outside.edit_file,
}
"""Command id -> what it does."""
