"""What commands do that belong to no single screen: one function for each command id.

The rule it keeps: a function here asks the app for a page, a dialog or a job, and decides nothing; what it is about is
the subject of the page in front.
"""

from collections.abc import Callable
from typing import Protocol

from textual.message import Message

from signoff.tui.commands import COMMANDS
from signoff.tui.messages import Go, Sign
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.tasks import Tasks


class Desktop(Protocol):
    """What a command may ask of the app."""

    @property
    def session(self) -> Session:
        """The person and the desk."""

    @property
    def tasks(self) -> Tasks:
        """What takes long."""

    @property
    def page(self) -> Page:
        """The page in front."""

    def post_message(self, message: Message) -> bool:
        """Take a message, as `Go` or `Sign`."""


Doing = Callable[[Desktop], None]
ABOUT_RECORDS = frozenset({"withdraw", "review"})


def go(page_id: str) -> Doing:
    """Return what shows a page."""

    def doing(app: Desktop) -> None:
        app.post_message(Go(page_id))

    return doing


def sign(action: str) -> Doing:
    """Return what opens the signing dialog for the subject, and for the record that the cursor is on."""

    def doing(app: Desktop) -> None:
        subject = app.page.subject
        if subject is not None:
            fields = {"record": subject.record} if subject.record and action in ABOUT_RECORDS else {}
            app.post_message(Sign(action, subject.model, subject.version, **fields))

    return doing


DOINGS: dict[str, Doing] = {
    **{page: go(page) for page in ("help", "problems")},
    **{command.id: sign(command.id) for command in COMMANDS if command.signs or command.id == "pull"},
}
"""Command id -> what it does."""
