"""A model's log: the first slot that breaks a rule ends it, with the reason."""

from collections.abc import Mapping

import pytest

from builders import Said, TestSigner, World, line_of
from signoff.errors import VerificationError
from signoff.policy.log import VerifiedLog, go_on, verify_log
from signoff.records.record import parse_record
from signoff.records.statement import NO_RECORD, RECORD_NAMESPACE, TRUST_NAMESPACE
from signoff.schema import layout


def test_a_log_is_read_from_its_first_slot() -> None:
    world = World()
    first, second = world.register(), world.do("ben", "approve")
    log = world.log()
    assert ([record.id for record in log.records], log.head, log.fault) == ([first.id, second.id], second.id, "")


def test_an_empty_log_has_no_head() -> None:
    assert World().log().head == NO_RECORD


def test_a_log_goes_on_from_what_was_verified() -> None:
    world = World()
    world.register()
    before = world.log()
    put = world.do("ben", "approve")
    assert verify_log([put.content], world.trust(), start=before) == world.log()


def test_a_log_goes_on_with_a_record_as_with_its_bytes() -> None:
    world = World()
    world.register()
    before = world.log()
    put = world.do("ben", "approve")
    assert go_on(before, parse_record(put.content), world.trust()) == world.log()


def test_a_log_does_not_go_on_with_a_record_that_would_end_it() -> None:
    world = World()
    first = world.register()
    before = world.log()
    line = line_of(world.do("ben", "approve").content)
    forged = parse_record(line + TestSigner("eve").sign(line, namespace=RECORD_NAMESPACE))
    with pytest.raises(VerificationError, match=r"record 2 of models/fraud: it is signed with another key"):
        go_on(before, forged, world.trust())
    with pytest.raises(VerificationError, match=r"record 2 of models/fraud: it says slot 1"):
        go_on(before, parse_record(first.content), world.trust())


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"registry": "0" * 64}, "another registry"),
        ({"chain": "models/churn"}, "the chain 'models/churn'"),
        ({"seq": 3}, "says slot 3 and stands in slot 2"),
        ({"seq": -1}, "predicate.seq"),
        ({"prev": NO_RECORD}, "does not follow"),
        ({"policy": {"seq": 1, "sha256": "0" * 64}}, "an id that this registry does not have"),
        ({"policy": {"seq": 9, "sha256": "0" * 64}}, "an id that this registry does not have"),
        ({"policy": {"seq": 0, "sha256": "0" * 64}}, "policy.seq"),
        ({"key": TestSigner("cy").fingerprint}, "does not belong to 'ben' in trust record 1"),
        ({"key": "SHA256:nobody"}, "does not belong to 'ben'"),
        ({"author": "cy"}, "does not belong to 'cy'"),
        ({"author": "mallory"}, "does not belong to 'mallory'"),
    ],
)
def test_a_record_out_of_its_place_ends_the_log(said: Mapping[str, Said], fault: str) -> None:
    world = World()
    world.register()
    world.do("ben", "approve", **said)
    log = world.log()
    assert log.fault.startswith("record 2 of models/fraud: ")
    assert fault in log.fault
    assert len(log.records) == 1


def test_the_policy_never_goes_backwards() -> None:
    world = World()
    world.change_stages(staging={"approvals": 0})
    world.register()
    world.do("ben", "approve", policy=world.policy(1))
    assert "cites trust record 1, older than the record before it did" in world.log().fault


def test_a_record_may_cite_an_older_policy_than_the_newest() -> None:
    world = World()
    world.register()
    world.change_stages(staging={"approvals": 0})
    world.do("ben", "approve", policy=world.policy(1))
    assert world.log().fault == ""


def test_a_signature_by_another_key_than_it_says_ends_the_log() -> None:
    world = World()
    world.register()
    put = world.do("ben", "approve")
    world.put(put.path, put.line + TestSigner("cy").sign(put.line, namespace="signoff-record-v1"))
    assert "another key than it says" in world.log().fault


def test_a_signature_for_another_purpose_ends_the_log() -> None:
    world = World()
    world.register()
    world.do("ben", "approve", namespace=TRUST_NAMESPACE)
    assert "namespace" in world.log().fault


def test_exactly_one_signature_follows_the_line() -> None:
    world = World()
    put = world.register()
    world.put(put.path, put.content + TestSigner("ana").sign(put.line, namespace="signoff-record-v1"))
    assert "record 1" in world.log().fault
    world.put(put.path, put.content + b"\n")
    assert "record 1" in world.log().fault


def test_a_slot_that_cannot_be_read_ends_the_log_with_its_reason() -> None:
    world = World()
    world.register()
    log = verify_log(["slot 1 is not a regular file"], world.trust(), start=VerifiedLog(chain="models/fraud"))
    assert log.fault == "record 1 of models/fraud: slot 1 is not a regular file"


def test_a_signature_that_was_vouched_for_is_not_verified_again() -> None:
    world = World()
    put = world.register()
    content = put.content.replace(b"A", b"B")
    start = VerifiedLog(chain="models/fraud")
    forged = put.line + content[len(put.line) :]
    assert verify_log([forged], world.trust(), start=start).fault
    assert not verify_log([forged], world.trust(), start=start, vouched=1).fault


def test_a_record_of_an_older_slot_is_none_of_a_later_one() -> None:
    world = World()
    put = world.register()
    world.put(layout.record_path("models/fraud", 2), put.content)
    assert "says slot 1 and stands in slot 2" in world.log().fault
