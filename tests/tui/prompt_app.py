"""The whole app on a small registry in memory, for tests that press keys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.events import Paste
from textual.pilot import Pilot

from agents import Agent
from signoff.errors import NotFoundError
from signoff.registry.settings import Settings
from signoff.storage.memory import MemoryStorage
from signoff.tui.app import Opened, SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.messages import Go, Sign
from signoff.tui.session import Session
from tui.story import Story, tell

PATIENCE, STEP = 500, 0.02


@contextmanager
def told_story() -> Iterator[Story]:
    """Yield a registry with a history, and everybody's keys in an agent."""
    with Agent() as agent, TemporaryDirectory() as home:
        yield tell(Story(MemoryStorage(), agent, Path(home)))


class WatchedApp(SignoffApp):
    """An app that remembers which pages and dialogs were asked for, and shows none that is built elsewhere."""

    def __init__(self, *words: object, **more: object) -> None:
        self.gone: list[tuple[str, ...]] = []
        self.signed: list[tuple[str, str, str, dict[str, object]]] = []
        super().__init__(*words, **more)  # type: ignore[arg-type]

    async def on_go(self, message: Go) -> None:
        self.gone.append((message.page, *message.words))
        if message.page not in {"versions", "version", "help", "problems"}:
            message.prevent_default()

    def on_sign(self, message: Sign) -> None:
        message.prevent_default()
        self.signed.append((message.action, message.model, message.version, dict(message.fields)))


def opened(story: Story, settings: Settings, *, read_only: bool = False) -> Opened:
    session = Session(
        story.open, story.surroundings, read_only=read_only, who="ana@example.org", key="", settings=settings
    )
    return Opened(session, lambda app: Feed(story.open(), app.post_message, watching=False))


def app_on(story: Story, settings: Settings | None = None, *, read_only: bool = False) -> WatchedApp:
    """Return an app on a story; the configuration's registry `twin` can be opened, `gone` cannot."""
    wished = settings or Settings(registries={"twin": "memory://", "gone": "/nowhere"})

    def elsewhere(name: str) -> Opened:
        if name == "gone":
            message = "there is no folder '/nowhere'"
            raise NotFoundError(message)
        return opened(story, wished)

    first = opened(story, wished, read_only=read_only)
    return WatchedApp(first.session, first.feed_of, elsewhere=elsewhere)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(PATIENCE):
        if condition():
            return
        await pilot.pause(STEP)
    raise AssertionError(screen_text(pilot.app))


async def ready(pilot: Pilot[None], app: SignoffApp) -> None:
    """Wait until the registry was read and keys were found."""
    await until(pilot, lambda: app.snapshot is not None and app.session.person != "")
    await until(pilot, lambda: "fraud" in screen_text(app))


async def type_line(pilot: Pilot[None], text: str) -> None:
    """Open the command line, paste, and press enter."""
    await pilot.press("colon")
    entry = pilot.app.screen.query_one("#prompt-entry")
    await until(pilot, lambda: entry.has_focus)
    pilot.app.post_message(Paste(text))
    await until(pilot, lambda: getattr(entry, "value", "") == text)
    await pilot.press("enter")
    await pilot.pause()


def screen_text(app: object) -> str:
    """Return what stands on the screen."""
    screen = app.screen  # type: ignore[attr-defined]
    lines = screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def last_line(app: object) -> str:
    """Return what the footer's place says."""
    return screen_text(app).splitlines()[-1].strip()
