"""Bash, ssh-keygen, sha256sum and jq verify a registry without our code, and find every fault; so do we.

Each fault is planted in a copy of one registry with real keys. The script on the page about verifying by hand and
`Registry.verify` are asked about the same copy, and must both find it.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from agents import make_key, run
from conformance.real_registry import (
    counted_surroundings,
    founded,
    records_of,
    registry_id,
    script_by_hand,
    tell_short_story,
    tell_story,
    verify_by_hand,
)
from signoff.errors import SignoffError
from signoff.registry.registry import Registry
from signoff.schema.canonical import canonical, digest_of
from signoff.storage.local import LocalStorage

RECORD, TRUST, CHECKPOINT = "signoff-record-v1", "signoff-trust-v1", "signoff-checkpoint-v1"
Payload = dict[str, object]


class Victim(msgspec.Struct, frozen=True):
    """A copy of a registry, the private keys of its people, and another registry of the same people."""

    root: Path
    keys: dict[str, Path]
    other: Path

    def log(self, model: str) -> list[Path]:
        return sorted((self.root / "models" / model / "log").iterdir())

    def next(self, model: str) -> Path:
        """Return the free slot of a log."""
        last = self.log(model)[-1]
        return last.with_name(f"{int(last.stem) + 1:08d}.rec")

    def follow(self, model: str, **changed: object) -> Payload:
        """Return the predicate of a comment that would rightly stand in the next slot, with some keys changed."""
        line = self.log(model)[-1].read_bytes().partition(b"\n")[0] + b"\n"
        predicate = json.loads(line)["predicate"]
        kept = {key: predicate[key] for key in ("registry", "chain", "policy", "time")}
        return {
            **kept,
            "seq": predicate["seq"] + 1,
            "prev": hashlib.sha256(line).hexdigest(),
            "nonce": "f" * 32,
            "action": "comment",
            "version": None,
            "comment": "one more",
            "author": "ana",
            "key": self.fingerprint("ana"),
            **changed,
        }

    def statement(self, predicate: Payload, **changed: object) -> Payload:
        registry = registry_id(self.root)
        return {
            "_type": "https://in-toto.io/Statement/v1",
            "predicateType": "urn:signoff:record:v1",
            "subject": [{"name": "fraud", "digest": {"sha256": registry}}],
            "predicate": predicate,
            **changed,
        }

    def fingerprint(self, who: str) -> str:
        return run("ssh-keygen", "-l", "-f", str(self.keys[who].with_suffix(".pub"))).split()[1].decode()

    def sign(self, line: bytes, who: str, namespace: str = RECORD) -> bytes:
        return run("ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(self.keys[who]), stdin=line)

    def put(self, path: Path, line: bytes, *signers: str, namespace: str = RECORD) -> str:
        """Write a record that these people signed; return the place that a verifier must name."""
        path.write_bytes(line + b"".join(self.sign(line, who, namespace) for who in signers))
        return str(path.relative_to(self.root))

    def put_next(self, *signers: str, **changed: object) -> str:
        """Write a record into the next slot of fraud's log."""
        line = canonical(self.statement(self.follow("fraud", **changed))) + b"\n"
        return self.put(self.next("fraud"), line, *signers)

    def put_trust(self, *signers: str, change: Callable[[Payload], None] = lambda _: None, **changed: object) -> str:
        """Write trust record 3."""
        line = (self.root / ".signoff/trust/00000002.rec").read_bytes().partition(b"\n")[0] + b"\n"
        said = json.loads(line)
        change(said["predicate"]["trust"])
        said["predicate"] |= {"seq": 3, "prev": hashlib.sha256(line).hexdigest(), **changed}
        said["subject"][0]["digest"]["sha256"] = digest_of(said["predicate"]["trust"])
        place = self.root / ".signoff/trust/00000003.rec"
        return self.put(place, canonical(said) + b"\n", *signers, namespace=TRUST)

    def edit(self, place: str, before: bytes, after: bytes) -> str:
        path = self.root / place
        content = path.read_bytes()
        assert before in content
        path.write_bytes(content.replace(before, after, 1))
        return place


