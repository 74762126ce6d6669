"""`signoff trust …` and `signoff checkpoint`: changing the rules by several people, and witnessing."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from agents import run as run_tool
from crew import Crew
from signoff.schema.text import dump_yaml, load_yaml


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with Crew(tmp_path, "ana", "ben", "cy") as crew:
        crew.found()
        yield crew


def rules(crew: Crew) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(crew.need("", "trust", "show", "--json"))["trust"]
    return found


def edited(crew: Crew, tmp_path: Path, **changes: object) -> str:
    """Have ana propose changed rules with an editor that is a command with words; return the proposal's id."""
    file = tmp_path / "rules.yaml"
    file.write_text(dump_yaml({**rules(crew), **changes}))  # type: ignore[dict-item]
    return crew.need("ana", "trust", "edit", "-m", "a change", EDITOR=f"cp '{file}'").strip()


class Keyboard(StringIO):
    """What a person types, on a terminal."""

    def isatty(self) -> bool:
        return True


ONE_APPROVAL = {"staging": {"approvals": 0}, "production": {"approvals": 1}}


def test_the_rules_are_yaml_that_says_which_registry_it_is(crew: Crew) -> None:
    text = crew.need("", "trust", "show")
    assert text.startswith("# registry ")
    assert load_yaml(text.encode()) == rules(crew)


def test_a_change_takes_the_threshold_and_then_is_in_force(crew: Crew, tmp_path: Path) -> None:
    proposal = edited(crew, tmp_path, stages=ONE_APPROVAL)
    assert rules(crew)["stages"]["production"] != {"approvals": 1}
    assert crew.run("ana", "trust", "apply", proposal).code == 1
    for person in ("cy", "ana"):
        crew.need(person, "trust", "sign", proposal[:10])
    waiting = json.loads(crew.need("", "trust", "show", "--json"))["proposals"]
    assert [(one["id"], one["missing"]) for one in waiting] == [(proposal, [])]
    done = json.loads(crew.need("ben", "trust", "apply", proposal[:10], "--json"))
    assert done == {"record": {"id": proposal, "chain": "trust", "seq": 2}, "moved": [], "effects": []}
    assert rules(crew)["stages"]["production"] == {"approvals": 1}
    assert json.loads(crew.need("", "trust", "show", "--json"))["proposals"] == []


def test_the_difference_is_shown_before_anybody_signs(crew: Crew, tmp_path: Path) -> None:
    proposal = edited(crew, tmp_path, stages=ONE_APPROVAL)
    done = crew.run("ben", "trust", "sign", proposal)
    assert "-    approvals: 2" in done.err
    assert "+    approvals: 1" in done.err
    assert "proposed by ana" in done.err


def test_a_proposal_can_be_looked_at_without_a_key(crew: Crew, tmp_path: Path) -> None:
    proposal = edited(crew, tmp_path, stages=ONE_APPROVAL)
    told = json.loads(crew.need("", "trust", "show", proposal[:8], "--json"))
    assert (told["id"], told["effects"], told["moved"]) == (proposal, [], [])
    assert told["trust"]["stages"] == ONE_APPROVAL
    text = crew.need("", "trust", "show", proposal[:8])
    assert text.startswith("trust record 2, proposed by ana")
    assert "+    approvals: 1" in text.splitlines()
    assert crew.run("", "trust", "show", "ffff").code == 3


