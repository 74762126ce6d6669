"""What others do shows on an open screen, because the kernel announces it."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import World
from signoff.registry.registry import Registry
from signoff.registry.snapshot import Snapshot
from signoff.storage.local import LocalStorage
from signoff.tui.feed import Feed
from signoff.tui.messages import Seen

pytestmark = pytest.mark.alone


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(folder=tmp_path / "registry")
    world.register("1")
    return world


class Screen:
    """Takes what a feed tells, as the app does."""

    def __init__(self, world: World, *, watching: bool = True) -> None:
        assert world.folder is not None
        around = world.surroundings
        registry = Registry(LocalStorage(world.folder), surroundings=around, environ={}, home=Path("/nonexistent"))
        self.seen: list[Snapshot] = []
        self.feed = Feed(registry, self.take, watching=watching)

    def take(self, message: object) -> None:
        if isinstance(message, Seen):
            self.seen.append(message.snapshot)

    async def until(self, wanted: Callable[[Snapshot], bool], *, seconds: float) -> float:
        began = time.monotonic()
        while not (self.seen and wanted(self.seen[-1])):
            if time.monotonic() - began > seconds:
                return float("inf")
            await asyncio.sleep(0.005)
        return time.monotonic() - began


def copy_version(world: World) -> None:
    assert world.folder
    shutil.copytree(world.folder / "models/fraud/versions/1", world.folder / "models/fraud/versions/copy")


@pytest.mark.parametrize("watching", [True, False])
async def test_a_plain_copy_of_a_version_shows_within_half_a_second_and_without_the_watch_not_at_all(
    world: World, watching: bool
) -> None:
    screen = Screen(world, watching=watching)
    screen.feed.start()
    try:
        assert await screen.until(lambda seen: seen.complete, seconds=10) < 10
        await asyncio.sleep(0.5)
        copy_version(world)
        took = await screen.until(lambda seen: seen.find("fraud:copy") is not None, seconds=1.5)
    finally:
        screen.feed.close()
    assert (took < 0.5) is watching


async def test_a_record_of_somebody_else_shows_within_half_a_second(world: World) -> None:
    screen = Screen(world)
    screen.feed.start()
    try:
        assert await screen.until(lambda seen: seen.complete, seconds=10) < 10
        await asyncio.sleep(0.5)
        world.do("pam", "promote", "1", stage="staging")
        assert await screen.until(lambda seen: seen.find("fraud@staging") is not None, seconds=2) < 0.5
    finally:
        screen.feed.close()


async def test_the_next_session_begins_with_what_the_last_one_saw_and_says_that_it_is_reading(world: World) -> None:
    first = Screen(world)
    first.feed.start()
    assert await first.until(lambda seen: seen.complete, seconds=10) < 10
    await asyncio.sleep(0.5)
    first.feed.close()
    second = Screen(world, watching=False)
    second.feed.start()
    assert await second.until(lambda seen: seen.complete, seconds=10) < 10
    second.feed.close()
    assert not second.seen[0].complete
    assert second.seen[0].need("fraud:1").digest == second.seen[-1].need("fraud:1").digest
