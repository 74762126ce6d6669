"""A person in front of the terminal UI: `async with seated(story) as seat: await seat.ask("approve", "fraud:4")`.

The rule it keeps: keys go in as a person presses them, and what comes out is read from what the widgets show; it waits
for conditions, never for a time.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from signoff.registry.registry import Registry
from signoff.tui.app import SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.messages import Sign
from signoff.tui.screens.pull import PullDialog
from signoff.tui.screens.question import QuestionDialog
from signoff.tui.session import Session
from signoff.tui.widgets.dialog import Dialog
from signoff.tui.widgets.text import TextView
from tui.story import Story

TRIES = 1000


class Seat:
    """The app, and what a person does with it."""

    def __init__(self, app: SignoffApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        for _ in range(TRIES):
            if condition():
                return
            await self.pilot.pause(0.01)
        assert condition(), self.shown if isinstance(self.app.screen, QuestionDialog | PullDialog) else self.app.screen

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def type(self, field: str, text: str) -> None:
        """Type into a field of the dialog."""
        self.dialog.entries[field].focus()
        await self.until(lambda: self.dialog.entries[field].has_focus)
        await self.pilot.press(*text)

    async def paste(self, text: str) -> None:
        """Paste into what has the focus."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    async def ask(self, action: str, ref: str, **fields: object) -> None:
        """Have a dialog opened, as a command does, and wait until it waits for the person."""
        model, _, version = ref.partition(":")
        self.app.post_message(Sign(action, model, version, **fields))
        await self.until(lambda: isinstance(self.app.screen, QuestionDialog | PullDialog))
        await self.until(lambda: bool(self.dialog.text.text) and "…" not in self.notice)

    async def choose(self, number: int) -> None:
        """Choose by number."""
        await self.until(lambda: not self.dialog.choices.has_class("-away"))
        await self.press(str(number))
        await self.until(lambda: self.dialog.choices.has_class("-away"))

    async def sign(self, *, until: str = "signed and written") -> None:
        """Press the button that signs, and wait for what it says."""
        self.dialog.sign.focus()
        await self.until(lambda: self.dialog.sign.has_focus)
        await self.press("enter")
        await self.until(lambda: until in self.shown or until in self.notice)

    @property
    def dialog(self) -> Dialog:
        """The dialog in front."""
        return self.app.screen.query_one(Dialog)

    @property
    def shown(self) -> str:
        """What the dialog's text says, all of it."""
        return said(self.dialog.text)

    @property
    def notice(self) -> str:
        """What stands above the buttons."""
        return said(self.dialog.notice)

    @property
    def title(self) -> str:
        """The question."""
        return "".join(text for text, _ in self.dialog.title.pieces)

    @property
    def options(self) -> list[str]:
        """What there is to choose from."""
        return [": ".join(text for text, _ in pieces) for pieces in self.dialog.choices.options]

    @property
    def header(self) -> str:
        """What the header says at its right."""
        return "".join(text for text, _ in self.app.page.header.right)

    def lines(self) -> list[str]:
        """Return the lines of the whole screen."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]


def said(view: TextView) -> str:
    """Return a text without its tones."""
    return "\n".join("".join(text for text, _ in line) for line in view.text)


@asynccontextmanager
async def seated(
    story: Story,
    who: str = "",
    *,
    size: tuple[int, int] = (100, 40),
    opened: Callable[[], Registry] | None = None,
    read_only: bool = False,
) -> AsyncIterator[Seat]:
    """Sit a person down in front of a story's registry; `opened` opens it with other keys or another storage."""
    open_one = opened or story.open
    person = f"{who}@example.org" if who else ""
    session = Session(open_one, story.surroundings, read_only=read_only, who=person, key="")
    app = SignoffApp(session, lambda app: Feed(open_one(), app.post_message, watching=False))
    async with app.run_test(size=size) as pilot:
        seat = Seat(app, pilot)
        await seat.until(lambda: app.snapshot is not None and app.snapshot.complete)
        await seat.until(lambda: session.no_key != "looking for keys")
        yield seat


def keys_of(story: Story, environ: dict[str, str], home: Path) -> Callable[[], Registry]:
    """Return what opens a story's registry with other keys than the story's."""
    return lambda: Registry(story.storage, surroundings=story.surroundings, environ=environ, home=home)
