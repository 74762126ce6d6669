"""What front ends have people sign: decided, looked at again, carried out; and the words that go with it."""

import hashlib
from pathlib import Path

import pytest

from agents import Agent, make_key, plain_environ
from builders import FidoSigner, World, sha256
from signoff.errors import RefusedError, SigningError, StorageError
from signoff.registry.asks import Ask
from signoff.registry.choosing import choose_me
from signoff.registry.elsewhere import paste_lines
from signoff.registry.evaluations import unsigned_evaluations
from signoff.registry.intents import Registering, carry_out, decide
from signoff.registry.registration import Hashed
from signoff.registry.registry import Registry
from signoff.registry.signers import in_words, waiting_words
from signoff.registry.takingback import back_words
from signoff.storage.base import StoppedError

SAFETY = b"kind: safety\noutcome: pass\n"


@pytest.fixture
def world() -> World:
    world = World()
    world.register("1")
    return world


def comment(version: str = "1", text: str = "hello") -> Ask:
    return Ask(action="comment", model="fraud", version=version, fields={"comment": text})


def about(action: str, version: str | None, fields: dict[str, object]) -> Ask:
    return Ask(action=action, model="fraud", version=version, fields=fields)


def draft(world: World) -> None:
    for name, content in (("a.bin", b"aaaa"), ("b.bin", b"bb")):
        world.put(f"models/fraud/versions/2/{name}", content)


def test_hashing_goes_on_where_it_was_stopped(world: World) -> None:
    draft(world)
    hashed: Hashed = {}
    counted: list[int] = []
    with pytest.raises(StoppedError):
        world.registry().registration.seal(
            "fraud", "2", progress=counted.append, stopped=lambda: bool(counted), hashed=hashed
        )
    assert (counted, set(hashed)) == ([4], {"models/fraud/versions/2/a.bin"})
    sealing = world.registry().registration.seal(
        "fraud", "2", progress=counted.append, stopped=lambda: False, hashed=hashed
    )
    assert counted == [4, 2]
    assert sealing.manifest == f"{sha256(b'aaaa')}  a.bin\n{sha256(b'bb')}  b.bin\n".encode()


def test_a_file_that_changed_after_a_stop_is_hashed_anew(world: World) -> None:
    draft(world)
    hashed: Hashed = {}
    seal = world.registry().registration.seal
    seal("fraud", "2", progress=None, stopped=lambda: False, hashed=hashed)
    world.put("models/fraud/versions/2/a.bin", b"other")
    sealing = seal("fraud", "2", progress=None, stopped=lambda: False, hashed=hashed)
    assert sha256(b"other") in sealing.manifest.decode()


def test_what_progress_raises_ends_the_hashing(world: World) -> None:
    world.put("models/fraud/versions/2/large.bin", bytes(10**6))

    def refuse(_: int) -> None:
        message = "no more"
        raise StorageError(message)

    with pytest.raises(StorageError, match="no more"):
        world.registry().registration.seal("fraud", "2", progress=refuse, stopped=lambda: False)


def test_a_sealed_version_is_published_as_it_was_decided_and_only_while_its_files_are_the_same(world: World) -> None:
    draft(world)
    registry, me, signer = world.registry(), world.me("ana"), world.keys["ana"][0]
    sealing = registry.registration.seal("fraud", "2", progress=None, stopped=lambda: False)
    intent = Registering(sealing=sealing, built_by=("eve",), comment="mine")
    prepared = decide(registry, intent, me)
    world.put("models/fraud/versions/2/c.bin", b"late")
    with pytest.raises(StorageError, match=r"changed since it was hashed: c\.bin"):
        carry_out(registry, intent, prepared, signer)
    assert world.length("models/fraud") == 1
    world.delete("models/fraud/versions/2/c.bin")
    written = carry_out(registry, intent, prepared, signer)
    assert written.prepared.line == prepared.line
    assert world.version("2").builders == {"ana", "eve"}


def test_an_evaluation_that_nobody_signed_is_found_and_counts_once_it_is(world: World) -> None:
    world.put("models/fraud/versions/1/evaluations/safety.yaml", SAFETY)
    world.put("models/fraud/versions/1/evaluations/odd.yaml", b"outcome: pass\n")
    registry = world.registry()
    (found,), (problem,) = unsigned_evaluations(registry, "fraud:1")
    assert (found.path, found.said.kind) == ("models/fraud/versions/1/evaluations/safety.yaml", "safety")
    assert problem.place.endswith("odd.yaml")
    carry_out(registry, found, decide(registry, found, world.me("eve")), world.keys["eve"][0])
    assert [one.digest for one in world.version("1").evaluations] == [sha256(SAFETY)]
    assert unsigned_evaluations(world.registry(), "fraud:1")[0] == ()
    world.put("models/fraud/versions/1/evaluations/safety.yaml", SAFETY + b"notes: again\n")
    assert [one.said.kind for one in unsigned_evaluations(world.registry(), "fraud:1")[0]] == ["safety"]


