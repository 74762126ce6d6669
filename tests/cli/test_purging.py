"""`signoff purge` and `signoff gc`: what removes bytes, and what never does."""

import json
import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from signoff.registry.signers import signer_for
from stories import Story

OLD = 1_700_000_000


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Story(tmp_path) as story:
        story.register("fraud:1")
        yield story


def aged(path: Path, content: str = "left") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (OLD, OLD))
    return path


def files(story: Story) -> set[str]:
    return {str(path.relative_to(story.path)) for path in story.path.rglob("*") if path.is_file()}


WEIGHTS = "models/fraud/versions/1/weights.bin"


def test_a_purge_is_signed_and_the_bytes_go_once_the_name_is_typed(story: Story) -> None:
    before = files(story)
    done = story.run("purge", "fraud:1", "-m", "licence ended", "--as", "ben", "--yes", "fraud:1", "--json")
    assert (done.code, json.loads(done.out)["record"]["seq"]) == (0, 2)
    assert before - files(story) == {WEIGHTS}
    report = story.opened().verify(deep=True)
    assert report.ok
    assert "purged" in {one.what for one in report.problems}
    assert story.opened().snapshot().need("fraud:1").metadata is not None


def test_without_the_name_typed_the_bytes_stay_until_it_is(story: Story) -> None:
    done = story.run("purge", "fraud:1", "-m", "licence ended", "--as", "ben")
    assert (done.code, "--yes fraud:1" in done.err, WEIGHTS in files(story)) == (0, True, True)
    assert story.run("purge", "fraud:1", "--yes", "fraud:2").code == 2
    assert story.run("purge", "fraud:1", "--yes", "fraud:1").code == 0
    assert WEIGHTS not in files(story)
    assert len(story.opened().reader.log("fraud").log.records) == 2


def test_a_version_that_a_stage_or_an_adapter_needs_cannot_be_purged(story: Story) -> None:
    lines = "base_model: [{model: fraud, version: '1'}]\n"
    story.register("chat:1", files={"adapter.bin": b"x", "version.yaml": lines})
    refused = story.run("purge", "fraud:1", "-m", "x", "--as", "ben", "--yes", "fraud:1")
    assert (refused.code, "chat:1 is built on it" in refused.err) == (1, True)
    story.promote("chat:1", "staging")
    assert story.run("purge", "chat:1", "-m", "x", "--as", "ben", "--yes", "chat:1").code == 1
    assert WEIGHTS in files(story)


def test_a_purge_says_why(story: Story) -> None:
    assert story.run("purge", "fraud:1", "--as", "ben").code == 2
    assert story.run("purge", "fraud:7", "-m", "x", "--as", "ben").code == 3


def test_a_dry_run_of_a_purge_changes_nothing(story: Story) -> None:
    before = files(story)
    done = story.run("purge", "fraud:1", "-m", "x", "--as", "ben", "--dry-run", "--yes", "fraud:1")
    assert (done.code, json.loads(done.out)["predicate"]["action"]) == (0, "purge")
    assert files(story) == before


def test_gc_lists_what_could_go_with_its_size_and_removes_it_only_without_dry_run(story: Story) -> None:
    story.write("fraud:2")
    story.run("purge", "fraud:1", "-m", "x", "--as", "ben", "--keep-bytes")
    left = aged(story.path / ".signoff/tmp/intake-1/sub/weights.bin", "half")
    beside = aged(story.path / "models/fraud/log/.tmp-1234")
    orphan = aged(story.path / f"models/fraud/cards/{'0' * 64}.md")
    heads = aged(story.path / f".signoff/checkpoints/{'1' * 64}.heads")
    before = files(story)
    listed = json.loads(story.run("gc", "--dry-run", "--json").out)
    assert {one["path"]: one["kind"] for one in listed["files"]} == {
        str(left.relative_to(story.path)): "temporary",
        str(beside.relative_to(story.path)): "temporary",
        str(orphan.relative_to(story.path)): "orphan",
        str(heads.relative_to(story.path)): "orphan",
        WEIGHTS: "purged",
    }
    assert listed["bytes"] == sum(one["bytes"] for one in listed["files"])
    assert (listed["removed"], files(story)) == (False, before)
    assert json.loads(story.run("gc", "--json").out)["removed"] is True
    assert before - files(story) == {one["path"] for one in listed["files"]}
    assert not (story.path / ".signoff/tmp/intake-1").exists()
    assert story.run("gc").out == ""
    assert story.opened().verify(deep=True).ok


def test_gc_leaves_what_is_young_what_is_named_and_what_is_a_draft(story: Story) -> None:
    story.write("fraud:2")
    for path in story.path.rglob("*"):
        os.utime(path, (OLD, OLD))
    (story.path / ".signoff/tmp").mkdir(exist_ok=True)
    (story.path / ".signoff/tmp/at-work").write_text("young")
    story.run("checkpoint", "--as", "ana")
    before = files(story)
    assert story.run("gc").code == 0
    assert files(story) == before


def test_gc_judges_nothing_on_an_unsound_log(story: Story) -> None:
    aged(story.path / ".signoff/tmp/left")
    (story.path / "models/fraud/log/00000002.rec").write_text("junk\n")
    assert story.run("gc").code == 4
    assert ".signoff/tmp/left" in files(story)


def test_a_registry_that_is_read_only_loses_nothing(story: Story) -> None:
    aged(story.path / ".signoff/tmp/left")
    assert story.run("gc", "--read-only").code == 7
    assert ".signoff/tmp/left" in files(story)


class Keyboard(StringIO):
    """What a person types, on a terminal."""

    def isatty(self) -> bool:
        return True


def test_at_a_terminal_the_name_is_typed(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("fraud\n"))
    done = story.run("purge", "fraud:1", "-m", "x", "--as", "ben")
    assert (done.code, "Type fraud:1" in done.err, WEIGHTS in files(story)) == (0, True, True)
    monkeypatch.setattr("sys.stdin", Keyboard("fraud:1\n"))
    assert story.run("purge", "fraud:1").code == 0
    assert WEIGHTS not in files(story)


def test_at_a_terminal_gc_asks(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    aged(story.path / ".signoff/tmp/left")
    for answer, code in (("n\n", 130), ("y\n", 0)):
        monkeypatch.setattr("sys.stdin", Keyboard(answer))
        assert story.run("gc").code == code
        assert (".signoff/tmp/left" in files(story)) == (code != 0)
    aged(story.path / ".signoff/tmp/left")
    assert story.run("gc", "--yes").code == 0


def test_gc_takes_proposals_that_were_applied_and_leaves_those_that_wait(story: Story) -> None:
    proposals = story.registry.proposals
    text = proposals.document_text()
    over = proposals.propose(text.replace("approvals: 2", "approvals: 1").encode(), author="ana", comment="")
    waits = proposals.propose(text.replace("approvals: 2", "approvals: 3").encode(), author="ana", comment="")
    for identity in story.registry.identities()[:2]:
        proposals.sign(over.id, signer_for(identity))
    proposals.apply(over.id)
    later = proposals.propose(text.replace("approvals: 2", "approvals: 4").encode(), author="ana", comment="")
    for path in (story.path / ".signoff/proposals").rglob("*"):
        os.utime(path, (OLD, OLD))
    assert story.run("gc").code == 0
    assert {path.name for path in (story.path / ".signoff/proposals").iterdir()} == {later.id}
    assert waits.id != later.id