class Look(msgspec.Struct, frozen=True):
    """A copy with a fault, the place that a verifier must name, and what the script said."""

    root: Path
    place: str
    done: subprocess.CompletedProcess[str]


Fault = Callable[[Victim], str]
FAULTS: list[Fault] = []
FIRST = "models/fraud/log/00000001.rec"
THIRD = "models/fraud/log/00000003.rec"
VERSION = "models/fraud/versions/1"


def plant(fault: Fault) -> Fault:
    FAULTS.append(fault)
    return fault


@plant
def a_record_was_edited(victim: Victim) -> str:
    return victim.edit(THIRD, b'"comment":"fine', b'"comment":"mine')


@plant
def a_record_was_deleted(victim: Victim) -> str:
    (victim.root / THIRD).unlink()
    return "models/fraud/log/00000004.rec"


@plant
def two_records_changed_places(victim: Victim) -> str:
    third, fourth = victim.log("fraud")[2:4]
    content = third.read_bytes()
    third.write_bytes(fourth.read_bytes())
    fourth.write_bytes(content)
    return THIRD


@plant
def a_record_was_replayed_into_the_next_slot(victim: Victim) -> str:
    path = victim.next("fraud")
    shutil.copyfile(victim.root / THIRD, path)
    return str(path.relative_to(victim.root))


@plant
def a_record_was_copied_to_another_model(victim: Victim) -> str:
    path = victim.next("risk/score")
    shutil.copyfile(victim.log("llm")[2], path)
    return str(path.relative_to(victim.root))


@plant
def the_log_of_another_registry_of_the_same_people_was_copied(victim: Victim) -> str:
    folder = victim.root / "models/fraud/log"
    shutil.rmtree(folder)
    shutil.copytree(victim.other / "models/fraud/log", folder)
    return FIRST


@plant
def a_record_was_signed_for_another_registry(victim: Victim) -> str:
    return victim.put_next("ana", registry="0" * 64)


@plant
def a_record_was_signed_for_another_chain(victim: Victim) -> str:
    return victim.put_next("ana", chain="models/llm")


@plant
def a_record_was_signed_for_another_slot(victim: Victim) -> str:
    return victim.put_next("ana", seq=9)


@plant
def a_record_does_not_follow_the_one_before_it(victim: Victim) -> str:
    return victim.put_next("ana", prev="0" * 64)


@plant
def a_record_cites_an_older_policy_than_the_one_before_it(victim: Victim) -> str:
    return victim.put_next("ana", policy={"seq": 1, "sha256": registry_id(victim.root)})


@plant
def a_record_cites_a_policy_that_is_not_there(victim: Victim) -> str:
    return victim.put_next("ana", policy={"seq": 3, "sha256": "0" * 64})


@plant
def a_record_cites_a_policy_by_another_id(victim: Victim) -> str:
    return victim.put_next("ana", policy={"seq": 2, "sha256": "0" * 64})


@plant
def a_record_is_of_an_unknown_type(victim: Victim) -> str:
    said = victim.statement(victim.follow("fraud"), predicateType="urn:signoff:record:v2")
    return victim.put(victim.next("fraud"), canonical(said) + b"\n", "ana")


@plant
def a_record_is_no_statement(victim: Victim) -> str:
    said = victim.statement(victim.follow("fraud"), _type="https://in-toto.io/Statement/v0.1")
    return victim.put(victim.next("fraud"), canonical(said) + b"\n", "ana")


@plant
def a_record_is_too_large(victim: Victim) -> str:
    return victim.put_next("ana", comment="x" * 65536)


@plant
def the_author_was_forged(victim: Victim) -> str:
    return victim.put_next("ben")


@plant
def the_author_and_the_key_are_of_two_people(victim: Victim) -> str:
    return victim.put_next("ben", key=victim.fingerprint("ben"))


@plant
def the_key_is_anothers(victim: Victim) -> str:
    return victim.put_next("ana", key=victim.fingerprint("ben"))


@plant
def the_author_is_nobody_here(victim: Victim) -> str:
    return victim.put_next("eve", author="eve", key=victim.fingerprint("eve"))


