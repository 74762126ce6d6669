"""What is put aside of logs that were read is what was read."""

import pytest

from builders import World
from signoff.records.record import LogRecord
from signoff.registry import grown
from signoff.registry import reader as reading


def test_what_was_read_last_is_put_aside_when_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for model in ("fraud", "other"):
        for version in ("1", "2"):
            world.register(version, model=model)
    whole = world.registry().reader
    wanted = {model: whole.log(model) for model in ("fraud", "other")}
    monkeypatch.setattr(reading, "MOST_HELD", 0)
    reader = world.registry().reader
    fraud = reader.log("fraud")
    assert all(isinstance(item, LogRecord) for item in fraud.log.records.items)
    states = dict(fraud.history.versions)
    other = reader.log("other")
    assert all(item is None for item in fraud.log.records.items)
    assert (fraud, other) == (wanted["fraud"], wanted["other"])
    assert dict(fraud.history.versions) == states
    world.register("3", model="fraud")
    assert [entry.record.seq for entry in reader.log("fraud").history.entries] == [1, 2, 3]
    assert fraud == wanted["fraud"]


def test_what_comes_one_by_one_waits_together(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.register("1")
    monkeypatch.setattr(reading, "MOST_HELD", 0)
    monkeypatch.setattr(grown, "FEW", 3)
    reader = world.registry().reader
    held = []
    for _ in range(6):
        items = reader.log("fraud").log.records.items
        held.append("".join("b" if item is None else "r" for item in items))
        world.do("dan", "comment")
    assert held == ["r", "rr", "rrr", "bbbr", "bbbrr", "bbbrrr"]
    assert [entry.record.seq for entry in reader.log("fraud").history.entries] == [1, 2, 3, 4, 5, 6, 7]


def test_an_alarm_that_is_kept_holds_nothing_that_was_at_hand_when_it_was_found() -> None:
    world = World()
    world.register("1")
    with world.registry() as registry:
        registry.reader.log("fraud")
    world.delete("models/fraud/log/00000001.rec")
    alarm = world.registry().reader.log("fraud").alarm
    assert alarm is not None
    assert alarm.message.startswith("ROLLBACK")
    assert alarm.__traceback__ is None
