"""When a long scan tells on its way what it has found.

The rule it keeps: soon at first, then ever more seldom, since whoever shows it has work with it.
"""

import time
from collections.abc import Callable

from signoff.registry.snapshot import ModelView, Snapshot

SoFar = Callable[[Snapshot], object]
FIRST_PULSE = 0.2
LONGEST_PULSE = 6.0


class Pulse:
    """Tells what a scan has found: soon at first, then ever more seldom, since whoever shows it has work with it."""

    def __init__(self, so_far: SoFar, snapshot_with: Callable[[ModelView], Snapshot]) -> None:
        """Begin to count the time."""
        self._so_far, self._snapshot_with = so_far, snapshot_with
        self._wait, self._due = FIRST_PULSE, time.monotonic() + FIRST_PULSE

    def is_due(self) -> bool:
        """Tell whether it is time."""
        return time.monotonic() >= self._due

    def tell(self, part: ModelView) -> None:
        """Tell everything, with the model that is being read as far as it was."""
        self._so_far(self._snapshot_with(part))
        self._wait = min(self._wait * 2, LONGEST_PULSE)
        self._due = time.monotonic() + self._wait
