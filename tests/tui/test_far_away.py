"""What others do in a bucket shows on an open screen, and a bucket that does not answer is said to be stale."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents import Agent
from failing import FailingStorage
from servers import Server
from signoff.registry.registry import Registry
from signoff.storage.base import Storage
from signoff.storage.memory import MemoryStorage
from signoff.storage.places import open_place
from signoff.tui.app import SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.messages import Seen
from signoff.tui.session import Session
from tui.seat import Seat
from tui.story import Story, tell

NETWORK = "the network is unreachable"
EVERY = 0.05


@pytest.fixture
def storage() -> FailingStorage:
    return FailingStorage()


@pytest.fixture
def story(storage: FailingStorage, tmp_path: Path) -> Iterator[Story]:
    with Agent() as agent:
        yield tell(Story(storage, agent, tmp_path))


@asynccontextmanager
async def followed(story: Story, storage: MemoryStorage, *, width: int = 120) -> AsyncIterator[Seat]:
    """Show a story's registry to somebody, followed as a bucket is, with a storage of its own."""

    def opened() -> Registry:
        return Registry(storage, surroundings=story.surroundings, environ=story.agent.environ, home=story.home)

    story.clock.stopped = True
    session = Session(opened, story.surroundings, read_only=False, who="ana@example.org", key="")
    app = SignoffApp(session, lambda app: Feed(opened(), app.post_message, every=EVERY))
    async with app.run_test(size=(width, 30)) as pilot:
        seat = Seat(app, pilot)
        await seat.until(lambda: app.snapshot is not None and app.snapshot.complete)
        await seat.until(lambda: session.no_key != "looking for keys")
        yield seat


def first_line(seat: Seat) -> str:
    return seat.lines()[0]


async def test_the_header_says_how_often_it_is_asked(story: Story, storage: FailingStorage) -> None:
    async with followed(story, storage) as seat:
        await seat.until(lambda: f"◌ polling {EVERY:g}s" in seat.header)
        assert "live" not in seat.header
        assert "ana@example.org key ok" in seat.header


async def test_what_cannot_be_written_says_read_only_beside_it(story: Story, storage: FailingStorage) -> None:
    async with followed(story, storage.opened_read_only()) as seat:
        await seat.until(lambda: seat.header.startswith("◌ polling"))
        assert seat.header.endswith("read-only ")


async def test_a_record_of_somebody_else_is_read_because_the_journal_names_it(
    story: Story, storage: FailingStorage
) -> None:
    async with followed(story, storage) as seat:
        await seat.until(lambda: "polling" in seat.header)
        story.register("fraud:next", "ana", {"weights.bin": "other"})
        await seat.until(lambda: (s := seat.app.snapshot) is not None and s.find("fraud:next") is not None)


async def test_a_storage_that_does_not_answer_makes_the_screen_stale_until_it_answers(
    story: Story, storage: FailingStorage
) -> None:
    async with followed(story, storage) as seat:
        await seat.until(lambda: "polling" in seat.header)
        before = seat.app.snapshot
        since = f"⚠ stale since {seat.app.session.time()}"
        storage.down = NETWORK
        await seat.until(lambda: f"{since}: {NETWORK}  ana@example.org key ok" in first_line(seat))
        assert seat.app.snapshot is before
        storage.down = ""
        await seat.until(lambda: f"◌ polling {EVERY:g}s" in first_line(seat))
        assert "stale" not in first_line(seat)
        assert seat.app.snapshot == before


async def test_the_header_leaves_out_why_where_only_the_place_has_room(story: Story, storage: FailingStorage) -> None:
    async with followed(story, storage, width=64) as seat:
        storage.down = NETWORK
        await seat.until(lambda: "⚠ stale since" in first_line(seat))
        assert NETWORK[:4] not in first_line(seat)
        assert first_line(seat).startswith(" signoff  memory://")
        assert first_line(seat).endswith("ana@example.org key ok")
        await seat.until(lambda: NETWORK in seat.lines()[-1])


async def test_a_rescan_of_a_storage_that_is_away_leaves_the_screen_stale(
    story: Story, storage: FailingStorage
) -> None:
    async with followed(story, storage) as seat:
        storage.down = NETWORK
        await seat.until(lambda: "stale" in seat.header)
        await seat.press("r")
        await seat.until(lambda: NETWORK in seat.lines()[-1])
        assert "stale" in seat.header
        storage.down = ""
        await seat.until(lambda: "polling" in seat.header)


async def test_the_header_is_not_painted_by_polls(story: Story, storage: FailingStorage) -> None:
    async with followed(story, storage) as seat:
        await seat.until(lambda: "polling" in seat.header)
        seen: list[Seen] = []
        seat.app.feed._tell = lambda message: seen.append(message) if isinstance(message, Seen) else None
        await asyncio.sleep(20 * EVERY)
        assert seen == []


@pytest.mark.alone
async def test_a_record_that_another_client_wrote_into_a_bucket_shows_within_seconds(
    server: Callable[[str], Server], tmp_path: Path
) -> None:
    found = server("moto")

    def client() -> Registry:
        return Registry(opened(), surroundings=story.surroundings, environ=story.agent.environ, home=story.home)

    def opened() -> Storage:
        url = f"{found.base}/{folder}"
        return open_place(url, options=found.options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))

    folder = f"f{secrets.token_hex(6)}"
    with Agent() as agent:
        story = Story(opened(), agent, tmp_path)
        story.register("fraud:1", "ana", {"weights.bin": "one"})
        seen: list[Seen] = []
        feed = Feed(client(), lambda message: seen.append(message) if isinstance(message, Seen) else None)
        feed.start()
        try:
            await until(lambda: bool(seen) and seen[-1].snapshot.complete, seconds=20)
            assert seen[-1].standing.every == 2
            story.register("fraud:2", "ana", {"weights.bin": "two"})
            began = time.monotonic()
            await until(lambda: seen[-1].snapshot.find("fraud:2") is not None, seconds=20)
            assert time.monotonic() - began < 5
        finally:
            feed.close()


async def until(wanted: Callable[[], bool], *, seconds: float) -> None:
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < seconds
        await asyncio.sleep(0.02)
