"""What commands do that belong to no single screen: one function for each command id.

The rule it keeps: a function here asks the app for a page, a dialog or a job, and decides nothing; what it is about is
the subject of the page in front.
"""

from collections.abc import Callable
from typing import Protocol

from signoff.tui import doing_here, doing_outside
from signoff.tui.messages import Go, Sign


class Desktop(doing_here.Here, doing_outside.Outward, Protocol):
    """What a command may ask of the app."""


Doing = Callable[[Desktop], None]


def go(page_id: str) -> Doing:
    """Return what shows a page."""

    def doing(app: Desktop) -> None:
        app.post_message(Go(page_id))

    return doing


def sign(action: str) -> Doing:
    """Return what opens the signing dialog for the subject."""

    def doing(app: Desktop) -> None:
        subject = app.page.subject
        if subject is not None:
            app.post_message(Sign(action, subject.model, subject.version))

    return doing


DOINGS: dict[str, Doing] = {
    **{page: go(page) for page in ("help", "problems", "tasks")},
    **{action: sign(action) for action in ("request", "approve", "reject", "promote")},
    "describe": doing_here.describe,
    "yaml": doing_here.read_yaml,
    "lineage": doing_here.show_lineage,
    "history": doing_here.show_history,
    "copy": doing_here.offer_copies,
    "verify": doing_here.verify,
    "interrupt": doing_here.interrupt,
    "pager": doing_outside.open_pager,
    "edit": doing_outside.edit_file,
}
"""Command id -> what it does."""
