"""Commands that leave the screens for a program of the person's own, and come back.

The rule it keeps: the terminal is given away whole and taken back whole; what went wrong is said in the footer.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from textual.app import SuspendNotSupported
from textual.message import Message

from signoff.errors import SignoffError
from signoff.registry.editing import Working, open_working, replace_working
from signoff.registry.registry import Registry
from signoff.tui.outside import edited, editor_of, keep, page_out, pager_of
from signoff.tui.screens.page import Page, Subject
from signoff.tui.session import Session

NO_TERMINAL = "this terminal cannot be given to another program"


class Outward(Protocol):
    """What these commands ask of the app."""

    plain: bool

    @property
    def session(self) -> Session:
        """The person and the desk."""

    @property
    def page(self) -> Page:
        """The page in front."""

    def suspend(self) -> AbstractContextManager[None]:
        """Give the terminal away for a while."""

    def post_message(self, message: Message) -> bool:
        """Take a message."""

    def rescan(self) -> None:
        """Have everything read again."""


def open_pager(app: Outward) -> None:
    """Show the text of the page in a pager."""
    words, text = pager_of(os.environ), app.page.whole()
    if not words:
        app.page.tell("there is no pager: set PAGER, or install less")
        return
    _in_front(app, lambda: page_out(words, text, plain=app.plain))


def edit_file(app: Outward) -> None:
    """Edit the model card of the version under the cursor, or the model.yaml of the model."""
    subject, words = app.page.subject, editor_of(os.environ)
    if subject is None:
        return
    if not words:
        app.page.tell("there is no editor: set EDITOR")
        return
    said: list[str] = []
    _in_front(app, lambda: said.append(edit(app.session, words, subject)))
    if said:
        app.page.tell(said[0], "plain")
        app.rescan()


def _in_front(app: Outward, work: Callable[[], None]) -> None:
    try:
        with app.suspend():
            work()
    except SuspendNotSupported:
        app.page.tell(NO_TERMINAL)
    except SignoffError as error:
        app.page.tell(f"{error.message}: {error.hint}" if error.hint else error.message)


def edit(session: Session, words: tuple[str, ...], subject: Subject) -> str:
    """Have a working file edited and written back; return what happened, in words.

    Raises:
        SignoffError: It was not written; what was typed is in a file that is named.
    """
    working = session.desk.here(lambda registry: open_working(registry, subject.model, subject.version))
    before = working.before or b""
    after = edited(words, working.file, before)
    if after == before:
        return f"{working.file}: nothing was changed"
    try:
        lapsed = session.desk.here(_replacing(working, after))
    except SignoffError as error:
        message = f"not written, your text is kept in {keep(working.file, after)}: {error.message}"
        raise SignoffError(message, hint=error.hint) from error
    lapses = f"; approvals for {', '.join(lapsed)} lapse, since they are bound to the card" if lapsed else ""
    return f"written: {working.path}{lapses}"


def _replacing(working: Working, content: bytes) -> Callable[[Registry], tuple[str, ...]]:
    return lambda registry: replace_working(registry, working, content)
