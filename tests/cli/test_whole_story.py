"""One registry from an empty folder on, by three people who each have a key, through the command line only."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import Agent
from agents import run as run_tool
from crew import Crew
from signoff.schema.text import dump_yaml

DEADLINE = 20.0
STAGES = {
    "staging": {"approvals": 0},
    "production": {
        "after": "staging",
        "approvals": 2,
        "metrics": [
            {"name": "accuracy", "min": "0.90"},
            {"name": "true_positive_rate", "slice_by": "gender", "max_gap": "0.05"},
        ],
    },
}
ROLES = {
    "publisher": ["ana"],
    "approver": ["ana", "ben", "cy"],
    "promoter": ["ben", "cy"],
    "oncall": ["ben"],
    "witness": ["cy"],
}


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with Crew(tmp_path, "ana", "ben", "cy") as crew:
        yield crew


def rules(crew: Crew) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(crew.need("", "trust", "show", "--json"))["trust"]
    return found


def change_rules(crew: Crew, document: dict[str, dict[str, object]]) -> None:
    """Have ana propose rules in her editor, and two roots sign them."""
    file = crew.folder / "rules.yaml"
    file.write_text(dump_yaml(document))  # type: ignore[arg-type]
    proposal = crew.need("ana", "trust", "edit", "-m", "as agreed", EDITOR=f"cp '{file}'").strip()
    for person in ("ana", "ben"):
        crew.need(person, "trust", "sign", proposal)
    crew.need("ben", "trust", "apply", proposal, "--yes")


def write_version(crew: Crew, version: str, *, accuracy: str, women: str, men: str) -> None:
    crew.write(
        f"fraud:{version}",
        weights__bin=f"weights of {version}",
        README__md=f"# fraud {version}\n",
        version__yaml=f"""metrics:
