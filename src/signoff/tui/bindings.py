"""Textual bindings made from the table of commands.

The rule it keeps: no key is bound anywhere else, and a binding carries its command's id, so that a keymap reaches it.
"""

from collections.abc import Iterable

from textual.binding import Binding

from signoff.tui.commands import COMMANDS, Command


def bindings(commands: Iterable[Command], action: str) -> list[Binding]:
    """Return one binding for each command that has keys; `action` is the Textual action that takes the command's id."""
    return [
        Binding(",".join(command.keys), f"{action}({command.id!r})", command.title, id=command.id)
        for command in commands
        if command.keys
    ]


def move_bindings() -> list[Binding]:
    """Return the bindings of everything that moves a cursor or a view."""
    return bindings((command for command in COMMANDS if command.group == "move"), "move")
