"""The fold: in order, from the records alone, in one step or in several."""

from builders import FidoSigner, World
from signoff.policy.fold import HANDLERS, Judged, fold
from signoff.policy.history import History
from signoff.records.record import read_line
from signoff.records.statement import ACTIONS
from signoff.registry.facts import StoredFacts


def test_folding_in_two_steps_is_folding_at_once(world: World) -> None:
    world.do("ben", "approve")
    world.do("pam", "promote")
    world.do("ben", "sanctify")
    records, trust, facts = world.log().records, world.trust(), StoredFacts(world.storage, "fraud")
    whole = fold(records, trust, facts, start=History(model="fraud"))
    for cut in range(len(records) + 1):
        first = fold(records[:cut], trust, facts, start=History(model="fraud"))
        assert fold(records[cut:], trust, facts, start=first) == whole


def test_judging_changes_nothing_and_agrees_with_the_fold(world: World) -> None:
    before, trust, facts = world.history(), world.trust(), StoredFacts(world.storage, "fraud")
    put = world.do("pam", "promote")
    judged = Judged(read_line(put.line), trust, facts, state=before)
    assert judged.reasons == world.entry(put).reasons
    assert judged.once_signed(world.entry(put).record) == judged.once_signed(world.entry(put).record) == world.history()
    assert before.stages == {}


def test_a_record_that_is_not_signed_yet_is_taken_to_be_touched() -> None:
    world = World(stages={"production": {"touch": True}}, keys={"ben": [FidoSigner("ben", touched=False)]})
    world.register()
    before, trust, facts = world.history(), world.trust(), StoredFacts(world.storage, "fraud")
    put = world.do("ben", "approve")
    assert Judged(read_line(put.line), trust, facts, state=before).reasons == ()
    assert "touch missing" in world.reasons(put)


def test_the_latest_time_is_remembered(world: World) -> None:
    put = world.do("dan", "comment", time="2030-01-01T00:00:00Z")
    world.do("dan", "comment", time="2026-01-01T00:00:00Z")
    latest = world.history().latest
    assert latest is not None
    assert (latest.year, world.reasons(put)) == (2030, "")


def test_an_ineffective_record_changes_nothing_but_the_time(world: World) -> None:
    before = world.history()
    world.do("dan", "approve")
    after = world.history()
    assert (after.versions, after.stages, len(after.entries)) == (before.versions, before.stages, 2)


def test_every_action_that_people_sign_is_folded() -> None:
    assert set(HANDLERS) == set(ACTIONS)
