"""The records about a version or a model, as things that a cursor goes over.

The rule it keeps: pure; the newest first; a record without effect says why.
"""

from collections.abc import Iterable, Sequence

from signoff.policy.entries import Entry
from signoff.registry.views import VersionView
from signoff.tui.pages import about_version, entry_lines
from signoff.tui.scene import Scene
from signoff.tui.widgets.blocks import Block

HANG = 8


def record_blocks(entries: Iterable[Entry]) -> tuple[Block[str], ...]:
    """Return records, known by their ids, in the order given."""
    return tuple(Block(entry.record.id, tuple(entry_lines(entry, identified=False)), HANG) for entry in entries)


def entries_of(view: VersionView, scene: Scene) -> Sequence[Entry]:
    """Return the records about a version, the newest first."""
    model = scene.snapshot.find_model(view.model)
    return tuple(reversed(about_version(view, model.history.entries))) if model else ()
