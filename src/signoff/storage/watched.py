"""Which watch of the kernel's is on which folder.

The rule it keeps: a folder is known by the watch of the folder above it and its own name, so that tens of thousands of
them cost little: their paths have long beginnings in common, and most names stand there often.
"""

from array import array
from collections import defaultdict
from sys import intern

ROOT = 0
"""No watch has this number: what is above the root, or above a path that stands for itself."""
NONE = -1
SHORT = 8
"""Names up to this long stand in many folders."""


class Watched:
    """The folders that are watched, by the numbers of their watches, which the kernel gives one after another."""

    def __init__(self) -> None:
        """Begin without any."""
        self._above, self._names = array("i"), list[str]()
        self._count = 0

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def put(self, watch: int, above: int, name: str) -> bool:
        """Have a watch on a folder in another one; return False where it was there already."""
        missing = watch + 1 - len(self._names)
        if missing > 0:
            self._above.extend([NONE] * missing)
            self._names.extend([""] * missing)
        before = self._above[watch]
        if before == above and self._names[watch] == name:
            return False
        self._count += before == NONE
        self._above[watch], self._names[watch] = above, intern(name) if len(name) <= SHORT else name
        return True

    def path(self, watch: int) -> str | None:
        """Return the path of a watched folder; None for an unknown watch."""
        parts: list[str] = []
        while watch != ROOT:
            if not 0 <= watch < len(self._above) or self._above[watch] == NONE:
                return None
            parts.append(self._names[watch])
            watch = self._above[watch]
        return "/".join(part for part in reversed(parts) if part)

    def drop(self, watch: int) -> None:
        """Forget a watch."""
        if 0 <= watch < len(self._above) and self._above[watch] != NONE:
            self._above[watch], self._names[watch] = NONE, ""
            self._count -= 1

    def take(self, above: int, name: str) -> list[int]:
        """Forget a folder and those below it; return their watches."""
        places = range(len(self._names))
        pending = [watch for watch in places if self._above[watch] == above and self._names[watch] == name]
        if not pending:
            return []
        inside: defaultdict[int, list[int]] = defaultdict(list)
        for watch in places:
            inside[self._above[watch]].append(watch)
        taken: list[int] = []
        while pending:
            watch = pending.pop()
            taken.append(watch)
            pending += inside.get(watch, ())
            self.drop(watch)
        return taken
