"""The trust chain: thresholds of the old root and the new, places, cuts, revocations."""

from collections.abc import Callable, Mapping

import pytest

from builders import FidoSigner, Said, TestSigner, World
from signoff.errors import SignoffError, VerificationError
from signoff.policy.trust import TrustChain, allowed_signers, compose_trust_line, read_trust_line, verify_trust
from signoff.records.keys import parse_public_key
from signoff.records.statement import RECORD_NAMESPACE, TRUST_NAMESPACE
from signoff.schema import layout


def chain_of(world: World) -> TrustChain:
    return verify_trust(world.trust_files())


def root_part(*names: str, threshold: int) -> dict[str, object]:
    return {"keys": [TestSigner(name).key.line for name in names], "threshold": threshold}


def test_record_1_is_the_registrys_identity() -> None:
    world = World()
    trust = chain_of(world)
    assert (trust.registry, trust.newest.seq, trust.fault) == (world.id, 1, "")
    assert trust.newest.line == world.trust_files()[0].split(b"\n")[0] + b"\n"
    assert set(trust.newest.signers) == {root.fingerprint for root in world.roots.values()}


def test_there_is_no_registry_without_a_record() -> None:
    with pytest.raises(VerificationError, match="no trust record") as refused:
        verify_trust([])
    assert "signoff init" in refused.value.hint


@pytest.mark.parametrize("content", ["slot 1 is not a regular file", b"", b"{}\nx"])
def test_without_a_valid_record_1_nothing_can_be_trusted(content: bytes | str) -> None:
    with pytest.raises(VerificationError, match="trust record 1 is not valid"):
        verify_trust([content])


def test_the_threshold_of_record_1_is_met_by_its_own_root() -> None:
    world = World(threshold=2)
    world.put(layout.record_path("trust", 1), b"")
    world.delete(layout.record_path("trust", 1))
    world.put_trust(world.document, signers=[world.roots["root1"]])
    with pytest.raises(VerificationError, match="1 of 2 root signatures"):
        chain_of(world)


def test_one_key_that_signs_twice_counts_once() -> None:
    world = World()
    world.put_trust(world.document, signers=[world.roots["root1"], world.roots["root1"]])
    assert chain_of(world).fault == "trust record 2: 1 of 2 root signatures"


def test_a_new_root_is_signed_by_the_old_threshold_and_by_its_own() -> None:
    world = World()
    new = {**world.document, "root": root_part("new1", "new2", threshold=2)}
    old, fresh = list(world.roots.values()), [TestSigner("new1"), TestSigner("new2")]
    for signers, fault in (
        (old, "0 of 2"),
        (fresh, "0 of 2"),
        ([*old[:1], *fresh], "1 of 2"),
        ([*old, *fresh[:1]], "1 of 2"),
    ):
        world.put_trust(new, signers=signers)
        assert fault in chain_of(world).fault
        world.delete(layout.record_path("trust", 2))
    world.put_trust(new, signers=[*old, *fresh])
    assert chain_of(world).fault == ""
    world.put_trust(new, signers=fresh)
    assert chain_of(world).fault == ""


def test_valid_signatures_by_others_are_ignored() -> None:
    world = World()
    world.put_trust(world.document, signers=[*world.roots.values(), TestSigner("mallory")])
    trust = chain_of(world)
    assert (len(trust.records), trust.fault) == (2, "")


def test_one_invalid_signature_makes_the_record_invalid() -> None:
    world = World()
    put = world.put_trust(world.document)
    stranger = TestSigner("mallory").sign(b"something else", namespace=TRUST_NAMESPACE)
    world.put(put.path, put.content + stranger)
    assert "did not sign these bytes" in chain_of(world).fault


def test_a_signature_for_another_purpose_is_invalid() -> None:
    world = World()
    put = world.put_trust(world.document)
    world.put(
        put.path, put.line + b"".join(one.sign(put.line, namespace=RECORD_NAMESPACE) for one in world.roots.values())
    )
    assert "namespace" in chain_of(world).fault


