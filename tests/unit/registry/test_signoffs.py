"""From an ask to a record: decided as readers decide, looked at again at the moment of writing."""

from collections.abc import Mapping

import pytest

from builders import FidoSigner, Said, TestSigner, World, sha256
from signoff.errors import ConflictError, InvalidValueError, NotFoundError, RefusedError, VerificationError
from signoff.records.record import compose_line
from signoff.records.statement import Action, Approve, Named, Promote
from signoff.registry.asks import Ask, Prepared
from signoff.registry.registry import Registry

RULES: dict[str, dict[str, Said]] = {
    "staging": {"approvals": 0},
    "production": {"approvals": 1, "break_glass": ["oncall"]},
}


@pytest.fixture
def world() -> World:
    world = World(stages=RULES)
    world.register("1", card=b"# Fraud\n")
    return world


def ask(action: str, version: str | None = "1", **fields: Said) -> Ask:
    return Ask(action=action, model="fraud", version=version, fields=fields)


def prepare(world: World, who: str, asked: Ask, registry: Registry | None = None) -> Prepared:
    return (registry or world.registry()).prepare(asked, world.me(who))


def sign(world: World, who: str, asked: Ask) -> str:
    registry = world.registry()
    return registry.sign(asked, world.me(who), world.keys[who][0]).id


@pytest.mark.parametrize(
    ("who", "action", "fields"),
    [
        ("ana", "request", {"stage": "production", "comment": "please"}),
        ("cy", "reject", {"stage": "production"}),
        ("oli", "break_glass", {"stage": "production", "reason": "fire"}),
        ("ana", "alias", {"alias": "champion"}),
        ("dan", "deploy", {"environment": "eu", "status": "serving", "instances": 0}),
        ("ana", "deprecate", {"reason": "old", "replaced_by": ""}),
        ("oli", "revoke", {"reason": "bad"}),
        ("oli", "purge", {"reason": "large"}),
        ("eve", "annotate", {"set": {"notes": "x"}}),
        ("eve", "comment", {"comment": "hello"}),
    ],
)
def test_what_is_written_has_its_effect(world: World, who: str, action: str, fields: Mapping[str, Said]) -> None:
    identity = sign(world, who, ask(action, **fields))
    entry = world.history().find_record(identity)
    assert entry is not None
    assert entry.effective


def test_a_story_from_approval_to_review(world: World) -> None:
    world.evaluate("safety")
    approval = sign(world, "ben", ask("approve", stage="production"))
    sign(world, "pam", ask("promote", stage="production"))
    action = world.history().entries[-1].record.action
    assert isinstance(action, Promote)
    assert (action.approvals, action.replaces, action.card) == ((approval,), None, sha256(b"# Fraud\n"))
    seen = world.history().entries[2].record.action
    assert isinstance(seen, Approve)
    assert [one.name for one in seen.evidence] == ["evaluations/safety.yaml"]
    world.register("2", files={"w": b"2"})
    glass = sign(world, "oli", ask("break_glass", "2", stage="production", reason="fire"))
    sign(world, "ben", ask("review", None, record=glass, outcome="fine"))
    sign(world, "pam", ask("rollback", stage="production", reason="it burned"))
    sign(world, "ana", ask("alias", alias="champion"))
    sign(world, "ana", ask("alias", "2", alias="champion"))
    sign(world, "ana", ask("alias", None, alias="champion"))
    assert (world.holder(), dict(world.history().aliases)) == ("1", {})


def test_a_refusal_has_every_reason_and_nothing_is_written(world: World) -> None:
    registry = world.registry()
    with pytest.raises(RefusedError) as refused:
        registry.sign(ask("promote", stage="production"), world.me("ben"))
    assert any("role missing" in one for one in refused.value.reasons)
    assert any("0 of 1 approval" in one for one in refused.value.reasons)
    assert "signoff check fraud:1 production" in refused.value.hint
    assert world.length("models/fraud") == 1


def test_what_only_the_present_tells_is_asked_when_signing(world: World) -> None:
    digest = world.write_version("1", model="llm", files={"w": b"base"})
    world.register("1", model="llm", files={"w": b"base"})
    world.register("2", files={"w": b"2"}, materials=[{"name": "llm:1", "digest": {"sha256": digest}}])
    world.change_stages(staging={"approvals": 0, "base_same_stage": True, "max_checkpoint_age_days": 1})
    reasons = " ".join(prepare(world, "pam", ask("promote", "2", stage="staging")).reasons)
    assert "llm:1 does not hold staging" in reasons
    assert "there is no checkpoint" in reasons
    assert "fraud:2 is built on it" in " ".join(
        prepare(world, "oli", Ask(action="purge", model="llm", version="1", fields={"reason": "x"})).reasons
    )