@plant
def a_record_was_signed_in_the_namespace_of_trust(victim: Victim) -> str:
    line = canonical(victim.statement(victim.follow("fraud"))) + b"\n"
    return victim.put(victim.next("fraud"), line, "ana", namespace=TRUST)


@plant
def a_record_is_not_signed(victim: Victim) -> str:
    return victim.put_next()


@plant
def a_record_is_signed_twice(victim: Victim) -> str:
    return victim.put_next("ana", "ana")


@plant
def the_signatures_of_two_records_changed_places(victim: Victim) -> str:
    third, fourth = victim.log("fraud")[2:4]
    line = third.read_bytes().partition(b"\n")[0]
    third.write_bytes(line + b"\n" + fourth.read_bytes().partition(b"\n")[2])
    return THIRD


@plant
def text_stands_before_the_armor(victim: Victim) -> str:
    return victim.edit(THIRD, b"-----BEGIN", b"read me\n-----BEGIN")


@plant
def text_stands_after_the_armor(victim: Victim) -> str:
    path = victim.root / THIRD
    path.write_bytes(path.read_bytes() + b"approved\n")
    return THIRD


@plant
def an_empty_line_stands_after_the_armor(victim: Victim) -> str:
    path = victim.root / THIRD
    path.write_bytes(path.read_bytes() + b"\n")
    return THIRD


@plant
def the_last_line_end_is_missing(victim: Victim) -> str:
    path = victim.root / THIRD
    path.write_bytes(path.read_bytes()[:-1])
    return THIRD


@plant
def a_nul_stands_in_the_armor(victim: Victim) -> str:
    return victim.edit(THIRD, b"-----END", b"\0-----END")


@plant
def the_armor_is_wrapped_at_64(victim: Victim) -> str:
    path = victim.root / THIRD
    line, *armor = path.read_bytes().splitlines()
    text = b"".join(armor[1:-1])
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    path.write_bytes(b"".join(one + b"\n" for one in (line, armor[0], *lines, armor[-1])))
    return THIRD


@plant
def the_lines_of_the_armor_end_as_on_windows(victim: Victim) -> str:
    path = victim.root / THIRD
    line, _, armor = path.read_bytes().partition(b"\n")
    path.write_bytes(line + b"\n" + armor.replace(b"\n", b"\r\n"))
    return THIRD


@plant
def a_byte_order_mark_stands_in_front(victim: Victim) -> str:
    line = b"\xef\xbb\xbf" + canonical(victim.statement(victim.follow("fraud"))) + b"\n"
    return victim.put(victim.next("fraud"), line, "ana")


def respelled(change: Callable[[bytes], bytes]) -> Fault:
    """Return a fault: a record that is truly signed by its author, spelled in another way."""

    def fault(victim: Victim) -> str:
        before = canonical(victim.statement(victim.follow("fraud", instances=3, comment="caf\u00e9")))
        line = change(before)
        assert line != before
        return victim.put(victim.next("fraud"), line + b"\n", "ana")

    return fault


RESPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "with spaces": lambda line: line.replace(b'":', b'": '),
    "with another order of keys": lambda line: json.dumps(
        dict(reversed(json.loads(line).items())), separators=(",", ":")
    ).encode(),
    "with a key twice": lambda line: line.replace(b'"instances":3', b'"instances":4,"instances":3'),
    "with an escaped letter": lambda line: line.replace(b"caf", b"\\u0063af"),
    "with an escaped slash": lambda line: line.replace(b"models/", b"models\\/"),
    "with an escaped accent": lambda line: line.replace("\u00e9".encode(), b"\\u00e9"),
    "with a capital in an escape": lambda line: line.replace(b"caf", b"\\u001Baf"),
    "with a fraction": lambda line: line.replace(b'"instances":3', b'"instances":3.5'),
    "with a fraction of zero": lambda line: line.replace(b'"instances":3', b'"instances":3.0'),
    "with an exponent": lambda line: line.replace(b'"instances":3', b'"instances":3e0'),
    "with a negative zero": lambda line: line.replace(b'"instances":3', b'"instances":-0'),
    "with a number above 2^53": lambda line: line.replace(b'"instances":3', b'"instances":9007199254740993'),
    "with a large round number": lambda line: line.replace(b'"instances":3', b'"instances":10000000000000000'),
    "with not a number": lambda line: line.replace(b'"instances":3', b'"instances":NaN'),
    "with a key that is not ASCII": lambda line: line.replace(b'"instances":3', '"inst\u00e4nces":3'.encode()),
    "with bytes that are not UTF-8": lambda line: line.replace("\u00e9".encode(), b"\xe9"),
    "with half a surrogate pair": lambda line: line.replace(b"caf", b"\\ud800"),
    "with a second value behind": lambda line: line + b"{}",
    "with a space behind": lambda line: line + b" ",
    "with a carriage return": lambda line: line + b"\r",
    "as a list": lambda line: b"[" + line + b"]",
}


