"""A model is left alone while everything that it was read from looks as it did, and only then."""

import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import World
from signoff.registry.registry import Registry
from signoff.registry.snapshot import Snapshot
from signoff.storage.base import Entry
from signoff.storage.glancing import Places
from signoff.storage.local import LocalStorage
from signoff.storage.memory import MemoryStorage
from signoff.values.times import Surroundings

FOLDER = "models/fraud/versions/1"
TICK = 0.02
"""Seconds after which a further change has another time, on the filesystems of this test."""


class Counting(LocalStorage):
    """A folder that counts what was listed and read of models."""

    asked: list[str]

    def entries(self, path: str, *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
        self._count(path)
        return super().entries(path, after=after, most=most)

    def read(self, path: str, *, most: int) -> bytes:
        self._count(path)
        return super().read(path, most=most)

    def _count(self, path: str) -> None:
        if path.startswith("models"):
            self.asked = [*getattr(self, "asked", []), path]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(folder=tmp_path / "registry")
    world.register("1")
    world.register("2", card=b"# Card\n")
    world.register("1", model="other")
    world.put("models/fraud/model.yaml", b"title: Fraud\n")
    return world


def _later() -> datetime:
    """Return a time at which the files are no longer new."""
    return datetime.now(UTC) + timedelta(minutes=1)  # noqa: TID251  (stamps of real files are compared with the real clock)


def opened(world: World) -> tuple[Registry, Snapshot]:
    """Open a registry whose files are not new, and look at all of it."""
    time.sleep(TICK)
    assert world.folder is not None
    around = Surroundings(now=_later, nonce=world.surroundings.nonce)
    registry = Registry(Counting(world.folder), surroundings=around, environ={}, home=Path("/nonexistent"))
    return registry, registry.snapshot()


def asked(registry: Registry) -> list[str]:
    """Return what was listed and read of models since this was asked last."""
    storage = registry.reader.storage
    assert isinstance(storage, Counting)
    found, storage.asked = getattr(storage, "asked", []), []
    return found


def test_an_unchanged_registry_is_neither_listed_nor_read(world: World) -> None:
    registry, before = opened(world)
    asked(registry)
    after = registry.snapshot()
    assert asked(registry) == []
    assert all(one is other for one, other in zip(before.models, after.models, strict=True))


def test_only_the_model_in_which_something_changed_is_read(world: World) -> None:
    registry, before = opened(world)
    asked(registry)
    world.register("3")
    after = registry.snapshot()
    assert {path.split("/")[1] for path in asked(registry) if "/" in path} == {"fraud"}
    assert after.need_model("other") is before.need_model("other")
    assert after.need("fraud:3").registered


def edit(name: str, content: bytes) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        place, before = root / name, (root / name).stat()
        place.write_bytes(content)
        os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))

    return change


CHANGES: dict[str, Callable[[Path], object]] = {
    "SHA256SUMS edited in its place": edit(f"{FOLDER}/SHA256SUMS", b"0" * 64 + b"  version.yaml\n"),
    "version.yaml edited in its place": edit(f"{FOLDER}/version.yaml", b"author: eve\n"),
    "a card that was not there": lambda root: (root / FOLDER / "README.md").write_bytes(b"# New\n"),
    "a card that is a link": lambda root: (root / FOLDER / "README.md").symlink_to("version.yaml"),
    "model.yaml edited in its place": edit("models/fraud/model.yaml", b"title: Freud\n"),
    "a version's folder is gone": lambda root: shutil.rmtree(root / FOLDER),
    "a draft": lambda root: (root / "models/fraud/versions/draft").mkdir(),
    "a file among the versions": lambda root: (root / "models/fraud/versions/stray").touch(),
    "a strange name in the log": lambda root: (root / "models/fraud/log/stray").touch(),
    "a model": lambda root: (root / "models/third/versions").mkdir(parents=True),
    "a model below another": lambda root: (root / "models/team/fourth/versions").mkdir(parents=True),
    "a link among the models": lambda root: (root / "models/linked").symlink_to("fraud"),
    "a version's folder is a link": lambda root: _lead_away(root / FOLDER),
    "the versions are a link": lambda root: _lead_away(root / "models/fraud/versions"),
    "the model is a link": lambda root: _lead_away(root / "models/fraud"),
}


UNSEEN = (CHANGES["a card that is a link"],)
"""A link is no card, so there is none as before."""


def _lead_away(place: Path) -> None:
    other = place.with_name(f".{place.name}")
    place.rename(other)
    place.symlink_to(other.name)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_shows_as_it_does_to_who_reads_all(world: World, change: Callable[[Path], object]) -> None:
    registry, before = opened(world)
    assert world.folder
    time.sleep(TICK)
    change(world.folder)
    after = registry.snapshot()
    assert after == opened(world)[1]
    assert (after == before) is (change in UNSEEN)


def test_one_model_that_was_looked_at_alone_is_not_told_as_it_was_before(world: World) -> None:
    registry, _ = opened(world)
    world.put("models/fraud/model.yaml", b"title: Freud\n")
    assert registry.model("fraud").title == "Freud"
    assert registry.snapshot().need_model("fraud").title == "Freud"


def test_a_quick_look_in_between_is_not_taken_for_a_whole_one(world: World) -> None:
    registry, before = opened(world)
    assert registry.snapshot(complete=False).need("fraud:1").metadata is None
    assert registry.snapshot() == before


def test_other_rules_are_applied(world: World) -> None:
    registry, before = opened(world)
    world.change_trust(stages={})
    after = registry.snapshot()
    assert before.need("fraud:1").asks
    assert not after.need("fraud:1").asks


def test_nothing_is_concluded_where_folders_are_not_dated() -> None:
    with Places(MemoryStorage()) as places:
        assert places.look(["models"]) == (0, 0.0)
        assert places.marks(["models"]) == ((), 0.0)
