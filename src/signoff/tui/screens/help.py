"""What every key does, made from the table of commands."""

from typing import ClassVar

from textual.widget import Widget

from signoff.tui.commands import COMMANDS, GROUPS, Command, key_label, label_of
from signoff.tui.present import Pieces, fit
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.widgets.text import TextView

KEYS_WIDTH = 16
TITLE_WIDTH = 34


class HelpPage(Page):
    """All keys."""

    page_id: ClassVar[str] = "help"

    def __init__(self, session: Session) -> None:
        """Begin empty."""
        super().__init__(session)
        self.text = TextView(id="text")

    def body(self) -> tuple[Widget, ...]:
        """Return the text."""
        return (self.text,)

    def place(self) -> tuple[str, ...]:
        """Return the screen's name."""
        return ("help",)

    def redraw(self, scene: Scene) -> None:  # noqa: ARG002  (keys do not depend on the registry)
        """Show the keys."""
        self.text.show(help_text())


def help_text() -> tuple[Pieces, ...]:
    """Return every command with its keys, in its group, with where it applies."""
    lines: list[Pieces] = []
    for group, title in GROUPS.items():
        lines += [((title, "strong"),)]
        lines += [_line(command) for command in COMMANDS if command.group == group]
        lines.append(())
    return (*lines, *FILTER_WORDS)


def _line(command: Command) -> Pieces:
    keys = " ".join(key_label(key) for key in command.keys) or label_of(command)
    where = ", ".join(sorted(command.screens))
    return (
        (f"  {fit(keys, KEYS_WIDTH)}", "accent"),
        (fit(command.title, TITLE_WIDTH), "plain"),
        (f"in: {where}" if where else "", "dim"),
    )


FILTER_WORDS: tuple[Pieces, ...] = (
    (("Filter", "strong"),),
    (
        (
            "  stage:production   status:unregistered   by:al   accuracy>0.9   size<2G   age<7d   -tag:old   words",
            "plain",
        ),
    ),
    (('  terms beside each other must all hold; OR, NOT, ( ) and "quotes" do what they say', "dim"),),
)
