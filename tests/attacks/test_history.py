"""Attacks on logs by somebody who can write the folder: what was decided cannot be changed, moved or taken back."""

from collections.abc import Callable

import pytest

from attackers import ALARM, FAILED, Client
from builders import Said, TestSigner, World, line_of
from longlogs import put_comments
from signoff.errors import VerificationError
from signoff.schema import layout

LOG = "models/fraud"


def slot(number: int) -> str:
    return layout.record_path(LOG, number)


def believes(client: Client, *, code: int, version: str | None) -> None:
    """Say what a client finds: verify and pull end with a code, and status shows what is valid."""
    assert client.verify() == code
    assert client.pull() == code
    assert client.pull("fraud:1", "--allow-unapproved") == code
    assert client.status().get("fraud@production") == version


def test_a_record_is_edited(world: World, client: Client) -> None:
    content = world.get(slot(4))
    world.put(slot(4), content.replace(b'"stage":"production"', b'"stage":"staging"'))
    believes(client, code=FAILED, version=None)


def test_a_record_is_edited_before_a_new_client_comes(world: World, client: Client) -> None:
    world.put(slot(4), world.get(slot(4)).replace(b'"from":null', b'"from":"0"'))
    client.forget()
    believes(client, code=FAILED, version=None)


def test_a_signature_is_exchanged_for_another_persons(world: World, client: Client) -> None:
    line = line_of(world.get(slot(4)))
    world.put(slot(4), line + TestSigner("mallory").sign(line, namespace="signoff-record-v1"))
    believes(client, code=FAILED, version=None)


def test_a_record_is_deleted_from_the_middle(world: World, client: Client) -> None:
    world.delete(slot(2))
    believes(client, code=FAILED, version=None)
    client.forget()
    believes(client, code=FAILED, version=None)


def test_the_first_record_is_deleted(world: World, client: Client) -> None:
    world.delete(slot(1))
    assert client.verify() == FAILED
    client.forget()
    assert client.verify() == FAILED


def test_two_records_are_exchanged(world: World, client: Client) -> None:
    second, third = world.get(slot(2)), world.get(slot(3))
    world.put(slot(2), third)
    world.put(slot(3), second)
    believes(client, code=FAILED, version=None)


def test_the_tail_is_cut_off_and_pins_notice(world: World, client: Client) -> None:
    world.delete(slot(4))
    believes(client, code=ALARM, version=None)


def test_the_whole_log_is_deleted_and_pins_notice(world: World, client: Client) -> None:
    world.delete(f"{LOG}/log")
    believes(client, code=ALARM, version=None)


def test_the_whole_model_is_deleted_and_pins_notice(world: World, client: Client) -> None:
    world.delete(LOG)
    believes(client, code=ALARM, version=None)


def test_the_tail_is_cut_off_below_a_trust_records_cut(world: World, client: Client) -> None:
    world.change_stages(staging={"approvals": 0})
    for number in (4, 3, 2):
        world.delete(slot(number))
    client.forget()
    believes(client, code=ALARM, version=None)


def test_a_model_that_the_trust_chain_knows_is_deleted(world: World, client: Client) -> None:
    world.change_stages(staging={"approvals": 0})
    world.delete(LOG)
    client.forget()
    believes(client, code=ALARM, version=None)


def test_a_revocation_is_cut_off_for_a_client_that_never_saw_it(world: World, client: Client) -> None:
    """This one cannot be prevented: the threat model says so, and what notices it."""
    put = world.do("oli", "revoke", reason="poisoned")
    heads = world.folder
    assert heads is not None
    listed = heads.parent / "heads.txt"
    listed.write_text(client.run("heads").out)
    assert client.pull() == 1
    world.delete(put.path)
    assert client.pull() == ALARM
    client.forget()
    assert client.pull() == 0
    assert client.pull("fraud@production", "--heads", str(listed)) == ALARM


def test_a_cut_off_revocation_is_noticed_through_a_checkpoint(world: World, client: Client) -> None:
    put = world.do("oli", "revoke", reason="poisoned")
    world.put_checkpoint()
    world.delete(put.path)
    client.forget()
    assert client.verify() == ALARM
    assert client.pull("fraud@production", "--max-age", "36500") == ALARM


def test_history_is_forked_below_what_a_client_saw(world: World, client: Client) -> None:
    for number in (4, 3):
        world.delete(slot(number))
    world.do("cy", "reject", comment="another history")
    world.do("dan", "comment")
    believes(client, code=ALARM, version=None)
    client.forget()
    assert client.verify() == 0


