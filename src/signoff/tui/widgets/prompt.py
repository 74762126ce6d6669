"""The command line in the footer's place, and above it how it can go on.

The rule it keeps: a line that cannot be understood stays, its wrong word marked and the reason above it; nothing is
done here but typing.
"""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.strip import Strip
from textual.widget import AwaitMount, Widget
from textual.widgets import Input

from signoff.tui.completing import Completion, complete, offered_lines
from signoff.tui.known import Known
from signoff.tui.messages import Wanted
from signoff.tui.present import Pieces, clip_pieces
from signoff.tui.prompting import PromptError, parse_line
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.entry import Entry
from signoff.tui.widgets.furnished import Furnished
from signoff.tui.widgets.paint import paint

MOST_LINES = 3
NOTHING = Completion(start=0)


class Offer(OneLine):
    """A few lines above the entry."""

    DEFAULT_CSS = """
    Offer { height: auto; background: $surface; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002  (Textual's own word)
        """Begin without lines."""
        super().__init__(id=id)
        self.lines: tuple[Pieces, ...] = ()

    def show(self, lines: tuple[Pieces, ...]) -> None:
        """Show other lines; without any there is no room taken."""
        if lines != self.lines:
            self.lines = lines
            self.styles.height = len(lines)
            self.display = bool(lines)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line."""
        width = self.size.width
        line = self.lines[y] if y < len(self.lines) else ()
        return paint(self, clip_pieces(self.safe(line), width), width)


class Prompt(Vertical, Furnished):
    """Entry and offers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("tab", "go_on(1)", "complete"),
        ("shift+tab", "go_on(-1)", "complete backwards"),
        ("up", "remember(-1)", "the line before"),
        ("down", "remember(1)", "the line after"),
        ("escape,ctrl+c", "leave", "leave"),
    ]
    DEFAULT_CSS = """
    Prompt { layer: prompt; dock: bottom; height: auto; display: none; }
    Prompt.-typing { display: block; }
    Prompt > #prompt-line { height: 1; background: $panel; }
    Prompt #colon { width: 2; }
    Prompt Entry, Prompt Entry:focus { width: 1fr; background: $panel; padding: 0; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        """Begin closed."""
        super().__init__(id=id)
        self.offer, self.colon, self.entry = Offer(id="offer"), OneLine(id="colon"), Entry(id="prompt-entry")
        self.entry.disabled = True
        self.known, self.screen_id = Known(), ""
        self.before: Widget | None = None
        self.typed: list[str] = []
        self.place = 0
        self.completion, self.at = NOTHING, -1
        self.colon.say(((" :", "accent"),))

    def furniture(self) -> AwaitMount:
        """Lay the offers above the line."""
        return self.mount(self.offer, Horizontal(self.colon, self.entry, id="prompt-line"))

    @property
    def typing(self) -> bool:
        """Whether it is open."""
        return self.has_class("-typing")

    def begin(self, known: Known, *, screen: str, typed: list[str], text: str = "") -> None:
        """Open it.

        Args:
            known: What lines can be about.
            screen: The page in front.
            typed: Lines of before, the newest last; new ones are added.
            text: What the line begins with.
        """
        self.known, self.screen_id, self.typed = known, screen, typed
        self.place = len(typed)
        self.before = self.before if self.typing else self.screen.focused
        self.add_class("-typing")
        self.entry.disabled = False
        self._put(text)
        self.screen.set_focus(self.entry)

    def action_leave(self) -> None:
        """Close it; what had the keys before has them again."""
        self.remove_class("-typing")
        self.entry.disabled = True
        self.entry.mark_fault(0, 0)
        if self.before is not None and self.before.is_attached:
            self.screen.set_focus(self.before)

    def action_go_on(self, step: int) -> None:
        """Complete what all candidates have in common; again: take one after the other."""
        completion = self.completion
        typed = self.entry.value[completion.start :]
        if not completion.candidates:
            return
        if self.at < 0 and len(completion.common) > len(typed):
            single = len(completion.candidates) == 1
            self._put(self.entry.value[: completion.start] + completion.common + (" " if single else ""))
            return
        self.at = (self.at + step) % len(completion.candidates) if self.at >= 0 else (0 if step > 0 else -1)
        self.at %= len(completion.candidates)
        with self.prevent(Input.Changed):
            self._set(self.entry.value[: completion.start] + completion.candidates[self.at])
        self._show_offers()

    def action_remember(self, step: int) -> None:
        """Go through the lines of before."""
        place = self.place + step
        if 0 <= place <= len(self.typed):
            self.place = place
            self._put(self.typed[place] if place < len(self.typed) else "")

    def _put(self, text: str) -> None:
        with self.prevent(Input.Changed):
            self._set(text)
        self._look()

    def _set(self, text: str) -> None:
        self.entry.value = text
        self.entry.cursor_position = len(text)

    def _look(self) -> None:
        self.entry.mark_fault(0, 0)
        self.completion, self.at = complete(self.entry.value, self.known, screen=self.screen_id), -1
        self._show_offers()

    def _show_offers(self) -> None:
        width = self.screen.size.width
        self.offer.show(offered_lines(self.completion, width=width, most=MOST_LINES, at=self.at))

    def on_resize(self, _: events.Resize) -> None:
        """Lay the offers out for the new width; a reason stays."""
        if self.typing and self.entry.fault.end == 0:
            self._show_offers()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer how the line goes on."""
        event.stop()
        self._look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask for what the line says, or say what is wrong with it."""
        event.stop()
        line = event.value
        try:
            wish = parse_line(line, self.known)
        except PromptError as error:
            self.entry.mark_fault(error.start, error.end)
            words = f" {error.message}" + (f": {error.hint}" if error.hint else "")
            self.offer.show((((words, "warn"),),))
            return
        if line.strip() and self.typed[-1:] != [line]:
            self.typed.append(line)
        self.action_leave()
        if wish is not None:
            self.post_message(Wanted(wish))
