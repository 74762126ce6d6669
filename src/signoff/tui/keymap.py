"""Which keys do what: the table's own, and those that a person asks for instead.

The rule it keeps: an id that no command has, a key that no keyboard has, and a key that two commands would share on
one screen, are told; what is told is not used.
"""

import unicodedata
from collections.abc import Iterator, Mapping

from signoff.tui.commands import BY_ID, COMMANDS, Command, applies, key_label
from signoff.tui.nearest import or_nearest

SPELLINGS = {"esc": "escape", "pgdn": "pagedown", "pgup": "pageup", "return": "enter", "del": "delete"}
MODIFIERS = frozenset({"ctrl", "shift", "alt"})
NAMED = frozenset(
    [
        "up",
        "down",
        "left",
        "right",
        "home",
        "end",
        "pageup",
        "pagedown",
        "insert",
        "delete",
        "backspace",
        "tab",
        "enter",
        "escape",
        "space",
        "slash",
        "backslash",
        "at",
        "minus",
        "plus",
        "underscore",
    ]
) | {f"f{number}" for number in range(1, 25)}
NO_KEY = "none"


def spelled(key: str) -> str:
    """Return a key as the terminal library spells it: `ctrl-d` is `ctrl+d`, `esc` is `escape`."""
    *before, last = key.replace("-", "+").split("+") if len(key) > 1 else [key]
    return "+".join([*(part.lower() for part in before), SPELLINGS.get(last, last)])


def _split(keys: str) -> tuple[str, ...]:
    return tuple(spelled(key.strip()) for key in keys.split(",") if key.strip())


def keys_of(command: Command, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Return a command's keys under a keymap (command id -> keys, joined by commas)."""
    remapped = keymap.get(command.id)
    return command.keys if remapped is None else _split(remapped)


def gives_way(command: Command, screen: str, keymap: Mapping[str, str]) -> bool:
    """Tell whether a command that means nothing on a screen shares a key with one that does."""
    keys = {*keys_of(command, keymap)}
    others = (one for one in COMMANDS if applies(one, screen) and not keys.isdisjoint(keys_of(one, keymap)))
    return not applies(command, screen) and any(others)


def label_under(command: Command, keymap: Mapping[str, str]) -> str:
    """Return how a command is reached under a keymap: its first key, else its word behind `:`."""
    keys = keys_of(command, keymap)
    return key_label(keys[0]) if keys else f":{command.id}"


def usable(keymap: Mapping[str, str]) -> dict[str, str]:
    """Return a keymap without what is wrong with it."""
    wrong = {command_id for command_id, _ in faults_of(keymap)}
    return {command_id: ",".join(_split(keys)) for command_id, keys in keymap.items() if command_id not in wrong}


def for_textual(keymap: Mapping[str, str]) -> dict[str, str]:
    """Return a usable keymap as Textual takes it: it has no way to say that there is no key."""
    return {command_id: keys or NO_KEY for command_id, keys in keymap.items()}


def keymap_faults(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is wrong with a keymap, one line each."""
    return tuple(dict.fromkeys(words for _, words in faults_of(keymap)))


def faults_of(keymap: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a keymap as (id in the keymap, words)."""
    for command_id, keys in keymap.items():
        if command_id not in BY_ID:
            yield command_id, or_nearest(f"no command is called {command_id!r}", command_id, BY_ID)
        for key in _split(keys):
            if not is_key(key):
                yield command_id, f"no key is called {key!r}; write for example x, ctrl+x, f5, escape"
    yield from _clashes(keymap)


def is_key(key: str) -> bool:
    """Tell whether a keyboard can have a key of this name."""
    *before, last = key.split("+") if len(key) > 1 else [key]
    if not set(before) <= MODIFIERS:
        return False
    return (len(last) == 1 and last.isprintable()) or last in NAMED or _is_character(last)


def _is_character(name: str) -> bool:
    try:
        return bool(unicodedata.lookup(name.replace("_", " ").upper()))
    except KeyError:
        return False


def _clashes(keymap: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    taken: dict[str, list[Command]] = {}
    for command in COMMANDS:
        for key in keys_of(command, keymap):
            for other in taken.setdefault(key, []):
                if _meet(command, other):
                    words = f"key {key!r} is asked for by {other.id!r} and by {command.id!r}"
                    yield command.id if command.id in keymap else other.id, words
            taken[key].append(command)


def _meet(one: Command, other: Command) -> bool:
    return not one.screens or not other.screens or bool(one.screens & other.screens)