def test_a_record_is_copied_into_the_next_slot(world: World, client: Client) -> None:
    world.put(slot(5), world.get(slot(2)))
    believes(client, code=FAILED, version="1")


def test_a_record_is_copied_to_another_model(world: World, client: Client) -> None:
    for number in (1, 2, 3, 4):
        world.put(layout.record_path("models/churn", number), world.get(slot(number)))
    assert client.verify() == FAILED
    assert client.status() == {"fraud@production": "1"}
    assert client.pull("churn@production") in {FAILED, 3}
    assert client.pull() == 0


def test_a_record_is_copied_to_another_version(world: World, client: Client) -> None:
    world.register("2", files={"weights.onnx": b"poisoned"})
    approval = (
        line_of(world.get(slot(2))).replace(b'"fraud:1"', b'"fraud:2"').replace(b'"version":"1"', b'"version":"2"')
    )
    world.put(slot(6), approval + world.get(slot(2))[len(line_of(world.get(slot(2)))) :])
    believes(client, code=FAILED, version="1")


def test_a_record_is_copied_to_another_stage(world: World, client: Client) -> None:
    content = world.get(slot(4))
    world.put(slot(5), content.replace(b'"production"', b'"staging"'))
    believes(client, code=FAILED, version="1")


def test_a_record_is_copied_to_another_registry(tmp_path_factory: pytest.TempPathFactory, world: World) -> None:
    other = World(folder=tmp_path_factory.mktemp("other"), threshold=1)
    for number in (1, 2, 3, 4):
        other.put(slot(number), world.get(slot(number)))
    assert "another registry" in other.log().fault


@pytest.mark.parametrize("subject", ["0" * 64, None])
def test_an_approval_is_signed_for_other_bytes(world: World, client: Client, subject: str | None) -> None:
    world.register("2", files={"weights.onnx": b"2"})
    digest = subject or world.digest("1")
    approval = world.do("ben", "approve", "2", subject=("fraud:2", digest))
    assert "not the registered digest" in world.reasons(approval)
    assert client.verify() == 0


def test_a_version_is_registered_again_with_other_bytes(world: World, client: Client) -> None:
    put = world.register("1", files={"weights.onnx": b"poisoned"})
    assert "version immutable" in world.reasons(put)
    assert client.verify() == FAILED
    assert client.pull() == FAILED
    assert client.status() == {"fraud@production": "1"}


def test_a_record_is_backdated_by_its_author(world: World, client: Client) -> None:
    """Time never decides about order: a record counts where it stands."""
    put = world.do("cy", "reject", time="2001-01-01T00:00:00Z")
    assert world.reasons(put) == ""
    assert client.status() == {"fraud@production": "1"}
    world.register("2", files={"w": b"2"})
    world.do("ben", "approve", "2", time="2001-01-01T00:00:00Z")
    assert "1 of 2 approvals" in world.reasons(world.do("pam", "promote", "2", time="2001-01-01T00:00:00Z"))


JUNK: dict[str, Callable[[World], None]] = {
    "junk": lambda world: world.put(slot(5), b"junk"),
    "nothing": lambda world: world.put(slot(5), b""),
    "json": lambda world: world.put(slot(5), b"{}\n"),
    "a deep line": lambda world: world.put(slot(5), b"[" * 60_000 + b"\n-----BEGIN"),
    "binary": lambda world: world.put(slot(5), bytes(range(256))),
    "a line without a signature": lambda world: world.put(slot(5), line_of(world.get(slot(4)))),
    "a record that is too large": lambda world: world.put(slot(5), world.get(slot(4)).ljust(70_000, b"\n")),
    "a signature that says too much": lambda world: world.put(slot(5), world.get(slot(4)) + b"more"),
    "a symlink": lambda world: world.put_symlink(slot(5)),
    "a symlink to a record": lambda world: world.put_symlink(slot(5), "00000004.rec"),
    "a FIFO": lambda world: world.put_fifo(slot(5)),
    "a folder": lambda world: world.put(f"{slot(5)}/file", b""),
    "a slot beyond the next one": lambda world: world.put(slot(7), world.get(slot(4))),
}


@pytest.mark.parametrize("what", JUNK)
def test_the_next_slot_is_taken_by(what: str, world: World, client: Client) -> None:
    JUNK[what](world)
    believes(client, code=FAILED, version="1")
    result = client.run("approve", "fraud:1", "production", "--as", "ben")
    assert result.code in {FAILED, 7}


