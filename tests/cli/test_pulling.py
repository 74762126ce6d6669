"""`signoff pull`: what is delivered, what is refused, and that a destination is complete or untouched."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import run as run_tool
from signoff.registry.heads import format_heads
from stories import Story, some_files


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Story(tmp_path) as story:
        story.serve("fraud:1")
        yield story


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "serving"


def adapter(base: str) -> dict[str, str | bytes]:
    model, _, version = base.rpartition(":")
    lines = f"license: mit\nbase_model: [{{model: {model}, version: '{version}'}}]\nbase_model_relation: adapter\n"
    return {"adapter.bin": b"adapter", "version.yaml": lines}


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_stage_delivers_its_version_whole_without_any_key(story: Story, place: Path) -> None:
    done = story.run("pull", "fraud@production", str(place), "--json", SSH_AUTH_SOCK="/nowhere")
    told = json.loads(done.out)
    assert done.code == 0, done.err
    assert (told["ref"], told["files"], told["path"]) == ("fraud:1", 2, str(place))
    assert told["bytes"] == sum(len(some_files("1")[name]) for name in ("weights.bin", "version.yaml"))
    assert names(place) == {"weights.bin", "version.yaml", "README.md", "SHA256SUMS"}
    assert run_tool("sh", "-c", f"cd '{place}' && sha256sum --strict -c SHA256SUMS")


def test_pulling_again_is_no_error_and_other_files_are_never_replaced(story: Story, place: Path) -> None:
    assert story.run("pull", "fraud:1", str(place)).code == 0
    assert story.run("pull", "fraud:1", str(place)).code == 0
    (place / "weights.bin").write_bytes(b"mine")
    assert story.run("pull", "fraud:1", str(place)).code == 7
    assert (place / "weights.bin").read_bytes() == b"mine"


def test_only_what_is_asked_for_is_delivered(story: Story, place: Path) -> None:
    assert story.run("pull", "fraud:1", str(place), "--include", "*.bin").code == 0
    assert names(place) == {"weights.bin", "README.md", "SHA256SUMS"}
    assert story.run("pull", "fraud:1", f"{place}2", "--exclude", "*").code == 3
    assert not Path(f"{place}2").exists()


def test_a_dry_run_lists_the_files_and_delivers_nothing(story: Story, place: Path) -> None:
    done = story.run("pull", "fraud:1", str(place), "--dry-run")
    assert [line.split("\t")[0] for line in done.out.splitlines()] == ["version.yaml", "weights.bin"]
    assert json.loads(story.run("pull", "fraud:1", str(place), "--dry-run", "--json").out)["files"] == 2
    assert not place.exists()


def test_a_version_that_no_stage_approved_must_be_asked_for_aloud(story: Story, place: Path) -> None:
    story.register("fraud:2")
    story.sign("alias", "fraud:2", by="ana", alias="challenger")
    for ref in ("fraud:2", "fraud@challenger", "fraud@latest"):
        done = story.run("pull", ref, str(place))
        assert (done.code, "--allow-unapproved" in done.err) == (1, True)
    assert not place.exists()
    assert story.run("pull", "fraud@challenger", str(place), "--allow-unapproved").code == 0


def test_a_revoked_version_and_what_is_built_on_it_are_refused_whatever_is_said(story: Story, place: Path) -> None:
    story.register("chat:1", files=adapter("fraud:1"))
    story.sign("revoke", "fraud:1", by="ben", reason="leaked data")
    for ref in ("fraud@production", "fraud:1", "chat:1"):
        done = story.run("pull", ref, str(place), "--allow-unapproved")
        assert (done.code, "leaked data" in done.err) == (1, True)
    assert not place.exists()


def test_bases_come_along_below_the_destination(story: Story, place: Path) -> None:
    story.register("chat:1", files=adapter("fraud:1"))
    done = story.run("pull", "chat:1", str(place), "--allow-unapproved", "--with-base", "--json")
    told = json.loads(done.out)
    assert (done.code, [one["ref"] for one in told["bases"]], told["files"]) == (0, ["fraud:1"], 4)
    assert {"adapter.bin", "bases/fraud/1/weights.bin", "bases/fraud/1/SHA256SUMS"} <= names(place)
    for folder in (place, place / "bases/fraud/1"):
        assert run_tool("sh", "-c", f"cd '{folder}' && sha256sum --strict -c SHA256SUMS")


def test_a_version_with_files_below_bases_cannot_bring_its_bases_along(story: Story, place: Path) -> None:
    story.register("chat:1", files=adapter("fraud:1") | {"bases/mine.bin": b"mine"})
    assert story.run("pull", "chat:1", str(place), "--allow-unapproved", "--with-base").code == 2
    assert story.run("pull", "chat:1", str(place), "--allow-unapproved").code == 0


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_a_file_that_is_not_what_was_signed_leaves_the_destination_untouched(
    story: Story, place: Path, harm: str
) -> None:
    weights = story.path / "models/fraud/versions/1/weights.bin"
    if harm == "changed":
        weights.write_bytes(weights.read_bytes().replace(b"1", b"2"))
    else:
        weights.unlink()
    done = story.run("pull", "fraud@production", str(place))
    assert (done.code, "weights.bin" in done.err) == (4, True)
    assert not place.exists()


def test_a_log_that_lost_its_tail_is_an_alarm_to_who_saw_it(story: Story, place: Path) -> None:
    assert story.run("pull", "fraud:1", str(place)).code == 0
    max((story.path / "models/fraud/log").iterdir()).unlink()
    done = story.run("pull", "fraud:1", f"{place}2")
    assert (done.code, "ROLLBACK" in done.err) == (5, True)


def test_a_list_of_heads_tells_a_newcomer_of_a_lost_tail(story: Story, place: Path, tmp_path: Path) -> None:
    heads = tmp_path / "heads.txt"
    heads.write_text(format_heads(story.registry.checkpoints.heads()))
    words = ("pull", "fraud:1", "--heads", str(heads))
    assert story.run(*words, str(place), SIGNOFF_STATE_DIR=str(tmp_path / "newcomer")).code == 0
    max((story.path / "models/fraud/log").iterdir()).unlink()
    assert story.run(*words, f"{place}2", SIGNOFF_STATE_DIR=str(tmp_path / "another")).code == 5
    assert story.run("pull", "fraud:1", f"{place}2", "--heads", f"{heads}.none").code == 3


def test_a_checkpoint_must_be_young_enough_where_it_is_asked_for(story: Story, place: Path) -> None:
    assert story.run("pull", "fraud:1", str(place), "--max-age", "7").code == 1
    assert story.run("checkpoint", "--as", "ana").code == 0
    assert story.run("pull", "fraud:1", str(place), "--max-age", "7").code == 0


def test_a_deprecated_version_is_delivered_with_a_warning(story: Story, place: Path) -> None:
    story.sign("deprecate", "fraud:1", by="ana", reason="use the next")
    done = story.run("pull", "fraud@production", str(place), "-q")
    assert (done.code, "warning: fraud:1 is deprecated by ana: use the next" in done.err) == (0, True)


def test_what_is_not_there_is_not_found(story: Story, place: Path) -> None:
    story.write("fraud:9")
    for ref in ("fraud:7", "fraud:9", "other:1", "fraud@canary"):
        assert story.run("pull", ref, str(place)).code == 3
    assert story.run("pull", "fraud", str(place)).code == 2


def test_another_registry_than_the_one_asked_for_is_an_alarm(story: Story, place: Path) -> None:
    assert story.run("pull", "fraud:1", str(place), "--registry-id", "0" * 64).code == 5
    assert story.run("pull", "fraud:1", str(place), "--registry-id", story.registry.id).code == 0


def test_who_cannot_remember_must_say_which_registry_it_is(story: Story, place: Path) -> None:
    nowhere = "/proc/none/state"
    plain = story.run("pull", "fraud:1", str(place), SIGNOFF_STATE_DIR=nowhere)
    assert (plain.code, place.exists()) == (2, False)
    named = story.run("pull", "fraud:1", str(place), "--registry-id", story.registry.id, SIGNOFF_STATE_DIR=nowhere)
    assert named.code == 0, named.err
    assert "warning" in named.err
