"""`signoff register` and `signoff evaluate`: what brings bytes in before it signs."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from stories import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    roles = {"publisher": ["ana"], "promoter": ["ana"], "approver": ["ben", "cy"], "evaluator": ["cy"]}
    with Story(tmp_path, rules={"roles": roles}) as story:
        yield story


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "tokenizer").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(b"weights" * 1000)
    (folder / "tokenizer" / "vocab.txt").write_text("a\nb\n")
    (folder / "version.yaml").write_text("license: mit\ntraining: {hardware: 4xA100}\n")
    return folder


def metadata(story: Story, ref: str) -> str:
    model, _, version = ref.rpartition(":")
    return (story.path / "models" / model / "versions" / version / "version.yaml").read_text()


def test_a_folder_in_place_is_sealed_and_not_touched(story: Story) -> None:
    folder = story.write("fraud:7")
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*")}
    done = story.run("register", "fraud:7", "--as", "ana", "--json", "-m", "first")
    told = json.loads(done.out)
    assert (done.code, told["ref"], told["how"], told["record"]["seq"]) == (0, "fraud:7", "in place", 1)
    assert told["digest"] == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in before} == before


def test_the_only_folder_that_stands_there_needs_no_name(story: Story) -> None:
    assert story.run("register", "fraud", "--as", "ana").code == 3
    story.write("fraud:7")
    assert story.run("register", "fraud", "--as", "ana").code == 0
    story.write("fraud:8")
    story.write("fraud:9")
    done = story.run("register", "fraud", "--as", "ana")
    assert (done.code, "8, 9" in done.err) == (2, True)


@pytest.mark.parametrize("how", [(), ("--copy",), ("--link",), ("--move",)])
def test_a_folder_from_elsewhere_gets_the_next_number(story: Story, source: Path, how: tuple[str, ...]) -> None:
    story.register("fraud:3")
    done = story.run("register", "fraud", str(source), *how, "--as", "ana", "--json")
    assert (done.code, json.loads(done.out)["ref"]) == (0, "fraud:4")
    folder = story.path / "models/fraud/versions/4"
    assert (folder / "weights.bin").read_bytes() == b"weights" * 1000
    assert (folder / "tokenizer/vocab.txt").is_file()
    assert (source / "weights.bin").exists() == (how != ("--move",))
    assert story.opened().verify(deep=True).ok


def test_a_hard_link_is_warned_of(story: Story, source: Path) -> None:
    assert "hard links" in story.run("register", "fraud", str(source), "--link", "--as", "ana").err
    assert "hard links" not in story.run("register", "fraud", str(source), "--copy", "--as", "ana").err


def test_files_that_the_registry_has_already_are_linked(story: Story, source: Path) -> None:
    story.run("register", "fraud", str(source), "--copy", "--as", "ana")
    done = story.run("register", "fraud", str(source), "--copy", "--dedupe", "--as", "ana", "--json")
    assert json.loads(done.out)["how"] == "dedupe"
    inodes = {(story.path / f"models/fraud/versions/{one}/weights.bin").stat().st_ino for one in (1, 2)}
    assert len(inodes) == 1


def test_one_file_can_be_a_version(story: Story, source: Path) -> None:
    assert story.run("register", "risk/fraud:1.0", str(source / "weights.bin"), "--as", "ana").code == 0
    assert (story.path / "models/risk/fraud/versions/1.0/weights.bin").is_file()


def test_what_is_said_goes_over_what_version_yaml_says(story: Story, source: Path, tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("training: {environment: cuda}\nlicense: apache-2.0\nmetrics: {f1: 0.8}\n")
    words = ("--metadata", str(tmp_path / "more.yaml"), "--set", "metrics.accuracy=0.93", "--set", "license=bsd")
    done = story.run("register", "fraud", str(source), *words, "--set", "description=a: b", "--as", "ana")
    assert done.code == 0, done.err
    view = story.opened().find("fraud:1")
    assert view.metadata is not None
    assert view.metadata.license == "bsd"
    assert view.metadata.description == "a: b"
    assert {(one.name, one.text) for one in view.metrics} == {("accuracy", "0.93"), ("f1", "0.8")}
    assert "hardware: '4xA100'" in metadata(story, "fraud:1")
    assert "environment: cuda" in metadata(story, "fraud:1")
    assert "4xA100" in (source / "version.yaml").read_text()
    assert "bsd" not in (source / "version.yaml").read_text()


def test_metadata_makes_a_version_yaml_where_there_is_none(story: Story) -> None:
    story.write("fraud:1", {"weights.bin": b"abc"})
    assert story.run("register", "fraud:1", "--set", "license=mit", "--as", "ana").code == 0
    assert metadata(story, "fraud:1") == "license: mit\n"


def test_who_built_it_cannot_approve_it(story: Story) -> None:
    story.write("fraud:1")
    assert story.run("register", "fraud:1", "--built-by", "ben", "--as", "ana").code == 0
    assert story.run("approve", "fraud:1", "staging", "--as", "ben").code == 1
    assert story.run("approve", "fraud:1", "staging", "--as", "cy").code == 0


def test_who_may_not_register_is_refused_before_a_byte_moves(story: Story, source: Path) -> None:
    done = story.run("register", "fraud", str(source), "--set", "a=b", "--move", "--as", "ben")
    assert (done.code, "ben is not publisher" in done.err) == (1, True)
    assert not (story.path / "models").exists()
    assert (source / "weights.bin").exists()


def test_a_name_that_is_taken_is_refused_before_a_byte_moves(story: Story, source: Path) -> None:
    story.register("fraud:1")
    assert story.run("register", "fraud:1", str(source), "--as", "ana").code == 1
    assert story.run("register", "FRAUD:2", str(source), "--as", "ana").code == 2
    story.write("fraud:2")
    done = story.run("register", "fraud:2", str(source), "--as", "ana")
    assert (done.code, "signoff register fraud:2" in done.err) == (7, True)


def test_wrong_words_and_missing_things(story: Story, source: Path, tmp_path: Path) -> None:
    assert story.run("register", "fr aud", str(source), "--as", "ana").code == 2
    assert story.run("register", "fraud:1", str(tmp_path / "none"), "--as", "ana").code == 2
    assert story.run("register", "fraud:1", "--as", "ana").code == 3
    story.write("fraud:1")
    assert story.run("register", "fraud:1", "--set", "license", "--as", "ana").code == 2
    assert story.run("register", "fraud:1", "--metadata", str(tmp_path / "none"), "--as", "ana").code == 3
    assert not (story.path / "models/fraud/log").exists()


def test_a_dry_run_in_place_shows_the_payload_and_writes_nothing(story: Story) -> None:
    folder = story.write("fraud:1")
    done = story.run("register", "fraud:1", "--dry-run", "--as", "ana")
    assert (done.code, json.loads(done.out)["predicate"]["action"]) == (0, "register")
    assert not (folder / "SHA256SUMS").exists()


def test_a_dry_run_brings_nothing_in(story: Story, source: Path) -> None:
    done = story.run("register", "fraud", str(source), "--dry-run", "--as", "ana", "--json")
    assert (done.code, json.loads(done.out)["ref"]) == (0, "fraud:1")
    assert not (story.path / "models").exists()
    assert story.run("register", "fraud", str(source), "--dry-run", "--as", "ben").code == 1


def test_an_evaluation_of_this_machine_is_brought_in_and_counts(story: Story, tmp_path: Path) -> None:
    story.register("fraud:1")
    file = tmp_path / "safety.yaml"
    file.write_text("kind: safety\noutcome: pass\nmetrics: {toxicity: 0.01}\n")
    done = story.run("evaluate", "fraud:1", str(file), "--as", "cy", "--json", "-m", "red team")
    assert (done.code, json.loads(done.out)["record"]["seq"]) == (0, 2)
    there = story.path / "models/fraud/versions/1/evaluations/safety.yaml"
    assert there.read_bytes() == file.read_bytes()
    view = story.opened().find("fraud:1")
    assert view.state is not None
    (evaluated,) = view.state.evaluations
    assert (evaluated.kind, evaluated.outcome, evaluated.person) == ("safety", "pass", "cy")
    assert evaluated.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert "toxicity" in {one.name for one in view.metrics}


def test_an_evaluation_that_stands_there_is_named(story: Story) -> None:
    story.register("fraud:1")
    folder = story.path / "models/fraud/versions/1/evaluations"
    folder.mkdir()
    (folder / "bench.yaml").write_text("kind: benchmark\n")
    done = story.run("evaluate", "fraud:1", "bench", "--as", "cy")
    assert (done.code, "inconclusive" in done.err) == (0, True)
    assert story.run("evaluate", "fraud:1", "evaluations/bench.yaml", "--as", "cy").code == 0


def test_an_evaluation_of_somebody_who_may_not_leaves_no_file(story: Story, tmp_path: Path) -> None:
    story.register("fraud:1")
    (tmp_path / "safety.yaml").write_text("kind: safety\noutcome: pass\n")
    assert story.run("evaluate", "fraud:1", str(tmp_path / "safety.yaml"), "--as", "ben").code == 1
    assert story.run("evaluate", "fraud:1", str(tmp_path / "safety.yaml"), "--as", "cy", "--dry-run").code == 0
    assert not (story.path / "models/fraud/versions/1/evaluations").exists()


def test_an_evaluation_never_replaces_another(story: Story, tmp_path: Path) -> None:
    story.register("fraud:1")
    file = tmp_path / "safety.yaml"
    for outcome, code in (("pass", 0), ("fail", 7)):
        file.write_text(f"kind: safety\noutcome: {outcome}\n")
        assert story.run("evaluate", "fraud:1", str(file), "--as", "cy").code == code


def test_an_evaluation_must_say_its_kind_and_be_there(story: Story, tmp_path: Path) -> None:
    story.register("fraud:1")
    (tmp_path / "x.yaml").write_text("outcome: pass\n")
    assert story.run("evaluate", "fraud:1", str(tmp_path / "x.yaml"), "--as", "cy").code == 2
    assert story.run("evaluate", "fraud:1", "nothing.yaml", "--as", "cy").code == 3
    assert story.run("evaluate", "fraud:2", str(tmp_path / "x.yaml"), "--as", "cy").code == 3
