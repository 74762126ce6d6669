"""All records by time: none is left out, and those without a time stand where they belong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from signoff.policy.entries import Entries, Entry
from signoff.policy.trust import TrustRecord
from signoff.registry.checkpoints import Checkpoint
from signoff.registry.timeline import InvalidSlot, key_of, moment_of, timeline, timeline_of
from stories import Story


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with Story(tmp_path_factory.mktemp("story")) as story:
        story.serve("fraud:1")
        story.register("ranker:1")
        story.sign("comment", "fraud:1", by="cy", comment="fine")
        story.registry.checkpoint(story.me("ana"))
        yield story


def test_records_of_all_chains_come_newest_first_and_none_is_left_out(story: Story) -> None:
    snapshot = story.registry.snapshot()
    checkpoints, fault = story.registry.checkpoints.read()
    line = timeline_of(snapshot, checkpoints=checkpoints, fault=fault)
    moments = [line.moment(one) for one in line.records]
    assert moments == sorted((one for one in moments if one), reverse=True)
    entries = [one for one in line.records if isinstance(one, Entry)]
    assert len(entries) == sum(len(model.history.entries) for model in snapshot.models)
    assert isinstance(line.records[0], Checkpoint)
    assert isinstance(line.records[-1], TrustRecord)
    assert len({key_of(one) for one in line.records}) == len(line.records)


def test_one_models_records_come_without_the_registrys_own(story: Story) -> None:
    line = timeline_of(story.registry.snapshot(), "ranker", checkpoints=story.registry.checkpoints.read()[0])
    assert [type(one) for one in line.records] == [Entry]


def test_of_two_records_of_the_same_second_the_later_slot_is_first(story: Story) -> None:
    history = story.registry.reader.log("fraud").history
    first, second, *_ = history.entries
    same = replace(second, record=replace(second.record, moment=first.record.moment))
    line = timeline([replace(history, entries=Entries((first, same)))], None)
    assert line.records == (same, first)


def test_a_record_without_a_time_is_as_old_as_the_newest_before_it(story: Story) -> None:
    history = story.registry.reader.log("fraud").history
    first, second, third, *_ = history.entries
    timeless = replace(second, record=replace(second.record, moment=None))
    line = timeline([replace(history, entries=Entries((first, timeless, third)))], None)
    assert line.records == (third, timeless, first)
    assert moment_of(timeless) is None
    assert line.moment(timeless) == first.record.moment


def test_a_first_record_without_a_time_is_last_and_its_time_is_unknown(story: Story) -> None:
    history = story.registry.reader.log("fraud").history
    first, second, *_ = history.entries
    timeless = replace(first, record=replace(first.record, moment=None))
    line = timeline([replace(history, entries=Entries((timeless, second)))], None)
    assert line.records == (second, timeless)
    assert line.moment(timeless) is None


def test_the_slot_that_ends_a_log_stands_behind_its_last_record(tmp_path: Path) -> None:
    with Story(tmp_path) as broken:
        broken.register("fraud:1")
        (broken.path / "models/fraud/log/00000002.rec").write_text("junk\n")
        line = timeline_of(broken.registry.snapshot(), "fraud")
        slot, entry = line.records
        assert isinstance(slot, InvalidSlot)
        assert (slot.chain, slot.seq) == ("models/fraud", 2)
        assert "record 2 of models/fraud" in slot.reason
        assert line.moment(slot) == line.moment(entry)


def test_a_checkpoint_that_is_not_valid_is_told(story: Story) -> None:
    line = timeline_of(story.registry.snapshot(), fault="checkpoint 1: junk")
    assert InvalidSlot(chain="checkpoints", seq=1, reason="checkpoint 1: junk") in line.records