@plant
def junk_stands_in_the_next_slot(victim: Victim) -> str:
    path = victim.next("fraud")
    path.write_bytes(os.urandom(700))
    return str(path.relative_to(victim.root))


@plant
def an_empty_file_stands_in_the_next_slot(victim: Victim) -> str:
    path = victim.next("fraud")
    path.touch()
    return str(path.relative_to(victim.root))


@plant
def a_folder_stands_in_the_next_slot(victim: Victim) -> str:
    path = victim.next("fraud")
    path.mkdir()
    return str(path.relative_to(victim.root))


@plant
def a_record_stands_far_above(victim: Victim) -> str:
    shutil.copyfile(victim.root / THIRD, victim.root / "models/fraud/log/00000099.rec")
    return "models/fraud/log/00000099.rec"


@plant
def a_record_became_a_link_to_itself_elsewhere(victim: Victim) -> str:
    path = victim.log("fraud")[2]
    path.rename(victim.root / "elsewhere")
    path.symlink_to(victim.root / "elsewhere")
    return THIRD


def linked(place: str) -> Fault:
    """Return a fault: a folder was moved out of the registry, and a link stands in its place."""

    def fault(victim: Victim) -> str:
        path = victim.root / place
        path.rename(victim.root.parent / "moved")
        path.symlink_to(victim.root.parent / "moved")
        return place

    return fault


LINKED = (
    "models/fraud",
    "models/fraud/log",
    "models/risk",
    ".signoff/trust",
    ".signoff/checkpoints",
    ".signoff",
    "models",
)


@plant
def a_log_was_cut_below_what_the_trust_chain_knows(victim: Victim) -> str:
    for path in victim.log("fraud")[3:]:
        path.unlink()
    return "models/fraud"


@plant
def a_log_was_cut_below_the_newest_checkpoint(victim: Victim) -> str:
    victim.log("risk/score")[-1].unlink()
    return "models/risk/score"


@plant
def a_whole_log_is_gone(victim: Victim) -> str:
    shutil.rmtree(victim.root / "models/llm/log")
    return "models/llm"


@plant
def a_whole_model_is_gone(victim: Victim) -> str:
    shutil.rmtree(victim.root / "models/risk")
    return "models/risk/score"


@plant
def a_log_was_written_anew_from_below_the_checkpoint(victim: Victim) -> str:
    last = victim.log("risk/score")[-1]
    last.unlink()
    line = canonical(victim.statement(victim.follow("risk/score"))) + b"\n"
    victim.put(last, line, "ana")
    return "models/risk/score"


@plant
def the_weights_were_swapped(victim: Victim) -> str:
    path = victim.root / VERSION / "weights.bin"
    path.write_bytes(path.read_bytes().swapcase())
    return VERSION


@plant
def a_file_was_added(victim: Victim) -> str:
    (victim.root / VERSION / "tokenizer/extra.py").write_text("import os\n")
    return VERSION


@plant
def a_file_was_removed(victim: Victim) -> str:
    (victim.root / VERSION / "tokenizer/vocab.txt").unlink()
    return VERSION


@plant
def a_file_was_replaced_by_a_link_to_the_same_bytes(victim: Victim) -> str:
    path = victim.root / VERSION / "weights.bin"
    path.rename(victim.root.parent / "weights.bin")
    path.symlink_to(victim.root.parent / "weights.bin")
    return VERSION


@plant
def a_link_was_added(victim: Victim) -> str:
    (victim.root / VERSION / "extra").symlink_to("/etc/hostname")
    return VERSION


