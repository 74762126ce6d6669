"""Every command that writes one record: what it writes, says and refuses."""

import json
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from stories import Result, Story

NOWHERE = "/nowhere"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Story(tmp_path, rules={"stages": STAGES}) as story:
        story.register("fraud:1")
        yield story


STAGES = {
    "staging": {"approvals": 0},
    "production": {"after": "staging", "approvals": 2, "break_glass": ["oncall"]},
}


def said(story: Story, done: Result) -> dict[str, object]:
    """Return the action's own words of the record that a run with --json wrote."""
    assert done.code == 0, done.err
    record = json.loads(done.out)["record"]
    line = (story.path / record["chain"] / "log" / f"{record['seq']:08d}.rec").read_bytes().split(b"\n", 1)[0]
    predicate: dict[str, object] = json.loads(line)["predicate"]
    return predicate


def test_an_approval_says_what_it_wrote_where_and_how_to_take_it_back(story: Story) -> None:
    done = story.run("approve", "fraud:1", "production", "-m", "read the card", "--as", "ben")
    ref, record, chain, slot = done.out.rstrip("\n").split("\t")
    assert (done.code, ref, len(record), chain, slot) == (0, "fraud:1", 64, "models/fraud", "2")
    assert f"signoff withdraw {record[:12]}" in done.err
    assert "models/fraud/log/00000002.rec" in done.err


def test_on_a_terminal_it_says_what_was_done_in_words(story: Story) -> None:
    done = story.run("approve", "fraud:1", "production", "--as", "ben", screen=100)
    assert done.out == "ben: approve fraud:1 for production\n"


def test_json_names_the_version_the_record_and_every_finding(story: Story) -> None:
    done = story.run("approve", "fraud:1", "production", "--as", "ben", "--json")
    told = json.loads(done.out)
    assert sorted(told) == ["findings", "record", "ref"]
    assert told["ref"] == "fraud:1"
    assert sorted(told["record"]) == ["chain", "id", "seq"]
    assert {one["check"]: one["outcome"] for one in told["findings"]}["after"] == "unmet"


def test_a_comment_is_signed(story: Story) -> None:
    done = story.run("approve", "fraud:1", "production", "-m", "fine", "--as", "ben", "--json")
    assert said(story, done)["comment"] == "fine"


