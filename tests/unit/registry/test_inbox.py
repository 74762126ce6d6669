"""What waits is told with everybody who could decide it, and with nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.registry.inbox import Waiting, all_waiting, waiting_for
from stories import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Story(tmp_path, people=("ana", "ben", "cy", "dee")) as story:
        yield story


def waiting(story: Story) -> tuple[Waiting, ...]:
    return all_waiting(story.registry.snapshot())


def test_whoever_built_it_or_approved_it_already_does_not_decide(story: Story) -> None:
    story.register("fraud:1", by="ana")
    story.promote("fraud:1", "staging", by="ana")
    story.request("fraud:1", by="ana", comment="please")
    (asked,) = waiting(story)
    assert (asked.ref, asked.stage, asked.by, asked.comment) == ("fraud:1", "production", "ana", "please")
    assert asked.deciders == ("ben", "cy", "dee")
    story.approve("fraud:1", by="ben")
    (asked,) = waiting(story)
    assert asked.deciders == ("cy", "dee")
    assert (asked.have, asked.needed) == (1, 2)
    snapshot = story.registry.snapshot()
    assert [len(waiting_for(snapshot, person)) for person in ("ana", "ben", "cy", "dee")] == [0, 0, 1, 1]


def test_what_is_decided_waits_for_nobody(story: Story) -> None:
    story.register("fraud:1", by="ana")
    story.request("fraud:1", by="ana")
    story.reject("fraud:1", by="ben")
    assert waiting(story) == ()


def test_a_broken_glass_waits_for_everybody_who_reviews_but_not_for_who_broke_it(story: Story) -> None:
    story.register("fraud:1", by="ana")
    story.sign("break_glass", "fraud:1", by="dee", stage="production", reason="the old one answers nonsense")
    (review,) = waiting(story)
    assert (review.kind, review.by, review.needed) == ("review", "dee", 0)
    assert review.deciders == ("ana", "ben", "cy")


def test_what_nobody_could_decide_is_still_told(tmp_path: Path) -> None:
    roles = {role: ["ana"] for role in ("publisher", "approver", "promoter")}
    with Story(tmp_path, rules={"roles": roles}) as story:
        story.register("fraud:1", by="ana")
        story.request("fraud:1", by="ana")
        (asked,) = waiting(story)
        assert asked.deciders == ()