@plant
def a_named_pipe_was_added(victim: Victim) -> str:
    os.mkfifo(victim.root / VERSION / "pipe")
    return VERSION


@plant
def weights_and_manifest_were_swapped_together(victim: Victim) -> str:
    path = victim.root / VERSION / "weights.bin"
    before = hashlib.sha256(path.read_bytes()).hexdigest().encode()
    path.write_bytes(b"other weights")
    victim.edit(f"{VERSION}/SHA256SUMS", before, hashlib.sha256(b"other weights").hexdigest().encode())
    return VERSION


@plant
def the_manifest_is_missing(victim: Victim) -> str:
    (victim.root / VERSION / "SHA256SUMS").unlink()
    return VERSION


@plant
def the_manifest_of_another_version_was_copied(victim: Victim) -> str:
    versions = victim.root / "models/llm/versions"
    shutil.copyfile(versions / "1/SHA256SUMS", versions / "2/SHA256SUMS")
    return "models/llm/versions/2"


@plant
def a_version_folder_is_gone(victim: Victim) -> str:
    shutil.rmtree(victim.root / "models/llm/versions/2")
    return "models/llm/versions/2"


@plant
def a_version_folder_became_a_link(victim: Victim) -> str:
    return linked("models/llm/versions/2")(victim)


@plant
def the_folder_of_versions_became_a_link(victim: Victim) -> str:
    return linked("models/llm/versions")(victim)


@plant
def the_registered_card_was_swapped(victim: Victim) -> str:
    card = next((victim.root / "models/fraud/cards").iterdir())
    card.write_text("# Another card\n")
    return str(card.relative_to(victim.root))


@plant
def trust_was_rolled_back(victim: Victim) -> str:
    (victim.root / ".signoff/trust/00000002.rec").unlink()
    return "models/fraud/log/00000005.rec"


@plant
def the_first_trust_record_was_replaced(victim: Victim) -> str:
    shutil.copyfile(victim.other / ".signoff/trust/00000001.rec", victim.root / ".signoff/trust/00000001.rec")
    return ".signoff/trust/00000001.rec"


@plant
def the_second_trust_record_was_replaced(victim: Victim) -> str:
    shutil.copyfile(victim.other / ".signoff/trust/00000002.rec", victim.root / ".signoff/trust/00000002.rec")
    return ".signoff/trust/00000002.rec"


@plant
def the_trust_chain_is_gone(victim: Victim) -> str:
    shutil.rmtree(victim.root / ".signoff/trust")
    return ".signoff/trust"


@plant
def one_root_key_signed_twice(victim: Victim) -> str:
    return victim.put_trust("ben", "ben")


@plant
def one_root_key_signed_alone(victim: Victim) -> str:
    return victim.put_trust("ana")


@plant
def a_root_key_and_a_stranger_signed(victim: Victim) -> str:
    return victim.put_trust("ana", "eve")


@plant
def a_new_root_elected_itself(victim: Victim) -> str:
    key = " ".join(victim.keys["eve"].with_suffix(".pub").read_text().split()[:2])

    def usurp(trust: Payload) -> None:
        trust["root"] = {"keys": [key], "threshold": 1}

    return victim.put_trust("eve", change=usurp)


@plant
def a_new_root_did_not_agree(victim: Victim) -> str:
    key = " ".join(victim.keys["eve"].with_suffix(".pub").read_text().split()[:2])

    def elect(trust: Payload) -> None:
        trust["root"] = {"keys": [key], "threshold": 1}

    return victim.put_trust("ana", "ben", change=elect)


@plant
def a_trust_record_has_a_signature_that_is_not_valid(victim: Victim) -> str:
    place = victim.put_trust("ana", "ben")
    path = victim.root / place
    path.write_bytes(path.read_bytes() + victim.sign(b"something else\n", "cy", TRUST))
    return place


@plant
def a_trust_record_does_not_follow_the_one_before_it(victim: Victim) -> str:
    return victim.put_trust("ana", "ben", prev="0" * 64)


@plant
def a_trust_record_is_of_another_registry(victim: Victim) -> str:
    return victim.put_trust("ana", "ben", registry="0" * 64)


