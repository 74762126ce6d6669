"""Textual bindings made from the table of commands.

The rule it keeps: no key is bound anywhere else, and a binding carries its command's id, so that a keymap reaches it.
What begins an entry is bound first of all: the letters that follow it at once belong to the entry and press no key.
"""

from collections.abc import Iterable, Mapping

from textual.binding import Binding, BindingsMap

from signoff.tui.commands import COMMANDS, Command
from signoff.tui.keymap import keys_of

BEGINNING = frozenset({"prompt", "filter"})


def bindings(commands: Iterable[Command], action: str) -> list[Binding]:
    """Return one binding for each command that has keys; `action` is the Textual action that takes the command's id."""
    return [
        Binding(",".join(command.keys), f"{action}({command.id!r})", command.title, id=command.id)
        for command in commands
        if command.keys and command.id not in BEGINNING
    ]


def begin_entries(bound: BindingsMap, keymap: Mapping[str, str]) -> None:
    """Bind what begins an entry before every widget's keys, under a keymap: Textual applies its own one later."""
    for command in COMMANDS:
        keys = ",".join(keys_of(command, keymap)) if command.id in BEGINNING else ""
        if keys:
            first = Binding(keys, f"app.command({command.id!r})", command.title, priority=True)
            bound.key_to_bindings.update(BindingsMap([first]).key_to_bindings)


def move_bindings() -> list[Binding]:
    """Return the bindings of everything that moves a cursor or a view."""
    return bindings((command for command in COMMANDS if command.group == "move"), "move")
