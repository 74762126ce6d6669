"""A large registry in a bucket is shown from its index, says so, and is read where somebody looks."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agents import Agent
from indexes import NAME, STAGES, forge, multiply
from signoff.registry.doctor import Doctor
from signoff.registry.index import find_indexes
from signoff.registry.indexwriting import EVERY as EVERY_ENTRIES
from signoff.registry.journal import Journal
from signoff.registry.remembered import Picture, recall
from signoff.registry.snapshot import Snapshot
from signoff.schema import layout
from signoff.storage.memory import MemoryStorage
from signoff.tui.app import SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.messages import Go
from signoff.tui.session import Session
from tui.seat import Seat
from tui.story import Story, tell

MANY = 1200
EVERY = 0.05


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """Return a story in something like a bucket, whose index says that churn has many versions."""
    monkeypatch.setattr(MemoryStorage, "paged", True)
    with Agent() as agent:
        story = tell(Story(MemoryStorage(), agent, tmp_path))
        story.register("churn:9", "ana", {"weights.bin": "nine"})
        path = Doctor(story.open()).index()
        assert path is not None
        multiply(story.storage, path, MANY)
        yield story


@pytest.fixture
def path(story: Story) -> str:
    [entry] = story.storage.entries(layout.INDEX)
    return f"{layout.INDEX}/{entry.name}"


@asynccontextmanager
async def followed(story: Story) -> AsyncIterator[Seat]:
    """Show a story's registry to somebody, as a bucket is."""
    story.clock.stopped = True
    session = Session(story.open, story.surroundings, read_only=False, who="ana@example.org", key="")
    app = SignoffApp(session, lambda app: Feed(story.open(), app.post_message, every=EVERY))
    async with app.run_test(size=(140, 30)) as pilot:
        seat = Seat(app, pilot)
        await seat.until(lambda: app.snapshot is not None and app.snapshot.complete)
        await seat.until(lambda: session.no_key != "looking for keys")
        yield seat


def stage_of(seat: Seat, model: str) -> str:
    assert seat.app.snapshot is not None
    return seat.app.snapshot.need_model(model).stages["production"].version


def serve_another(model: Any) -> None:  # noqa: ANN401
    if model[NAME] == "fraud":
        model[STAGES]["production"]["version"] = "1"


def remembered(story: Story) -> Picture | None:
    return recall(story.registry.url, story.registry.reader.trust)


def indexes(story: Story) -> tuple[int, ...]:
    return find_indexes(story.storage)


def count(snapshot: Snapshot) -> int:
    return len(list(snapshot.versions()))


async def test_the_header_and_the_rows_say_that_they_were_not_verified(story: Story) -> None:
    async with followed(story) as seat:
        await seat.until(lambda: "◌ indexed" in seat.header)
        assert "not verified" in seat.header
        assert any("? fraud" in line for line in seat.lines())
        await seat.until(lambda: any("? as an index says: not verified here" in line for line in seat.lines()))
        assert any(f"{MANY:,}" in line for line in seat.lines())


async def test_a_forged_stage_is_shown_until_the_model_is_opened(story: Story, path: str) -> None:
    true = story.open().model("fraud").stages["production"].version
    forge(story.storage, path, serve_another)
    async with followed(story) as seat:
        assert stage_of(seat, "fraud") == "1" != true
        await seat.press("/", *"fraud", "enter")
        await seat.press("enter")
        await seat.until(lambda: stage_of(seat, "fraud") == true)
        await seat.until(lambda: "polling" in seat.header)
        assert seat.app.snapshot is not None
        assert [one.place for one in seat.app.snapshot.problems] == [path]
        assert seat.app.snapshot.need_model("churn").source is not None
        await seat.press("escape")
        await seat.until(lambda: "indexed" in seat.header)


async def test_a_dialog_shows_what_the_log_says_and_not_the_index(story: Story, path: str) -> None:
    true = story.open().model("fraud").stages["production"].version
    forge(story.storage, path, serve_another)
    async with followed(story) as seat:
        await seat.ask("rollback", "fraud", stage="production")
        assert stage_of(seat, "fraud") in {"1", true}
        scene = seat.app.screen.decision.scene  # type: ignore[attr-defined]
        assert scene.snapshot.need_model("fraud").stages["production"].version == true
        assert scene.snapshot.need_model("fraud").source is None


async def test_what_others_write_is_read_and_the_rest_stays_as_it_is(story: Story) -> None:
    async with followed(story) as seat:
        await seat.until(lambda: "indexed" in seat.header)
        story.register("fraud:next", "ana", {"weights.bin": "other"})
        await seat.until(lambda: (s := seat.app.snapshot) is not None and s.find("fraud:next") is not None)
        assert seat.app.snapshot is not None
        assert seat.app.snapshot.need_model("churn").source is not None
        assert "indexed" in seat.header


async def test_a_page_that_tells_of_all_models_says_how_many_were_not_read(story: Story) -> None:
    async with followed(story) as seat:
        await seat.until(lambda: "indexed" in seat.header)
        seat.app.page.post_message(Go("audit", ""))
        await seat.until(lambda: "models were not read" in "\n".join(seat.lines()))


async def test_r_reads_everything(story: Story) -> None:
    async with followed(story) as seat:
        await seat.until(lambda: "indexed" in seat.header)
        await seat.press("r")
        await seat.until(lambda: (s := seat.app.snapshot) is not None and s.source is None)
        await seat.until(lambda: "polling" in seat.header)
        assert not any("? fraud" in line for line in seat.lines())


async def test_what_this_client_has_seen_is_shown_the_next_time_without_the_index(story: Story, path: str) -> None:
    async with followed(story) as seat:
        await seat.press("r")
        await seat.until(lambda: (kept := remembered(story)) is not None and count(kept.snapshot) < MANY)
    multiply(story.storage, path, 2 * MANY)
    async with followed(story) as seat:
        assert seat.app.snapshot is not None
        assert count(seat.app.snapshot) < MANY


async def test_who_signs_leaves_an_index_when_one_is_due_and_who_looks_does_not(story: Story, path: str) -> None:
    story.storage.remove(path)
    for number in range(EVERY_ENTRIES):
        Journal(story.storage).tell("models/churn", 1, f"{number:064x}")
    async with followed(story) as seat:
        await seat.press("r")
        await seat.until(lambda: "polling" in seat.header)
        assert indexes(story) == ()
        await seat.ask("comment", "fraud")
        await seat.type("comment", "seen")
        await seat.sign()
        await seat.until(lambda: len(indexes(story)) == 1)
