"""Approvals: people are counted, and only while what they saw still holds."""

from datetime import timedelta

from builders import START, FidoSigner, TestSigner, World, sha256
from signoff.policy.approvals import Standing, standing
from signoff.values.times import stamp

TWO = {"staging": {"approvals": 0}, "production": {"approvals": 2}}


def standing_of(
    world: World, *, card: str | None = None, days: float | None = None, stage: str = "production"
) -> Standing:
    at = None if days is None else START + timedelta(days=days)
    return standing(world.version(), stage, trust=world.trust().newest.document, card=card, at=at)


def people(found: Standing) -> list[str]:
    return [one.person for one in found.counted]


def test_nobody_was_asked_yet(world: World) -> None:
    found = standing_of(world)
    assert (found.status, found.met, found.lines[0].words) == ("none", False, "0 of 1 approval from approver")


def test_a_request_waits_for_approval(world: World) -> None:
    world.do("ana", "request", comment="please")
    found = standing_of(world)
    assert (found.status, found.requests[0].comment) == ("PendingManualApproval", "please")


def test_a_part_of_the_quorum_still_waits() -> None:
    world = World(stages=TWO)
    world.register()
    world.do("ben", "approve")
    found = standing_of(world)
    assert (found.status, found.lines[0].words) == ("PendingManualApproval", "1 of 2 approvals from approver: ben")


def test_enough_people_approved() -> None:
    world = World(stages=TWO)
    world.register()
    world.do("ben", "approve")
    world.do("cy", "approve")
    assert (standing_of(world).status, people(standing_of(world))) == ("Approved", ["ben", "cy"])


def test_one_person_counts_once_however_often_they_approve() -> None:
    world = World(stages=TWO, keys={"ben": [TestSigner("ben"), TestSigner("ben", 2)]})
    world.register()
    world.do("ben", "approve")
    world.do("ben", "approve", by=world.keys["ben"][1])
    found = standing_of(world)
    assert (found.status, people(found), found.counted[0].seq) == ("PendingManualApproval", ["ben"], 3)


def test_approvals_for_another_stage_do_not_count(world: World) -> None:
    world.do("ben", "approve", stage="staging")
    assert standing_of(world).status == "none"
    assert standing_of(world, stage="staging").status == "Approved"


def test_a_stage_without_a_quorum_is_not_approved_by_nobody(world: World) -> None:
    found = standing_of(world, stage="staging")
    assert (found.status, found.met) == ("none", True)


def test_a_stage_that_no_rule_names_asks_for_one_approval(world: World) -> None:
    assert not standing_of(world, stage="nowhere").met


def test_a_rejection_clears_the_quorum(world: World) -> None:
    world.do("ben", "approve")
    world.do("cy", "reject", comment="too slow")
    found = standing_of(world)
    assert (found.status, people(found)) == ("Rejected", [])
    assert found.rejection is not None
    assert found.rejection.comment == "too slow"


def test_approvals_after_the_last_rejection_count(world: World) -> None:
    world.do("cy", "reject")
    world.do("ben", "approve")
    assert standing_of(world).status == "Approved"


def test_a_new_request_answers_a_rejection(world: World) -> None:
    world.do("ana", "request")
    world.do("cy", "reject")
    assert standing_of(world).requests == ()
    world.do("ana", "request")
    assert standing_of(world).status == "PendingManualApproval"


def test_a_withdrawn_rejection_clears_nothing(world: World) -> None:
    world.do("ben", "approve")
    reject = world.do("cy", "reject")
    world.do("cy", "withdraw", record=reject.id)
    assert standing_of(world).status == "Approved"


def test_a_withdrawn_approval_or_request_is_none(world: World) -> None:
    request, approve = world.do("ana", "request"), world.do("ben", "approve")
    world.do("ben", "withdraw", record=approve.id)
    assert standing_of(world).status == "PendingManualApproval"
    world.do("ana", "withdraw", record=request.id)
    assert standing_of(world).status == "none"


