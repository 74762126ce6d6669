"""A list's line is shown again only while all it was made from looks as it did; nothing is decided on it."""

import shutil
import time
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import World
from signoff.errors import VerificationError
from signoff.registry.keptroll import KeptRoll, ModelLine, Roll, recall_roll
from signoff.registry.pins import forget_pins
from signoff.registry.registry import Registry
from signoff.registry.roll import call_roll
from signoff.schema import layout
from signoff.storage.base import Entry
from signoff.storage.local import LocalStorage
from signoff.storage.state import list_cache, read_cache, write_cache
from signoff.values.times import Surroundings

TICK = 0.02
"""Seconds after which a further change has another time, on the filesystems of this test."""


class ShutLogs(LocalStorage):
    """A folder of which no model's log may be listed or read."""

    def entries(self, path: str, *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
        assert not path.startswith("models"), f"{path} was listed"
        return super().entries(path, after=after, most=most)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(folder=tmp_path / "registry")
    for version in ("1", "2"):
        world.register(version)
    world.do("pam", "promote", "1", stage="staging")
    world.register("1", model="other")
    return world


def _real() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (stamps of real files are compared with the real clock)


def _later() -> datetime:
    """Return a time at which what was written is no longer new."""
    return _real() + timedelta(minutes=1)


def opened(world: World, kind: type[LocalStorage] = LocalStorage, *, now: Callable[[], datetime] = _later) -> Registry:
    """Open as a process does that was just started."""
    assert world.folder is not None
    around = Surroundings(now=now, nonce=world.surroundings.nonce)
    return Registry(kind(world.folder), surroundings=around, environ={}, home=Path("/nonexistent"))


def listed(world: World) -> Roll:
    with opened(world) as registry:
        return call_roll(registry)


def settled(world: World) -> Roll:
    """List what is no longer new, and let a further change have another time."""
    roll = listed(world)
    time.sleep(TICK)
    return roll


def recalled(world: World, *, demanded: str = "") -> Roll | None:
    assert world.folder is not None
    return recall_roll(LocalStorage(world.folder), demanded=demanded)


def twin(world: World, folder: Path) -> World:
    """Return a copy of a registry in another folder, which goes on from there."""
    assert world.folder is not None
    shutil.copytree(world.folder, folder)
    other = copy(world)
    other.folder, other.storage = folder, LocalStorage(folder)
    return other


def line(roll: Roll, name: str) -> ModelLine:
    return next(one for one in roll.models if one.name == name)


def test_another_process_lists_the_same_without_any_log(world: World) -> None:
    first = settled(world)
    assert call_roll(opened(world, ShutLogs)) == first
    assert line(first, "fraud").stages == {"staging": "1"}


def test_what_is_new_is_read_again_as_a_change_might_not_show(world: World) -> None:
    with opened(world, now=_real) as registry:
        call_roll(registry)
    with pytest.raises(AssertionError, match="was listed"):
        call_roll(opened(world, ShutLogs))


def test_a_new_record_a_new_folder_and_a_new_model_show(world: World) -> None:
    settled(world)
    world.register("3")
    world.write_version("draft", model="other")
    world.register("1", model="third")
    roll = listed(world)
    assert [(one.name, one.newest, one.versions) for one in roll.models] == [
        ("fraud", "3", 3),
        ("other", "1", 2),
        ("third", "1", 1),
    ]


def test_a_stage_that_points_at_a_folder_that_is_gone_shows(world: World) -> None:
    settled(world)
    assert world.folder
    shutil.rmtree(world.folder / "models/fraud/versions/1")
    assert line(listed(world), "fraud").bad == ("1",)


def changed(world: World, seq: int) -> tuple[Path, bytes]:
    """Return where a record is and other bytes for it, as many."""
    assert world.folder
    place = world.folder / layout.record_path("models/fraud", seq)
    content = place.read_bytes()
    other = content.replace(b'"version":"1"', b'"version":"9"')
    assert other != content
    return place, other


def need_alarm(roll: Roll) -> None:
    assert not line(roll, "fraud").sound
    assert [one.place for one in roll.alarms] == ["models/fraud/log"]


def test_the_last_record_changed_in_its_place_is_an_alarm(world: World) -> None:
    settled(world)
    place, other = changed(world, 3)
    place.write_bytes(other)
    need_alarm(listed(world))


def test_any_record_exchanged_for_another_one_is_an_alarm(world: World) -> None:
    settled(world)
    place, other = changed(world, 1)
    place.with_suffix(".new").write_bytes(other)
    place.with_suffix(".new").replace(place)
    need_alarm(listed(world))


def test_an_earlier_record_changed_in_its_place_is_an_alarm_for_whoever_reads_it(world: World) -> None:
    first = settled(world)
    place, other = changed(world, 1)
    place.write_bytes(other)
    assert listed(world) == first
    with opened(world) as registry:
        need_alarm(call_roll(registry, anew=True))
    with opened(world) as registry, pytest.raises(VerificationError):
        registry.reader.log("fraud").need_sound()


def test_a_rolled_back_log_is_an_alarm(world: World) -> None:
    settled(world)
    assert world.folder
    (world.folder / layout.record_path("models/fraud", 3)).unlink()
    assert not line(listed(world), "fraud").sound


def test_a_head_that_was_seen_elsewhere_is_an_alarm_although_nothing_changed_here(world: World, tmp_path: Path) -> None:
    other = twin(world, tmp_path / "copy")
    settled(world)
    other.register("3")
    listed(other)
    assert not line(listed(world), "fraud").sound


def test_a_model_that_was_seen_elsewhere_is_an_alarm_although_nothing_changed_here(
    world: World, tmp_path: Path
) -> None:
    other = twin(world, tmp_path / "copy")
    settled(world)
    other.register("1", model="third")
    listed(other)
    assert recalled(world) is None
    assert not line(listed(world), "third").sound


def test_what_this_client_was_told_to_forget_is_read_again(world: World) -> None:
    settled(world)
    forget_pins(world.id)
    with pytest.raises(AssertionError, match="was listed"):
        call_roll(opened(world, ShutLogs))


def test_other_rules_are_a_reason_to_read_all(world: World) -> None:
    settled(world)
    world.change_trust(roles={})
    with pytest.raises(AssertionError, match="was listed"):
        call_roll(opened(world, ShutLogs))


def test_a_log_with_an_alarm_is_not_kept(world: World) -> None:
    world.put(layout.record_path("models/fraud", 4), b"no record\n")
    assert not line(settled(world), "fraud").sound
    assert not line(listed(world), "fraud").sound


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"\x95", b"\x95\xa0\x90\xc4\x00\x90\x80", b"\x95\xa0\x90\x90\x90\x80"]
)
def test_a_damaged_file_costs_time_only(world: World, content: bytes) -> None:
    first = settled(world)
    [name] = [name for name, _ in list_cache() if "/roll-" in name]
    assert read_cache(name)
    write_cache(name, content)
    assert listed(world) == first


