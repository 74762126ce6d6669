"""What was parsed before is used again while the files look as they did, and only then."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from builders import World
from signoff.registry.cache import MOST_HELD, SPARED, Aside, Asides, Contents, look_of, meaning, shelf_name
from signoff.registry.registry import Registry
from signoff.registry.snapshot import Snapshot
from signoff.registry.views import VersionView
from signoff.schema.cards import VersionMetadata, load_version
from signoff.storage.base import Info
from signoff.storage.local import LocalStorage
from signoff.storage.shelf import Shelf
from signoff.storage.spool import Spool
from signoff.storage.state import cache_folder
from signoff.values.times import Surroundings

DRAFT = "models/fraud/versions/9/version.yaml"


class ShutFiles(LocalStorage):
    """A folder of which no version's file may be opened."""

    def read(self, path: str, *, most: int) -> bytes:
        assert "/versions/" not in path, f"{path} was opened"
        return super().read(path, most=most)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(folder=tmp_path / "registry")
    world.register("1", card=b"# Card\n")
    world.put(DRAFT, b"metrics: {accuracy: 0.90}\nhyperparameters: {rate: 1e-3, depth: [1, 0.50]}\n")
    return world


def _real() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (stamps of real files are compared with the real clock)


def opened(world: World) -> Registry:
    """Open as a process does that was just started."""
    assert world.folder is not None
    around = Surroundings(now=_real, nonce=world.surroundings.nonce)
    return Registry(LocalStorage(world.folder), surroundings=around, environ={}, home=Path("/nonexistent"))


def settle(world: World) -> None:
    """Wait until the files are no longer new; nobody can set back the time of a change."""
    del world
    time.sleep(2.1)


def seen(snapshot: Snapshot, ref: str) -> VersionView:
    return snapshot.need(ref)


def rows(world: World) -> dict[str, tuple[bytes, bytes]]:
    return Shelf(shelf_name(world.id, str(world.folder))).rows("fraud", ("1", "2", "3", "8", "9"))


def test_another_process_sees_the_same_without_opening_the_files(world: World) -> None:
    settle(world)
    first = opened(world).snapshot()
    assert set(rows(world)) == {"1", "9"}
    assert world.folder is not None
    around = Surroundings(now=_real, nonce=world.surroundings.nonce)
    again = Registry(ShutFiles(world.folder), surroundings=around, environ={}, home=Path("/nonexistent"))
    assert again.snapshot() == first
    depth = seen(first, "fraud:9").metadata
    assert depth is not None
    assert repr(depth.hyperparameters) == "(('rate', 1e-3), ('depth', [1, 0.50]))"


def test_a_model_of_few_versions_that_is_asked_for_alone_is_read_without_the_rows(world: World) -> None:
    settle(world)
    alone = opened(world).model("fraud")
    assert rows(world) == {}
    assert alone.versions == opened(world).snapshot().need_model("fraud").versions
    assert set(rows(world)) == {"1", "9"}


def test_the_rows_are_used_once_many_versions_were_asked_for(world: World) -> None:
    settle(world)
    cache = opened(world).scanner._cache
    assert not cache.spares(2)
    with cache.alone():
        assert cache.spares(SPARED - 1)
        assert not cache.spares(2)
    assert not cache.spares(1)


def test_files_that_are_new_are_read_again_as_a_change_might_not_show(world: World) -> None:
    opened(world).snapshot()
    assert rows(world) == {}


def test_an_edit_of_the_same_size_right_after_a_scan_shows(world: World) -> None:
    registry = opened(world)
    registry.snapshot()
    assert world.folder
    place = world.folder / DRAFT
    before = place.stat()
    place.write_bytes(place.read_bytes().replace(b"0.90", b"0.91"))
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert seen(registry.snapshot(), "fraud:9").metrics[0].text == "0.91"


def test_an_edit_that_sets_its_time_back_shows(world: World) -> None:
    settle(world)
    opened(world).snapshot()
    assert world.folder
    place = world.folder / DRAFT
    before = place.stat()
    place.write_bytes(place.read_bytes().replace(b"0.90", b"0.91"))
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert place.stat().st_mtime_ns == before.st_mtime_ns
    assert seen(opened(world).snapshot(), "fraud:9").metrics[0].text == "0.91"