- {{name: accuracy, value: {accuracy}}}
- {{name: true_positive_rate, value: {women}, slice: {{gender: female}}}}
- {{name: true_positive_rate, value: {men}, slice: {{gender: male}}}}
""",
    )


def bring_up(crew: Crew, version: str, *, accuracy: str = "0.93", women: str = "0.88", men: str = "0.90") -> None:
    """Have ana register a version, and ben and cy stage and approve it."""
    write_version(crew, version, accuracy=accuracy, women=women, men=men)
    crew.need("ana", "register", f"fraud:{version}")
    crew.need("ben", "promote", f"fraud:{version}", "staging")
    for person in ("ben", "cy"):
        crew.need(person, "approve", f"fraud:{version}", "production", "-m", "looked at it")


def test_the_whole_story(crew: Crew, tmp_path: Path) -> None:
    registry = crew.found()
    change_rules(crew, {**rules(crew), "roles": dict(ROLES), "stages": dict(STAGES)})

    write_version(crew, "1", accuracy="0.93", women="0.88", men="0.90")
    crew.need("ana", "register", "fraud", "-m", "the first")
    crew.need("ana", "request", "fraud:1", "production")
    own = crew.run("ana", "approve", "fraud:1", "production")
    assert (own.code, "own version: ana registered" in own.err) == (1, True)
    assert crew.run("ben", "promote", "fraud:1", "production").code == 1
    for person in ("ben", "cy"):
        crew.need(person, "approve", "fraud:1", "production", "-m", "looked at it")
    early = crew.run("ben", "promote", "fraud:1", "production")
    assert (early.code, "never held staging" in early.err) == (1, True)
    crew.need("ben", "promote", "fraud:1", "staging")
    crew.need("ben", "promote", "fraud:1", "production")
    crew.need("", "pull", "fraud@production", str(tmp_path / "serving"), "--registry-id", registry)
    assert (tmp_path / "serving/weights.bin").read_text() == "weights of 1"

    bring_up(crew, "2", accuracy="0.89", women="0.80", men="0.90")
    gated = crew.run("ben", "promote", "fraud:2", "production")
    assert gated.code == 1
    assert "accuracy" in gated.err
    assert "gender" in gated.err

    bring_up(crew, "3")
    crew.need("cy", "promote", "fraud:3", "production")
    crew.need("ben", "rollback", "fraud", "production", "-m", "drift in Spain")
    crew.need("", "pull", "fraud@production", str(tmp_path / "back"))
    assert (tmp_path / "back/weights.bin").read_text() == "weights of 1"

    told_of_the_base(crew, tmp_path)
    gone_and_backdated(crew)
    assert json.loads(crew.need("", "verify", "--deep", "--json"))["ok"] is True


def in_production(crew: Crew) -> str:
    """Return the version of fraud that production points at, as `status` says."""
    pointers = json.loads(crew.need("", "status", "fraud", "--json"))
    return next(str(one["version"]) for one in pointers if one["stage"] == "production")


def told_of_the_base(crew: Crew, tmp_path: Path) -> None:
    """A base is revoked: what is built on it is flagged, and nobody gets it any more."""
    crew.write("llm:1", weights__bin="base")
    crew.need("ana", "register", "llm")
    lines = "base_model: [{model: llm, version: '1'}]\nbase_model_relation: adapter\n"
    crew.write("chat:1", adapter__bin="adapter", version__yaml=lines)
    crew.need("ana", "register", "chat")
    crew.need("ben", "promote", "chat:1", "staging")
    crew.need("", "pull", "chat@staging", str(tmp_path / "chat"), "--with-base")
    assert (tmp_path / "chat/bases/llm/1/weights.bin").read_text() == "base"
    crew.need("ben", "revoke", "llm:1", "-m", "trained on leaked data")
    refused = crew.run("", "pull", "chat@staging", str(tmp_path / "again"))
    assert (refused.code, "trained on leaked data" in refused.err) == (1, True)
    assert not (tmp_path / "again").exists()
    shown = crew.need("", "show", "chat:1", "--json")
    assert "llm:1 is revoked" in shown


def gone_and_backdated(crew: Crew) -> None:
    """Cy leaves with a record prepared under the old rules, and puts it into the next slot by hand."""
    payload = crew.need("cy", "promote", "fraud:3", "production", "--dry-run")
    before = rules(crew)
    people = {who: person for who, person in before["people"].items() if who != "cy"}
    keys = [key for key in before["root"]["keys"] if key != crew.public_key("cy").read_text().rpartition(" ")[0]]  # type: ignore[attr-defined]
    assert len(keys) == 2
    roles = {role: [one for one in holders if one != "cy"] for role, holders in ROLES.items()}
    change_rules(crew, {**before, "people": people, "roles": dict(roles), "root": {"keys": keys, "threshold": 2}})

    assert crew.run("cy", "promote", "fraud:3", "production").code == 7
    seq = json.loads(payload)["predicate"]["seq"]
    slot = crew.path / f"models/fraud/log/{seq:08d}.rec"
    key = str(crew.public_key("cy").with_suffix(""))
    armor = run_tool("ssh-keygen", "-q", "-Y", "sign", "-n", "signoff-record-v1", "-f", key, stdin=payload.encode())
    assert not slot.exists()
    slot.write_bytes(payload.encode() + armor)
    assert in_production(crew) == "1"
    newest = json.loads(crew.need("", "history", "fraud", "--json"))
    record = next(one for one in newest if one["seq"] == seq)
    assert (record["author"], record["state"]) == ("cy", "ineffective")
    assert "governing" in str(record["reason"])


def test_of_two_who_promote_at_once_one_is_told_what_the_other_did(crew: Crew, tmp_path: Path) -> None:
    """Cy's agent asks Cy before it signs; while it waits, Ben is faster."""
    crew.found()
    change_rules(crew, {**rules(crew), "roles": dict(ROLES), "stages": dict(STAGES)})
    bring_up(crew, "1")
    bring_up(crew, "2")
    asked, answered = tmp_path / "asked", tmp_path / "answered"
    with Agent(confirms=True) as careful:
        careful.add_key(crew.public_key("cy").with_suffix(""), "-c")
        (askpass,) = careful.folder.path.glob("askpass-*")
        askpass.write_text(f"#!/bin/sh\ntouch '{asked}'\nwhile [ ! -e '{answered}' ]; do sleep 0.02; done\n")
        slow = crew.start("cy", "promote", "fraud:2", "production", SSH_AUTH_SOCK=careful.socket)
        wait_for(asked)
        crew.need("ben", "promote", "fraud:1", "production")
        answered.touch()
        out, err = slow.communicate(timeout=DEADLINE)
    assert (slow.returncode, out) == (6, "")
    assert "someone was first: ben wrote record" in err
    assert "production pointed at None and points at 1 now" in err
    assert in_production(crew) == "1"
    assert json.loads(crew.need("", "verify", "--json"))["ok"] is True


def test_an_approval_that_lost_a_race_but_decides_the_same_is_written_all_the_same(crew: Crew, tmp_path: Path) -> None:
    crew.found()
    write_version(crew, "1", accuracy="0.93", women="0.88", men="0.90")
    crew.need("ana", "register", "fraud")
    asked, answered = tmp_path / "asked", tmp_path / "answered"
    with Agent(confirms=True) as careful:
        careful.add_key(crew.public_key("cy").with_suffix(""), "-c")
        (askpass,) = careful.folder.path.glob("askpass-*")
        askpass.write_text(f"#!/bin/sh\ntouch '{asked}'\nwhile [ ! -e '{answered}' ]; do sleep 0.02; done\n")
        slow = crew.start("cy", "comment", "fraud:1", "hello", "--json", SSH_AUTH_SOCK=careful.socket)
        wait_for(asked)
        crew.need("ben", "comment", "fraud:1", "first")
        answered.touch()
        out, err = slow.communicate(timeout=DEADLINE)
    assert slow.returncode == 0, err
    assert json.loads(out)["record"]["seq"] == 3


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.02)