@plant
def a_trust_record_gives_one_key_to_two_people(victim: Victim) -> str:
    def share(trust: Payload) -> None:
        people = msgspec.convert(trust["people"], dict[str, dict[str, object]])
        trust["people"] = {**people, "ben": people["ana"]}

    return victim.put_trust("ana", "ben", change=share)


@plant
def a_trust_record_names_another_document(victim: Victim) -> str:
    place = victim.put_trust("ana", "ben")
    path = victim.root / place
    said = json.loads(path.read_bytes().partition(b"\n")[0])
    said["subject"][0]["digest"]["sha256"] = "0" * 64
    return victim.put(path, canonical(said) + b"\n", "ana", "ben", namespace=TRUST)


@plant
def the_heads_of_a_checkpoint_were_changed(victim: Victim) -> str:
    newest = victim.root / ".signoff/checkpoints/00000002.rec"
    digest = json.loads(newest.read_bytes().partition(b"\n")[0])["subject"][0]["digest"]["sha256"]
    victim.edit(f".signoff/checkpoints/{digest}.heads", b"  6 models/fraud", b"  5 models/fraud")
    return ".signoff/checkpoints/00000002.rec"


@plant
def the_heads_of_a_checkpoint_are_gone(victim: Victim) -> str:
    for path in (victim.root / ".signoff/checkpoints").glob("*.heads"):
        path.unlink()
    return ".signoff/checkpoints/00000001.rec"


@plant
def a_checkpoint_was_edited(victim: Victim) -> str:
    return victim.edit(".signoff/checkpoints/00000002.rec", b'"author":"cy"', b'"author":"ana"')


@plant
def the_first_checkpoint_is_gone(victim: Victim) -> str:
    (victim.root / ".signoff/checkpoints/00000001.rec").unlink()
    return ".signoff/checkpoints/00000002.rec"


@plant
def a_checkpoint_was_signed_as_a_record(victim: Victim) -> str:
    path = victim.root / ".signoff/checkpoints/00000002.rec"
    return victim.put(path, path.read_bytes().partition(b"\n")[0] + b"\n", "cy")


@plant
def a_checkpoint_is_of_no_witness(victim: Victim) -> str:
    last = (victim.root / ".signoff/trust/00000002.rec").read_bytes().partition(b"\n")[0] + b"\n"

    def dismiss(trust: Payload) -> None:
        roles = msgspec.convert(trust["roles"], dict[str, object])
        trust["roles"] = {**roles, "witness": ["ben"]}

    victim.put_trust("ana", "ben", change=dismiss, prev=hashlib.sha256(last).hexdigest())
    newest = (victim.root / ".signoff/trust/00000003.rec").read_bytes().partition(b"\n")[0] + b"\n"
    before = (victim.root / ".signoff/checkpoints/00000002.rec").read_bytes().partition(b"\n")[0] + b"\n"
    said = json.loads(before)
    said["predicate"] |= {
        "seq": 3,
        "prev": hashlib.sha256(before).hexdigest(),
        "policy": {"seq": 3, "sha256": hashlib.sha256(newest).hexdigest()},
    }
    path = victim.root / ".signoff/checkpoints/00000003.rec"
    return victim.put(path, canonical(said) + b"\n", "cy", namespace=CHECKPOINT)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    folder = tmp_path_factory.mktemp("original")
    with founded(folder) as made:
        tell_short_story(made)
        other = tmp_path_factory.mktemp("other")
        with founded(other, keys=made.keys, comment="another one") as twin:
            tell_short_story(twin)
        keys = {**made.keys, "eve": make_key(folder, "ed25519", "eve")}
        yield Victim(made.root, keys, twin.root)


@pytest.fixture
def victim(original: Victim, tmp_path: Path) -> Victim:
    root = tmp_path / "registry"
    shutil.copytree(original.root, root, symlinks=True)
    return Victim(root, original.keys, original.other)


