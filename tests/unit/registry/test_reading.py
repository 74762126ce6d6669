"""What a client reads, remembers and verifies."""

import hashlib

import msgspec
import pytest

from builders import TestSigner, World, sha256
from signoff.errors import AlarmError, ConflictError, InvalidValueError, NotFoundError, RefusedError, SchemaError
from signoff.records.record import named
from signoff.registry import vouching
from signoff.registry.bases import find_base, needed_by
from signoff.registry.heads import format_heads, parse_heads
from signoff.registry.pins import Pin, forget_pins, list_pins, load_pins, need_pinned, place_of, raise_pins
from signoff.registry.vouching import NOTHING, Vouching
from signoff.schema.text import dump_yaml
from signoff.storage.state import write_cache, write_state

ID = "a" * 64


class TestPins:
    def test_a_first_contact_is_told_and_remembered(self) -> None:
        world = World()
        with world.registry() as registry:
            assert registry.reader.pins.first_seen
        with world.registry() as registry:
            assert not registry.reader.pins.first_seen
        assert [one.registry for one in list_pins()] == [world.id]

    def test_pins_only_rise_and_keep_what_others_saw(self) -> None:
        book = load_pins(ID, "/r")
        raise_pins(book, {"a": Pin(2, "x")})
        raise_pins(book, {"a": Pin(1, "y"), "b": Pin(1, "z")})
        now = load_pins(ID, "/elsewhere")
        assert (dict(now.pins), now.url) == ({"a": Pin(2, "x"), "b": Pin(1, "z")}, "/r")
        raise_pins(now, {"a": Pin(1, "y")})
        assert load_pins(ID, "") == now

    def test_a_chain_is_compared_with_its_pin(self) -> None:
        raise_pins(load_pins(ID, "/r"), {"a": Pin(2, "x")})
        book = load_pins(ID, "/r")
        need_pinned(book, "other", 0, lambda _: "")
        need_pinned(book, "a", 2, lambda _: "x")
        with pytest.raises(AlarmError, match="ROLLBACK: a had 2 records"):
            need_pinned(book, "a", 1, lambda _: "x")
        with pytest.raises(AlarmError, match="HISTORY REWRITTEN: record 2 of a"):
            need_pinned(book, "a", 3, lambda _: "y")

    def test_a_spoiled_pin_is_not_taken_for_none(self) -> None:
        write_state(f"pins/{ID}.json", b"junk")
        with pytest.raises(AlarmError, match="cannot be read"):
            load_pins(ID, "/r")

    def test_a_spoiled_pin_of_another_registry_stops_nobody(self) -> None:
        write_state(f"pins/{ID}.json", b"junk")
        World().registry().close()

    def test_a_person_forgets_pins(self) -> None:
        raise_pins(load_pins(ID, "/r"), {"a": Pin(2, "x")})
        forget_pins(ID)
        assert load_pins(ID, "/r").first_seen
        with pytest.raises(NotFoundError, match="nothing is remembered"):
            forget_pins(ID)

    def test_a_place_is_named_alike_from_everywhere(self) -> None:
        assert place_of("/a/../b") == "/b"
        assert place_of("s3://models") == "s3://models"
        assert place_of("memory://") == ""


