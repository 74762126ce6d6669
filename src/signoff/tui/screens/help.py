"""What every key does, made from the table of commands and the keys as they are, and what cannot be done now."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.widget import Widget

from signoff.tui.commands import COMMANDS, GROUPS, Command, Situation, applies, key_label, why_not
from signoff.tui.keymap import keys_of
from signoff.tui.present import Piece, Pieces, fit
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.widgets.text import TextView

KEYS_WIDTH = 16


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
        """Show the keys, and what the page below cannot do now."""
        below = [page for page in self.app.screen_stack if isinstance(page, Page) and page is not self]
        situation = below[-1].situation() if below else self.situation()
        self.text.show(help_text(situation, self.session.keymap))


def help_text(situation: Situation, keymap: Mapping[str, str]) -> tuple[Pieces, ...]:
    """Return every command with its keys as they are, in its group; what a page cannot do now says why.

    Args:
        situation: The page's.
        keymap: What was wished, without faults.
    """
    lines: list[Pieces] = []
    here = [command for command in COMMANDS if applies(command, situation.screen)]
    for group, title in GROUPS.items():
        found = [command for command in here if command.group == group]
        if found:
            lines.append(((title, "strong"),))
            lines += [line for one in found for line in _lines(one, keymap, why=why_not(one, situation))]
            lines.append(())
    lines += [*FILTER_WORDS, ()]
    elsewhere = [command for command in COMMANDS if command not in here]
    if elsewhere:
        lines.append((("On other screens", "strong"),))
        lines += [line for one in elsewhere for line in _lines(one, keymap, where=sorted(one.screens))]
    return tuple(lines)


def _lines(command: Command, keymap: Mapping[str, str], *, why: str = "", where: Sequence[str] = ()) -> list[Pieces]:
    keys = " ".join(key_label(key) for key in keys_of(command, keymap)) or f":{command.id}"
    label = f"  {fit(keys, KEYS_WIDTH)}"
    below = f"not now: {why}" if why else f"in: {', '.join(where)}" if where else ""
    if not below:
        return [((label, "accent"), (command.title, "plain"))]
    note: Piece = (" " * len(label) + below, "warn" if why else "dim")
    return [((label, "dim"), (command.title, "dim" if why else "plain")), (note,)]


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