def test_a_version_without_evaluations_has_none_unsigned(world: World) -> None:
    assert unsigned_evaluations(world.registry(), "fraud:1") == ((), ())


def test_an_evaluation_by_somebody_who_may_not_is_refused(world: World) -> None:
    world.put("models/fraud/versions/1/evaluations/safety.yaml", SAFETY)
    registry = world.registry()
    (found,), _ = unsigned_evaluations(registry, "fraud:1")
    with pytest.raises(RefusedError, match="dan is not evaluator or publisher"):
        carry_out(registry, found, decide(registry, found, world.me("dan")), world.keys["dan"][0])


def test_what_moved_is_what_concerns_the_version_or_the_decision(world: World) -> None:
    world.register("2", files={"w": b"2"})
    registry, me = world.registry(), world.me("pam")
    ask = Ask(action="promote", model="fraud", version="1", fields={"stage": "staging"})
    shown = decide(registry, ask, me)
    world.do("ben", "comment", "2", comment="elsewhere")
    assert registry.signoffs.what_moved(shown, decide(registry, ask, me)) == ""
    world.do("ben", "comment", "1", comment="look")
    assert registry.signoffs.what_moved(shown, decide(registry, ask, me)) == "ben wrote record 4 (comment)"
    world.do("pam", "promote", "2", stage="staging")
    moved = registry.signoffs.what_moved(shown, decide(registry, ask, me))
    assert moved.endswith("pam wrote record 5 (promote); staging pointed at None and points at 2 now")


def test_rules_that_changed_are_said(world: World) -> None:
    registry, me = world.registry(), world.me("eve")
    shown = decide(registry, comment(), me)
    world.change_roles(deployer=("eve",))
    moved = registry.signoffs.what_moved(shown, decide(registry, comment(), me))
    assert moved == "the rules are those of trust record 2 now"


@pytest.mark.parametrize(
    ("who", "ask", "words"),
    [
        ("ana", about("alias", "1", {"alias": "best"}), "take it back with: signoff alias fraud best --remove"),
        ("pam", about("promote", "1", {"stage": "staging"}), ""),
        ("ana", about("deprecate", "1", {"reason": "old"}), "take it back with: signoff restore fraud:1"),
        ("oli", about("revoke", "1", {"reason": "bad"}), "a revocation is for good; mended bytes are a new version"),
        ("ben", about("comment", None, {"comment": "x"}), "what was said stays; say more with: signoff comment fraud"),
        ("ana", about("request", "1", {"stage": "production"}), "take it back with: signoff withdraw {id}"),
    ],
)
def test_each_record_says_how_it_is_taken_back(world: World, who: str, ask: Ask, words: str) -> None:
    registry = world.registry()
    written = registry.sign(ask, world.me(who), world.keys[who][0])
    assert back_words(written) == words.format(id=written.id[:12])


def test_an_alias_that_pointed_elsewhere_goes_back_there(world: World) -> None:
    world.register("2", files={"w": b"2"})
    registry, me, signer = world.registry(), world.me("ana"), world.keys["ana"][0]
    registry.sign(about("alias", "1", {"alias": "best"}), me, signer)
    written = registry.sign(about("alias", "2", {"alias": "best"}), me, signer)
    assert back_words(written) == "take it back with: signoff alias fraud:1 best"


def test_what_to_sign_elsewhere_names_the_digest_the_command_and_the_line() -> None:
    lines = paste_lines(b'{"a":1}\n', "ssh-keygen -Y sign payload")
    assert any(hashlib.sha256(b'{"a":1}\n').hexdigest() in line for line in lines)
    assert "Sign it:  ssh-keygen -Y sign payload" in lines
    assert '{"a":1}' in lines


def test_who_is_waited_for_is_said_by_the_kind_of_key(world: World) -> None:
    fido = FidoSigner("ana").identity
    assert waiting_words(fido, "approve fraud:1") == "touch your key now, to approve fraud:1"
    assert in_words(fido).endswith("(elsewhere, touch it)")
    assert (
        waiting_words(world.me("ana").identity, "x") == "waiting for ssh-keygen, which may ask for a passphrase, to x"
    )


def test_what_is_wrong_with_the_agent_is_said_beside_what_is_wrong_with_the_keys(world: World, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    make_key(tmp_path / ".ssh")
    registry = Registry(world.storage, surroundings=world.surroundings, environ=plain_environ(), home=tmp_path)
    with pytest.raises(SigningError, match=r"none of the keys here belongs .*; there is no ssh-agent") as caught:
        choose_me(registry)
    assert caught.value.short == "key unknown here"


def test_a_locked_agent_and_no_agent_are_told_apart_in_short_words(world: World, tmp_path: Path) -> None:
    def short(environ: dict[str, str]) -> str:
        registry = Registry(world.storage, surroundings=world.surroundings, environ=environ, home=tmp_path)
        with pytest.raises(SigningError) as caught:
            choose_me(registry)
        return caught.value.short

    assert short(plain_environ()) == "no ssh-agent"
    with Agent() as agent:
        assert short(agent.environ) == "empty ssh-agent"
