"""Which models a registry has, from the names of its folders alone.

The rule it keeps: what stands where models belong and is none becomes a `Problem`; a model that was seen before is
never left out, even where its folder is gone.
"""

from collections.abc import Collection

from signoff.errors import NotFoundError, StorageError
from signoff.registry.problems import Problem
from signoff.registry.reader import Reader
from signoff.schema import layout
from signoff.storage.base import Entry
from signoff.values.names import ModelName


def is_model(reader: Reader, name: str) -> bool:
    """Tell whether a folder is a model's."""
    try:
        entries = reader.storage.entries(layout.model_folder(name))
    except StorageError:
        return False
    return any(entry.name in layout.MODEL_MARKS for entry in entries)


def find_models(reader: Reader, *, folders: list[str] | None = None) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the names of all models, sorted, and what else stands where models belong.

    Args:
        reader: The registry's reader.
        folders: Gets every folder that was listed.
    """
    problems: list[Problem] = []
    names: list[str] = []
    pending = [""]
    while pending:
        prefix = pending.pop()
        folder = layout.model_folder(prefix) if prefix else layout.MODELS
        if folders is not None:
            folders.append(folder)
        try:
            entries = reader.storage.entries(folder)
        except NotFoundError:
            continue
        except StorageError as error:
            problems.append(Problem(place=folder, what=str(error), hint=error.hint))
            continue
        if prefix and any(entry.name in layout.MODEL_MARKS for entry in entries):
            names.append(prefix)
        for entry in entries:
            name = f"{prefix}/{entry.name}" if prefix else entry.name
            if _may_hold_models(entry, name, inside=bool(prefix), problems=problems):
                pending.append(name)
    return tuple(sorted(_told_apart(names, reader.known_models(), problems))), problems


def _told_apart(names: Collection[str], known: Collection[str], problems: list[Problem]) -> tuple[str, ...]:
    """Return one name for each spelling, first those that were seen before, whose folder may even be gone."""
    found: dict[str, str] = {}
    for name in (*(one for one in known if not ModelName.fault(one)), *sorted(names)):
        other = found.setdefault(name.lower(), name)
        if other != name:
            what = f"its name differs from {other!r} only in case"
            problems.append(Problem(place=layout.model_folder(name), what=what, hint="rename or remove it"))
    return tuple(found.values())


def _may_hold_models(entry: Entry, name: str, *, inside: bool, problems: list[Problem]) -> bool:
    if inside and (entry.name in layout.MODEL_FOLDERS or entry.kind == "file"):
        return False
    place = layout.model_folder(name)
    if entry.kind == "other":
        problems.append(Problem(place=place, what="it is a link or special file", hint="replace it by a folder"))
        return False
    if entry.kind == "file" and entry.name != layout.CARD_FILE and not entry.name.startswith("."):
        what, hint = "a file, where only models' folders belong", "look at it, and move it away"
        problems.append(Problem(place=place, what=what, hint=hint, severity="note"))
    fault = ModelName.fault(name) if entry.kind == "folder" else ""
    if fault and not entry.name.startswith("."):
        problems.append(Problem(place=place, what=f"not a model name: {fault}", hint="rename it"))
    return entry.kind == "folder" and not fault