@pytest.mark.parametrize("what", JUNK)
def test_a_signer_who_looked_before_finds_the_next_slot_taken_by(what: str, world: World) -> None:
    registry = world.registry()
    view = registry.find("fraud:1")
    JUNK[what](world)
    if what == "a slot beyond the next one":
        return
    with pytest.raises(VerificationError, match="record 5 of models/fraud"):
        registry.approve(view.ref, stage="production", me=world.me("ben"))


@pytest.mark.parametrize("what", ["symlink", "fifo", "file"])
def test_a_log_is_no_folder(what: str, world: World, client: Client) -> None:
    path = "models/churn/log"
    match what:
        case "symlink":
            world.put_symlink(path)
        case "fifo":
            world.put_fifo(path)
        case _:
            world.put(path, b"")
    assert client.verify() == FAILED
    assert client.status() == {"fraud@production": "1"}
    assert client.pull() == 0
    assert client.pull("churn@production") in {FAILED, 3}


def test_other_files_in_a_log_are_reported_and_change_nothing(world: World, client: Client) -> None:
    for name in (
        "notes.txt",
        "00000005.rec~",
        "5.rec",
        "\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0665.rec",
        "00000000.rec",
    ):
        world.put(f"{LOG}/log/{name}", b"junk")
    world.put(f"{LOG}/log/.tmp-123", b"half written")
    assert client.verify() == 0
    said = client.run("verify").out
    assert said.count("it is no record") == 5
    assert ".tmp-123" not in said
    assert client.pull() == 0


def test_an_approval_is_dated_into_the_future_so_that_it_never_grows_old(world: World) -> None:
    """The threat model says so: `expires_days` catches the forgotten, not a liar's clock."""
    world.change_stages(production={"approvals": 1, "expires_days": 30})
    world.register("2", files={"w": b"2"})
    world.do("ben", "approve", "2", time="2099-01-01T00:00:00Z")
    assert world.reasons(world.do("pam", "promote", "2")) == ""


def test_one_record_from_the_far_future_lets_all_approvals_grow_old(world: World) -> None:
    """The threat model says so: it refuses too much, and is seen."""
    world.change_stages(production={"approvals": 1, "expires_days": 30})
    world.register("2", files={"w": b"2"})
    world.do("dan", "comment", time="2099-01-01T00:00:00Z")
    world.do("ben", "approve", "2")
    assert "older than 30 days" in world.reasons(world.do("pam", "promote", "2"))


MISSPELLED: dict[str, dict[str, Said]] = {
    "a nonce in capitals": {"nonce": "AB" * 16},
    "a nonce with a space": {"nonce": "ab" * 15 + " a"},
    "a time with a space": {"time": "2026-11-23 08:00:02Z"},
    "a time without a zone": {"time": "2026-11-23T08:00:02"},
    "a comment that is a number": {"comment": 7},
    "an action from the future": {"action": "sanctify"},
}


@pytest.mark.parametrize("how", MISSPELLED)
@pytest.mark.parametrize("before", [0, 100])
def test_a_record_is_truly_signed_and_misspelled(world: World, client: Client, how: str, before: int) -> None:
    """It has no effect: also in a log of very many, and also once its signature and those around it were found true."""
    world.register("2", files={"weights.onnx": b"poisoned"})
    world.do("ben", "approve", "2")
    world.do("cy", "approve", "2")
    put_comments(world, before)
    said = {"from": "1", **MISSPELLED[how]}

    def misspell(statement: dict[str, object]) -> None:
        predicate = statement["predicate"]
        assert isinstance(predicate, dict)
        predicate.update(said)

    put = world.do("pam", "promote", "2", changes=misspell)
    put_comments(world, 2)
    for _ in range(3):
        assert client.verify() == 0
        assert f"record {put.seq} of models/fraud is authentic and has no effect" in client.run("verify").err
        assert client.status() == {"fraud@production": "1"}
    said = {"from": "1"}
    assert world.reasons(world.do("pam", "promote", "2", changes=misspell)) == ""
    assert client.status() == {"fraud@production": "2"}


def test_a_log_is_forged_that_was_found_true_before(world: World, client: Client) -> None:
    """What is remembered is of exactly these bytes: one that differs anywhere has every signature verified again."""
    put_comments(world, 200)
    assert client.verify() == 0
    for number, change in ((150, b"number"), (20, b"usual"), (204, b"-----BEGIN SSH SIGNATURE-----\nU")):
        content = world.get(slot(number))
        world.put(slot(number), content.replace(change, change[:-1] + b"X"))
        assert client.verify() == FAILED
        assert f"record {number} of models/fraud" in client.run("verify").out
        world.put(slot(number), content)
        assert client.verify() == 0
