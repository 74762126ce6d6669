"""A registry at a past moment is the longest prefix that is not newer, clocks of authors notwithstanding."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from signoff.errors import AlarmError, InvalidValueError, VerificationError
from signoff.registry.past import history_at, registry_at, trust_at
from stories import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Story(tmp_path) as story:
        story.serve("fraud:1")
        yield story


def moments(story: Story) -> list[datetime]:
    entries = story.registry.reader.log("fraud").history.entries
    return [entry.record.moment for entry in entries if entry.record.moment is not None]


def test_every_moment_has_the_records_until_then(story: Story) -> None:
    for count, moment in enumerate(moments(story), start=1):
        assert len(history_at(story.registry.reader, "fraud", moment).entries) == count
        assert len(history_at(story.registry.reader, "fraud", moment - timedelta(seconds=1)).entries) == count - 1


def test_a_record_behind_one_from_the_future_waits_for_it(story: Story) -> None:
    story.now += timedelta(days=100)
    story.sign("comment", "fraud:1", by="ana", comment="a clock ahead")
    story.now -= timedelta(days=100)
    story.sign("comment", "fraud:1", by="ben", comment="a clock right")
    last = moments(story)[-1]
    known = history_at(story.registry.reader, "fraud", last)
    assert [entry.record.author for entry in known.entries][-1] == "ben"
    assert len(known.entries) == len(moments(story)) - 2


def test_now_is_the_present(story: Story) -> None:
    present = story.registry.reader.log("fraud").history
    assert history_at(story.registry.reader, "fraud", story.now + timedelta(days=1)) == present


def test_before_its_first_trust_record_there_was_no_registry(story: Story) -> None:
    with pytest.raises(InvalidValueError, match="this registry did not exist"):
        trust_at(story.registry.reader.trust, moments(story)[0] - timedelta(days=1))


def test_nothing_is_told_of_the_past_of_a_broken_log(story: Story) -> None:
    (story.path / "models/fraud/log/00000006.rec").write_text("junk\n")
    with pytest.raises((VerificationError, AlarmError)):
        history_at(story.registry.reader, "fraud", story.now)


def test_the_whole_registry_at_a_moment_has_the_models_that_had_records_then(story: Story) -> None:
    before = story.now
    story.register("ranker:1")
    assert [one.model for one in registry_at(story.registry, before).histories] == ["fraud"]
    after = registry_at(story.registry, story.now)
    assert [one.model for one in after.histories] == ["fraud", "ranker"]
    assert [one.model for one in registry_at(story.registry, story.now, model="ranker").histories] == ["ranker"]


def test_a_model_that_cannot_be_told_is_named_beside_those_that_can(story: Story) -> None:
    story.register("ranker:1")
    (story.path / "models/fraud/log/00000006.rec").write_text("junk\n")
    past = registry_at(story.opened(), story.now)
    assert [one.model for one in past.histories] == ["ranker"]
    assert [name for name, _ in past.untold] == ["fraud"]
    assert "record 6" in past.untold[0][1]
