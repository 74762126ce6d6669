"""What screens ask the app for, and what threads tell it.

The rule it keeps: small values; a screen never pushes another screen or runs a use case itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from signoff.registry.snapshot import Snapshot
    from signoff.registry.watching import Standing
    from signoff.tui.prompting import Do, Visit


class Seen(Message):
    """A thread read the registry.

    Attributes:
        feed: Which one did; None where it does not matter.
    """

    feed: object = None

    def __init__(self, snapshot: Snapshot, *, standing: Standing) -> None:
        """Say what it is, and how changes are learnt of."""
        super().__init__()
        self.snapshot, self.standing = snapshot, standing


class Unreadable(Message):
    """A thread could not read the registry.

    Attributes:
        feed: Which one could not; None where it does not matter.
    """

    feed: object = None

    def __init__(self, why: str) -> None:
        """Say why, in one line."""
        super().__init__()
        self.why = why


class Unknown(Message):
    """A thread begins to read a registry of which nothing is known from before.

    Attributes:
        feed: Which one does; None where it does not matter.
    """

    feed: object = None


class Wrote(Message):
    """Somebody signed a record here, and it was written."""


class Go(Message):
    """Show a page."""

    def __init__(self, page: str, *words: str, notice: str = "") -> None:
        """Say which, and of what, see `screens.table.PAGES`; `notice` is said on it as it appears."""
        super().__init__()
        self.page, self.words, self.notice = page, words, notice


class Sign(Message):
    """Open the signing dialog."""

    def __init__(self, action: str, model: str, version: str = "", **fields: object) -> None:
        """Say for what; `action` and `fields` as records spell them."""
        super().__init__()
        self.action, self.model, self.version, self.fields = action, model, version, fields


class Wanted(Message):
    """Do what was typed behind `:` or chosen from the palette."""

    def __init__(self, wish: Do | Visit) -> None:
        """Say what."""
        super().__init__()
        self.wish = wish


class Ready(Message):
    """A dialog knows what the next key is for: keys that it held can come."""


class SignerMoved(Message):
    """Another key is to sign, or something is wrong with the one that was."""


class TaskMoved(Message):
    """A task went on or ended."""

    def __init__(self, task: int) -> None:
        """Say which."""
        super().__init__()
        self.task = task


class Copy(Message):
    """Offer things to copy."""

    def __init__(self, choices: tuple[tuple[str, str], ...]) -> None:
        """Say which: what each is, and its text."""
        super().__init__()
        self.choices = choices
