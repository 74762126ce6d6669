"""Attacks by people who hold a key: nobody counts twice, approves their own, or goes on after a revocation."""

import pytest

from attackers import FAILED, REFUSED, Client
from builders import FidoSigner, Said, TestSigner, World
from signoff.errors import RefusedError, VerificationError
from signoff.registry.asks import Ask, Prepared


def test_somebody_approves_their_own_version_through_a_second_key() -> None:
    keys = [TestSigner("ana"), TestSigner("ana", 2)]
    world = World(roles={"approver": ["ana", "ben"]}, keys={"ana": keys})
    world.register()
    assert "own version" in world.reasons(world.do("ana", "approve", by=keys[1]))
    assert "0 of 1" in world.reasons(world.do("pam", "promote"))


def test_somebody_builds_a_version_and_lets_another_register_it() -> None:
    world = World(roles={"approver": ["eve", "ben"]})
    world.register(built_by=["eve"])
    assert "own version" in world.reasons(world.do("eve", "approve"))


def test_one_person_approves_twice_with_two_keys(world: World) -> None:
    world.keys["ben"].append(TestSigner("ben", 2))
    world.change_trust(people=world.people_part())
    world.register("2", files={"w": b"2"})
    world.do("ben", "approve", "2")
    world.do("ben", "approve", "2", by=world.keys["ben"][1])
    assert "1 of 2 approvals" in world.reasons(world.do("pam", "promote", "2"))


def test_somebody_signs_in_another_persons_name(world: World, client: Client) -> None:
    world.do("ben", "approve", by=TestSigner("cy"))
    assert client.verify() == FAILED


def test_somebody_names_another_persons_key(world: World, client: Client) -> None:
    world.do("ben", "approve", by=TestSigner("cy"), key=TestSigner("ben").fingerprint)
    assert client.verify() == FAILED


def test_a_stranger_signs(world: World, client: Client) -> None:
    world.do("mallory", "approve", by=TestSigner("mallory"))
    assert client.verify() == FAILED


@pytest.mark.parametrize(
    ("who", "action"),
    [("ana", "approve"), ("ben", "promote"), ("pam", "break_glass"), ("ana", "revoke"), ("ben", "purge")],
)
def test_somebody_does_what_their_role_does_not_allow(world: World, client: Client, who: str, action: str) -> None:
    put = world.do(who, action)
    assert "role missing" in world.reasons(put)
    assert client.verify() == 0
    assert client.status() == {"fraud@production": "1"}


def test_a_promote_is_forged_with_invented_approvals(world: World) -> None:
    world.register("2", files={"w": b"2"})
    put = world.do("pam", "promote", "2", approvals=["a" * 64, "b" * 64])
    assert "0 of 2 approvals" in world.reasons(put)


def test_a_rejection_is_overridden_by_an_older_approval(world: World) -> None:
    world.register("2", files={"w": b"2"})
    world.do("ben", "approve", "2")
    world.do("cy", "approve", "2")
    world.do("cy", "reject", "2")
    assert "0 of 2 approvals" in world.reasons(world.do("pam", "promote", "2"))


def test_somebody_withdraws_another_persons_rejection(world: World) -> None:
    put = world.do("cy", "reject")
    assert "only cy" in world.reasons(world.do("ben", "withdraw", None, record=put.id))


def test_a_thief_goes_on_after_the_revocation(world: World, client: Client) -> None:
    ben = world.keys["ben"][0]
    world.revoke_key(ben)
    for said in ({"policy": world.policy(1)}, {}):
        more: dict[str, Said] = dict(said)
        put = world.do("ben", "approve", **more)
        assert "revoked key" in world.reasons(put)
    assert client.verify() == 0
    assert client.status() == {"fraud@production": "1"}


def test_what_a_thief_signed_falls_back_to_the_last_good_slot(world: World, client: Client) -> None:
    world.revoke_key(world.keys["ben"][0], fraud=1)
    assert client.status() == {}
    assert client.pull() == 3
    assert client.pull("fraud:1") == REFUSED


