"""`signoff init`: founding a registry alone, or by several people who each hold a key."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from agents import run as run_tool
from crew import Crew


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with Crew(tmp_path, "ana", "ben", "cy") as crew:
        yield crew


def test_one_person_with_a_named_key_founds_a_registry_at_once(crew: Crew) -> None:
    done = crew.run("ana", "init", str(crew.path), "--admin", f"ana={crew.public_key('ana')}", "--json")
    told = json.loads(done.out)
    assert (done.code, told["path"], told["founded"], told["missing"]) == (0, str(crew.path), True, [])
    trust = json.loads(crew.need("ben", "trust", "show", "--json"))
    assert trust["registry"] == told["registry"]
    assert trust["trust"]["root"]["threshold"] == 1
    assert trust["trust"]["stages"]["production"] == {"approvals": 1, "separation": False}


def test_without_admins_git_says_who_and_the_agent_with_which_key(crew: Crew) -> None:
    (crew.folder / "ana" / ".gitconfig").write_text("[user]\n\temail = ana@example.org\n")
    asked = crew.run("ana", "init", str(crew.path))
    assert asked.code == 2
    assert "ana@example.org with the key SHA256:" in asked.err
    assert not crew.path.exists()
    assert crew.run("ana", "init", str(crew.path), "--yes", "--title", "Lab").code == 0
    people = json.loads(crew.need("ana", "trust", "show", "--json"))["trust"]["people"]
    assert list(people) == ["ana@example.org"]
    assert (crew.path / "registry.yaml").read_text() == "title: Lab\n"


def test_without_git_s_word_or_a_key_it_asks_for_an_admin(crew: Crew) -> None:
    nameless = crew.run("ana", "init", str(crew.path), "--yes", GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1")
    assert (nameless.code, crew.path.exists()) == (2, False)
    assert crew.run("", "init", str(crew.path), "--yes").code == 7


def test_two_of_three_roots_found_a_registry_each_with_their_own_key(crew: Crew) -> None:
    admins = [word for one in crew.people for word in ("--admin", f"{one}={crew.public_key(one)}")]
    first = crew.run("ana", "init", str(crew.path), *admins, "--threshold", "2", "--json")
    told = json.loads(first.out)
    assert (first.code, told["founded"], told["missing"]) == (0, False, ["the root: 1 of 2 root signatures"])
    short = told["registry"][:12]
    assert f"trust sign {short}" in first.err
    assert crew.run("ana", "ls").code == 3
    (waiting,) = json.loads(crew.need("ben", "trust", "show", "--json"))["proposals"]
    assert (waiting["id"], waiting["author"]) == (told["registry"], "ana")
    assert crew.need("ben", "trust", "show").startswith(f"# {told['registry']}: trust record 1, proposed by ana")
    assert crew.run("ana", "trust", "apply", short).code == 1
    signed = json.loads(crew.need("ben", "trust", "sign", short, "--json"))
    assert (len(signed["signers"]), signed["missing"]) == (2, [])
    assert crew.need("cy", "trust", "apply", short).strip() == told["registry"]
    assert json.loads(crew.need("", "trust", "show", "--json"))["registry"] == told["registry"]


def test_a_founded_registry_is_checked_by_ssh_keygen(crew: Crew, tmp_path: Path) -> None:
    crew.found()
    record = (crew.path / ".signoff/trust/00000001.rec").read_bytes()
    line, _, armors = record.partition(b"\n")
    end = armors.index(b"-----END SSH SIGNATURE-----\n") + len(b"-----END SSH SIGNATURE-----\n")
    for armor in (armors[:end], armors[end:]):
        (tmp_path / "sig").write_bytes(armor)
        check = ("ssh-keygen", "-Y", "check-novalidate", "-n", "signoff-trust-v1", "-s", str(tmp_path / "sig"))
        assert b"Good" in run_tool(*check, stdin=line + b"\n")
    assert (crew.path / ".signoff/allowed_signers").read_text().count("root-") == 3


def test_a_root_key_that_is_not_needed_any_more_or_no_root_key_cannot_sign(crew: Crew) -> None:
    with Crew(crew.folder / "others", "eve") as others:
        admins = [word for one in crew.people for word in ("--admin", f"{one}={crew.public_key(one)}")]
        short = crew.need("ana", "init", str(crew.path), *admins).strip()[:12]
        assert others.run("eve", "-r", str(crew.path), "trust", "sign", short).code == 7
        assert crew.run("ana", "trust", "sign", short).code == 7
    assert crew.run("ana", "trust", "sign", "ffff").code == 3


def test_a_folder_is_founded_once(crew: Crew) -> None:
    admins = [word for one in crew.people for word in ("--admin", f"{one}={crew.public_key(one)}")]
    crew.need("ana", "init", str(crew.path), *admins)
    waiting = crew.run("ben", "init", str(crew.path), *admins)
    assert waiting.code == 7
    assert "trust sign" in waiting.err
    short = next((crew.path / ".signoff/proposals").iterdir()).name[:12]
    crew.need("cy", "trust", "sign", short)
    crew.need("cy", "trust", "apply", short)
    again = crew.run("ben", "init", str(crew.path), *admins)
    assert again.code == 7
    assert "is a registry already" in again.err


@pytest.mark.parametrize(
    "words",
    [
        ("--admin", "ana"),
        ("--admin", "a b=KEY"),
        ("--admin", "ana=KEY", "--threshold", "2"),
        ("--admin", "ana=KEY", "--admin", "ben=BEN", "--template", "solo"),
        ("--template", "circus"),
        ("--admin", "ana=KEY", "--read-only"),
    ],
)
def test_words_that_do_not_go_together_are_2_and_make_nothing(crew: Crew, words: tuple[str, ...]) -> None:
    keys = [
        word.replace("KEY", str(crew.public_key("ana"))).replace("BEN", str(crew.public_key("ben"))) for word in words
    ]
    assert crew.run("ana", "init", str(crew.path), *keys).code == 2
    assert not crew.path.exists()


def test_a_key_file_that_is_not_there_is_7(crew: Crew) -> None:
    assert crew.run("ana", "init", str(crew.path), "--admin", "ana=/nowhere.pub").code == 7


def test_models_that_stand_there_already_are_kept(crew: Crew) -> None:
    crew.write("fraud:1", weights="abc")
    crew.found()
    assert json.loads(crew.need("ana", "register", "fraud", "--json"))["ref"] == "fraud:1"


class Keyboard(StringIO):
    """What a person types, on a terminal."""

    def isatty(self) -> bool:
        return True


def test_at_a_terminal_it_shows_who_would_found_it_and_asks(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    (crew.folder / "ana" / ".gitconfig").write_text("[user]\n\temail = ana@example.org\n")
    for answer, code in (("n\n", 130), ("y\n", 0)):
        monkeypatch.setattr("sys.stdin", Keyboard(answer))
        done = crew.run("ana", "init", str(crew.path))
        assert (done.code, "ana@example.org with the key SHA256:" in done.err) == (code, True)
        assert crew.path.exists() == (code == 0)


def test_a_key_is_chosen_among_several(crew: Crew) -> None:
    words = ("init", str(crew.path), "--key", str(crew.public_key("ben")), "--as", "ana")
    done = crew.run("ana", *words, "--admin", f"ana={crew.public_key('ana')}", "--json")
    assert json.loads(done.out)["missing"] == ["the root: 0 of 1 root signatures"]


def test_a_folder_that_cannot_be_made_is_7(crew: Crew) -> None:
    (crew.folder / "file").write_text("")
    words = ("--admin", f"ana={crew.public_key('ana')}")
    assert crew.run("ana", "init", str(crew.folder / "file" / "registry"), *words).code == 7