def test_nobody_approves_what_is_not_there(world: World) -> None:
    world.delete("models/fraud/versions/1/SHA256SUMS")
    assert "SHA256SUMS is missing" in " ".join(prepare(world, "ben", ask("approve", stage="production")).reasons)


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        (ask("approve", "9", stage="production"), NotFoundError, "fraud:9 is not registered"),
        (ask("approve", stage="nowhere"), NotFoundError, "no rule names the stage 'nowhere'"),
        (ask("revoke"), InvalidValueError, "reason"),
        (ask("deploy", environment="eu", status="up"), InvalidValueError, "up"),
    ],
)
def test_an_ask_that_makes_no_sense(world: World, asked: Ask, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        prepare(world, "ben", asked)


def test_findings_of_what_is_not_registered(world: World) -> None:
    registry = world.registry()
    with pytest.raises(NotFoundError, match="fraud:9 is not registered"):
        registry.signoffs.findings("fraud", "9", "production", now=world.now())


def test_an_unchanged_decision_is_written_after_what_came_between(world: World) -> None:
    registry = world.registry()
    prepared = prepare(world, "ben", ask("approve", stage="production"), registry)
    world.do("dan", "comment")
    written = registry.commit(prepared, TestSigner("ben"))
    assert (prepared.seq, written.seq) == (2, 3)
    assert world.log().fault == ""


class Racing(TestSigner):
    """Lets somebody else write while it signs."""

    def __init__(self, name: str, world: World, *, times: int, touch: bool = False) -> None:
        super().__init__(name)
        self._world, self._times, self.needs_touch = world, times, touch

    def sign(self, message: bytes, *, namespace: str) -> bytes:
        if self._times:
            self._times -= 1
            self._world.do("dan", "comment")
        return super().sign(message, namespace=namespace)


def test_who_loses_the_race_decides_and_signs_again(world: World) -> None:
    registry = world.registry()
    prepared = prepare(world, "ben", ask("approve", stage="production"), registry)
    assert registry.commit(prepared, Racing("ben", world, times=3)).seq == 5
    assert [one.effective for one in world.history().entries] == [True] * 5


def test_nobody_is_asked_to_touch_twice_unseen(world: World) -> None:
    registry = world.registry()
    prepared = prepare(world, "ben", ask("approve", stage="production"), registry)
    with pytest.raises(ConflictError, match="dan wrote record 2"):
        registry.commit(prepared, Racing("ben", world, times=1, touch=True))
    assert world.length("models/fraud") == 2


def test_a_race_is_given_up_in_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signoff.registry.signoffs.MOST_TRIES", 2)
    registry = world.registry()
    prepared = prepare(world, "ben", ask("approve", stage="production"), registry)
    with pytest.raises(ConflictError, match="others were faster 2 times"):
        registry.commit(prepared, Racing("ben", world, times=9))


def test_a_line_that_no_reader_takes_is_never_signed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever went wrong in writing the line: a record that is not canonical would end the log for everybody."""

    def spaced(action: Action, subject: Named) -> bytes:
        return compose_line(action, subject).replace(b":", b": ", 1)

    monkeypatch.setattr("signoff.registry.signoffs.compose_line", spaced)
    with pytest.raises(VerificationError, match="canonical"):
        prepare(world, "ben", ask("approve", stage="production"), world.registry())
    assert world.length("models/fraud") == 1


class TestWhatChangedMeanwhile:
    def conflict(self, world: World, prepared: Prepared, registry: Registry) -> str:
        with pytest.raises(ConflictError) as conflict:
            registry.commit(prepared, TestSigner(prepared.person))
        return conflict.value.message

    def test_the_stage_moved(self, world: World) -> None:
        world.register("2", files={"w": b"2"})
        registry = world.registry()
        prepared = prepare(world, "pam", ask("promote", stage="staging"), registry)
        world.do("pam", "promote", "2", stage="staging")
        assert "staging pointed at None and points at 2 now" in self.conflict(world, prepared, registry)

    def test_it_is_no_longer_allowed(self, world: World) -> None:
        registry = world.registry()
        prepared = prepare(world, "pam", ask("promote", stage="staging"), registry)
        world.do("oli", "revoke")
        assert "it would have no effect now: " in self.conflict(world, prepared, registry)

    def test_the_trust_chain_moved(self, world: World) -> None:
        registry = world.registry()
        prepared = prepare(world, "ben", ask("approve", stage="production"), registry)
        world.change_roles(approver=["cy"])
        assert "the trust chain moved" in self.conflict(world, prepared, registry)

    def test_a_finding_changed(self, world: World) -> None:
        registry = world.registry()
        prepared = prepare(world, "ben", ask("approve", stage="production"), registry)
        world.do("cy", "approve")
        assert "now: 1 of 1 approval from approver: cy" in self.conflict(world, prepared, registry)

    def test_the_card_changed(self, world: World) -> None:
        registry = world.registry()
        prepared = prepare(world, "ben", ask("approve", stage="production"), registry)
        world.put("models/fraud/versions/1/README.md", b"# Another\n")
        world.do("dan", "comment")
        assert "its model card is another one now" in self.conflict(world, prepared, registry)


def test_a_touched_key_signs() -> None:
    fido = FidoSigner("ben")
    world = World(stages={"production": {"touch": True}}, keys={"ben": [fido]})
    world.register()
    registry = world.registry()
    registry.commit(prepare(world, "ben", ask("approve", stage="production"), registry), fido)
    assert world.history().entries[-1].effective
