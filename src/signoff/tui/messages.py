"""What screens ask the app for, and what threads tell it.

The rule it keeps: small values; a screen never pushes another screen or runs a use case itself.
"""

from textual.message import Message

from signoff.registry.snapshot import Snapshot


class Seen(Message):
    """A thread read the registry."""

    def __init__(self, snapshot: Snapshot, *, note: str) -> None:
        """Say what it is, and why changes are only looked for (or "")."""
        super().__init__()
        self.snapshot, self.note = snapshot, note


class Unreadable(Message):
    """A thread could not read the registry."""

    def __init__(self, why: str) -> None:
        """Say why, in one line."""
        super().__init__()
        self.why = why


class OpenModel(Message):
    """Show the versions of a model."""

    def __init__(self, model: str) -> None:
        """Say which."""
        super().__init__()
        self.model = model


class OpenVersion(Message):
    """Show a version."""

    def __init__(self, model: str, version: str) -> None:
        """Say which."""
        super().__init__()
        self.model, self.version = model, version


class Sign(Message):
    """Open the signing dialog."""

    def __init__(self, action: str, model: str, version: str) -> None:
        """Say for what; `action` as records spell it."""
        super().__init__()
        self.action, self.model, self.version = action, model, version
