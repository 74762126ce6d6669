"""Finding things of a tuple by their names, without looking at every one each time.

The rule it keeps: an index belongs to one very tuple, which is immutable; the newest few are kept.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

Thing = TypeVar("Thing")
MOST_INDEXES = 8


class _Index:
    """The newest few indexes: which thing of a tuple has which name."""

    def __init__(self) -> None:
        """Begin with none."""
        self._made: dict[int, tuple[Sequence[object], dict[str, object]]] = {}

    def of(self, things: Sequence[Thing], name_of: Callable[[Thing], str]) -> dict[str, Thing]:
        """Return the index of these very things; it is made once while they are asked for."""
        known = self._made.get(id(things))
        if known is None or known[0] is not things:
            known = (things, {name_of(one): one for one in reversed(things)})
            if len(self._made) >= MOST_INDEXES:
                self._made.pop(next(iter(self._made)), None)
            self._made[id(things)] = known
        return cast(dict[str, Thing], known[1])


index_of = _Index().of
