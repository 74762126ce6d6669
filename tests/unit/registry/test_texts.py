"""Files are shown as they are, and a record verifies with the command that is shown."""

import subprocess
from pathlib import Path

import pytest

from builders import World, sha256
from signoff.errors import NotFoundError
from signoff.registry.details import ancestry_of, evidence_of
from signoff.registry.texts import by_hand, card_writing, folder_of, metadata_writing, record_writing


def test_yaml_and_card_are_returned_byte_for_byte() -> None:
    world = World()
    world.register(card=b"# One \xff\n")
    registry = world.registry()
    yaml = metadata_writing(registry, "fraud", "1")
    assert yaml.text.encode() == world.get(yaml.path)
    assert yaml.digest == sha256(world.get(yaml.path))
    assert card_writing(registry, "fraud", "1").text == "# One \ufffd\n"
    with pytest.raises(NotFoundError, match=r"there is no model\.yaml at models/fraud/model\.yaml"):
        metadata_writing(registry, "fraud")


def test_the_command_that_is_shown_verifies_the_record_and_no_other(tmp_path: Path) -> None:
    world = World(folder=tmp_path)
    world.register()
    key = world.keys["ana"][0].key.line
    (tmp_path / ".signoff/allowed_signers").write_text(f"ana {key}\n")
    record = world.registry().reader.log("fraud").log.records[0]
    writing = record_writing(record)
    assert writing.text.encode() == (tmp_path / writing.path).read_bytes()

    def verifies() -> bool:
        done = subprocess.run(["bash", "-c", by_hand(record)], cwd=tmp_path, capture_output=True, check=False)
        return done.returncode == 0

    assert verifies()
    path = tmp_path / writing.path
    path.write_bytes(path.read_bytes().replace(b'"version":"1"', b'"version":"2"'))
    assert not verifies()


def test_the_folder_of_a_version_is_below_the_registry() -> None:
    assert folder_of("/r/", "risk/fraud", "7") == "/r/models/risk/fraud/versions/7"
    assert folder_of("s3://bucket/r", "fraud") == "s3://bucket/r/models/fraud"


def test_evaluations_that_nobody_signed_as_they_are_do_not_count() -> None:
    world = World()
    world.register()
    world.evaluate("safety")
    folder = "models/fraud/versions/1/evaluations"
    world.put(f"{folder}/more.yaml", b"kind: human\n")
    world.put(f"{folder}/odd.yaml", b"- [\n")
    world.put(f"{folder}/notes.txt", b"no evaluation")
    view = world.registry().find("fraud:1")
    found = evidence_of(world.registry(), view)
    assert [one.said.name for one in found.signed] == ["evaluations/safety.yaml"]
    assert [(one.name, bool(one.fault)) for one in found.unsigned] == [
        ("evaluations/more.yaml", False),
        ("evaluations/odd.yaml", True),
    ]
    world.put(f"{folder}/safety.yaml", b"kind: safety\noutcome: fail\n")
    found = evidence_of(world.registry(), view)
    assert found.signed[0].content is None
    assert "evaluations/safety.yaml" in [one.name for one in found.unsigned]


def test_a_draft_has_ancestors_and_no_descendants() -> None:
    world = World()
    world.register()
    world.put("models/fraud/versions/2/version.yaml", b"base_model: fraud:1\n")
    registry = world.registry()
    views = tuple(registry.snapshot().versions())
    draft = next(view for view in views if view.version == "2")
    found = ancestry_of(registry, draft, views)
    assert [(step.edge.parent.version, step.edge.signed) for step in found.up] == [("1", False)]
    assert found.down == ()
