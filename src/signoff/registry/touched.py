"""Which models and versions are meant by paths that changed.

The rule it keeps: pure; what cannot be told to leave something alone does not leave it alone.
"""

from collections.abc import Collection, Container

import msgspec

from signoff.schema import layout


def may_move_models(path: str, known: Container[str]) -> bool:
    """Tell whether a change at a path may have made or removed a model, of those that are not known."""
    parts = path.split("/")
    if parts[0] != layout.MODELS:
        return False
    for depth in range(2, len(parts)):
        if "/".join(parts[1:depth]) in known and parts[depth] in layout.MODEL_FOLDERS:
            return len(parts) == depth + 1 and parts[depth] in layout.MODEL_MARKS
    return True


def touched_models(paths: Collection[str], names: Collection[str]) -> tuple[str, ...]:
    """Return the models in which something changed, or above which."""
    known, found = set(names), dict[str, None]()
    for path in paths:
        parts = path.split("/")
        if parts[0] != layout.MODELS:
            continue
        for depth in range(2, len(parts) + 1):
            name = "/".join(parts[1:depth])
            if name in known:
                found[name] = None
        if 1 < len(parts) <= layout.DEEPEST_MODEL:
            above = "/".join(parts[1:]) + "/"
            found.update((name, None) for name in names if name.startswith(above))
    return tuple(found)


class Touched(msgspec.Struct, frozen=True):
    """Where in a model something changed.

    Attributes:
        versions: In these versions.
        slots: In these slots of its log; None where it may be any of them.
    """

    versions: frozenset[str]
    slots: frozenset[int] | None


def touched_in(paths: Collection[str], model: str) -> Touched | None:
    """Return where in a model something changed; None where it may be anywhere."""
    folder, versions, slots, anywhere = layout.model_folder(model), set[str](), set[int](), False
    for path in paths:
        if path == folder or folder.startswith(f"{path}/"):
            return None
        parts = path.removeprefix(f"{folder}/").split("/") if path.startswith(f"{folder}/") else []
        if parts[:1] == [layout.VERSIONS]:
            if len(parts) == 1:
                return None
            versions.add(parts[1])
        elif parts[:1] == [layout.LOG]:
            slot = layout.slot_of("/".join(parts[1:]))
            slots.add(slot)
            anywhere = anywhere or not slot
    return Touched(frozenset(versions), None if anywhere else frozenset(slots))
