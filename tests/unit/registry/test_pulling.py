"""A pull: what may be delivered, and exactly that."""

from pathlib import Path

import pytest

from builders import World
from signoff.errors import InvalidValueError, NotFoundError, RefusedError, VerificationError
from signoff.registry.pulling import Wanted

ANY = Wanted(unapproved=True)


@pytest.fixture
def world() -> World:
    world = World(stages={"staging": {"approvals": 0}, "production": {"approvals": 1, "max_checkpoint_age_days": 7}})
    world.register("1", card=b"# Fraud\n")
    return world


def test_only_what_was_approved_is_delivered(world: World, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="no stage that asks for approvals approved it") as refused:
        world.registry().pull("fraud:1", str(tmp_path / "out"))
    assert "--allow-unapproved" in refused.value.hint
    world.do("pam", "promote", stage="staging")
    with pytest.raises(RefusedError, match="approved it"):
        world.registry().pull("fraud@latest", str(tmp_path / "out"))
    world.do("ben", "approve")
    pulled = world.registry().pull("fraud@latest", str(tmp_path / "out"))
    assert (pulled.files, sorted(one.name for one in (tmp_path / "out").iterdir())) == (
        2,
        ["README.md", "SHA256SUMS", "version.yaml", "weights.onnx"],
    )


def test_a_stage_decides_for_itself(world: World, tmp_path: Path) -> None:
    world.do("pam", "promote", stage="staging")
    assert world.registry().pull("fraud@staging", "", dry_run=True).size > 0
    world.do("ben", "approve")
    world.do("pam", "promote")
    with pytest.raises(RefusedError, match="there is no checkpoint"):
        world.registry().pull("fraud@production", str(tmp_path / "out"))
    world.put_checkpoint()
    world.registry().pull("fraud@production", str(tmp_path / "out"))


def test_a_stage_that_lost_its_rule_delivers_what_it_held(world: World) -> None:
    world.do("pam", "promote", stage="staging")
    world.change_trust(stages={"production": {}})
    assert world.registry().pull("fraud@staging", "", dry_run=True).pull.version == "1"


def test_patterns_choose_files(world: World) -> None:
    wanted = Wanted(unapproved=True, include=("*.onnx", "*.yaml"), exclude=("version*",))
    assert [path for path, _ in world.registry().pull("fraud:1", "", wanted, dry_run=True).pull.files] == [
        "weights.onnx"
    ]
    with pytest.raises(NotFoundError, match="fits the patterns"):
        world.registry().pull("fraud:1", "", Wanted(unapproved=True, include=("*.gguf",)), dry_run=True)


def test_a_deprecated_version_and_files_elsewhere_are_warned_of(world: World) -> None:
    artifacts = b"artifacts: [{path: big.bin, uri: 's3://x', size: 3, sha256: '" + b"0" * 64 + b"'}]\n"
    world.register("2", files={"version.yaml": artifacts})
    world.do("ana", "deprecate", "2", reason="old", replaced_by="1")
    warnings = world.registry().pull("fraud:2", "", ANY, dry_run=True).pull.warnings
    assert warnings == (
        "fraud:2 is deprecated by ana: old; use fraud:1",
        "kept elsewhere and not delivered: big.bin",
    )


def test_what_is_not_registered_is_not_delivered(world: World) -> None:
    world.write_version("7")
    with pytest.raises(NotFoundError, match="fraud:7 is not registered"):
        world.registry().pull("fraud:7", "", ANY)


def test_a_revoked_or_purged_version_is_never_delivered(world: World) -> None:
    world.do("oli", "revoke", reason="poisoned")
    with pytest.raises(RefusedError, match="revoked by oli: poisoned") as refused:
        world.registry().pull("fraud:1", "", ANY)
    assert "choose another version" in refused.value.hint


def test_bases_come_along_where_they_are_asked_for(world: World, tmp_path: Path) -> None:
    digest = world.write_version("1", model="llm", files={"w": b"base"})
    world.register("1", model="llm", files={"w": b"base"})
    base = [{"name": "llm:1", "digest": {"sha256": digest}}]
    wanted = Wanted(unapproved=True, with_bases=True)
    world.register("2", files={"adapter": b"a"}, materials=base)
    world.registry().pull("fraud:2", str(tmp_path / "out"), wanted)
    assert (tmp_path / "out/bases/llm/1/w").read_bytes() == b"base"
    world.register("3", files={"bases/x": b"a"}, materials=base)
    with pytest.raises(InvalidValueError, match="has files of its own below bases/"):
        world.registry().pull("fraud:3", "", wanted)
    world.register("4", files={"a": b"4"}, materials=[{"name": "hub:1", "digest": {"sha256": "0" * 64}}])
    with pytest.raises(RefusedError, match="hub:1 is not in this registry"):
        world.registry().pull("fraud:4", "", wanted)


def test_a_manifest_that_changes_during_the_pull_ends_it(world: World, tmp_path: Path) -> None:
    def meanwhile(_: int) -> None:
        world.put("models/fraud/versions/1/SHA256SUMS", b"other")

    with pytest.raises(VerificationError, match="changed during the pull"):
        world.registry().pull("fraud:1", str(tmp_path / "out"), ANY, progress=meanwhile)
    assert not (tmp_path / "out").exists()
