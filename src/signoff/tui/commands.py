"""The one table of everything that a key can do.

The rule it keeps: footer, help, palette, key bindings and the reason why something cannot be done now all come from
`COMMANDS`; an id, once released, keeps its meaning, because people remap keys by it.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal

import msgspec

Group = Literal["move", "go", "look", "sign", "app"]


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What it depends on whether a command can be done now.

    Attributes:
        screen: The id of the screen in front.
        selected: What the cursor is on, in words, or "" where it is on nothing.
        marked: How many things are marked.
        unwritable: Why nothing can be signed here, or "".
        refusals: Command id -> why it cannot be done with what is selected.
    """

    screen: str
    selected: str = ""
    marked: int = 0
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
        keys: Key names as the terminal library spells them; the first one is shown. Without one it is done by its
            id behind `:` and from the palette.
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


def _needs_file(situation: Situation) -> str:
    return _needs_selection(situation) or situation.unwritable


LISTS = frozenset({"models", "versions", "inbox", "serving", "audit"})
COLUMNED = LISTS | {"compare", "trend"}
MARKING = frozenset({"versions"})
TABBED = frozenset({"version"})
TURNED = TABBED | {"audit"}
ON_VERSION = frozenset({"versions", "version", "inbox", "serving"})
ON_MODEL = ON_VERSION | {"models"}
READING = ON_MODEL | {"text", "audit", "problems"}


def _go(page: str, *keys: str, title: str = "", priority: int = 0) -> Command:
    return Command(id=page, keys=keys, title=title or page, group="go", priority=priority)


def _move(way: str, *keys: str, title: str) -> Command:
    return Command(id=f"move.{way}", keys=keys, title=title, group="move")


def _tab(tab: str, *keys: str, title: str = "", priority: int = 0, screens: frozenset[str] = TABBED) -> Command:
    return Command(id=f"tab.{tab}", keys=keys, title=title or tab, group="go", priority=priority, screens=screens)


def _look(command: str, key: str, screens: frozenset[str] = ON_MODEL, *, title: str = "", priority: int = 0) -> Command:
    title = title or command
    return Command(
        id=command, keys=(key,), title=title, group="look", priority=priority, screens=screens, why_not=_needs_selection
    )


def _sign(action: str, *keys: str, priority: int = 0, title: str = "", screens: frozenset[str] = ON_VERSION) -> Command:
    return Command(
        id=action,
        keys=keys,
        title=title or action.replace("_", "-").capitalize(),
        group="sign",
        priority=priority,
        signs=True,
        screens=screens,
        why_not=_needs_selection,
    )


