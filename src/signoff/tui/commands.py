"""The one table of everything that a key can do.

The rule it keeps: footer, help, palette, key bindings and the reason why something cannot be done now all come from
`COMMANDS`; an id, once released, keeps its meaning, because people remap keys by it.
"""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Literal

import msgspec

Group = Literal["move", "go", "look", "sign", "app"]


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What it depends on whether a command can be done now.

    Attributes:
        screen: The id of the screen in front.
        selected: What the cursor is on, in words, or "" where it is on nothing.
        unwritable: Why nothing can be signed here, or "".
        refusals: Command id -> why the rules refuse it for what is selected.
    """

    screen: str
    selected: str = ""
    unwritable: str = ""
    refusals: Mapping[str, str] = {}


def _always(_: Situation) -> str:
    return ""


def _needs_selection(situation: Situation) -> str:
    return "" if situation.selected else "nothing is selected"


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be done.

    Attributes:
        id: Stable name, for keymaps.
        keys: Key names as the terminal library spells them; the first one is shown.
        title: What it does, in a word or two.
        group: Where help lists it.
        priority: How long the footer keeps it when room gets short; 0 is never in the footer.
        signs: Whether it leads to a signature; such keys are capital letters.
        screens: Where it applies; empty is everywhere.
        why_not: Returns why it cannot be done now, or "".
    """

    id: str
    keys: tuple[str, ...]
    title: str
    group: Group
    priority: int = 0
    signs: bool = False
    screens: frozenset[str] = frozenset()
    why_not: Callable[[Situation], str] = _always


LISTS = frozenset({"models", "versions"})
OF_VERSIONS = frozenset({"versions", "version"})
TABBED = frozenset({"version"})

COMMANDS: tuple[Command, ...] = (
    Command(id="move.down", keys=("j", "down"), title="down", group="move"),
    Command(id="move.up", keys=("k", "up"), title="up", group="move"),
    Command(id="move.top", keys=("g", "home"), title="first", group="move"),
    Command(id="move.bottom", keys=("G", "end"), title="last", group="move"),
    Command(id="move.half-down", keys=("ctrl+d",), title="half a page down", group="move"),
    Command(id="move.half-up", keys=("ctrl+u",), title="half a page up", group="move"),
    Command(id="move.page-down", keys=("pagedown",), title="page down", group="move"),
    Command(id="move.page-up", keys=("pageup",), title="page up", group="move"),
    Command(id="filter", keys=("/",), title="filter", group="look", priority=8, screens=LISTS),
    Command(id="open", keys=("enter",), title="open", group="go", priority=9, screens=LISTS, why_not=_needs_selection),
    Command(id="back", keys=("escape",), title="back", group="go", priority=4),
    Command(id="tab.next", keys=("]", "tab"), title="next tab", group="go", priority=3, screens=TABBED),
    Command(id="tab.previous", keys=("[", "shift+tab"), title="previous tab", group="go", screens=TABBED),
    Command(id="tab.overview", keys=("1",), title="overview", group="go", screens=TABBED),
    Command(id="tab.metrics", keys=("2",), title="metrics", group="go", screens=TABBED),
    Command(id="tab.history", keys=("6",), title="history", group="go", screens=TABBED),
    Command(id="column.left", keys=("H",), title="choose the column to the left", group="look", screens=LISTS),
    Command(id="column.right", keys=("L",), title="choose the column to the right", group="look", screens=LISTS),
    Command(id="sort", keys=("s",), title="sort", group="look", priority=2, screens=LISTS),
    Command(
        id="approve",
        keys=("A",),
        title="Approve",
        group="sign",
        priority=7,
        signs=True,
        screens=OF_VERSIONS,
        why_not=_needs_selection,
    ),
    Command(
        id="promote",
        keys=("P",),
        title="Promote",
        group="sign",
        priority=6,
        signs=True,
        screens=OF_VERSIONS,
        why_not=_needs_selection,
    ),
    Command(
        id="reject",
        keys=("X",),
        title="Reject",
        group="sign",
        priority=4,
        signs=True,
        screens=OF_VERSIONS,
        why_not=_needs_selection,
    ),
    Command(
        id="request",
        keys=("Q",),
        title="Request",
        group="sign",
        priority=5,
        signs=True,
        screens=OF_VERSIONS,
        why_not=_needs_selection,
    ),
    Command(id="problems", keys=("!",), title="problems", group="go", priority=5),
    Command(id="rescan", keys=("r",), title="rescan", group="look", priority=1),
    Command(id="help", keys=("?",), title="help", group="app", priority=10),
    Command(id="suspend", keys=("ctrl+z",), title="suspend", group="app"),
    Command(id="up", keys=("q",), title="up or quit", group="app", priority=3),
    Command(id="quit", keys=("ctrl+q",), title="quit", group="app"),
    Command(id="interrupt", keys=("ctrl+c",), title="say how to quit", group="app"),
)

GROUPS: dict[Group, str] = {"move": "Move", "go": "Go", "look": "Look", "sign": "Sign", "app": "signoff"}
BY_ID: dict[str, Command] = {command.id: command for command in COMMANDS}

LABELS = {
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "up": "↑",
    "down": "↓",
}


def need_command(command_id: str) -> Command:
    """Return the command of an id that the program itself wrote."""
    return BY_ID[command_id]


def applies(command: Command, screen: str) -> bool:
    """Return whether a command means anything on a screen."""
    return not command.screens or screen in command.screens


def commands_on(screen: str) -> tuple[Command, ...]:
    """Return what can be done on a screen, in the table's order."""
    return tuple(command for command in COMMANDS if applies(command, screen))


def why_not(command: Command, situation: Situation) -> str:
    """Return why a command cannot be done now, or ""; the same words wherever it is told."""
    if not applies(command, situation.screen):
        return f"{command.title} belongs to: {', '.join(sorted(command.screens))}"
    if command.signs and situation.unwritable:
        return situation.unwritable
    return command.why_not(situation) or situation.refusals.get(command.id, "")


def keys_of(command: Command, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Return a command's keys under a keymap (command id -> keys, joined by commas)."""
    remapped = keymap.get(command.id)
    return command.keys if remapped is None else tuple(key for key in remapped.split(",") if key)


def key_label(key: str) -> str:
    """Return a key as people write it: `ctrl-d`, `esc`, `?`."""
    return LABELS.get(key, key.replace("+", "-"))


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