@pytest.mark.parametrize(
    ("words", "who", "keys"),
    [
        (("request", "fraud:1", "production"), "ana", {"stage": "production"}),
        (("approve", "fraud@latest", "production"), "ben", {"stage": "production", "version": "1"}),
        (("reject", "fraud:1", "production"), "ben", {"stage": "production"}),
        (("promote", "models:/fraud/1", "staging"), "ben", {"stage": "staging", "from": None}),
        (("alias", "fraud:1", "champion"), "ana", {"alias": "champion", "version": "1", "from": None}),
        (
            ("deploy", "fraud:1", "eu", "serving", "--endpoint", "https://eu", "--instances", "3"),
            "cy",
            {"environment": "eu", "status": "serving", "endpoint": "https://eu", "instances": 3},
        ),
        (
            ("deprecate", "fraud:1", "-m", "old", "--replaced-by", "fraud:2"),
            "ana",
            {"reason": "old", "replaced_by": "2"},
        ),
        (("revoke", "fraud:1", "-m", "leak", "--severity", "high"), "ben", {"reason": "leak", "severity": "high"}),
        (("comment", "fraud:1", "hello"), "cy", {"comment": "hello", "version": "1"}),
        (("comment", "fraud", "-m", "hello"), "cy", {"comment": "hello", "version": None}),
        (
            ("annotate", "fraud:1", "--tag", "team=risk", "--remove-tag", "old", "--semver", "1.2.0"),
            "cy",
            {"set": {"tags": {"team": "risk", "old": None}, "semver": "1.2.0"}},
        ),
        (
            ("annotate", "fraud", "--description", "finds fraud"),
            "cy",
            {"set": {"description": "finds fraud"}, "version": None},
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_writes_its_record(story: Story, words: tuple[str, ...], who: str, keys: dict[str, object]) -> None:
    predicate = said(story, story.run(*words, "--as", who, "--json"))
    assert predicate["action"] == words[0]
    assert predicate["author"] == who
    assert {key: predicate[key] for key in keys} == keys
    assert story.opened().verify().chains[-1].ineffective == ()


def test_who_built_it_cannot_approve_it(story: Story) -> None:
    done = story.run("approve", "fraud:1", "production", "--as", "ana")
    assert (done.code, done.out) == (1, "")
    assert "own version: ana registered or built fraud:1" in done.err


def test_every_reason_of_a_refusal_is_told_at_once_also_as_json(story: Story) -> None:
    done = story.run("promote", "fraud:1", "production", "--as", "ana", "--json")
    error = json.loads(done.err.splitlines()[-1])["error"]
    assert (done.code, error["exit_code"], error["kind"]) == (1, 1, "RefusedError")
    assert len(error["reasons"]) == 2


def test_a_dry_run_prints_the_exact_payload_and_signs_nothing(story: Story) -> None:
    done = story.run("approve", "fraud:1", "production", "--as", "ben", "--dry-run")
    assert done.code == 0
    assert json.loads(done.out)["predicate"]["action"] == "approve"
    assert (
        json.dumps(json.loads(done.out), sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n" == done.out
    )
    assert "approvals: 0 of 2" in done.err
    assert len(story.registry.reader.log("fraud").log.records) == 1


def test_a_dry_run_of_what_is_refused_exits_1(story: Story) -> None:
    done = story.run("promote", "fraud:1", "production", "--as", "ben", "--dry-run", "--json")
    told = json.loads(done.out)
    assert (done.code, told["record"]) == (1, None)
    assert told["reasons"]
    assert json.loads(told["payload"])["predicate"]["action"] == "promote"


def test_a_version_or_stage_that_is_not_there_is_not_found(story: Story) -> None:
    assert story.run("approve", "fraud:9", "production", "--as", "ben").code == 3
    assert story.run("approve", "fraud:1", "moon", "--as", "ben").code == 3
    assert story.run("withdraw", "fraud#9", "--as", "ben").code == 3
    assert story.run("withdraw", "f" * 12, "--as", "ben").code == 3


def test_wrong_words_are_2(story: Story) -> None:
    assert story.run("approve", "fraud:1").code == 2
    assert story.run("approve", "fraud", "production", "--as", "ben").code == 2
    assert story.run("deploy", "fraud:1", "eu", "dancing", "--as", "ben").code == 2
    assert story.run("revoke", "fraud:1", "--as", "ben").code == 2
    assert story.run("annotate", "fraud:1", "--as", "ben").code == 2
    assert story.run("annotate", "fraud:1", "--tag", "team", "--as", "ben").code == 2
    assert story.run("comment", "fraud:1", "--as", "ben").code == 2
    assert story.run("promote", "fraud:1", "production", "--break-glass", "--as", "ben").code == 2
    assert story.run("withdraw", "ab", "--as", "ben").code == 2


def test_keys_of_several_people_ask_which(story: Story) -> None:
    done = story.run("approve", "fraud:1", "production")
    assert done.code == 2
    assert "ana, ben, cy" in done.err


def test_no_key_at_all_is_7(story: Story) -> None:
    assert story.run("approve", "fraud:1", "production", SSH_AUTH_SOCK=NOWHERE).code == 7


def test_a_changed_log_refuses_to_be_signed_on_with_4(story: Story) -> None:
    record = story.path / "models/fraud/log/00000001.rec"
    record.write_bytes(record.read_bytes().replace(b'"ana"', b'"eve"'))
    assert story.run("approve", "fraud:1", "production", "--as", "ben").code == 4


def test_a_rollback_goes_to_the_version_before(story: Story) -> None:
    story.register("fraud:2")
    for ref in ("fraud:1", "fraud:2"):
        story.promote(ref, "staging")
    done = story.run("rollback", "fraud", "staging", "-m", "drift", "--as", "cy", "--json")
    predicate = said(story, done)
    assert (predicate["version"], predicate["from"], predicate["reason"]) == ("1", "2", "drift")
    done = story.run("rollback", "fraud", "staging", "fraud:2", "-m", "it was no drift", "--as", "cy")
    assert done.code == 0
    assert story.opened().find("fraud@staging").version == "2"


def test_a_rollback_needs_a_version_that_held_the_stage(story: Story) -> None:
    story.register("fraud:2")
    story.promote("fraud:1", "staging")
    assert story.run("rollback", "fraud", "staging", "-m", "x", "--as", "cy").code == 3
    assert story.run("rollback", "fraud", "staging", "2", "-m", "x", "--as", "cy").code == 1
    assert story.run("rollback", "fraud", "staging", "other:2", "-m", "x", "--as", "cy").code == 2


def test_an_alias_is_moved_and_removed(story: Story) -> None:
    story.register("fraud:2")
    assert story.run("alias", "fraud:1", "champion", "--as", "ana").code == 0
    assert said(story, story.run("alias", "fraud:2", "champion", "--as", "ana", "--json"))["from"] == "1"
    assert said(story, story.run("alias", "fraud", "champion", "--remove", "--as", "ana", "--json"))["version"] is None
    assert story.run("alias", "fraud@latest", "champion", "--remove", "--as", "ana").code == 1


def test_one_takes_back_only_ones_own_approval(story: Story) -> None:
    record = story.approve("fraud:1", by="ben").id
    assert story.run("withdraw", record[:12], "--as", "cy").code == 1
    assert story.run("withdraw", record[:12], "--as", "ben", "-m", "too early").code == 0
    assert story.run("withdraw", "fraud#2", "--as", "ben").code == 1
    assert story.opened().find("fraud:1").state.decisions == ()  # type: ignore[union-attr]


def test_a_broken_glass_is_closed_by_somebody_else(story: Story) -> None:
    done = story.run("promote", "fraud:1", "production", "--break-glass", "-m", "outage", "--as", "ben", "--json")
    assert said(story, done)["action"] == "break_glass"
    record = json.loads(done.out)["record"]["id"]
    assert story.run("review", record, "--as", "ben").code == 1
    assert said(story, story.run("review", record, "--as", "cy", "--json"))["outcome"] == "justified"


def test_a_deprecation_is_taken_back(story: Story) -> None:
    assert story.run("restore", "fraud:1", "--as", "ana").code == 1
    assert "signoff restore fraud:1" in story.run("deprecate", "fraud:1", "-m", "old", "--as", "ana").err
    assert story.run("restore", "fraud:1", "--as", "ana").code == 0


def test_a_key_that_is_elsewhere_signs_what_is_shown(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person copies the one line, signs it with ssh-keygen, and pastes the armor."""
    key = str(story.public_key("ben").with_suffix(""))

    class Person(StringIO):
        def __iter__(self) -> Iterator[str]:  # type: ignore[override]
            shown = self.shown()
            payload = next(line for line in shown.splitlines() if line.startswith('{"_type"'))
            file = tmp_path / "payload"
            file.write_text(payload + "\n")
            subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "signoff-record-v1", "-f", key, file], check=True)
            return iter((tmp_path / "payload.sig").read_text().splitlines(keepends=True))

        def shown(self) -> str:
            assert isinstance(sys.stderr, StringIO)
            return sys.stderr.getvalue()

    monkeypatch.setattr("sys.stdin", Person())
    done = story.run(
        "approve", "fraud:1", "production", "--as", "ben", "--sign-elsewhere", "--json", SSH_AUTH_SOCK=NOWHERE
    )
    assert said(story, done)["author"] == "ben"
    assert "ssh-keygen -Y sign -n signoff-record-v1" in done.err


def test_a_paste_that_is_no_signature_writes_nothing(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    for pasted in ("", "hello\n-----END SSH SIGNATURE-----\n"):
        monkeypatch.setattr("sys.stdin", StringIO(pasted))
        assert story.run("approve", "fraud:1", "production", "--as", "ben", "--sign-elsewhere").code == 7
    assert len(story.opened().reader.log("fraud").log.records) == 1


def test_signing_elsewhere_asks_who(story: Story) -> None:
    assert story.run("approve", "fraud:1", "production", "--sign-elsewhere").code == 2
    assert story.run("approve", "fraud:1", "production", "--sign-elsewhere", "--as", "eve").code == 7