def test_a_change_told_by_its_path_is_read_and_the_rest_is_the_very_same(world: World) -> None:
    settle(world)
    registry = opened(world)
    before = registry.snapshot()
    assert world.folder
    (world.folder / DRAFT).write_bytes(b"metrics: {accuracy: 0.5}\n")
    after = registry.snapshot(changed={DRAFT})
    assert seen(after, "fraud:9").metrics[0].text == "0.5"
    assert seen(after, "fraud:1") is seen(before, "fraud:1")


def test_an_unchanged_registry_is_an_equal_snapshot_of_the_very_same_versions(world: World) -> None:
    settle(world)
    registry = opened(world)
    first, second = registry.snapshot(), registry.snapshot()
    assert first == second
    assert all(one is other for one, other in zip(first.versions(), second.versions(), strict=True))


def test_a_version_that_was_removed_is_not_remembered(world: World) -> None:
    settle(world)
    opened(world).snapshot()
    assert world.folder
    (world.folder / DRAFT).unlink()
    (world.folder / DRAFT).parent.rmdir()
    assert opened(world).snapshot().find("fraud:9") is None


def test_faults_are_never_kept(world: World) -> None:
    assert world.folder
    (world.folder / DRAFT).write_bytes(b"license: [1, 2]\nlanguage: {a: b}\n")
    settle(world)
    first = opened(world).snapshot()
    assert seen(first, "fraud:9").problems
    assert set(rows(world)) == {"1"}
    assert [one.what for one in seen(opened(world).snapshot(), "fraud:9").problems] == [
        one.what for one in seen(first, "fraud:9").problems
    ]


def test_just_looking_writes_nothing_into_the_registry(world: World) -> None:
    assert world.folder
    before = {path: path.lstat().st_mtime_ns for path in world.folder.rglob("*")}
    settle(world)
    with opened(world) as registry:
        registry.snapshot(complete=False)
        registry.snapshot()
    assert {path: path.lstat().st_mtime_ns for path in world.folder.rglob("*")} == before
    assert any(cache_folder().rglob("*.sqlite"))


def test_a_look_differs_with_every_name_stamp_and_meaning() -> None:
    info, other = (Info(size=1, stamp=stamp, modified=1.0, changed=5.0) for stamp in "ab")
    looks = [look_of(files) for files in ([("f", info)], [("g", info)], [("f", other)], [])]
    meant = [meaning(look, said) for look in looks for said in (("x",), ("y",))]
    assert len({look.stamp for look in (*looks, *meant)}) == 12
    assert look_of([("f", info)]).changed == meaning(looks[0], ("x",)).changed == 5.0


def test_what_only_yaml_can_hold_is_not_kept_and_does_no_harm(world: World) -> None:
    cache = opened(world).scanner._cache
    huge = load_version(b"extra: 123456789012345678901234567890\n")
    assert isinstance(huge, VersionMetadata)
    cache.keep("fraud", "1", look_of([]), Contents(metadata=huge), Asides(Spool()))
    cache.save()
    assert not cache.rows("fraud", ["1"])


def test_a_long_scan_tells_on_its_way_what_it_has(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signoff.registry.pulse.FIRST_PULSE", 0.0)
    told: list[Snapshot] = []
    whole = opened(world).snapshot(so_far=told.append)
    assert told
    assert not any(one.complete for one in told)
    assert whole.complete
    assert [model.name for model in told[0].models] == ["fraud"]


def test_metrics_that_were_put_aside_are_those_of_the_whole_and_are_had_alone() -> None:
    text = b"metrics: [{name: accuracy, value: 0.90}, {name: share, value: 12%, slice: {age: 30}}]\nhyperparameters: {rate: 1e-3}\n"
    metadata = load_version(text)
    contents = Contents(metadata=metadata, metrics=metadata.metrics, size=3)
    asides = Asides(Spool())
    held = [asides.keep(contents) for _ in range(MOST_HELD)]
    first, second = asides.keep(contents), asides.keep(msgspec.structs.replace(contents, metrics=()))
    assert all(one is contents for one in held)
    assert isinstance(first, Aside)
    assert isinstance(second, Aside)
    assert (first.metrics, second.metrics, first.metrics) == (metadata.metrics, (), metadata.metrics)
    assert (first.metadata, second.metadata) == (metadata, metadata)
    assert (second.metrics, first.metrics) == ((), metadata.metrics)
