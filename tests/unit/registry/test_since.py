"""A look at what changed alone sees what a look at everything sees, and lists neither a log nor the folders of versions."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from builders import World
from signoff.registry.registry import Registry
from signoff.storage.base import Entry
from signoff.storage.local import LocalStorage

VERSIONS = "models/fraud/versions"
LISTED = {"models/fraud/log", VERSIONS}


class CountedFolders(LocalStorage):
    """A folder that remembers which folders were listed."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self.listed: list[str] = []

    def entries(self, path: str, *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
        self.listed.append(path)
        return super().entries(path, after=after, most=most)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(folder=tmp_path / "registry", stages={"staging": {"approvals": 0}, "production": {"approvals": 1}})
    for number in range(1, 21):
        world.register(str(number), card=b"# Card\n")
    world.put(f"{VERSIONS}/draft/weights.bin", b"w")
    return world


def opened(world: World) -> Registry:
    assert world.folder is not None
    return Registry(
        CountedFolders(world.folder), surroundings=world.surroundings, environ={}, home=Path("/nonexistent")
    )


def listed(registry: Registry) -> set[str]:
    """Return which of the long folders were listed since this was asked last."""
    storage = registry.reader.storage
    assert isinstance(storage, CountedFolders)
    found, storage.listed = LISTED.intersection(storage.listed), []
    return found


def contents(world: World) -> dict[str, bytes]:
    assert world.folder is not None
    return {
        str(path.relative_to(world.folder)): path.read_bytes() if path.is_file() else b""
        for path in world.folder.rglob("*")
    }


def changes_of(world: World, act: Callable[[], object]) -> frozenset[str]:
    """Return the paths that something that is done changes."""
    before = contents(world)
    act()
    after = contents(world)
    return frozenset(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def acts(world: World, random: Random) -> Iterator[tuple[Callable[[], object], bool]]:
    """Yield what may happen to a model, and whether it can be seen without listing long folders."""
    folder, fresh = world.folder, iter(range(100, 200))
    assert folder is not None

    def some() -> str:
        return str(random.randrange(1, 21))

    def away(version: str) -> None:
        shutil.move(folder / VERSIONS / version, folder / "away" / version)

    def back(version: str) -> None:
        shutil.move(folder / "away" / version, folder / VERSIONS / version)

    (folder / "away").mkdir()
    yield lambda: world.do("ana", "comment", some(), comment="hm"), True
    yield lambda: world.register(str(next(fresh)), card=b"# New\n"), True
    yield lambda: world.put(f"{VERSIONS}/{next(fresh)}/weights.bin", b"w"), True
    yield lambda: world.put(f"{VERSIONS}/draft/version.yaml", b"license: mit\n"), True
    yield lambda: world.do("pam", "promote", some(), stage="staging"), True
    yield lambda: world.do("pam", "promote", some(), stage="staging"), True
    yield lambda: world.do("ana", "alias", some(), alias="champion"), True
    yield lambda: world.do("ana", "alias", some(), alias="champion"), True
    yield lambda: world.do("ana", "request", "7", stage="production"), True
    yield lambda: world.do("ben", "approve", "7", stage="production"), True
    yield lambda: world.do("ana", "deprecate", some(), reason="old"), True
    yield lambda: away("5"), True
    yield lambda: world.do("ana", "comment", some(), comment="meanwhile"), True
    yield lambda: back("5"), True
    yield lambda: world.put(f"{VERSIONS}/6/README.md", b"# Other\n"), True
    yield lambda: world.put(f"{VERSIONS}/8/version.yaml", b"license: other\n"), True
    yield lambda: world.evaluate("fairness", version="9"), True
    yield lambda: world.delete(f"{VERSIONS}/draft"), True
    yield lambda: world.do("oli", "revoke", "3", reason="leak"), True
    yield lambda: world.put(f"{VERSIONS}/DRAFT-A/weights.bin", b"w"), True
    yield lambda: world.put(f"{VERSIONS}/draft-a/weights.bin", b"w"), False  # its name differs only in case
    yield lambda: world.do("ana", "comment", some(), comment="beside a fault"), False
    yield lambda: world.delete(f"{VERSIONS}/draft-a"), False
    yield lambda: world.delete("models/fraud/log/00000025.rec"), False


@pytest.mark.parametrize("seed", range(4))
def test_what_changed_alone_is_seen_as_everything_is(world: World, seed: int) -> None:
    registry = opened(world)
    whole = registry.snapshot()
    every = list(acts(world, Random(seed)))
    for number, (act, lightly) in enumerate(every):
        changed = changes_of(world, act)
        listed(registry)
        seen = registry.snapshot(changed=changed)
        assert (not listed(registry)) is lightly, number
        fresh = opened(world).snapshot()
        assert seen == fresh, number
        assert seen != whole, number
        whole = seen


def test_several_changes_at_once_and_a_look_that_was_broken_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = opened(world)
    registry.snapshot()

    def both() -> None:
        world.register("21")
        world.do("pam", "promote", "21", stage="staging")
        world.put(f"{VERSIONS}/22/weights.bin", b"w")

    changed = changes_of(world, both)
    with monkeypatch.context() as patch:
        patch.setattr("signoff.registry.versions.read_draft", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            registry.snapshot(changed=changed)
    listed(registry)
    assert registry.snapshot(changed=changed) == opened(world).snapshot()
    assert VERSIONS in listed(registry)


def test_a_record_behind_a_gap_is_an_alarm(world: World) -> None:
    registry = opened(world)
    registry.snapshot()
    content = world.get("models/fraud/log/00000020.rec")
    changed = changes_of(world, lambda: world.put("models/fraud/log/00000022.rec", content))
    seen = registry.snapshot(changed=changed)
    assert not seen.need_model("fraud").sound
    assert seen == opened(world).snapshot()
