"""`verify` and `doctor`: what is wrong is found, told with its cure, and decides the exit code."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from attackers import FAILED, Client
from builders import World
from longlogs import put_comments
from stories import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Story(tmp_path) as story:
        story.serve("fraud:1")
        yield story


def test_a_sound_registry_verifies(story: Story) -> None:
    done = story.run("verify", "--deep", "--json")
    assert done.code == 0
    found = json.loads(done.out)
    assert (found["ok"], found["files"], found["problems"]) == (True, 2, [])
    assert {one["chain"] for one in found["chains"]} == {"trust", "models/fraud"}
    assert found["records"] == sum(one["records"] for one in found["chains"])
    assert story.run("verify", "fraud").out.startswith("ok: ")
    assert story.run("verify", "fraud@production").code == 0


def test_changed_weights_are_found_by_hashing_and_end_in_4(story: Story) -> None:
    weights = story.path / "models/fraud/versions/1/weights.bin"
    weights.write_bytes(b"X" + weights.read_bytes()[1:])
    assert story.run("verify").code == 0
    done = story.run("verify", "--deep")
    assert done.code == 4
    assert "weights.bin\tchanged" in done.out
    assert "NOT OK" in done.out


def test_a_shortened_log_is_an_alarm_and_ends_in_5(story: Story) -> None:
    assert story.run("verify").code == 0
    log = sorted((story.path / "models/fraud/log").iterdir())
    log[-1].unlink()
    done = story.run("verify")
    assert done.code == 5
    assert "ROLLBACK" in done.out


def test_junk_in_the_next_slot_ends_in_4(story: Story) -> None:
    (story.path / "models/fraud/log/00000006.rec").write_text("junk\n")
    assert story.run("verify").code == 4


def test_the_doctor_finds_nothing_wrong_with_a_sound_registry(story: Story) -> None:
    done = story.run("doctor", "--json")
    assert done.code == 0
    assert [one for one in json.loads(done.out) if one["severity"] != "note"] == []


def test_the_doctor_tells_of_drafts_junk_leftovers_and_clocks(story: Story) -> None:
    story.write("fraud:2")
    (story.path / "models/fraud/log/notes.txt").write_text("hello\n")
    left = story.path / "models/fraud/log/.tmp-0123"
    left.write_text("half")
    old = time.time() - 2 * 86400  # noqa: TID251  (the age of a file is told by the machine's clock)
    os.utime(left, (old, old))
    story.wait(days=40000)
    story.sign("comment", "fraud:1", by="ana", comment="from far away")
    found = {one["place"]: one for one in json.loads(story.run("doctor", "--json").out)}
    assert "signoff register fraud:2" in found["models/fraud/versions/2"]["hint"]
    assert found["models/fraud/log/notes.txt"]["what"] == "it is no record"
    assert "interrupted" in found["models/fraud/log/.tmp-0123"]["what"]
    assert "clock was ahead" in found["models/fraud/log"]["what"]


def test_the_doctor_packs_long_logs_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(folder=tmp_path / "registry")
    put_comments(world, 300)
    client = Client(world, tmp_path, monkeypatch)
    assert "signoff doctor --pack" in client.run("doctor").out
    assert not (tmp_path / "registry/models/fraud/packs").exists()
    assert json.loads(client.run("doctor", "--pack", "--json").out) == [
        {"path": "models/fraud/packs/00000001-00000256.pack", "records": 256}
    ]
    assert "packed already" in client.run("doctor", "--pack").err
    assert "--pack" not in client.run("doctor").out
    assert client.verify("--deep") == 0
    (tmp_path / "registry/models/fraud/packs/00000001-00000256.pack").write_bytes(b"forged")
    assert client.verify() == FAILED
    assert "exactly 256 records" in client.run("doctor").out
    assert client.run("gc", "--yes").code == 0
    assert client.run("doctor", "--pack").code == client.verify() == 0


def test_the_doctor_finds_missing_files_and_a_strict_umask(story: Story) -> None:
    (story.path / "models/fraud/versions/1/weights.bin").unlink()
    log = story.path / "models/fraud/log"
    log.chmod(0o2775)
    (log / "00000001.rec").chmod(0o600)
    done = story.run("doctor", "--json")
    found = {one["place"]: one for one in json.loads(done.out)}
    assert done.code == 1
    assert found["models/fraud/versions/1/weights.bin"]["what"] == "missing"
    assert "strict umask" in found["models/fraud/log/00000001.rec"]["what"]


def test_quarantine_moves_what_breaks_a_chain_and_the_chain_is_sound_again(story: Story) -> None:
    log = story.path / "models/fraud/log"
    junk = log / f"{len(list(log.iterdir())) + 1:08d}.rec"
    junk.write_text("junk\n")
    refused = story.run("doctor", "--quarantine")
    assert (refused.code, junk.exists()) == (2, True)
    assert "junk" in refused.err
    done = story.run("doctor", "--quarantine", "--yes", "--json")
    [moved] = json.loads(done.out)
    assert (story.path / moved["moved_to"]).read_text() == "junk\n"
    assert not junk.exists()
    assert story.run("verify").code == 0


def test_quarantine_never_takes_a_record_that_was_seen_valid(story: Story) -> None:
    assert story.run("verify").code == 0
    record = story.path / "models/fraud/log/00000003.rec"
    record.chmod(0o644)
    record.write_text("changed\n")
    done = story.run("doctor", "--quarantine", "--yes")
    assert done.code == 1
    assert "restore the file from a backup" in done.err
    assert record.read_text() == "changed\n"


def test_heads_are_what_pull_takes(story: Story, tmp_path: Path) -> None:
    done = story.run("heads")
    assert [line.split()[2] for line in done.out.splitlines()] == ["models/fraud", "trust"]
    assert [one["chain"] for one in json.loads(story.run("heads", "--json").out)] == ["models/fraud", "trust"]
    (tmp_path / "heads").write_text(done.out)
    assert story.run("pull", "fraud@production", str(tmp_path / "out"), "--heads", str(tmp_path / "heads")).code == 0