def test_everything_is_read_where_somebody_asks_for_it(world: World) -> None:
    first = settled(world)
    with pytest.raises(AssertionError, match="was listed"):
        call_roll(opened(world, ShutLogs), anew=True)
    with opened(world) as registry:
        assert call_roll(registry, anew=True) == first


def test_nothing_is_kept_where_folders_are_not_dated(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signoff.storage.glancing.dates_folders", lambda _: False)
    settled(world)
    assert not [name for name, _ in list_cache() if "/roll-" in name]
    with KeptRoll(opened(world).reader, _real) as kept:
        assert kept.find("fraud") is None


def test_where_every_line_is_believed_the_list_is_the_one_that_was_read(world: World) -> None:
    first = settled(world)
    assert first.stages
    assert recalled(world) == recalled(world, demanded=world.id) == first


def test_nothing_is_recalled_before_a_list_was_read(world: World) -> None:
    assert recalled(world) is None


def test_a_list_with_an_alarm_is_never_recalled(world: World) -> None:
    world.put(layout.record_path("models/fraud", 4), b"no record\n")
    settled(world)
    assert recalled(world) is None


@pytest.mark.parametrize("change", ["record", "last record", "version", "model", "gone"])
def test_whatever_changes_is_read_again(world: World, change: str) -> None:
    settled(world)
    assert world.folder
    match change:
        case "record":
            world.do("pam", "promote", "2", stage="staging")
        case "last record":
            place, other = changed(world, 3)
            place.write_bytes(other)
        case "version":
            world.write_version("draft")
        case "model":
            world.write_version("1", model="fraud/nested")
        case _:
            shutil.rmtree(world.folder / "models/other")
    assert recalled(world) is None


def test_another_registry_than_the_demanded_one_is_for_whoever_reads(world: World) -> None:
    settled(world)
    assert recalled(world, demanded="0" * 64) is None


@pytest.mark.parametrize("record", [1, 2])
def test_a_trust_record_of_other_bytes_is_verified(world: World, record: int) -> None:
    world.change_trust(roles={})
    settled(world)
    assert recalled(world) is not None
    assert world.folder
    place = world.folder / layout.record_path("trust", record)
    place.write_bytes(place.read_bytes() + b"\n")
    assert recalled(world) is None
    place.unlink()
    assert recalled(world) is None


def test_a_new_trust_record_is_verified(world: World) -> None:
    settled(world)
    world.change_trust(roles={})
    assert recalled(world) is None


def test_where_this_client_was_told_to_forget_the_pins_all_is_read(world: World) -> None:
    settled(world)
    forget_pins(world.id)
    assert recalled(world) is None


def test_where_this_client_saw_more_of_the_trust_chain_all_is_read(world: World, tmp_path: Path) -> None:
    other = twin(world, tmp_path / "copy")
    settled(world)
    other.change_trust(roles={})
    listed(other)
    assert recalled(world) is None


def test_where_this_client_saw_more_of_a_log_all_is_read(world: World, tmp_path: Path) -> None:
    other = twin(world, tmp_path / "copy")
    settled(world)
    other.register("3")
    listed(other)
    assert recalled(world) is None


def test_in_another_place_than_the_one_where_it_was_first_seen_all_is_read(world: World, tmp_path: Path) -> None:
    settled(world)
    assert world.folder
    world.folder.rename(tmp_path / "moved")
    assert recall_roll(LocalStorage(tmp_path / "moved")) is None


def test_a_damaged_list_is_not_recalled(world: World) -> None:
    settled(world)
    [name] = [name for name, _ in list_cache() if "/roll-" in name]
    content = read_cache(name)
    assert content
    write_cache(name, content[:-1])
    assert recalled(world) is None


def test_nothing_is_recalled_where_folders_are_not_dated(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(world)
    monkeypatch.setattr("signoff.storage.glancing.dates_folders", lambda _: False)
    assert recalled(world) is None


def test_a_trust_chain_signed_once_more_is_kept_with_its_new_bytes(world: World) -> None:
    first = settled(world)
    [name] = [name for name, _ in list_cache() if "/roll-" in name]
    before = read_cache(name)
    assert before
    other = before.replace(b"BEGIN SSH", b"BEGIN ssh")
    assert other != before
    write_cache(name, other)
    assert recalled(world) is None
    assert settled(world) == first
    assert recalled(world) == first
