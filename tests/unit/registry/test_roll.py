"""A list of models says what their snapshot says, with no view of a version made."""

import shutil
from pathlib import Path

from builders import World
from signoff.registry.roll import call_roll, roll_of
from signoff.schema import layout


def world_of_everything(tmp_path: Path) -> World:
    world = World(folder=tmp_path)
    for version in ("1", "2", "3"):
        world.register(version)
    world.do("pam", "promote", "2", stage="staging")
    world.write_version("draft")
    world.write_version("DRAFT")
    world.put("models/fraud/versions/stray.txt", b"no version")
    world.register("1", model="gone")
    world.do("pam", "promote", "1", model="gone", stage="staging")
    shutil.rmtree(tmp_path / "models/gone/versions/1")
    world.register("1", model="revoked")
    world.do("pam", "promote", "1", model="revoked", stage="staging")
    world.do("oli", "revoke", "1", model="revoked", reason="leaked labels")
    world.write_version("1", model="unregistered")
    world.register("1", model="broken")
    world.put(layout.record_path("models/broken", 2), b"no record\n")
    return world


def test_every_model_is_told_as_its_snapshot_tells_it(tmp_path: Path) -> None:
    world = world_of_everything(tmp_path)
    snapshot, roll = world.registry().snapshot(complete=False), call_roll(world.registry())
    assert len(roll.models) == 5
    assert roll == roll_of(snapshot)


def test_what_is_wrong_is_told(tmp_path: Path) -> None:
    roll = call_roll(world_of_everything(tmp_path).registry())
    found = {one.name: one for one in roll.models}
    assert {name: one.bad for name, one in found.items() if one.bad} == {"gone": ("1",), "revoked": ("1",)}
    assert not found["broken"].sound
    assert [one.place for one in roll.alarms] == ["models/broken/log"]


def test_a_damaged_trust_chain_is_one_alarm_and_no_model_is_sound() -> None:
    world = World()
    world.register("1")
    world.put(layout.record_path("trust", 2), b"no record\n")
    registry = world.registry()
    roll = call_roll(registry)
    assert [one.sound for one in roll.models] == [False]
    expected = [one for one in registry.snapshot(complete=False).all_problems() if one.severity == "alarm"]
    assert list(roll.alarms) == expected
    assert len(expected) == 1
