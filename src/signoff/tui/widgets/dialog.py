"""The frame of a dialog: title, text, choices, fields to type in, a line of words, buttons.

The rule it keeps: as high as its text needs and never higher than the terminal; it decides nothing, and knows no
action.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from signoff.tui.forms import Field, Tick
from signoff.tui.present import Pieces, Tone
from signoff.tui.widgets.choices import Choices
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.entry import Entry, Push
from signoff.tui.widgets.pastebox import PasteBox
from signoff.tui.widgets.text import TextView
from signoff.values.display import displayable

CHROME, CHROME_LOW, ROOMY = 6, 4, 20
LEAST_TEXT = 2
MOST_NOTICE = 3
PASTE = 6
CHOICES_TEXT = 4
TYPED = "typed"


class TickBox(Push):
    """A word that is on or off; off at first."""

    BINDINGS: ClassVar[list[BindingType]] = [("space", "push", "change")]

    def __init__(self, tick: Tick) -> None:
        """Begin off."""
        super().__init__(f"[ ] {tick.label}", id=tick.name)
        self.tick, self.on = tick, False

    def action_push(self) -> None:
        """Change it, and tell."""
        self.on = not self.on
        self.call_it(f"[{'x' if self.on else ' '}] {self.tick.label}")
        super().action_push()


class Blank(Entry):
    """A line of a form to fill in: enter goes on to the next one at once, and never signs."""

    async def action_submit(self) -> None:
        """Go on to what is next, and tell."""
        self.screen.focus_next()
        await super().action_submit()


class Dialog(Vertical):
    """Title, text, choices, fields, notice, buttons."""

    DEFAULT_CSS = """
    Dialog { width: 100%; max-width: 104; height: auto; border: round $warning; padding: 0 1; background: $surface; }
    Dialog OneLine { background: $surface; }
    Dialog Entry, Dialog Entry:focus { background: $panel; }
    Dialog Push { background: $panel; margin: 0 1 0 0; }
    Dialog Push:focus { background: $block-cursor-background; }
    Dialog > #question { height: auto; background: $surface; padding: 0; margin: 0 0 1 0; }
    Dialog > #notice { height: auto; max-height: 3; background: $surface; padding: 0; }
    Dialog > #fields { height: auto; }
    Dialog .row { height: 1; }
    Dialog .row > OneLine { width: 26; }
    Dialog .row > Entry { width: 1fr; }
    Dialog > #buttons { height: 1; margin: 1 0 0 0; }
    Dialog > #choices { margin: 0 0 1 0; }
    Dialog.-low > #question, Dialog.-low > #choices, Dialog.-low > #buttons { margin: 0; }
    Dialog .-away { display: none; }
    """

    def __init__(self) -> None:
        """Begin without a text."""
        super().__init__(id="dialog")
        self.text, self.notice = TextView(id="question"), TextView(id="notice")
        self.text.can_focus = self.notice.can_focus = False
        self.title = OneLine(id="title")
        self.choices, self.box = Choices(id="choices"), PasteBox(id="paste")
        self.fields = Vertical(id="fields")
        self.cancel = Push("Cancel", id="cancel")
        self.record = Push("d Record", id="record")
        self.elsewhere = Push("s Elsewhere", id="elsewhere")
        self.plain = Push("To copy", id="plain")
        self.sign = Push("Sign", id="sign")
        self.entries: dict[str, Entry] = {}
        self.rows = 0
        self.room = 24

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield self.title
        yield self.text
        yield self.choices
        yield self.box
        yield self.fields
        yield self.notice
        with Horizontal(id="buttons"):
            yield self.cancel
            yield self.record
            yield self.elsewhere
            yield self.plain
            yield self.sign

    def on_mount(self) -> None:
        """Hide everything until there is something to decide."""
        self.show_parts()

    async def lay_fields(self, fields: Sequence[Field], ticks: Sequence[Tick], start: Mapping[str, str]) -> None:
        """Make the fields and ticks of a form, with what stands in them at first."""
        await self.fields.remove_children()
        self.entries = {one.name: _entry(one, start.get(one.name, one.start)) for one in fields}
        rows = [_row(one.label, "dim", self.entries[one.name], id=f"row-{one.name}") for one in fields]
        await self.fields.mount(*rows, *(TickBox(tick) for tick in ticks))
        self.rows = len(rows) + len(ticks)

    async def ask_to_type(self, version: str) -> None:
        """Ask for the version's name, typed; a second time for another name."""
        if TYPED in self.entries:
            self.entries[TYPED].placeholder = version
            return
        self.entries[TYPED] = Blank(placeholder=version, id=TYPED)
        self.rows += 1
        await self.fields.mount(_row("Type the version to sign", "warn", self.entries[TYPED], id="row-typed"))

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields now."""
        return {name: entry.value for name, entry in self.entries.items()}

    def ticked(self, name: str) -> bool:
        """Return whether something is ticked."""
        return any(box.on for box in self.query(TickBox) if box.tick.name == name)

    def show_parts(self, *, choices: bool = False, box: bool = False, fields: bool = False, keys: bool = False) -> None:
        """Show these parts beside title, text, notice and the way out, and hide the others."""
        for widget, shown in (
            (self.choices, choices),
            (self.box, box),
            (self.fields, fields),
            (self.sign, fields),
            (self.plain, box),
        ):
            widget.set_class(not shown, "-away")
        for widget in (self.record, self.elsewhere):
            widget.set_class(not (fields and keys), "-away")
        self.fields.disabled = not fields
        self.fit()

    def offer(self, button: str, *, can_be: bool, elsewhere: bool) -> None:
        """Show fields and buttons: what signs, and the way to sign elsewhere or, from there, here again."""
        self.show_parts(fields=True, keys=True)
        self.cancel.call_it("Cancel")
        self.elsewhere.call_it("s Here" if elsewhere else "s Elsewhere")
        self.sign.call_it(button)
        self.sign.offer(can_be=can_be)

    def read(self, text: tuple[Pieces, ...]) -> None:
        """Show a text from its beginning."""
        self.text.top = 0
        self.text.show(text)
        self.text.refresh(layout=True)
        self.fit()

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say something above the buttons."""
        tone: Tone = "bad" if bad else "dim"
        self.notice.show((((words, tone),),) if words else ())
        self.notice.refresh(layout=True)
        self.fit()

    def close_with(self, text: tuple[Pieces, ...], words: str, *, keys: bool = False) -> None:
        """Show a last text; there is nothing left but to close, or, with `keys`, to sign elsewhere."""
        self.show_parts()
        self.elsewhere.set_class(not keys, "-away")
        self.read(text)
        self.cancel.call_it("Close")
        self.cancel.focus()
        self.tell(words)

    def fit_into(self, height: int) -> None:
        """Keep within a terminal of this height."""
        self.room = height
        self.set_class(height < ROOMY, "-low")
        self.fit()

    def fit(self) -> None:
        """Leave text and choices the lines that the other parts do not need."""
        taken = (CHROME if self.room >= ROOMY else CHROME_LOW) + self._notice_height()
        taken += self.rows * (not self.fields.has_class("-away")) + PASTE * (not self.box.has_class("-away"))
        rest = max(LEAST_TEXT, self.room - taken)
        choosing = not self.choices.has_class("-away")
        self.text.styles.max_height = min(rest, CHOICES_TEXT) if choosing else rest
        self.choices.styles.max_height = max(LEAST_TEXT, rest - CHOICES_TEXT - 1)

    def _notice_height(self) -> int:
        width = self.notice.size.width or self.size.width
        lines = self.notice.get_content_height(self.size, self.size, width) if width else 1
        return max(1, min(MOST_NOTICE, lines))


def _entry(field: Field, start: str) -> Entry:
    safe = "".join(character for character in start if displayable(character) == character)
    return Blank(value=safe, placeholder=field.example, id=field.name)


def _row(label: str, tone: Tone, entry: Widget, *, id: str) -> Horizontal:  # noqa: A002  (Textual's own word)
    said = OneLine(id=f"{id}-label")
    said.say(((label, tone),))
    return Horizontal(said, entry, classes="row", id=id)