COMMANDS: tuple[Command, ...] = (
    _move("down", "j", "down", title="down"),
    _move("up", "k", "up", title="up"),
    _move("top", "g", "home", title="first"),
    _move("bottom", "G", "end", title="last"),
    _move("half-down", "ctrl+d", title="half a page down"),
    _move("half-up", "ctrl+u", title="half a page up"),
    _move("page-down", "pagedown", title="page down"),
    _move("page-up", "pageup", title="page up"),
    Command(id="filter", keys=("/",), title="filter", group="look", priority=8, screens=LISTS),
    Command(
        id="open",
        keys=("enter",),
        title="open",
        group="go",
        priority=9,
        screens=LISTS | {"tasks", "problems", "compare", "trend", "version"},
        why_not=_needs_selection,
    ),
    Command(id="back", keys=("escape",), title="back", group="go", priority=4),
    Command(id="up", keys=("q",), title="up or quit", group="app", priority=3),
    _tab("next", "]", "tab", title="next tab", priority=3, screens=TURNED),
    _tab("previous", "[", "shift+tab", title="previous tab", screens=TURNED),
    Command(
        id="metric.next", keys=("]", "tab"), title="next metric", group="look", priority=3, screens=frozenset({"trend"})
    ),
    Command(
        id="metric.previous", keys=("[", "shift+tab"), title="metric before", group="look", screens=frozenset({"trend"})
    ),
    _tab("overview", "1"),
    _tab("metrics", "2"),
    _tab("evidence", "3"),
    _tab("files", "4"),
    _tab("lineage", "5"),
    _tab("history", "6"),
    _tab("card", "7"),
    Command(id="mark", keys=("space",), title="mark", group="look", priority=2, screens=MARKING),
    Command(id="mark.range", keys=("v",), title="mark from the last mark to here", group="look", screens=MARKING),
    Command(id="unmark", keys=("u",), title="take all marks away", group="look", screens=MARKING),
    Command(id="column.left", keys=("H",), title="column to the left", group="look", screens=COLUMNED),
    Command(id="column.right", keys=("L",), title="column to the right", group="look", screens=COLUMNED),
    Command(id="pane.down", keys=("J", "shift+down"), title="scroll the pane beside", group="look", screens=LISTS),
    Command(id="pane.up", keys=("K", "shift+up"), title="scroll the pane beside back", group="look", screens=LISTS),
    Command(id="sort", keys=("s",), title="sort", group="look", priority=2, screens=LISTS),
    _look("compare", "c", ON_VERSION | {"trend"}, priority=5),
    Command(
        id="differences",
        keys=("n",),
        title="only differences",
        group="look",
        priority=6,
        screens=frozenset({"compare"}),
    ),
    _look("trend", "m", ON_MODEL | {"compare"}, title="metric trend", priority=2),
    _look("describe", "d", READING, title="describe", priority=2),
    _look("yaml", "y", READING, title="YAML", priority=1),
    _look("lineage", "t", ON_VERSION | {"text"}, priority=1),
    _look("history", "a", ON_MODEL | {"text"}, priority=1),
    Command(id="pager", keys=("o",), title="open in $PAGER", group="look"),
    Command(
        id="edit",
        keys=("e",),
        title="edit card or model.yaml",
        group="look",
        screens=ON_MODEL | {"text"},
        why_not=_needs_file,
    ),
    _look("verify", "V", ON_MODEL | {"text"}, title="verify bytes and sign-offs", priority=1),
    _look("copy", "Y", READING, title="copy", priority=1),
    _sign("approve", "A", priority=7),
    _sign("promote", "P", priority=6),
    _sign("reject", "X", priority=4),
    _sign("request", "Q", priority=5),
    _sign("register", "R", priority=7),
    _sign("rollback", "B", priority=3),
    _sign("deprecate", "D", title="Deprecate or revoke", priority=1),
    _sign("restore", title="Take a deprecation back"),
    _sign("break_glass", title="Break glass: promote without quorum"),
    _sign("alias", title="Point an alias at it"),
    _sign("comment", screens=ON_MODEL),
    _sign("annotate", title="Annotate: tags and notes", screens=ON_MODEL),
    _sign("evaluate", title="Have an evaluation count"),
    _sign("withdraw", title="Take your own request or decision back"),
    _sign("review", title="Review a break-glass"),
    _sign("deploy", title="Report what serves where"),
    Command(
        id="pull",
        keys=(),
        title="pull its verified bytes",
        group="look",
        screens=ON_VERSION,
        why_not=_needs_selection,
    ),
    _go("models"),
    _go("inbox", "i", priority=4),
    _go("serving", title="what serves where"),
    _go("audit", title="all records by time"),
    _go("rules", title="people, roles, rules"),
    _go("tasks", "w"),
    _go("problems", "!", priority=5),
    Command(id="at", keys=(), title="the registry at a DATE", group="go"),
    Command(id="registry", keys=(), title="another registry of the configuration", group="go"),
    Command(id="columns", keys=(), title="choose the columns", group="look", screens=frozenset({"versions"})),
    Command(id="view", keys=(), title="a saved filter of the configuration", group="look", screens=LISTS),
    Command(id="theme", keys=(), title="colours: dark, light, high-contrast, colour-blind, ansi", group="app"),
    Command(id="prompt", keys=(":",), title="command", group="app", priority=2),
    Command(id="palette", keys=("ctrl+p",), title="all commands", group="app"),
    Command(id="rescan", keys=("r",), title="rescan", group="look", priority=1),
    Command(id="help", keys=("?",), title="help", group="app", priority=10),
    Command(id="suspend", keys=("ctrl+z",), title="suspend", group="app"),
    Command(id="quit", keys=("ctrl+q",), title="quit", group="app"),
    Command(id="interrupt", keys=("ctrl+c",), title="cancel the running task, else say how to quit", group="app"),
)

GROUPS: dict[Group, str] = {"move": "Move", "go": "Go", "look": "Look", "sign": "Sign", "app": "signoff"}
NARROWEST = 78
BY_ID: dict[str, Command] = {command.id: command for command in COMMANDS}

LABELS = {
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
}


def need_command(command_id: str) -> Command:
    """Return the command of an id that the program itself wrote."""
    return BY_ID[command_id]


def applies(command: Command, screen: str) -> bool:
    """Return whether a command means anything on a screen."""
    return not command.screens or screen in command.screens


@cache
def commands_on(screen: str) -> tuple[Command, ...]:
    """Return what can be done on a screen, in the table's order."""
    return tuple(command for command in COMMANDS if applies(command, screen))


def why_not(command: Command, situation: Situation) -> str:
    """Return why a command cannot be done now, or ""; the same words wherever it is told."""
    if not applies(command, situation.screen):
        return belongs_words(command)
    if command.signs and situation.unwritable:
        return situation.unwritable
    return command.why_not(situation) or situation.refusals.get(command.id, "")


def key_label(key: str) -> str:
    """Return a key as people write it: `ctrl-d`, `esc`, `?`."""
    return LABELS.get(key, key.replace("+", "-"))


def label_of(command: Command) -> str:
    """Return how a command is reached: its first key, else its word behind `:`."""
    return key_label(command.keys[0]) if command.keys else f":{command.id}"


def belongs_words(command: Command) -> str:
    """Return on which screens a command is done: as many of their names as a narrow screen shows."""
    names, words = sorted(command.screens), command.title
    for shown in range(len(names), 0, -1):
        more = len(names) - shown
        words = f"{command.title} belongs to: {', '.join(names[:shown])}" + (f" and {more} more" if more else "")
        if len(words) <= NARROWEST:
            break
    return words
