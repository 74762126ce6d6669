"""Attacks on a version's bytes by somebody who can write the folder: only what was registered is delivered."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from attackers import ALARM, FAILED, REFUSED, Client
from builders import World, sha256
from signoff.errors import RefusedError, StorageError, VerificationError

VERSION = "models/fraud/versions/1"


def hard_link(world: World) -> None:
    assert world.folder is not None
    os.link(world.folder / VERSION / "weights.onnx", world.folder / "elsewhere")
    (world.folder / "elsewhere").write_bytes(b"poisone")


def swapped_pair(world: World) -> None:
    """Exchange the weights and the manifest together: the signature is over the manifest's digest."""
    world.put(f"{VERSION}/weights.onnx", b"poisoned")
    lines = world.get(f"{VERSION}/SHA256SUMS").decode().replace(sha256(b"weights"), sha256(b"poisoned"))
    world.put(f"{VERSION}/SHA256SUMS", lines.encode())


CHANGES: dict[str, Callable[[World], None]] = {
    "weights are swapped": lambda world: world.put(f"{VERSION}/weights.onnx", b"poisone"),
    "weights are cut off": lambda world: world.put(f"{VERSION}/weights.onnx", b"weig"),
    "weights are deleted": lambda world: world.delete(f"{VERSION}/weights.onnx"),
    "weights are a symlink": lambda world: world.put_symlink(f"{VERSION}/weights.onnx"),
    "weights are a FIFO": lambda world: world.put_fifo(f"{VERSION}/weights.onnx"),
    "metadata is edited": lambda world: world.put(f"{VERSION}/version.yaml", b"metrics: {accuracy: 0.99}\n"),
    "the manifest is edited": lambda world: world.put(f"{VERSION}/SHA256SUMS", b"0" * 64 + b"  weights.onnx\n"),
    "the manifest is deleted": lambda world: world.delete(f"{VERSION}/SHA256SUMS"),
    "the manifest is a symlink": lambda world: world.put_symlink(f"{VERSION}/SHA256SUMS"),
    "the manifest and the weights are swapped together": swapped_pair,
    "the folder is deleted": lambda world: world.delete(VERSION),
    "a hard link is written through": hard_link,
}


@pytest.mark.parametrize("what", CHANGES)
def test_registered_bytes_are_changed(what: str, world: World, client: Client) -> None:
    CHANGES[what](world)
    assert client.verify("--deep") == FAILED
    assert client.pull() in {FAILED, 7}
    client.forget()
    assert client.verify("--deep") == FAILED
    assert client.pull() in {FAILED, 7}
    assert client.status() == {"fraud@production": "1"}


@pytest.mark.parametrize("kind", ["file", "symlink", "fifo"])
@pytest.mark.parametrize("name", ["extra.py", "sub/extra.py", ".hidden", "sub/README.md", "sub/SHA256SUMS"])
def test_something_is_added_to_a_registered_version(kind: str, name: str, world: World, client: Client) -> None:
    path = f"{VERSION}/{name}"
    {
        "file": lambda: world.put(path, b"x"),
        "symlink": lambda: world.put_symlink(path),
        "fifo": lambda: world.put_fifo(path),
    }[kind]()
    assert client.verify() == FAILED


def test_what_was_added_is_never_delivered(world: World, client: Client, tmp_path: Path) -> None:
    world.put(f"{VERSION}/extra.py", b"import os")
    code = client.run("pull", "fraud@production", str(tmp_path / "out")).code
    assert code in {0, FAILED}
    assert not (tmp_path / "out/extra.py").exists()


def test_the_card_is_edited_after_registering(world: World, client: Client, tmp_path: Path) -> None:
    """A card may be edited; what a pull delivers is the card that a record names."""
    world.put(f"{VERSION}/README.md", b"# Perfect\n")
    assert client.verify() == 0
    assert client.run("pull", "fraud@production", str(tmp_path / "out")).code == 0
    assert (tmp_path / "out/README.md").read_bytes() == b"# Fraud\n"