def test_a_record_has_at_most_sixteen_signatures() -> None:
    world = World()
    many = [TestSigner("mallory", number) for number in range(14)]
    world.put_trust(world.document, signers=[*world.roots.values(), *many])
    assert "more than 16" in chain_of(world).fault


def test_what_was_vouched_for_is_not_verified_again() -> None:
    world = World()
    put = world.put_trust(world.document)
    world.put(put.path, put.content + TestSigner("m").sign(b"else", namespace=TRUST_NAMESPACE))
    assert verify_trust(world.trust_files(), vouched=True).fault == ""


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"seq": 3}, "says slot 3 and stands in slot 2"),
        ({"prev": "0" * 64}, "does not follow"),
        ({"registry": "0" * 64}, "another registry"),
        ({"time": "now"}, "no trust statement"),
        ({"cut": {"models/fraud": -1}}, "no trust statement"),
        ({"comment": 3}, "no trust statement"),
    ],
)
def test_a_record_out_of_its_place_ends_the_chain(said: Mapping[str, Said], fault: str) -> None:
    world = World()
    world.put_trust(world.document, **said)
    trust = chain_of(world)
    assert fault in trust.fault
    assert len(trust.records) == 1


def test_record_1_cannot_name_a_registry() -> None:
    world = World()
    world.delete(layout.record_path("trust", 1))
    world.put_trust(world.document, registry="0" * 64)
    with pytest.raises(VerificationError, match="another registry"):
        chain_of(world)


def change_subject(statement: dict[str, object]) -> None:
    statement["subject"] = [{"name": "trust", "digest": {"sha256": "0" * 64}}]


def change_subject_name(statement: dict[str, object]) -> None:
    subject = statement["subject"]
    assert isinstance(subject, list)
    subject[0]["name"] = "rust"


def change_type(statement: dict[str, object]) -> None:
    statement["predicateType"] = "urn:signoff:record:v1"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (change_subject, "not the digest of its trust document"),
        (change_subject_name, "not the digest of its trust document"),
        (change_type, "no trust statement"),
    ],
)
def test_a_statement_about_something_else_ends_the_chain(
    change: Callable[[dict[str, object]], None], fault: str
) -> None:
    world = World()
    world.put_trust(world.document, changes=change)
    assert fault in chain_of(world).fault


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ({"people": {"al": {"keys": ["ssh-rsa"]}}}, r"people.al.keys\[0\]"),
        (
            {"people": {"al": {"keys": [TestSigner("x").key.line]}, "bo": {"keys": [TestSigner("x").key.line]}}},
            "belongs to 'al' already; one key belongs to one person",
        ),
        ({"root": {"keys": ["ssh-ed25519 AAAA"], "threshold": 1}}, r"root.keys\[0\]"),
        ({"stages": {"latest": {}}}, "stages.latest"),
    ],
)
def test_a_document_that_means_nothing_ends_the_chain(part: Mapping[str, Said], fault: str) -> None:
    world = World()
    world.put_trust({**world.document, "roles": {}, **part})
    with pytest.raises(AssertionError):
        assert not chain_of(world).fault
    with pytest.raises(SignoffError, match=fault):
        read_trust_line(world.trust_files()[1].split(b"\n")[0] + b"\n")


def test_a_root_key_stands_once() -> None:
    key = TestSigner("root1").key.line
    world = World()
    world.put_trust({**world.document, "root": {"keys": [key, f"{key} comment"], "threshold": 1}})
    assert "stands twice" in chain_of(world).fault


def test_a_persons_key_may_stand_twice() -> None:
    key = TestSigner("al").key.line
    world = World()
    world.put_trust({**world.document, "roles": {}, "people": {"al": {"keys": [key, f"{key} laptop"]}}})
    assert chain_of(world).newest.holders[TestSigner("al").fingerprint][0] == "al"


def test_a_line_is_composed_as_it_is_read() -> None:
    world = World()
    record = chain_of(world).newest
    assert compose_trust_line(record.said) == record.line
    assert read_trust_line(record.line).id == record.id


