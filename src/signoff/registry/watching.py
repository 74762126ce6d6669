"""Being told what changes in a registry, for front ends that stay open.

The rule it keeps: front ends never see the storage; what they are told are paths below the registry, as
`Registry.snapshot` wants them.
"""

from collections.abc import Callable

import msgspec

from signoff.registry.registry import Registry
from signoff.storage.watch import Pace, Watch


class Watching:
    """A watch that runs until it is closed."""

    def __init__(self, watch: Watch) -> None:
        """Keep the storage's watch."""
        self._watch = watch

    @property
    def note(self) -> str:
        """Why changes are looked for instead of announced; "" where they are announced."""
        return self._watch.note

    def close(self) -> None:
        """Stop."""
        self._watch.close()


def watch(
    registry: Registry,
    on_change: Callable[[frozenset[str]], None],
    *,
    pace: Pace | None = None,
    every: float | None = None,
) -> Watching | None:
    """Begin to watch a registry; None where its storage has no folder on this machine.

    Args:
        registry: What to watch.
        on_change: Called from a thread of its own with paths below the registry; an empty set: anything may have
            changed.
        pace: How often things are done.
        every: Seconds between two looks where changes are not announced, instead of what the pace says.
    """
    capabilities = registry.reader.storage.capabilities()
    if not capabilities.local:
        return None
    if every:
        pace = msgspec.structs.replace(pace or Pace(), quick=every, slow=every, many=every)
    return Watching(Watch(registry.url, on_change=on_change, notifies=capabilities.notifies, pace=pace))
