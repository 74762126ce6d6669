"""A storage in memory that does not answer for a while, as one does whose network is gone.

The rule it keeps: nothing is lost by it; what was written before is there again afterwards.
"""

from typing import Any

from signoff.errors import StorageError
from signoff.storage.memory import MemoryStorage


class FailingStorage(MemoryStorage):
    """Answers nothing while `down` says why."""

    def __init__(self) -> None:
        """Begin with answers."""
        super().__init__()
        self.down = ""

    def _folder(self, parts: list[str], *, create: bool = False) -> dict[str, Any]:
        if self.down:
            raise StorageError(self.down)
        return super()._folder(parts, create=create)