def test_a_removed_person_cites_the_policy_that_knew_them(world: World) -> None:
    world.change_roles(approver=["cy"])
    put = world.do("ben", "approve", policy=world.policy(1))
    assert "role missing: ben is not approver" in world.reasons(put)


def test_the_rules_are_made_stricter_and_an_old_policy_is_cited(world: World) -> None:
    world.change_stages(production={"approvals": 3})
    world.register("2", files={"w": b"2"})
    for who in ("ben", "cy"):
        world.do(who, "approve", "2", policy=world.policy(2))
    assert "2 of 3" in world.reasons(world.do("pam", "promote", "2", policy=world.policy(2)))


def test_an_approval_is_made_without_the_touch_that_the_rule_asks_for() -> None:
    fido = FidoSigner("ben", touched=False)
    world = World(stages={"production": {"touch": True}}, keys={"ben": [fido]})
    world.register()
    with pytest.raises(RefusedError, match="touch missing"):
        world.registry().commit(prepare(world), fido)
    assert world.length("models/fraud") == 1
    assert "touch missing" in world.reasons(world.do("ben", "approve"))


def prepare(world: World) -> Prepared:
    ask = Ask(action="approve", model="fraud", version="1", fields={"stage": "production"})
    return world.registry().prepare(ask, world.me("ben"))


def test_a_client_signs_with_another_key_than_was_shown(world: World) -> None:
    registry = world.registry()
    prepared = registry.prepare(Ask(action="comment", model="fraud", fields={"comment": "x"}), world.me("ben"))
    with pytest.raises(VerificationError, match="another key than it says"):
        registry.commit(prepared, TestSigner("cy"))
    assert world.length("models/fraud") == 4


def test_an_emergency_is_reviewed_by_who_broke_the_glass() -> None:
    world = World(stages={"production": {"break_glass": ["oncall"]}}, roles={"approver": ["oli"]})
    world.register()
    put = world.do("oli", "break_glass")
    assert "not by its author" in world.reasons(world.do("oli", "review", None, record=put.id, outcome="fine"))


def test_an_emergency_delivers_a_revoked_version() -> None:
    world = World(stages={"production": {"break_glass": ["oncall"]}})
    world.register()
    world.do("oli", "revoke")
    assert "rule not met: revocation" in world.reasons(world.do("oli", "break_glass"))


@pytest.mark.parametrize("text", ["\x1b]0;owned\x07", "\x9b31m", "approved\u202edetcejer", "line\rover", "a\x00b"])
def test_a_comment_writes_to_the_terminal(world: World, client: Client, text: str) -> None:
    put = world.do("ben", "approve", comment=text)
    assert "control or bidi characters" in world.reasons(put)
    assert client.verify() == 0
    for words in (("history", "fraud"), ("show", "fraud:1"), ("status",), ("verify",), ("inbox",)):
        assert client.run(*words).code in {0, FAILED, REFUSED, 7}


def test_a_comment_is_markup(world: World, client: Client) -> None:
    world.do("ben", "comment", comment="[@click=app.quit]free money[/] [red]x")
    assert "[@click=app.quit]free money[/]" in client.run("history", "fraud", "--json").out


def test_an_alias_is_named_like_a_stage(world: World, client: Client) -> None:
    world.register("2", files={"w": b"poisoned"})
    for name in ("production", "Production", "PRODUCTION"):
        assert "is a stage" in world.reasons(world.do("ana", "alias", "2", alias=name))
    assert client.pull() == 0
    assert client.status() == {"fraud@production": "1"}


def test_an_alias_is_set_before_its_name_becomes_a_stage(world: World, client: Client) -> None:
    world.do("ana", "alias", alias="canary")
    assert client.pull("fraud@canary") == 0
    world.change_stages(canary={"approvals": 2})
    assert client.pull("fraud@canary") == REFUSED


def test_a_revocation_of_a_key_takes_back_what_its_holder_forbade(world: World) -> None:
    """The threat model says so: look at what falls before a key is revoked."""
    world.register("2", files={"w": b"2"})
    world.do("ben", "revoke", "2", reason="poisoned")
    assert world.version("2").revoked is not None
    world.revoke_key(world.keys["ben"][0], fraud=5)
    assert world.version("2").revoked is None
