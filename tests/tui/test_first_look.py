"""While a log is being read for the first time, its versions are listed by their names, and nothing more is said of them."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from signoff.registry.registry import Registry
from signoff.registry.views import VersionView
from signoff.storage.base import Entry
from signoff.storage.local import LocalStorage
from signoff.tui.app import SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.messages import Go
from signoff.tui.pages import UNREAD_WORDS
from signoff.tui.screens.versions import VersionsPage
from signoff.tui.session import Session
from stories import Story
from tui.lists_app import WIDE, text_of, until

WAITS = "1 of 1 log has still to be read and verified"
VERSIONS = ("2026.1", "2026.2", "2026.3")


class SlowLogs(LocalStorage):
    """A folder of which no log is read before somebody lets it."""

    def __init__(self, place: Path, let: threading.Event) -> None:
        super().__init__(place)
        self.let = let

    def entries(self, path: str, *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
        if path.endswith("/log"):
            assert self.let.wait(60)
        return super().entries(path, after=after, most=most)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with Story(tmp_path_factory.mktemp("slow"), people=("ana", "ben", "cy", "dee")) as story:
        for version in VERSIONS:
            story.register(f"fraud:{version}")
        yield story


def is_waiting(app: SignoffApp, page_id: str) -> bool:
    return app.page.page_id == page_id and WAITS in text_of(app.page)


async def test_versions_are_listed_by_name_until_their_log_is_read(story: Story) -> None:
    let = threading.Event()

    def slow() -> Registry:
        storage = SlowLogs(story.path, let)
        return Registry(storage, surroundings=story.surroundings, environ={}, home=story.home)

    session = Session(slow, story.surroundings, read_only=False, who="ben", key="")
    app = SignoffApp(session, lambda app: Feed(slow(), app.post_message, watching=False))
    try:
        async with app.run_test(size=WIDE) as pilot:
            await until(pilot, lambda: "fraud - - -" in text_of(app.page))
            assert " 3 " in text_of(app.page)
            assert UNREAD_WORDS in text_of(app.page)
            for page_id, *words in (("inbox",), ("serving",), ("audit", "fraud")):
                app.post_message(Go(page_id, *words))
                await until(pilot, partial(is_waiting, app, page_id))
                await pilot.press("escape")
                await until(pilot, lambda: app.page.page_id == "models")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.page, VersionsPage) and "2026.1" in text_of(app.page))
            page = app.page
            assert isinstance(page, VersionsPage)
            assert page.listing.table.keys == VERSIONS[::-1]
            assert text_of(page).count("· unread") >= len(VERSIONS)
            assert UNREAD_WORDS in text_of(page)
            await pilot.press("j", "A")
            await until(pilot, lambda: any("the log of fraud is still" in text for text, _ in page.footer.message))
            await pilot.press("enter")
            for key in "1234567":
                await pilot.press(key)
                await until(pilot, lambda: app.page.page_id == "version" and UNREAD_WORDS in text_of(app.page))
            await pilot.press("1", "escape")
            await until(pilot, lambda: app.page is page)
            let.set()
            await until(pilot, lambda: bool(page.scene and page.scene.snapshot.complete))
            current = page.current
            assert isinstance(current, VersionView)
            assert (current.version, current.status) == ("2026.2", "registered")
            assert "unread" not in text_of(page)
    finally:
        let.set()
