"""The app on a story's registry: `async with opened(story, who="ben") as pilot: …`; nothing is watched."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from textual.message import Message
from textual.pilot import Pilot

from signoff.tui.app import SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.messages import Go, Sign
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.widgets.lines import LineView
from signoff.values.times import Surroundings
from stories import Story

NARROW, WIDE = (80, 24), (120, 40)


class ListsApp(SignoffApp):
    """The app; it remembers what was asked for instead of opening dialogs, and pages that are built elsewhere."""

    def __init__(self, story: Story, *, who: str) -> None:
        self.clock = story.now + timedelta(hours=1)
        self.asked: list[Message] = []
        surroundings = Surroundings(now=lambda: self.clock, nonce=lambda: "0" * 32)
        session = Session(story.opened, surroundings, read_only=False, who=who, key="")
        super().__init__(session, lambda app: Feed(story.opened(), app.post_message, watching=False))

    def on_sign(self, message: Sign) -> None:
        """Remember what would be signed."""
        message.prevent_default()
        self.asked.append(message)

    async def on_go(self, message: Go) -> None:
        """Remember texts, which this part does not show."""
        if message.page == "text":
            message.prevent_default()
            self.asked.append(message)


def wait_until_read(app: ListsApp, page: str) -> bool:
    """Return whether a page is in front and shows the registry with all its files."""
    front = app.page
    person = app.session.person or app.session.no_key != "looking for keys"
    return bool(front.page_id == page and front.scene and front.scene.snapshot.complete and person)


@asynccontextmanager
async def opened(
    story: Story, page: str, *words: str, who: str = "", size: tuple[int, int] = NARROW
) -> AsyncIterator[tuple[ListsApp, Pilot[None]]]:
    """Open the app and go to a page."""
    app = ListsApp(story, who=who)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: wait_until_read(app, "models"))
        if page != "models":
            app.post_message(Go(page, *words))
            await until(pilot, lambda: wait_until_read(app, page))
        yield app, pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    assert condition(), "\n".join(shown(pilot.app.screen)) if isinstance(pilot.app.screen, Page) else ""


def lines_of(view: LineView) -> list[str]:
    """Return the lines that a widget shows."""
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


def shown(page: object) -> list[str]:
    """Return all lines of all visible lists and texts of a page."""
    assert isinstance(page, Page)
    return [line for view in page.query(LineView) if view.size.height for line in lines_of(view)]


def text_of(page: Page) -> str:
    """Return what a page shows, its lines joined with single spaces."""
    return " ".join(" ".join(shown(page)).replace("▐", " ").split())


def at(moment: datetime) -> str:
    """Return a moment as people type it."""
    return moment.isoformat()