class TestVouching:
    def test_only_the_very_same_bytes_were_vouched_for(self) -> None:
        notes = Vouching(ID)
        notes.remember("c", [b"1", b"2"], spelled=1)
        notes.save()
        again = Vouching(ID)
        found = again.find("c", [b"1", b"2", b"3"])
        assert (found.count, found.spelled) == (2, 1)
        for chain, contents in (("c", [b"1", b"x"]), ("c", [b"12", b""]), ("c", [b"1"]), ("d", [b"1"])):
            assert again.find(chain, contents) is NOTHING

    def test_what_another_version_of_the_program_found_is_found_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It may have wanted other spellings."""
        notes = Vouching(ID)
        notes.remember("c", [b"1"], spelled=1)
        assert notes.find("c", [b"1"]).count == 1
        monkeypatch.setattr(vouching, "__version__", "0.0.9")
        assert notes.find("c", [b"1"]) is NOTHING

    def test_a_spoiled_note_costs_time_only(self) -> None:
        write_cache(f"{ID}/vouched.msgpack", b"\xc1junk")
        assert Vouching(ID).find("c", [b"1"]) is NOTHING
        write_cache(f"{ID}/vouched.msgpack", msgspec.msgpack.encode({"c": 7}))
        assert Vouching(ID).find("c", [b"1"]) is NOTHING


class TestReader:
    def test_a_reader_goes_on_from_what_it_read(self) -> None:
        world = World()
        world.register()
        reader = world.registry().reader
        first = reader.log("fraud")
        assert reader.log("fraud") is first
        world.do("ben", "approve")
        assert len(reader.log("fraud").log.records) == 2
        world.do("cy", "approve")
        assert len(reader.next_records("fraud").log.records) == 3
        assert reader.next_records("fraud") is reader.log("fraud")

    def test_a_new_trust_record_folds_every_log_anew(self) -> None:
        world = World()
        world.register()
        reader = world.registry().reader
        assert reader.log("fraud").history.versions
        assert not reader.refresh_trust(thorough=False)
        assert not reader.refresh_trust()
        world.revoke_key(world.keys["ana"][0], default="start")
        assert reader.refresh_trust(thorough=False)
        assert not reader.log("fraud").history.versions

    def test_another_registry_than_the_demanded_one_is_an_alarm(self) -> None:
        world = World()
        with pytest.raises(AlarmError, match="this is registry"):
            world.registry(demanded="0" * 64)

    def test_a_client_remembers_nothing_of_a_spoiled_registry(self) -> None:
        world = World()
        world.put(".signoff/trust/00000002.rec", b"junk")
        world.registry().close()
        assert list_pins() == ()


class TestHeads:
    def test_heads_are_read_as_they_are_written(self) -> None:
        heads = {"trust": (1, ID), "models/b": (2, ID), "models/a": (3, ID)}
        text = format_heads(heads)
        assert text.splitlines() == [f"{ID}  3 models/a", f"{ID}  2 models/b", f"{ID}  1 trust"]
        assert parse_heads(text.encode()) == heads

    @pytest.mark.parametrize(
        "text", ["", f"{ID} 1 trust\n", f"{ID}  0 trust\n", f"{ID}  1 other\n", f"{ID}  1 trust\n" * 2]
    )
    def test_another_text_lists_no_heads(self, text: str) -> None:
        with pytest.raises(SchemaError):
            parse_heads(text.encode())


class TestCheckpoints:
    def test_a_witness_signs_the_heads(self) -> None:
        world = World()
        world.register()
        registry = world.registry()
        made = registry.checkpoint(world.me("wit"), TestSigner("wit"))
        assert made.heads == registry.checkpoints.heads()
        world.do("ben", "approve")
        second = registry.checkpoint(world.me("wit"), TestSigner("wit"))
        assert (second.seq, second.heads["models/fraud"][0], second.reason) == (2, 2, "")
        assert registry.checkpoints.age_days() == 0
        registry.checkpoints.need_fresh(1)
        assert registry.verify().ok

    def test_nobody_else_does(self) -> None:
        world = World()
        with pytest.raises(RefusedError, match="ben is not witness"):
            world.registry().checkpoint(world.me("ben"), TestSigner("ben"))

    def test_an_old_one_is_too_old(self) -> None:
        world = World()
        world.put_checkpoint()
        assert world.registry(days=9).checkpoints.age_days() == 8
        with pytest.raises(RefusedError, match="8 days old"):
            world.registry(days=9).checkpoints.need_fresh(7)

    def test_another_witness_was_first(self) -> None:
        world = World()
        registry = world.registry()

        class Late(TestSigner):
            def sign(self, message: bytes, *, namespace: str) -> bytes:
                world.put_checkpoint()
                return super().sign(message, namespace=namespace)

        with pytest.raises(ConflictError, match="another checkpoint 1 was first"):
            registry.checkpoint(world.me("wit"), Late("wit"))

    def test_heads_of_a_spoiled_registry_are_not_signed(self) -> None:
        world = World()
        world.put_checkpoint("ben")
        with pytest.raises(Exception, match="ben is no witness"):
            world.registry().checkpoint(world.me("wit"), TestSigner("wit"))
        world.put(".signoff/trust/00000002.rec", b"junk")
        with pytest.raises(Exception, match="trust record 2"):
            world.registry().checkpoints.heads()


class TestProposals:
    def test_a_change_is_proposed_as_yaml(self) -> None:
        world = World()
        world.register()
        proposals = world.registry().proposals
        text = proposals.document_text()
        with pytest.raises(InvalidValueError, match="as it was"):
            proposals.propose(text.encode(), author="root1", comment="")
        with pytest.raises(SchemaError, match="is a map"):
            proposals.propose(b"- 1\n", author="root1", comment="")
        found = proposals.propose(
            text.replace("approvals: 1", "approvals: 2").encode(), author="root1", comment="stricter"
        )
        assert found.record.said.cut == {"models/fraud": 1}
        assert proposals.moved(found) == ()
        world.do("ben", "approve")
        assert proposals.moved(found) == ("models/fraud: 1 records when it was proposed, 2 now",)

    def test_root_signers_are_told_who_is_still_missing(self) -> None:
        world = World()
        proposals = world.registry().proposals
        found = proposals.propose(dump_yaml({**world.document, "stages": {}}).encode(), author="root1", comment="")
        identities = tuple(TestSigner(name).identity for name in ("root1", "root2", "mallory"))
        found = proposals.sign(found.id, TestSigner("root1"))
        assert proposals.root_signers(found, identities) == (TestSigner("root2").identity,)
        assert proposals.sign(found.id, TestSigner("root1")) == found

    def test_a_spoiled_trust_chain_takes_no_proposals(self) -> None:
        world = World()
        world.put(".signoff/trust/00000002.rec", b"junk")
        with pytest.raises(Exception, match="trust record 2"):
            world.registry().proposals.propose(b"{}", author="root1", comment="")
        assert world.registry().proposals.list() == ()

    def test_another_trust_record_was_first(self) -> None:
        world = World()
        registry = world.registry()
        found = registry.proposals.propose(
            dump_yaml({**world.document, "stages": {}}).encode(), author="root1", comment=""
        )
        for name in ("root1", "root2"):
            registry.proposals.sign(found.id, TestSigner(name))
        world.change_stages(staging={"approvals": 1})
        with pytest.raises(ConflictError, match="another trust record 2 was first"):
            registry.proposals.apply(found.id)


class TestBases:
    def test_a_base_is_found_by_digest_first_where_its_name_says(self) -> None:
        world = World()
        digest = world.write_version("1", model="llm", files={"w": b"base"})
        world.register("1", model="llm", files={"w": b"base"})
        world.register("1", materials=[{"name": "llm:1", "digest": {"sha256": digest}}])
        reader = world.registry().reader
        for name in ("llm:1", "other:7", "nonsense"):
            base = find_base(reader, named(name, digest))
            assert base is not None
            assert (base.ref, base.stages) == ("llm:1", frozenset())
        assert find_base(reader, named("llm:1", "0" * 64)) is None
        assert needed_by(reader, digest) == ("fraud:1",)


def test_facts_that_are_read_twice_are_the_same() -> None:
    world = World()
    world.register()
    facts = world.registry().reader.facts("fraud")
    digest = world.digest("1")
    assert facts.metadata("1", digest) is facts.metadata("1", digest)
    assert facts.manifest("1", "0" * 64) is None
    world.put("models/fraud/versions/2/SHA256SUMS", b"junk")
    assert facts.manifest("2", sha256(b"junk")) is None


def test_a_registered_manifest_that_is_none_fails() -> None:
    world = World()
    world.put("models/fraud/versions/1/SHA256SUMS", b"junk")
    world.do("ana", "register", card=None)
    report = world.registry().verify()
    assert not report.ok
    assert "the registered manifest does not parse" in report.problems[0].what


def test_a_deep_verification_counts_what_it_hashed() -> None:
    world = World()
    world.register("1", card=b"# hi")
    world.register("2", files={"w": b"1234"})
    done: list[int] = []
    report = world.registry().verify(("fraud",), version="2", deep=True, progress=done.append)
    assert (report.versions, report.files, report.size, sum(done), report.records) == (1, 1, 4, 4, 3)
    world.delete(f"models/fraud/cards/{hashlib.sha256(b'# hi').hexdigest()}.md")
    notes = [one.what for one in world.registry().verify().problems]
    assert notes == ["the registered card is missing"]