def test_at_a_terminal_a_root_is_asked_before_it_signs(
    crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = edited(crew, tmp_path, stages=ONE_APPROVAL)
    for answer, code, signers in (("n\n", 130, 0), ("y\n", 0, 1)):
        monkeypatch.setattr("sys.stdin", Keyboard(answer))
        assert crew.run("ben", "trust", "sign", proposal).code == code
        assert len(json.loads(crew.need("", "trust", "show", proposal, "--json"))["signers"]) == signers


def test_nobody_signs_twice_and_no_stranger_signs(crew: Crew, tmp_path: Path) -> None:
    proposal = edited(crew, tmp_path, stages=ONE_APPROVAL)
    crew.need("ben", "trust", "sign", proposal)
    assert crew.run("ben", "trust", "sign", proposal).code == 7
    assert crew.run("", "trust", "sign", proposal).code == 7
    assert crew.run("ben", "trust", "sign", proposal, "--as", "ana").code == 7
    assert crew.run("ben", "trust", "sign", "abcdef").code == 3


def test_what_falls_is_listed_and_must_be_agreed_to(crew: Crew, tmp_path: Path) -> None:
    crew.write("fraud:1", weights="abc")
    crew.need("cy", "register", "fraud:1")
    crew.need("cy", "promote", "fraud:1", "staging")
    fingerprint = run_tool("ssh-keygen", "-lf", str(crew.public_key("cy"))).split()[1].decode()
    proposal = edited(crew, tmp_path, revoked={fingerprint: {"default": "start"}})
    crew.write("other:1", weights="abc")
    crew.need("ana", "register", "other:1")
    for person in ("ana", "ben"):
        crew.need(person, "trust", "sign", proposal)
    asked = crew.run("ben", "trust", "apply", proposal)
    assert asked.code == 2
    assert "models/other: 0 records when it was proposed, 1 now" in asked.err
    assert "fraud: record 1 (register by cy) falls" in asked.err
    assert "fraud: staging points at nothing instead of 1" in asked.err
    done = json.loads(crew.need("ben", "trust", "apply", proposal, "--yes", "--json"))
    assert len(done["effects"]) == 3
    assert crew.run("ana", "promote", "fraud:1", "staging").code == 3


def test_a_proposal_that_another_change_overtook_is_refused(crew: Crew, tmp_path: Path) -> None:
    late, early = edited(crew, tmp_path, stages=ONE_APPROVAL), edited(crew, tmp_path, stages={})
    for proposal in (late, early):
        for person in ("ana", "ben"):
            crew.need(person, "trust", "sign", proposal)
    crew.need("cy", "trust", "apply", early)
    done = crew.run("cy", "trust", "apply", late)
    assert (done.code, "propose again" in done.err) == (1, True)


def test_rules_that_mean_nothing_are_refused_and_the_text_is_kept(crew: Crew, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("root: {keys: [], threshold: 1}\n")
    done = crew.run("ana", "trust", "edit", EDITOR=f"cp {wrong}")
    assert done.code == 2
    kept = Path(done.err.split("--from ")[1].strip())
    assert kept.read_bytes() == wrong.read_bytes()
    kept.unlink()
    assert crew.run("ana", "trust", "edit", "--from", str(wrong)).code == 2
    assert crew.run("ana", "trust", "edit", "--from", str(tmp_path / "none")).code == 3
    assert crew.run("ana", "trust", "edit", EDITOR="true").code == 2
    assert crew.run("ana", "trust", "edit", EDITOR="false").code == 2
    assert crew.run("ana", "trust", "edit", EDITOR="/nowhere/editor").code == 2
    assert not list((crew.path / ".signoff").glob("proposals/*/*.sig"))[2:]


def test_allowed_signers_are_written_anew(crew: Crew) -> None:
    file = crew.path / ".signoff/allowed_signers"
    before = file.read_bytes()
    file.write_text("eve ssh-ed25519 AAAA\n")
    assert crew.need("ana", "trust", "allowed-signers").strip() == ".signoff/allowed_signers"
    assert file.read_bytes() == before


def test_a_witness_signs_the_heads(crew: Crew, tmp_path: Path) -> None:
    crew.write("fraud:1", weights="abc")
    crew.need("cy", "register", "fraud:1")
    told = json.loads(crew.need("ana", "checkpoint", "--json"))
    assert told["record"]["seq"] == 1
    assert [(one["chain"], one["seq"]) for one in told["heads"]] == [("models/fraud", 1), ("trust", 1)]
    proposal = edited(crew, tmp_path, roles={**rules(crew)["roles"], "witness": ["ben"]})
    for person in ("ana", "ben"):
        crew.need(person, "trust", "sign", proposal)
    crew.need("ana", "trust", "apply", proposal, "--yes")
    assert crew.run("ana", "checkpoint").code == 1
    assert json.loads(crew.need("ben", "checkpoint", "--json"))["record"]["seq"] == 2


def test_a_broken_trust_chain_is_told_and_signs_nothing(crew: Crew) -> None:
    (crew.path / ".signoff/trust/00000002.rec").write_text("{}\n")
    assert crew.run("ana", "trust", "show").code == 0
    assert crew.run("ana", "checkpoint").code == 4
    assert crew.run("ana", "trust", "allowed-signers").code == 4
    assert crew.run("ana", "trust", "edit", EDITOR="true").code == 4


def test_a_root_key_that_is_elsewhere_signs_by_paste(
    crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = edited(crew, tmp_path, stages=ONE_APPROVAL)
    payload = crew.path / ".signoff/proposals" / proposal / "payload.json"
    key = str(crew.public_key("ben").with_suffix(""))
    sign = ("ssh-keygen", "-q", "-Y", "sign", "-n", "signoff-trust-v1", "-f", key)
    monkeypatch.setattr("sys.stdin", StringIO(run_tool(*sign, stdin=payload.read_bytes()).decode()))
    words = ("trust", "sign", proposal, "--sign-elsewhere")
    assert crew.run("", *words).code == 2
    told = json.loads(crew.need("", *words, "--key", str(crew.public_key("ben")), "--json"))
    assert len(told["signers"]) == 1


def test_a_key_file_signs_where_its_private_half_lies_beside_it(crew: Crew, tmp_path: Path) -> None:
    proposal = edited(crew, tmp_path, stages=ONE_APPROVAL)
    told = json.loads(crew.need("", "trust", "sign", proposal, "--key", str(crew.public_key("cy")), "--json"))
    assert len(told["signers"]) == 1


def test_at_a_terminal_an_apply_asks(crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = edited(crew, tmp_path, stages=ONE_APPROVAL)
    for person in ("ana", "ben"):
        crew.need(person, "trust", "sign", proposal)

    for answer, code in (("n\n", 130), ("y\n", 0)):
        monkeypatch.setattr("sys.stdin", Keyboard(answer))
        assert crew.run("cy", "trust", "apply", proposal).code == code


def test_a_signature_that_is_not_true_is_told_and_not_counted(crew: Crew, tmp_path: Path) -> None:
    proposal = edited(crew, tmp_path, stages=ONE_APPROVAL)
    folder = crew.path / ".signoff/proposals" / proposal
    (folder / "forged.sig").write_text("-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n")
    done = crew.run("ana", "trust", "sign", proposal, "--json")
    assert (len(json.loads(done.out)["signers"]), "not counted: forged.sig" in done.err) == (1, True)


def test_a_payload_that_was_exchanged_is_no_proposal(crew: Crew, tmp_path: Path) -> None:
    first, second = edited(crew, tmp_path, stages=ONE_APPROVAL), edited(crew, tmp_path, stages={})
    folder = crew.path / ".signoff/proposals"
    (folder / first / "payload.json").write_bytes((folder / second / "payload.json").read_bytes())
    assert crew.run("ana", "trust", "sign", first).code == 4
    assert crew.run("ana", "trust", "apply", first).code == 4
