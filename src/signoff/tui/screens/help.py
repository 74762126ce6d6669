"""What every key does, made from the table of commands and the keys as they are, and what cannot be done now."""

from collections.abc import Mapping
from typing import ClassVar

from textual.widget import Widget

from signoff.tui.commands import COMMANDS, GROUPS, Command, Situation, applies, key_label, why_not
from signoff.tui.keymap import keys_of
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
    for group, title in GROUPS.items():
        lines += [((title, "strong"),)]
        lines += [_line(one, situation, keymap) for one in COMMANDS if one.group == group]
        lines.append(())
    return (*lines, *FILTER_WORDS)


def _line(command: Command, situation: Situation, keymap: Mapping[str, str]) -> Pieces:
    keys = " ".join(key_label(key) for key in keys_of(command, keymap)) or f":{command.id}"
    title = fit(command.title, TITLE_WIDTH)
    if not applies(command, situation.screen):
        where = f"in: {', '.join(sorted(command.screens))}"
        return ((f"  {fit(keys, KEYS_WIDTH)}", "dim"), (title, "dim"), (where, "dim"))
    why = why_not(command, situation)
    if why:
        return ((f"  {fit(keys, KEYS_WIDTH)}", "dim"), (title, "dim"), (f"not now: {why}", "warn"))
    return ((f"  {fit(keys, KEYS_WIDTH)}", "accent"), (title, "plain"))


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