def test_who_lost_the_role_no_longer_counts(world: World) -> None:
    world.do("ben", "approve")
    world.change_roles(approver=["cy"])
    found = standing_of(world)
    assert (found.status, found.stale[0][1]) == ("Stale", "ben holds no role that approves")


def test_who_built_it_no_longer_counts_once_the_rule_separates() -> None:
    world = World(stages={"production": {"separation": False}}, roles={"approver": ["ana", "ben"]})
    world.register(built_by=["ben"])
    world.do("ana", "approve")
    world.do("ben", "approve")
    assert people(standing_of(world)) == ["ana", "ben"]
    world.change_stages(production={"separation": True})
    found = standing_of(world)
    assert [why for _, why in found.stale] == ["ana registered or built it", "ben registered or built it"]
    assert found.status == "Stale"


def test_an_untouched_approval_no_longer_counts_once_the_rule_asks_for_touch() -> None:
    fido = FidoSigner("ben")
    world = World(keys={"ben": [fido]})
    world.register()
    world.do("ben", "approve")
    world.do("cy", "approve")
    world.change_stages(production={"touch": True})
    found = standing_of(world)
    assert (people(found), found.stale[0][1]) == (["ben"], "the key was not touched")


def test_a_changed_card_makes_approvals_stale_where_the_rule_binds_it() -> None:
    world = World(stages={"production": {"bind_card": True}})
    world.register(card=b"# Fraud\n")
    world.do("ben", "approve")
    card = sha256(b"# Fraud\n")
    assert standing_of(world, card=card).status == "Approved"
    found = standing_of(world, card=sha256(b"# Changed\n"))
    assert (found.status, found.stale[0][1]) == ("Stale", "the model card changed")


def test_without_the_rule_a_card_may_change(world: World) -> None:
    world.do("ben", "approve")
    assert standing_of(world, card="0" * 64).status == "Approved"


def test_a_person_counts_while_any_of_their_approvals_does() -> None:
    """A newer approval that does not count never hides an older one that does."""
    world = World(stages={"production": {"bind_card": True}})
    world.register(card=b"# Fraud\n")
    first = world.do("ben", "approve")
    world.do("ben", "approve", card="0" * 64)
    found = standing_of(world, card=sha256(b"# Fraud\n"))
    assert (found.counted[0].record, found.stale) == (first.id, ())
    assert standing_of(world, card="0" * 64).status == "Approved"
    assert [one.seq for one, _ in standing_of(world, card=None).stale] == [3]


def test_an_approval_grows_old_where_the_rule_says_so() -> None:
    world = World(stages={"production": {"expires_days": 90}})
    world.register()
    world.do("ben", "approve", time=stamp(START))
    assert standing_of(world, days=90).status == "Approved"
    found = standing_of(world, days=90.001)
    assert (found.status, found.stale[0][1]) == ("Stale", "older than 90 days")
    assert standing_of(world).status == "Approved"


def test_a_request_beside_stale_approvals_is_stale() -> None:
    world = World(stages={"production": {"expires_days": 90}})
    world.register()
    world.do("ana", "request")
    world.do("ben", "approve", time=stamp(START))
    assert standing_of(world, days=100).status == "Stale"


def test_further_lines_are_met_by_their_own_roles_and_one_person_may_fill_several() -> None:
    rule = {"approvals": 2, "also": [{"role": "risk", "approvals": 1}, {"role": "legal"}]}
    world = World(stages={"production": rule}, roles={"risk": ["ben"], "legal": ["dan"]})
    world.register()
    world.do("ben", "approve")
    world.do("cy", "approve")
    found = standing_of(world)
    assert [line.met for line in found.lines] == [True, True, False]
    assert found.status == "PendingManualApproval"
    world.do("dan", "approve")
    assert standing_of(world).status == "Approved"