def test_the_kept_card_is_edited_too(world: World, client: Client, tmp_path: Path) -> None:
    world.put(f"{VERSION}/README.md", b"# Perfect\n")
    world.put(f"models/fraud/cards/{sha256(b'# Fraud' + bytes([10]))}.md", b"# Perfect\n")
    assert client.verify() == FAILED
    client.run("pull", "fraud@production", str(tmp_path / "out"))
    assert not (tmp_path / "out/README.md").exists()


def test_a_signed_evaluation_is_edited(world: World, client: Client) -> None:
    world.evaluate("safety", outcome="fail")
    world.put(f"{VERSION}/evaluations/safety.yaml", b"kind: safety\noutcome: pass\n")
    assert client.verify() == FAILED
    assert "not the evaluation that was signed" in client.run("verify").out
    world.delete(f"{VERSION}/evaluations/safety.yaml")
    assert client.verify() == 0
    assert "the signed evaluation is missing" in client.run("verify").out
    world.put_fifo(f"{VERSION}/evaluations/safety.yaml")
    assert client.verify() == FAILED


def test_a_gate_is_robbed_of_its_bytes(world: World) -> None:
    """The threat model says so: an honest client refuses to promote what cannot be judged; a promote that was made stands."""
    world.change_stages(staging={"approvals": 0, "metrics": [{"name": "accuracy", "min": "0.99"}]})
    world.delete(f"{VERSION}/version.yaml")
    with pytest.raises(RefusedError, match="rule not met: metrics"):
        world.registry().promote("fraud:1", stage="staging", me=world.me("pam"))
    put = world.do("pam", "promote", stage="staging")
    assert world.reasons(put) == ""
    assert "cannot be judged again" in world.history().problems[0]


def test_a_gate_is_given_bytes_that_nobody_can_read(world: World) -> None:
    world.change_stages(staging={"approvals": 0, "metrics": [{"name": "accuracy", "min": "0.99"}]})
    world.register("2", files={"version.yaml": b"metrics: &a [*a]\n"})
    assert "no value was given" in world.reasons(world.do("pam", "promote", "2", stage="staging"))


def test_a_purged_versions_bytes_may_go(world: World, client: Client) -> None:
    world.register("2", files={"w": b"2"})
    world.do("oli", "purge", "2")
    world.delete("models/fraud/versions/2")
    assert client.verify("--deep") == 0
    assert client.pull("fraud:2", "--allow-unapproved") == REFUSED


def test_a_base_is_revoked_and_its_adapters_are_not_delivered(world: World, client: Client) -> None:
    base = [{"name": "llm:1", "digest": {"sha256": world.write_version("1", model="llm", files={"w": b"base"})}}]
    world.register("1", model="llm", files={"w": b"base"})
    world.register("2", files={"w": b"adapter"}, materials=base)
    assert client.pull("fraud:2", "--allow-unapproved") == 0
    revoke = world.do("oli", "revoke", model="llm", reason="poisoned")
    assert client.pull("fraud:2", "--allow-unapproved") == REFUSED
    world.put(revoke.path, b"junk instead of the revocation")
    assert client.pull("fraud:2", "--allow-unapproved") == FAILED
    world.delete(revoke.path)
    assert client.pull("fraud:2", "--allow-unapproved") == ALARM


def test_a_base_is_renamed_so_that_its_revocation_is_not_found(world: World, client: Client) -> None:
    digest = world.write_version("1", model="llm", files={"w": b"base"})
    world.register("1", model="llm", files={"w": b"base"})
    world.do("oli", "revoke", model="llm", reason="poisoned")
    for name in ("other:1", "nonsense", "../x:1", "llm:9"):
        version = f"2.{len(name)}"
        world.register(version, files={"w": name.encode()}, materials=[{"name": name, "digest": {"sha256": digest}}])
        assert client.pull(f"fraud:{version}", "--allow-unapproved") == REFUSED


def test_files_change_while_they_are_registered(world: World) -> None:
    registry = world.registry()
    world.put("models/fraud/versions/2/w", b"first")
    sealing = registry.seal("fraud", "2")
    world.put("models/fraud/versions/2/SHA256SUMS", b"0" * 64 + b"  w\n")
    with pytest.raises((RefusedError, StorageError, VerificationError), match="SHA256SUMS"):
        registry.register_sealed(sealing, world.me("ana"), signer=world.keys["ana"][0])
