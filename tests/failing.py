"""A storage in memory that does not answer for a while, as one does whose network is gone.

The rule it keeps: nothing is lost by it; what was written before is there again afterwards.
"""

import threading
from typing import Any

from signoff.errors import StorageError
from signoff.storage.memory import MemoryStorage


class FailingStorage(MemoryStorage):
    """Answers with a failure while `down` says why, and with nothing at all while `answering` is not set."""

    def __init__(self) -> None:
        """Begin with answers."""
        super().__init__()
        self.down = ""
        self.answering = threading.Event()
        self.answering.set()

    def _folder(self, parts: list[str], *, create: bool = False) -> dict[str, Any]:
        self.answering.wait()
        if self.down:
            raise StorageError(self.down)
        return super()._folder(parts, create=create)
