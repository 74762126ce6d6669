"""Which keys do what: the table's own, and those that a person asks for instead.

The rule it keeps: an id that no command has, and a key that two commands would share on one screen, are told.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from signoff.tui.commands import BY_ID, COMMANDS, Command


def keys_of(command: Command, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Return a command's keys under a keymap (command id -> keys, joined by commas)."""
    remapped = keymap.get(command.id)
    return command.keys if remapped is None else tuple(key for key in remapped.split(",") if key)


def keymap_faults(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is wrong with a keymap, one line each: ids that no command has, keys that two commands share."""
    unknown = tuple(_unknown_id(command_id) for command_id in keymap if command_id not in BY_ID)
    return unknown + tuple(_clashes(keymap))


def _unknown_id(command_id: str) -> str:
    near = get_close_matches(command_id, BY_ID, n=1, cutoff=0)
    return f"no command is called {command_id!r}; the nearest is {near[0]!r}"


def _clashes(keymap: Mapping[str, str]) -> Iterable[str]:
    taken: dict[str, Command] = {}
    for command in COMMANDS:
        for key in keys_of(command, keymap):
            other = taken.setdefault(key, command)
            if other is not command and _meet(command, other):
                yield f"key {key!r} is asked for by {other.id!r} and by {command.id!r}"


def _meet(one: Command, other: Command) -> bool:
    return not one.screens or not other.screens or bool(one.screens & other.screens)