def test_a_record_is_found_by_its_slot_and_id() -> None:
    trust = chain_of(World())
    assert trust.find(1, trust.registry) == trust.newest
    assert trust.find(1, "0" * 64) is None
    assert trust.find(0, trust.registry) is None
    assert trust.find(2, trust.registry) is None
    assert trust.find(-1, trust.registry) is None


def test_the_governing_record_is_the_newer_of_the_cited_and_the_newest_that_does_not_cover() -> None:
    """format.md §6: "the newer of the one it cites and the newest one whose cut does not cover it"."""
    world = World()
    world.put_trust(world.document, cut={"models/fraud": 3})
    world.put_trust(world.document, cut={"models/fraud": 5, "models/churn": 1})
    trust = chain_of(world)
    expected = {(3, 1): 1, (4, 1): 2, (5, 1): 2, (6, 1): 3, (1, 2): 2, (4, 3): 3, (6, 3): 3, (1, 1): 1}
    assert {(seq, cited): trust.governing("models/fraud", seq, cited).seq for seq, cited in expected} == expected
    assert trust.governing("models/other", 1, 1).seq == 3
    assert trust.longest_cut == {"models/fraud": 5, "models/churn": 1}


def test_a_revoked_key_counts_up_to_the_cut_of_its_revocation() -> None:
    world = World()
    key = world.keys["ben"][0]
    assert chain_of(world).last_good(key.fingerprint, "models/fraud") is None
    world.revoke_key(key, cut={"models/fraud": 4})
    world.put_trust(world.document, cut={"models/fraud": 9, "models/churn": 2})
    trust = chain_of(world)
    assert trust.last_good(key.fingerprint, "models/fraud") == 4
    assert trust.last_good(key.fingerprint, "models/churn") == 0
    assert trust.last_good(TestSigner("cy").fingerprint, "models/fraud") is None


def test_a_key_may_be_revoked_from_record_1_on() -> None:
    world = World()
    world.delete(layout.record_path("trust", 1))
    world.revoke_key(world.keys["ben"][0])
    assert chain_of(world).last_good(world.keys["ben"][0].fingerprint, "models/fraud") == 0


def test_a_key_that_was_taken_back_and_revoked_again_counts_up_to_the_last_revocation() -> None:
    world = World()
    key = world.keys["ben"][0]
    world.revoke_key(key, cut={"models/fraud": 4})
    world.change_trust(revoked={}, cut={"models/fraud": 5})
    assert chain_of(world).last_good(key.fingerprint, "models/fraud") is None
    world.revoke_key(key, cut={"models/fraud": 6})
    assert chain_of(world).last_good(key.fingerprint, "models/fraud") == 6


def test_a_revocation_from_the_start_and_the_last_good_slot_of_a_chain() -> None:
    world = World()
    key = world.keys["ben"][0]
    world.revoke_key(key, cut={"models/fraud": 4, "models/churn": 4}, default="start", churn=2)
    trust = chain_of(world)
    assert trust.last_good(key.fingerprint, "models/fraud") == 0
    assert trust.last_good(key.fingerprint, "models/churn") == 2


def test_allowed_signers_lists_every_key_that_any_record_named() -> None:
    fido = FidoSigner("cy")
    world = World(keys={"cy": [fido]})
    before = TestSigner("ben").key.line
    world.keys["ben"] = [TestSigner("ben", 2)]
    world.change_trust(people=world.people_part())
    text = allowed_signers(chain_of(world))
    assert f'ben namespaces="signoff-record-v1,signoff-checkpoint-v1" {before}\n' in text
    assert TestSigner("ben", 2).key.line in text
    assert fido.key.line in text
    root = parse_public_key(world.roots["root1"].key.line)
    assert f'root-{root.fingerprint[7:]} namespaces="{TRUST_NAMESPACE}" {root.line}\n' in text
    assert len(text.splitlines()) == len(set(text.splitlines()))
