"""What the reading commands print: a table on a terminal, whole values in a pipe, stable keys in JSON."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stories import Story

LISTED = [
    "model",
    "version",
    "digest",
    "status",
    "approval_status",
    "stages",
    "aliases",
    "metrics",
    "author",
    "registered_at",
    "size",
    "problems",
]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """fraud:1 serves, fraud:2 is asked for, fraud:3 is a draft, spam has one version."""
    with Story(tmp_path) as story:
        story.serve("fraud:1")
        story.register(
            "fraud:2", files={"w.onnx": b"two", "version.yaml": "metrics: {accuracy: 0.95, latency_ms: 9}\n"}
        )
        story.promote("fraud:2", "staging", by="ana")
        story.request("fraud:2", by="ana", comment="better")
        story.write("fraud:3")
        story.register("spam:1", by="ben")
        story.sign("alias", "fraud:1", by="ana", alias="champion")
        story.sign("deploy", "fraud:1", by="cy", environment="eu-west", status="serving")
        yield story


def said(story: Story, *words: str) -> Any:  # noqa: ANN401
    """Run a command with --json; return what its document says."""
    done = story.run(*words, "--json")
    assert done.code == 0, done
    return json.loads(done.out)


def rows(story: Story, *words: str) -> list[list[str]]:
    """Run a command in a pipe; return its rows."""
    done = story.run(*words)
    assert "\x1b" not in done.out + done.err
    return [line.split("\t") for line in done.out.splitlines()]


def test_ls_lists_the_models_with_what_their_stages_point_at(story: Story) -> None:
    found = rows(story, "ls")
    assert [row[:5] for row in found] == [["fraud", "2", "2", "1", "3"], ["spam", "1", "-", "-", "1"]]
    screen = story.run("ls", screen=80)
    assert screen.out.splitlines()[0].split() == ["\x1b[2mMODEL", "\x1b[0m\x1b[2mLATEST", "\x1b[0m\x1b[2mSTAGING", "\x1b[0m\x1b[2mPRODUCTION", "\x1b[0m\x1b[2mVERSIONS", "\x1b[0m\x1b[2mUPDATED\x1b[0m"]  # fmt: skip


def test_ls_of_a_model_lists_its_versions_the_newest_first(story: Story) -> None:
    found = rows(story, "ls", "fraud")
    assert [(row[0], row[1], row[2]) for row in found] == [
        ("3", "", "unregistered"),
        ("2", "staging", "registered"),
        ("1", "production", "registered"),
    ]


def test_ls_as_json_has_the_keys_of_the_contract(story: Story) -> None:
    found = said(story, "ls", "fraud")
    assert all(list(row) == sorted(row, key=LISTED.index) or set(row) == set(LISTED) for row in found)
    first = found[-1]
    assert (first["version"], first["status"], first["approval_status"]) == ("1", "registered", "Approved")
    assert len(first["digest"]) == 64
    assert first["registered_at"].endswith("Z")
    assert {one["name"]: one["number"] for one in first["metrics"]} == {"accuracy": 0.93, "latency_ms": 12}
    assert [row["model"] for row in said(story, "ls")] == ["fraud", "spam"]


def test_ls_speaks_the_filter_language(story: Story) -> None:
    assert [row[0] for row in rows(story, "ls", "accuracy>0.94")] == ["fraud:2"]
    assert [row[0] for row in rows(story, "ls", "fraud", "-stage:production", "status:registered")] == ["2"]
    assert [row[0] for row in rows(story, "ls", "format:onnx")] == ["fraud:2"]
    nothing = story.run("ls", "accuracy>2")
    assert (nothing.code, nothing.out) == (0, "")


def test_ls_refuses_an_unknown_field_with_the_nearest(story: Story) -> None:
    done = story.run("ls", "acuracy>0.9", "-q")
    assert done.code == 2
    assert "error: 'acuracy' is not a field" in done.err
    assert "accuracy" in done.err.splitlines()[1]


def test_ls_sorts_and_chooses_columns(story: Story) -> None:
    assert rows(story, "ls", "fraud", "--sort", "version", "--columns", "version,metrics.accuracy,license") == [
        ["1", "0.93", "mit"],
        ["2", "0.95", ""],
        ["3", "0.93", "mit"],
    ]
    assert [row[0] for row in rows(story, "ls", "fraud", "--sort", "-accuracy", "--columns", "version")] == [
        "2",
        "3",
        "1",
    ]


def test_a_narrow_terminal_says_which_columns_it_leaves_out(story: Story) -> None:
    done = story.run("ls", "fraud", screen=40)
    assert "not shown for lack of room: " in done.err
    assert "SIZE" in done.err


def test_show_tells_all_about_a_version(story: Story) -> None:
    found = said(story, "show", "fraud@production")
    assert set(found) >= {*LISTED, "metadata", "card", "evaluations", "files", "approvals", "deployments", "lineage"}
    assert [(one["by"], one["stage"], one["counts"]) for one in found["approvals"]] == [
        ("ben", "production", True),
        ("cy", "production", True),
    ]
    assert [one["path"] for one in found["files"]] == ["version.yaml", "weights.bin"]
    assert found["card"]["text"].startswith("# Version 1")
    assert found["deployments"][0]["environment"] == "eu-west"
    assert found["history"][0]["action"] == "register"
    assert found["metadata"]["license"] == "mit"


def test_show_on_a_terminal_has_a_section_for_each_subject(story: Story) -> None:
    done = story.run("show", "fraud:1", "--no-color", screen=80)
    assert all(f"\n{title}\n" in done.out for title in ("Sign-off", "Metrics", "Files", "Deployments", "History"))
    assert all(len(line) <= 80 for line in done.out.splitlines())


def test_show_in_a_pipe_names_the_section_in_every_row(story: Story) -> None:
    assert ["metrics", "accuracy", "0.93", "", "", ""] in rows(story, "show", "fraud:1")


def test_status_says_who_put_what_where_and_on_whose_approval(story: Story) -> None:
    found = {row["stage"] or row["alias"]: row for row in said(story, "status", "fraud")}
    production = found["production"]
    assert (production["version"], production["by"]) == ("1", "ben")
    assert [one["by"] for one in production["approvals"]] == ["ben", "cy"]
    assert [one["environment"] for one in production["deployments"]] == ["eu-west"]
    assert set(production) >= {"model", "stage", "version", "digest", "since", "by", "approvals", "deployments"}
    assert (found["champion"]["stage"], found["champion"]["version"]) == (None, "1")


def test_status_in_a_pipe_is_one_row_a_pointer(story: Story) -> None:
    assert [row[:3] for row in rows(story, "status")] == [
        ["fraud", "staging", "2"],
        ["fraud", "production", "1"],
        ["fraud", "@champion", "1"],
    ]


def test_status_at_a_past_time_is_what_was_then(story: Story) -> None:
    moved = story.registry.model("fraud").stages["production"].moment
    before = (moved - timedelta(seconds=1)).isoformat()
    then = {row["stage"]: row["version"] for row in said(story, "status", "fraud", "--at", before)}
    assert then == {"staging": "1", "production": None}
    at = {row["stage"]: row["version"] for row in said(story, "status", "fraud", "--at", moved.isoformat())}
    assert at == {"staging": "1", "production": "1"}


def test_status_before_the_beginning_is_refused(story: Story) -> None:
    done = story.run("status", "--at", "2020-01-01")
    assert done.code == 2
    assert "did not exist" in done.err


def test_history_gives_every_record_its_state_and_reason(story: Story) -> None:
    found = said(story, "history", "fraud")
    assert [one["seq"] for one in found] == list(range(1, len(found) + 1))
    assert {one["state"] for one in found} == {"effective"}
    assert found[0]["reason"] is None
    assert len({one["id"] for one in found}) == len(found)


def test_an_invalid_record_is_in_the_history_and_warned_of(story: Story) -> None:
    log = story.path / "models/spam/log"
    (log / "00000002.rec").write_text("junk\n")
    found = said(story, "history", "spam")
    assert (found[-1]["state"], found[-1]["seq"]) == ("invalid", 2)
    assert "warning: models/spam/log: " in story.run("status").err


def test_the_inbox_holds_what_waits_for_the_one_who_asks(story: Story) -> None:
    for_ben = said(story, "inbox", "--as", "ben")
    assert [(one["kind"], one["ref"], one["stage"], one["by"]) for one in for_ben] == [
        ("approval", "fraud:2", "production", "ana")
    ]
    assert said(story, "inbox", "--as", "ana") == []
    story.approve("fraud:2", by="ben")
    assert said(story, "inbox", "--as", "ben") == []
    assert len(said(story, "inbox", "--as", "cy")) == 1


def test_no_escape_that_somebody_wrote_reaches_the_terminal(story: Story) -> None:
    text = 'license: "x\\e[31m\\u202e"\ndescription: "\\e]0;owned\\a"\n'
    story.write("fraud:4", {"version.yaml": text, "a\x1b[31m.bin": b"x"})
    shown = [
        story.run("show", "fraud:4", "--no-color", screen=120),
        story.run("ls", "fraud", "--columns", "version,license", "--no-color", screen=120),
        story.run("show", "fraud:4", "--json", screen=120),
        story.run("show", "fraud:4"),
    ]
    assert ["\x1b" in done.out + done.err for done in shown] == [False] * 4
    assert "x\\x1b[31m<U+202E>" in shown[1].out
    assert "\u202e" not in shown[2].out


def test_the_inbox_asks_who_one_is_where_several_keys_are_here(story: Story) -> None:
    done = story.run("inbox")
    assert done.code == 2
    assert "keys of several people are here" in done.err


def test_a_broken_glass_waits_for_somebody_elses_review(story: Story) -> None:
    story.sign("break_glass", "fraud:2", by="cy", stage="production", reason="outage")
    found = said(story, "inbox", "--as", "ben")
    assert ("review", "fraud:2", "outage") in [(one["kind"], one["ref"], one["comment"]) for one in found]
    assert "review" not in [one["kind"] for one in said(story, "inbox", "--as", "cy")]


def test_check_exits_with_1_until_every_rule_is_met(story: Story) -> None:
    done = story.run("check", "fraud:2", "production", "--json")
    assert done.code == 1
    found = json.loads(done.out)
    assert {"check", "outcome", "detail"} == set(found[0])
    assert "approvals" in [one["check"] for one in found if one["outcome"] == "unmet"]
    assert story.run("check", "fraud:1", "production").code == 0


def test_check_of_an_unknown_stage_names_the_stages(story: Story) -> None:
    done = story.run("check", "fraud:1", "moon")
    assert done.code == 3
    assert "production" in done.err


def test_compare_gives_differences_their_direction(story: Story) -> None:
    found = said(story, "compare", "fraud:1", "fraud:2")
    by_key = {row["key"]: row for row in found["rows"] if row["group"] == "metrics"}
    assert (by_key["accuracy"]["values"], by_key["accuracy"]["better"]) == (["0.93", "0.95"], [None, "better"])
    assert by_key["latency_ms"]["delta"] == [None, -3]
    assert set(found["rows"][0]) >= {"group", "key", "values", "delta", "better", "comparable"}
    screen = story.run("compare", "fraud:1", "fraud:2", "--no-color", screen=80)
    assert "+0.02 better" in screen.out
    assert story.run("compare", "fraud:1").code == 2


def test_lineage_tells_what_a_digest_proves(story: Story) -> None:
    digest = story.registry.find("fraud:1").digest
    base = f"base_model:\n  - {{model: 'fraud:1', sha256: {digest}}}\n"
    story.register("tuned:1", files={"w.onnx": b"t", "version.yaml": base})
    found = said(story, "lineage", "tuned:1")
    assert [(one["parent"], one["proven"]) for one in found["up"]] == [("fraud:1", True)]
    assert [one["child"] for one in said(story, "lineage", "fraud:1", "--down")["down"]] == ["tuned:1"]
    assert "tuned:1" in story.run("lineage", "fraud:1", screen=80).out


@pytest.mark.parametrize("words", [("show", "fraud:99"), ("status", "nothing"), ("history", "nothing")])
def test_what_is_not_there_is_not_found(story: Story, words: tuple[str, ...]) -> None:
    done = story.run(*words, "-q")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("error: ")
    assert "hint:" in done.err
