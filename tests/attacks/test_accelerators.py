"""Whoever forges, stales or breaks the cache or the journal changes no decision, and what they broke heals."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builders import Said, TestSigner, World
from signoff.errors import RefusedError, SignoffError
from signoff.registry.asks import Ask
from signoff.registry.cache import Contents, shelf_name
from signoff.registry.registry import Registry
from signoff.registry.remembered import paint, picture_of, recall, retain
from signoff.schema import layout
from signoff.storage.local import LocalStorage
from signoff.storage.shelf import Shelf
from signoff.storage.state import cache_folder
from signoff.values.metrics import Metric
from signoff.values.times import Surroundings

RULE: dict[str, Said] = {"approvals": 0, "metrics": [{"name": "accuracy", "min": "0.99"}]}


@pytest.fixture
def world(tmp_path: Path) -> World:
    stages: dict[str, dict[str, Said]] = {"staging": {"approvals": 0}, "production": RULE}
    world = World(folder=tmp_path / "registry", stages=stages)
    world.register("1")
    world.do("pam", "promote", "1", stage="staging")
    return world


def opened(world: World, *, read_only: bool = False) -> Registry:
    assert world.folder is not None
    around = Surroundings(now=lambda: datetime.now(UTC), nonce=world.surroundings.nonce)  # noqa: TID251
    storage = LocalStorage(world.folder, read_only=read_only)
    return Registry(storage, surroundings=around, environ={}, home=Path("/nonexistent"))


def forge(world: World) -> None:
    """Put a metric into the cache that no file has, under the stamp of the true files."""
    from signoff.storage.shelf import _open, _sum  # noqa: PLC0415

    name = shelf_name(world.id, str(world.folder))
    time.sleep(2.1)
    with opened(world) as registry:
        registry.snapshot()
    stamp, _ = Shelf(name).rows("fraud", ["1"])["1"]
    from signoff.registry.cache import _encode  # noqa: PLC0415

    false = _encode(Contents(metrics=(Metric(name="accuracy", text="1.0"),), card="f" * 64))
    shelf = _open(cache_folder() / name)
    with shelf:
        shelf.execute("UPDATE kept SET value = ? WHERE name = '1'", (_sum("1", stamp, false) + false,))
    shelf.close()


def test_a_forged_metric_in_the_cache_promotes_nothing(world: World) -> None:
    forge(world)
    registry = opened(world)
    shown = registry.snapshot().need("fraud:1")
    assert [one.text for one in shown.metrics] == ["1.0"], "the attack itself must work, or the test shows nothing"
    assert [one.outcome for one in registry.check(shown, "production") if one.check == "metrics"] == ["unmet"]
    with pytest.raises(RefusedError, match="rule not met"):
        registry.sign(
            Ask(action="promote", model="fraud", version="1", fields={"stage": "production"}),
            world.me("pam"),
            TestSigner("pam"),
        )


def test_a_forged_card_in_the_cache_is_not_the_one_that_is_signed(world: World) -> None:
    forge(world)
    registry = opened(world)
    assert registry.snapshot().need("fraud:1").card == "f" * 64
    prepared = registry.prepare(
        Ask(action="approve", model="fraud", version="1", fields={"stage": "production"}), world.me("ben")
    )
    assert b"f" * 64 not in prepared.line


def test_a_cache_that_was_filled_before_bytes_were_tampered_with_hides_nothing_from_verify(world: World) -> None:
    time.sleep(2.1)
    with opened(world) as registry:
        registry.snapshot()
    assert world.folder
    place = world.folder / "models/fraud/versions/1/version.yaml"
    place.write_bytes(place.read_bytes().replace(b"0.93", b"0.99"))
    assert not opened(world).verify(deep=True).ok
    assert opened(world).snapshot().need("fraud:1").problems


def test_a_remembered_picture_moves_no_stage(world: World) -> None:
    with opened(world) as registry:
        retain(registry.snapshot())
        trust = registry.reader.trust
    [place] = cache_folder().rglob("lists-*.msgpack")
    world.register("2")
    world.do("pam", "promote", "2", stage="staging")
    before = recall(str(world.folder), trust)
    assert before is not None
    assert not before.snapshot.complete
    assert before.snapshot.need("fraud@staging").version == "1"
    assert opened(world).find("fraud@staging").version == "2"
    place.write_bytes(place.read_bytes()[:-3] + b"xyz")
    assert recall(str(world.folder), trust) is None


def test_a_picture_of_other_rules_is_not_shown(world: World) -> None:
    with opened(world) as registry:
        content = picture_of(registry.snapshot())
        trust = registry.reader.trust
    assert paint(content, url="x", trust=trust) is not None
    world.change_roles(promoter=("ana",))
    assert paint(content, url="x", trust=world.trust()) is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'{"written": 7}', b"{" * 100_000])
def test_garbage_in_the_journal_stops_no_writer(world: World, content: bytes) -> None:
    assert world.folder
    place = world.folder / layout.journal_path(1)
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    comment(world)
    assert (world.folder / layout.journal_path(2)).is_file()
    assert opened(world).verify().ok


def comment(world: World) -> None:
    ask = Ask(action="comment", model="fraud", fields={"comment": "seen"})
    opened(world).sign(ask, world.me("ben"), TestSigner("ben"))


@pytest.mark.parametrize("kind", ["file", "symlink"])
def test_a_journal_that_cannot_be_written_fails_no_command(world: World, tmp_path: Path, kind: str) -> None:
    assert world.folder
    place = world.folder / layout.JOURNAL
    (tmp_path / "elsewhere").mkdir()
    place.write_bytes(b"in the way") if kind == "file" else place.symlink_to(tmp_path / "elsewhere")
    before = world.length("models/fraud")
    comment(world)
    assert world.length("models/fraud") == before + 1
    assert not any((tmp_path / "elsewhere").iterdir())


def test_a_false_journal_makes_no_record(world: World) -> None:
    assert world.folder
    place = world.folder / layout.journal_path(1)
    place.parent.mkdir(parents=True)
    place.write_bytes(b'{"nonce":"1","written":[{"chain":"models/fraud","id":"%s","seq":99}]}\n' % (b"0" * 64))
    assert len(opened(world).reader.log("fraud").log.records) == 2


def test_every_record_is_told_in_the_journal_without_a_gap(world: World) -> None:
    assert world.folder
    for _ in range(3):
        comment(world)
    names = sorted(path.name for path in (world.folder / layout.JOURNAL).iterdir())
    assert names == [f"{number:016d}.json" for number in (1, 2, 3)]


def test_a_registry_opened_read_only_gets_no_journal_and_nothing_else(world: World) -> None:
    assert world.folder
    before = {path: path.lstat().st_mtime_ns for path in world.folder.rglob("*")}
    with opened(world, read_only=True) as registry:
        registry.snapshot()
        with pytest.raises(SignoffError):
            registry.sign(
                Ask(action="comment", model="fraud", fields={"comment": "x"}), world.me("ben"), TestSigner("ben")
            )
    assert {path: path.lstat().st_mtime_ns for path in world.folder.rglob("*")} == before
