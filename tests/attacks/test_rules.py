"""Attacks on the rules themselves: the trust chain, proposals, checkpoints, and the registry as a whole."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from attackers import ALARM, FAILED, REFUSED, Client
from builders import Said, TestSigner, World, line_of, sha256
from signoff.errors import AlarmError, NotFoundError, RefusedError, SigningError, VerificationError
from signoff.records.statement import TRUST_NAMESPACE
from signoff.registry.opening import open_registry
from signoff.schema import layout
from signoff.schema.text import dump_yaml

SECOND = layout.record_path("trust", 2)


def stricter(world: World) -> None:
    world.change_stages(production={"approvals": 3})


def test_the_policy_is_rolled_back(world: World, client: Client) -> None:
    stricter(world)
    assert client.verify() == 0
    world.delete(SECOND)
    assert client.verify() == ALARM
    assert client.pull() == ALARM
    assert client.run("approve", "fraud:1", "production", "--as", "ben").code in {ALARM, 7}


def test_the_policy_is_rolled_back_below_what_records_cite(world: World, client: Client) -> None:
    stricter(world)
    world.do("dan", "comment")
    world.delete(SECOND)
    client.forget()
    assert client.verify() == FAILED
    assert client.pull() == FAILED


def test_the_policy_is_replaced_by_another_one(world: World, client: Client) -> None:
    stricter(world)
    assert client.verify() == 0
    world.delete(SECOND)
    world.change_stages(production={"approvals": 0})
    assert client.verify() == ALARM
    assert client.pull() == ALARM


@pytest.mark.parametrize(
    "signers", [(), ("root1",), ("root1", "root1", "root1"), ("mallory", "root1"), ("mallory", "eve", "ana")]
)
def test_the_policy_is_changed_below_the_threshold(signers: tuple[str, ...], world: World, client: Client) -> None:
    document = {**world.document, "stages": {"production": {"approvals": 0}}}
    world.put_trust(document, signers=[TestSigner(name) for name in signers])
    assert client.verify() == FAILED
    assert client.pull() == FAILED
    assert client.pull("fraud:1", "--allow-unapproved") == FAILED
    assert client.status() == {"fraud@production": "1"}


def test_the_root_is_replaced_without_the_old_one(world: World, client: Client) -> None:
    mallory = [TestSigner("mallory", number) for number in (1, 2)]
    root = {"keys": [one.key.line for one in mallory], "threshold": 2}
    world.put_trust({**world.document, "root": root}, signers=mallory)
    assert client.pull() == FAILED


JUNK: dict[str, Callable[[World], None]] = {
    "junk": lambda world: world.put(SECOND, b"junk"),
    "a symlink": lambda world: world.put_symlink(SECOND),
    "a FIFO": lambda world: world.put_fifo(SECOND),
    "a folder": lambda world: world.put(f"{SECOND}/x", b""),
    "a gap": lambda world: world.put(layout.record_path("trust", 3), b"junk"),
    "too much": lambda world: world.put(SECOND, b"x" * (16 * 1024 * 1024 + 1)),
    "a model's record": lambda world: world.put(SECOND, world.get(layout.record_path("models/fraud", 1))),
    "its own record 1": lambda world: world.put(SECOND, world.get(layout.record_path("trust", 1))),
}


@pytest.mark.parametrize("what", JUNK)
def test_the_trust_chains_next_slot_is_taken_by(what: str, world: World, client: Client) -> None:
    JUNK[what](world)
    assert client.verify() == FAILED
    assert client.pull() == FAILED
    assert client.pull("fraud:1", "--allow-unapproved") == FAILED
    assert client.status() == {"fraud@production": "1"}
    client.forget()
    assert client.pull() == FAILED


def test_a_signer_who_looked_before_finds_the_trust_chain_spoiled(world: World) -> None:
    registry = world.registry()
    registry.find("fraud:1")
    world.put_fifo(SECOND)
    with pytest.raises(VerificationError, match="trust record 2"):
        registry.promote("fraud:1", stage="staging", me=world.me("pam"))


@pytest.mark.parametrize("path", [".signoff", ".signoff/trust"])
def test_the_trust_chain_is_reached_through_a_link(path: str, world: World, client: Client) -> None:
    assert world.folder is not None
    moved = world.folder.parent / "moved"
    shutil.move(world.folder / path, moved)
    (world.folder / path).symlink_to(moved)
    assert client.verify() in {3, FAILED, 7}
    assert client.pull() in {3, FAILED, 7}


def test_a_pinned_registry_is_exchanged_for_another(world: World, client: Client, tmp_path: Path) -> None:
    assert world.folder is not None
    shutil.rmtree(world.folder)
    world.folder.mkdir()
    other = World(folder=world.folder, root=("mallory1", "mallory2"), stages={"production": {"approvals": 0}})
    other.register("1", files={"weights.onnx": b"poisoned"})
    other.do("pam", "promote")
    assert client.pull() == ALARM
    assert client.verify() == ALARM
    assert client.run("status").code == ALARM
    client.forget()
    assert client.pull("fraud@production", "--registry-id", world_id(client, other)) == 0
    client.forget()
    assert client.pull("fraud@production", "--registry-id", "0" * 64) == ALARM


def world_id(client: Client, world: World) -> str:
    assert client.registry == world.folder
    return world.id


def test_an_exchange_is_accepted_by_demanding_the_new_registry(tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    old = World(folder=folder)
    before = old.id
    old.registry().close()
    shutil.rmtree(folder)
    folder.mkdir()
    new = World(folder=folder, root=("other",), threshold=1)
    with pytest.raises(AlarmError, match="REGISTRY EXCHANGED") as refused:
        new.registry()
    assert before in refused.value.hint
    new.registry(demanded=new.id).close()
    new.registry().close()


def test_a_registry_may_be_seen_in_several_places(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one = World(folder=tmp_path / "one")
    one.registry().close()
    shutil.copytree(tmp_path / "one", tmp_path / "three")
    two = World(folder=tmp_path / "two", root=("other",), threshold=1)
    two.registry().close()
    assert open_registry(str(tmp_path / "three")).id == one.id != two.id


class TestProposals:
    def proposal(self, world: World) -> tuple[str, str]:
        registry = world.registry()
        document = {**world.document, "stages": {"production": {"approvals": 3}}}
        found = registry.proposals.propose(dump_yaml(document).encode(), author="root1", comment="stricter")
        return found.id, layout.proposal_folder(found.id)

    def sign(self, world: World, identity: str, *names: str) -> None:
        for name in names:
            world.registry().proposals.sign(identity, TestSigner(name))

    def test_a_proposal_has_no_effect_before_its_threshold(self, world: World) -> None:
        identity, _ = self.proposal(world)
        self.sign(world, identity, "root1")
        with pytest.raises(RefusedError, match="1 of 2 root signatures"):
            world.registry().proposals.apply(identity)
        self.sign(world, identity, "root1")
        with pytest.raises(RefusedError, match="1 of 2 root signatures"):
            world.registry().proposals.apply(identity)
        self.sign(world, identity, "root2")
        assert world.registry().proposals.apply(identity).seq == 2

    def test_a_proposals_payload_is_changed(self, world: World) -> None:
        identity, folder = self.proposal(world)
        self.sign(world, identity, "root1", "root2")
        payload = world.get(f"{folder}/payload.json")
        world.put(f"{folder}/payload.json", payload.replace(b'"approvals":3', b'"approvals":0'))
        with pytest.raises(VerificationError, match="not the digest"):
            world.registry().proposals.apply(identity)
        assert world.registry().proposals.list() == ()

    def test_a_proposals_payload_is_exchanged_for_a_valid_one(self, world: World) -> None:
        identity, folder = self.proposal(world)
        world.put(f"{folder}/payload.json", line_of(world.get(layout.record_path("trust", 1))))
        with pytest.raises(VerificationError, match="not the one that was proposed"):
            world.registry().proposals.sign(identity, TestSigner("root1"))

    @pytest.mark.parametrize("end", [b" ", b"\t", b"\r", b"", b"\n\n"])
    def test_a_proposals_payload_ends_otherwise(self, world: World, end: bytes) -> None:
        _, folder = self.proposal(world)
        payload = world.get(f"{folder}/payload.json")[:-1] + end
        forged = layout.proposal_folder(sha256(payload))
        world.put(f"{forged}/payload.json", payload)
        for name in ("root1", "root2"):
            signature = TestSigner(name).sign(payload, namespace=TRUST_NAMESPACE)
            world.put(layout.proposal_signature(sha256(payload), TestSigner(name).fingerprint), signature)
        with pytest.raises(VerificationError):
            world.registry().proposals.apply(sha256(payload))
        assert world.length("trust") == 1

    def test_signatures_of_strangers_and_junk_are_ignored_by_name(self, world: World) -> None:
        identity, folder = self.proposal(world)
        line = world.get(f"{folder}/payload.json")
        world.put(f"{folder}/mallory.sig", TestSigner("mallory").sign(line, namespace=TRUST_NAMESPACE))
        world.put(f"{folder}/junk.sig", b"junk")
        world.put(f"{folder}/notes.txt", b"x")
        world.put_fifo(f"{folder}/fifo.sig")
        world.put_symlink(f"{folder}/link.sig")
        found = world.registry().proposals.find(identity[:8])
        assert found.signers == ()
        assert sorted(one.split(":")[0] for one in found.ignored) == ["fifo.sig", "junk.sig", "link.sig", "mallory.sig"]

    def test_a_signature_stands_under_another_keys_name(self, world: World) -> None:
        identity, folder = self.proposal(world)
        line = world.get(f"{folder}/payload.json")
        for name in ("a.sig", "b.sig"):
            world.put(f"{folder}/{name}", TestSigner("root1").sign(line, namespace=TRUST_NAMESPACE))
        with pytest.raises(RefusedError, match="1 of 2 root signatures"):
            world.registry().proposals.apply(identity)

    def test_a_proposal_is_replayed_after_another_one_was_applied(self, world: World) -> None:
        identity, _ = self.proposal(world)
        self.sign(world, identity, "root1", "root2")
        world.change_stages(staging={"approvals": 1})
        with pytest.raises(RefusedError, match="the newest is 2: propose again"):
            world.registry().proposals.apply(identity)

    def test_one_odd_proposal_hides_no_other(self, world: World) -> None:
        identity, _ = self.proposal(world)
        for name, path in (("0" * 64, "payload.json"), ("\x1b[31m", "payload.json"), ("f" * 64, "payload.json/x")):
            world.put(f"{layout.PROPOSALS}/{name}/{path}", b"junk")
        world.put_fifo(f"{layout.PROPOSALS}/{'1' * 64}/payload.json")
        world.put(f"{layout.PROPOSALS}/file", b"")
        assert [one.id for one in world.registry().proposals.list()] == [identity]

    def test_more_signatures_than_a_record_may_have(self, tmp_path: Path) -> None:
        old = [f"old{number}" for number in range(10)]
        world = World(root=old, threshold=1)
        new = [f"new{number}" for number in range(10)]
        root: Said = {"keys": [TestSigner(name).key.line for name in new], "threshold": 10}
        registry = world.registry()
        found = registry.proposals.propose(
            dump_yaml({**world.document, "root": root}).encode(), author="old1", comment=""
        )
        self.sign(world, found.id, *old, *new)
        with pytest.raises(VerificationError, match="no reader would accept it"):
            world.registry().proposals.apply(found.id)
        assert world.length("trust") == 1

    def test_a_stranger_signs_a_proposal(self, world: World) -> None:
        identity, _ = self.proposal(world)
        with pytest.raises(SigningError, match="neither a present nor a new root key"):
            world.registry().proposals.sign(identity, TestSigner("mallory"))
        with pytest.raises(NotFoundError, match="no proposal begins"):
            world.registry().proposals.find("zzz")

    def test_a_trust_change_over_a_spoiled_log_is_refused(self, world: World) -> None:
        identity, _ = self.proposal(world)
        self.sign(world, identity, "root1", "root2")
        world.put(layout.record_path("models/fraud", 5), b"junk")
        with pytest.raises(VerificationError, match="record 5 of models/fraud"):
            world.registry().proposals.apply(identity)


class TestCheckpoints:
    def test_a_checkpoint_is_signed_by_somebody_who_is_no_witness(self, world: World, client: Client) -> None:
        world.put_checkpoint("ben")
        assert client.verify() == FAILED
        assert client.pull("fraud@production", "--max-age", "36500") == REFUSED

    def test_a_checkpoint_is_signed_by_a_stranger_in_a_witnesss_name(self, world: World, client: Client) -> None:
        world.put_checkpoint("wit", by=TestSigner("mallory"), key=world.keys["wit"][0].fingerprint)
        assert client.verify() == FAILED

    def test_a_removed_witness_cites_the_policy_that_knew_them(self, world: World, client: Client) -> None:
        world.change_roles(witness=["cy"])
        world.put_checkpoint("wit", policy=world.policy(1))
        assert client.pull("fraud@production", "--max-age", "36500") == REFUSED
        world.put_checkpoint("cy")
        assert client.pull("fraud@production", "--max-age", "36500") == 0

    def test_a_witnesss_key_was_revoked(self, world: World, client: Client) -> None:
        world.revoke_key(world.keys["wit"][0])
        world.put_checkpoint("wit")
        assert client.verify() == 0
        assert client.pull("fraud@production", "--max-age", "36500") == REFUSED

    def test_a_checkpoints_policy_goes_backwards(self, world: World, client: Client) -> None:
        world.change_stages(staging={})
        world.put_checkpoint()
        world.put_checkpoint(policy=world.policy(1))
        assert client.verify() == FAILED

    def test_the_list_of_heads_is_exchanged(self, world: World, client: Client) -> None:
        world.put_checkpoint()
        (name,) = [one.name for one in world.storage.entries(".signoff/checkpoints") if one.name.endswith(".heads")]
        world.put(f".signoff/checkpoints/{name}", f"{world.id}  1 trust\n".encode())
        assert client.verify() == FAILED
        assert client.pull("fraud@production", "--max-age", "36500") == REFUSED

    @pytest.mark.parametrize(
        "heads",
        ["0" * 64 + "  0 models/fraud\n", "0" * 64 + "  1 models/../x\n", "0" * 64 + "  1 nonsense\n", "junk\n", "\n",
         ("0" * 64 + "  1 trust\n") * 2, "0" * 64 + "  99999999999 trust\n", "0" * 64 + "  \u0661 trust\n"],
    )  # fmt: skip
    def test_a_list_of_heads_is_odd(self, heads: str, world: World, client: Client, tmp_path: Path) -> None:
        world.put_checkpoint(heads=heads)
        assert client.verify() == FAILED
        (tmp_path / "heads").write_text(heads)
        assert client.pull("fraud@production", "--heads", str(tmp_path / "heads")) in {2, FAILED}

    def test_heads_of_another_history_are_given(self, world: World, client: Client, tmp_path: Path) -> None:
        (tmp_path / "heads").write_text("0" * 64 + "  2 models/fraud\n")
        assert client.pull("fraud@production", "--heads", str(tmp_path / "heads")) == ALARM

    def test_checkpoints_are_taken_back(self, world: World, client: Client) -> None:
        world.put_checkpoint()
        put = world.put_checkpoint()
        assert client.verify() == 0
        world.delete(put.path)
        assert client.verify() in {FAILED, ALARM}

    @pytest.mark.parametrize("kind", ["file", "symlink", "fifo"])
    def test_the_folder_of_checkpoints_is_none(self, kind: str, world: World, client: Client) -> None:
        path = ".signoff/checkpoints"
        match kind:
            case "symlink":
                world.put_symlink(path, "/tmp")
            case "fifo":
                world.put_fifo(path)
            case _:
                world.put(path, b"")
        assert client.verify() == FAILED
        assert client.pull() == 0

    def test_a_checkpoint_has_a_time_that_no_calendar_has(self, world: World, client: Client) -> None:
        world.put_checkpoint(time="2026-02-30T00:00:00Z")
        assert client.verify() == FAILED

    def test_a_witness_dates_a_checkpoint_into_the_future(self, world: World, client: Client) -> None:
        """The threat model says so: a lying clock keeps a checkpoint fresh."""
        world.put_checkpoint(time="2099-01-01T00:00:00Z")
        assert client.pull("fraud@production", "--max-age", "1") == 0


def test_unknown_rule_keys_fail_closed(world: World, client: Client) -> None:
    world.change_stages(production={"approvals": 0, "blessed_by": "the moon"})
    world.register("2", files={"w": b"2"})
    assert "made by a newer signoff: blessed_by" in world.reasons(world.do("pam", "promote", "2"))
    assert client.run("check", "fraud:2", "production").code == REFUSED
    assert client.status() == {"fraud@production": "1"}


def test_an_unknown_action_has_no_effect_and_is_no_failure(world: World, client: Client) -> None:
    world.do("root1", "absolve", by=world.keys["ben"][0], author="ben")
    assert client.verify() == 0
    assert client.status() == {"fraud@production": "1"}
    assert "made by a newer signoff" in client.run("history", "fraud", "--json").out
