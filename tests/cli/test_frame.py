"""What is the same for every command: how a registry is found, how errors are told, exit codes, help."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signoff.cli.main import code_of, spelled_out
from signoff.cli.table import COMMANDS, GROUPS
from signoff.errors import (
    AlarmError,
    AlreadyExistsError,
    ConflictError,
    InvalidValueError,
    NotFoundError,
    RefusedError,
    SchemaError,
    SigningError,
    SignoffError,
    StorageError,
    VerificationError,
)
from stories import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Story(tmp_path) as story:
        story.serve("fraud:1")
        yield story


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RefusedError("promote", ["quorum"]), 1),
        (InvalidValueError("x"), 2),
        (SchemaError("x"), 2),
        (NotFoundError("x"), 3),
        (VerificationError("x"), 4),
        (AlarmError("x"), 5),
        (ConflictError("x"), 6),
        (StorageError("x"), 7),
        (SigningError("x"), 7),
        (AlreadyExistsError("x"), 7),
    ],
)
def test_every_kind_of_error_has_its_exit_code(error: SignoffError, code: int) -> None:
    assert code_of(error) == code


def test_the_help_screen_fits_24_lines_of_80_and_names_every_command(story: Story) -> None:
    lines = story.run("--help").out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    words = set(" ".join(lines).split())
    assert set(COMMANDS) <= words
    assert {row.group for row in COMMANDS.values()} == set(GROUPS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_table_can_be_imported_and_explains_itself(story: Story, name: str) -> None:
    done = story.run(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert "Usage: signoff" in done.out
    assert COMMANDS[name].help.endswith(".")


def test_the_examples_of_a_list_stand_on_lines_of_their_own(story: Story) -> None:
    lines = story.run("ls", "--help").out.splitlines()
    assert [line.split("  ")[1].strip() for line in lines if line.startswith("  signoff ls")] == [
        "signoff ls",
        "signoff ls fraud",
        r"signoff ls stage:production accuracy\>0.9",
    ]


def test_an_option_of_one_letter_may_stand_anywhere(story: Story) -> None:
    place = str(story.path)
    words = (["-r", place, "ls"], ["ls", "-r", place], ["ls", "-q", "-r", place], ["ls", f"-r{place}"])
    listed = {story.run(*one).out for one in words}
    assert len(listed) == 1
    assert "fraud" in listed.pop()
    assert spelled_out(["annotate", "fraud:1", "--comment", "-r", "-r", "x"])[3:] == ["-r", "-r", "x"]
    assert spelled_out(["ls", "--", "-r"]) == ["ls", "--", "-r"]


def test_the_version_is_printed(story: Story) -> None:
    done = story.run("--version")
    assert done.code == 0
    assert done.out.startswith("signoff 0.")


@pytest.mark.parametrize("words", [("statsu",), ("ls", "--nonsense"), ("show",), ("help", "statsu")])
def test_wrong_words_end_in_2_with_a_hint(story: Story, words: tuple[str, ...]) -> None:
    done = story.run(*words)
    assert (done.code, done.out) == (2, "")
    assert [line.partition(":")[0] for line in done.err.splitlines()] == ["error", "hint"]


def test_a_mistyped_command_is_told_the_nearest(story: Story) -> None:
    assert "did you mean 'status'?" in story.run("statsu").err


def test_with_json_an_error_is_one_object_on_stderr(story: Story) -> None:
    done = story.run("show", "fraud:9", "--json", "-q")
    assert (done.code, done.out) == (3, "")
    error = json.loads(done.err)["error"]
    assert (error["kind"], error["exit_code"]) == ("NotFoundError", 3)
    assert "1" in error["hint"]
    wrong = story.run("show", "--json")
    assert (wrong.code, json.loads(wrong.err)["error"]["exit_code"]) == (2, 2)


def test_an_error_shows_no_escape_that_somebody_typed(story: Story) -> None:
    done = story.run("show", "fraud:\x1b]0;owned\x07")
    assert done.code == 2
    assert "\x1b" not in done.err


def test_the_first_contact_with_a_registry_is_told_once(story: Story) -> None:
    first = story.run("status", SIGNOFF_STATE_DIR=str(story.home / "fresh"))
    assert f"first contact with registry {story.registry.id} at {story.path}: pinned" in first.err
    again = story.run("status", SIGNOFF_STATE_DIR=str(story.home / "fresh"))
    assert "first contact" not in again.err


def test_a_first_contact_is_not_told_to_who_wants_quiet(story: Story) -> None:
    assert story.run("status", "-q", SIGNOFF_STATE_DIR=str(story.home / "fresh")).err == ""


def test_another_registry_than_the_one_demanded_is_an_alarm(story: Story) -> None:
    assert story.run("status", "--registry-id", "0" * 64).code == 5
    assert story.run("status", "--registry-id", story.registry.id).code == 0


def test_a_registry_is_named_before_or_behind_the_command_or_in_the_configuration(story: Story) -> None:
    config = story.home / "config.yaml"
    config.write_text(f"registries: {{lab: {story.path}}}\n")
    elsewhere = {"SIGNOFF_REGISTRY": "/nowhere", "SIGNOFF_CONFIG": str(config)}
    assert story.run("status", screen=0, **elsewhere).code == 3
    assert story.run("-r", "lab", "status", screen=0, **elsewhere).code == 0
    assert story.run("-r", "/nowhere", "status", "-r", "lab", screen=0, **elsewhere).code == 0


def test_without_a_terminal_there_is_the_status_instead_of_screens(story: Story) -> None:
    for words in ((), (str(story.path),)):
        done = story.run(*words)
        assert done.code == 0
        assert done.out.startswith("fraud\tstaging\t1")
        assert "signoff help" in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize(
    "words",
    [
        ("ls",),
        ("history", "fraud", "--json"),
        ("status", "fraud"),
        ("--help",),
        ("help",),
        ("ls", "--help"),
        ("--version",),
    ],
)
def test_output_that_cannot_be_written_is_said(story: Story, words: tuple[str, ...]) -> None:
    done = run_full(story, words, "stdout")
    assert done.returncode == 7
    assert "the output cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize(("words", "code"), [(("nothing-of-it",), 2), (("show", "fraud:77"), 3), ((), 0)])
def test_where_nothing_can_be_told_the_exit_code_is_what_it_is(story: Story, words: tuple[str, ...], code: int) -> None:
    done = run_full(story, words, "stderr")
    assert done.returncode == code
    assert bool(done.stdout) is (code == 0)


def run_full(story: Story, words: tuple[str, ...], full: str) -> subprocess.CompletedProcess[str]:
    """Run a command one stream of which is a disk that is full."""
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Path("/dev/full").open("w", encoding="ascii") as streams[full]:
        return subprocess.run(
            [sys.executable, "-m", "signoff", *words],
            text=True,
            check=False,
            env={**os.environ, **story.environ},
            **streams,
        )


def test_a_reader_that_has_enough_is_no_error(story: Story) -> None:
    command = f"{sys.executable} -m signoff history fraud --json | true; echo ${{PIPESTATUS[0]}}"
    environ = {**os.environ, **story.environ}
    done = subprocess.run(["bash", "-c", command], env=environ, capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
    assert done.stdout.strip() in {"0", "141"}


def test_pins_are_listed_and_forgotten_by_the_beginning_of_the_id(story: Story) -> None:
    story.run("status")
    [book] = json.loads(story.run("pin", "list", "--json").out)
    assert book["registry"] == story.registry.id
    assert story.run("pin", "forget", book["registry"][:12]).code == 2
    assert story.run("pin", "forget", book["registry"][:12], "--yes").code == 0
    assert json.loads(story.run("pin", "list", "--json").out) == []
    assert story.run("pin", "forget", "unknown").code == 3


def test_a_key_is_chosen_and_signs_where_several_could(story: Story) -> None:
    keys = {one["person"]: one for one in json.loads(story.run("key", "list", "--json").out)}
    assert set(keys) == {"ana", "ben", "cy"}
    assert story.run("key", "use", keys["cy"]["fingerprint"]).code == 0
    assert "nothing waits for cy" in story.run("inbox").err
    assert story.run("key", "use", str(story.public_key("ben"))).code == 0
    assert "nothing waits for ben" in story.run("inbox").err
    assert "nothing waits for ana" in story.run("inbox", "--key", str(story.public_key("ana"))).err
    assert story.run("key", "use", "SHA256:nobody").code == 7
    assert story.run("key", "use", "--none").code == 0
    assert story.run("inbox").code == 2


def test_the_configuration_is_checked_with_line_and_nearest_name(story: Story) -> None:
    config = story.home / "config.yaml"
    assert story.run("config", "check", SIGNOFF_CONFIG=str(config)).code == 0
    config.write_text("theme: dark\nregistrys: {lab: /x}\n")
    done = story.run("config", "check", SIGNOFF_CONFIG=str(config))
    assert done.code == 2
    assert f"{config}:2: there is no setting 'registrys'" in done.err
    assert "did you mean 'registries'?" in done.err
    assert story.run("config", "path", SIGNOFF_CONFIG=str(config)).out.strip() == str(config)


@pytest.mark.parametrize("kind", ["version", "model", "evaluation", "registry"])
def test_schemas_are_printed_for_editors(story: Story, kind: str) -> None:
    assert json.loads(story.run("schema", kind).out)["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("sta", "status"), ("show fra", "fraud:"), ("show fraud:", "fraud:1"), ("show fraud@p", "fraud@production")],
)
def test_a_shell_is_offered_commands_models_versions_and_stages(story: Story, typed: str, offered: str) -> None:
    environ = {
        **os.environ,
        **story.environ,
        "_SIGNOFF_COMPLETE": "bash_complete",
        "COMP_WORDS": f"signoff {typed}",
        "COMP_CWORD": str(len(typed.split())),
    }
    command = [sys.executable, "-c", "from signoff.cli.main import run; run([])"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert f"plain,{offered}" in done.stdout.splitlines(), done.stderr


def test_completion_is_printed_for_a_shell(story: Story) -> None:
    assert "_SIGNOFF_COMPLETE=bash_complete" in story.run("completion", "bash").out


def test_the_configuration_is_checked_for_what_the_terminal_ui_cannot_use(story: Story) -> None:
    config = story.home / "config.yaml"
    config.write_text("theme: light\nkeymap:\n  filter: f\n  aprove: b\n")
    done = story.run("config", "check", SIGNOFF_CONFIG=str(config))
    assert done.code == 2
    assert "config.yaml:4:keymap.aprove: no command is called 'aprove'; the nearest is 'approve'" in done.err
    config.write_text("theme: light\nkeymap:\n  filter: f\n  approve: b\n")
    assert story.run("config", "check", SIGNOFF_CONFIG=str(config)).code == 0


def test_the_environment_wins_over_the_configuration(story: Story) -> None:
    config = story.home / "config.yaml"
    config.write_text("read_only: false\n")
    words = ("comment", "fraud:1", "-m", "looked at", "--as", "ben")
    done = story.run(*words, SIGNOFF_CONFIG=str(config), SIGNOFF_READ_ONLY="1")
    assert done.code != 0
    assert "read-only" in done.err
    refused = story.run("config", "check", SIGNOFF_CONFIG=str(config), SIGNOFF_MOUSE="perhaps")
    assert refused.code == 2
    assert "SIGNOFF_MOUSE is 'perhaps'" in refused.err