@pytest.fixture(scope="module")
def script(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "by-hand.sh"
    path.write_text(script_by_hand(pytestconfig.rootpath))
    return path


@pytest.fixture(scope="module")
def looks(
    original: Victim, script: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Look]]]:
    """Plant every fault in a copy of its own, and let the script look at as many at once as there are cores."""
    identity = registry_id(original.root)

    def look(folder: Path, fault: Fault) -> Look:
        root = folder / "registry"
        shutil.copytree(original.root, root, symlinks=True)
        place = fault(Victim(root, original.keys, original.other))
        return Look(root, place, verify_by_hand(script, root, identity))

    pool = ThreadPoolExecutor(os.cpu_count())
    yield {name: pool.submit(look, tmp_path_factory.mktemp("planted"), fault) for name, fault in all_faults().items()}
    pool.shutdown(cancel_futures=True)


def all_faults() -> dict[str, Fault]:
    """Return every fault by its name."""
    named = {fault.__name__: fault for fault in FAULTS}
    spelled = {name: respelled(change) for name, change in RESPELLINGS.items()}
    return named | spelled | {place: linked(place) for place in LINKED}


def we_find_it(root: Path, identity: str) -> bool:
    """Return whether a client that knows nothing but the registry's id finds a fault."""
    try:
        registry = Registry(LocalStorage(root), surroundings=counted_surroundings(), demanded=identity)
        return not registry.verify(deep=True).ok
    except SignoffError:
        return True


def check(look: Look, identity: str) -> None:
    assert look.done.returncode == 1, look.done.stdout + look.done.stderr
    assert f"FAULT {look.place}" in look.done.stdout
    assert we_find_it(look.root, identity)


def test_both_accept_the_registry_as_it_is(victim: Victim, original: Victim, script: Path) -> None:
    done = verify_by_hand(script, victim.root, registry_id(original.root))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert len(records_of(victim.root)) == 12
    assert not we_find_it(victim.root, registry_id(original.root))


def test_both_accept_a_record_of_every_action(tmp_path: Path, script: Path) -> None:
    with founded(tmp_path) as made:
        tell_story(made)
        done = verify_by_hand(script, made.root, made.registry.id)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert not we_find_it(made.root, made.registry.id)


def test_both_accept_odd_characters_in_a_signed_record(victim: Victim, original: Victim, script: Path) -> None:
    victim.put_next("ana", comment='\x7f\x7f \\\x7f \\u007f \x1b \0 \u2028 \U0001f600 "')
    done = verify_by_hand(script, victim.root, registry_id(original.root))
    assert done.returncode == 0, done.stdout
    assert not we_find_it(victim.root, registry_id(original.root))


def test_both_go_on_after_a_record_that_is_authentic_but_misshapen(
    victim: Victim, original: Victim, script: Path
) -> None:
    misshapen = {"action": "register", "version": "a b", "card": None}
    said = victim.statement(victim.follow("fraud", **misshapen), subject=[])
    victim.put(victim.next("fraud"), canonical(said) + b"\n", "ana")
    victim.put_next("ana", action="of tomorrow", version=7)
    done = verify_by_hand(script, victim.root, registry_id(original.root))
    assert done.returncode == 0, done.stdout
    assert not we_find_it(victim.root, registry_id(original.root))


@pytest.mark.parametrize("fault", [fault.__name__ for fault in FAULTS])
def test_both_find_that(looks: dict[str, Future[Look]], original: Victim, fault: str) -> None:
    check(looks[fault].result(), registry_id(original.root))


@pytest.mark.parametrize("spelling", RESPELLINGS)
def test_both_find_a_signed_record(looks: dict[str, Future[Look]], original: Victim, spelling: str) -> None:
    check(looks[spelling].result(), registry_id(original.root))


@pytest.mark.parametrize("place", LINKED)
def test_both_find_a_link_in_the_place_of(looks: dict[str, Future[Look]], original: Victim, place: str) -> None:
    check(looks[place].result(), registry_id(original.root))


def test_neither_can_find_a_tail_that_nothing_kept_knows_of(victim: Victim, original: Victim, script: Path) -> None:
    for name in ("00000001.rec", "00000002.rec"):
        (victim.root / ".signoff/checkpoints" / name).unlink()
    victim.log("risk/score")[-1].unlink()
    identity = registry_id(original.root)
    assert verify_by_hand(script, victim.root, identity).returncode == 0
    assert not we_find_it(victim.root, identity)
