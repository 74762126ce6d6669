"""Every key of every page does something or says why not, and esc leads back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import Agent
from signoff.storage.memory import MemoryStorage
from signoff.tui.commands import Command, commands_on, label_of, why_not
from signoff.tui.messages import Go
from signoff.tui.screens.page import Page
from signoff.tui.screens.table import PAGES
from tui.seat import Seat, seated
from tui.story import Story, tell

LEAVING = frozenset({"quit", "suspend", "pager", "edit"})
PLACES: dict[str, tuple[tuple[str, ...], ...]] = {
    "versions": (("fraud",), ("speech/vad",)),
    "version": (("fraud", "4"), ("speech/vad", "1.1.0")),
    "compare": (("fraud:1", "fraud:2", "fraud:4"),),
    "trend": (("fraud", "", "4"), ("speech/vad",)),
    "text": (("yaml", "fraud:4"),),
}
"""The words of the pages that need some."""
EVERYWHERE = [(page, words) for page in PAGES for words in PLACES.get(page, ((),))]
NOTHING_TO_DO = {
    ("models", "back"),
    ("version", "tab.overview"),
    ("versions", "unmark"),
    ("text", "yaml"),
    ("compare", "rescan"),
}
"""(page, command): at home there is nothing to go back to; what is asked for is there already; nothing is new."""
TRIES = 20


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Agent() as agent:
        yield tell(Story(MemoryStorage(), agent, tmp_path))


async def stand_on(seat: Seat, page_id: str, words: tuple[str, ...]) -> Page:
    """Go to a page, by way of esc where something lies above it."""

    def there() -> bool:
        page = seat.app.page
        return seat.app.screen is page and (page.page_id, page.words) == (page_id, words) and page.scene is not None

    for _ in range(5):
        if seat.app.screen is seat.app.page and not seat.app.page.prompt.typing and there():
            break
        if seat.app.screen is not seat.app.page or seat.app.page.prompt.typing:
            await seat.press("escape")
        else:
            seat.app.go_home()
            if page_id != "models":
                seat.app.post_message(Go(page_id, *words))
            await seat.until(there)
    assert there()
    seat.app.page.leave()
    return seat.app.page


def look(seat: Seat) -> tuple[object, ...]:
    """Return all that is on the screen, with its colours."""
    return (seat.app.screen, seat.app.focused, [list(strip) for strip in seat.app.screen._compositor.render_strips()])


async def happened(seat: Seat, before: tuple[object, ...]) -> bool:
    """Return whether something happened."""
    for _ in range(TRIES):
        if look(seat) != before:
            return True
        await seat.pilot.pause(0.01)
    return False


async def is_answered(seat: Seat, page: Page, command: Command, key: str) -> bool:
    """Press a key; return whether something happened. Where the command cannot be done, the footer has to say why."""
    page.tell("")
    await seat.pilot.pause()
    before, reason = look(seat), why_not(command, page.situation())
    await seat.press(key)
    if reason:
        await seat.until(lambda: reason in "".join(text for text, _ in page.footer.message))
        return True
    return command.group == "move" or await happened(seat, before)


@pytest.mark.parametrize(("page_id", "words"), EVERYWHERE)
@pytest.mark.slow
async def test_every_key_of_a_page_does_something_or_says_why_not(
    story: Story, page_id: str, words: tuple[str, ...]
) -> None:
    silent: list[tuple[str, str]] = []
    async with seated(story, "ana", size=(120, 30)) as seat:
        for command in commands_on(page_id):
            for key in command.keys if command.id not in LEAVING and (page_id, command.id) != ("models", "up") else ():
                if not await is_answered(seat, await stand_on(seat, page_id, words), command, key):
                    silent.append((page_id, command.id))
                assert seat.app.is_running
    assert [one for one in silent if one not in NOTHING_TO_DO and one != (page_id, page_id)] == []


@pytest.mark.parametrize(("page_id", "words"), [(page, PLACES.get(page, ((),))[0]) for page in PAGES])
async def test_the_footer_offers_the_commands_of_the_page(story: Story, page_id: str, words: tuple[str, ...]) -> None:
    async with seated(story, "ana") as seat:
        page = await stand_on(seat, page_id, words)
        await seat.until(lambda: bool(page.footer.keys))
        here = [one for one in commands_on(page_id) if one.priority and one.id != page.useless]
        situation = page.situation()
        assert [(key.label, key.title) for key in page.footer.keys] == [(label_of(one), one.title) for one in here]
        assert [key.enabled for key in page.footer.keys] == [not why_not(one, situation) for one in here]
