"""Keys that are missing, refuse, are several or elsewhere: each has its own words, and a way on."""

import hashlib
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from agents import Agent, make_key, plain_environ, run
from signoff.policy.entries import Entry
from signoff.registry.asks import Ask
from signoff.registry.registry import Registry
from signoff.storage.local import LocalStorage
from signoff.storage.memory import MemoryStorage
from tui.seat import Seat, keys_of, seated
from tui.story import Story, tell

NAMESPACE = "signoff-record-v1"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Return a story that was told, with everybody's keys in one agent."""
    (tmp_path / "keys").mkdir()
    with Agent() as agent:
        yield tell(Story(MemoryStorage(), agent, tmp_path / "keys"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home folder without keys."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def last(story: Story) -> Entry:
    """Return the last record about fraud."""
    return story.open().model("fraud").history.entries[-1]


def signed_elsewhere(story: Story, payload: str, folder: Path, who: str = "ana") -> str:
    """Return what ssh-keygen signs where the key is."""
    file = folder / "payload"
    file.write_text(payload + "\n")
    (folder / "payload.sig").unlink(missing_ok=True)
    run("ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(story.home / who), str(file))
    return (folder / "payload.sig").read_text()


def says(seat: Seat, words: str) -> bool:
    """Tell whether the dialog says something."""
    return words in seat.shown


def payload_of(seat: Seat) -> str:
    """Return the line that is to be signed, as the dialog shows it."""
    return next(line for line in seat.shown.splitlines() if line.startswith('{"_type"'))


async def test_without_an_agent_and_without_keys_both_are_said(story: Story, home: Path) -> None:
    async with seated(story, opened=keys_of(story, plain_environ(), home)) as seat:
        await seat.ask("approve", "fraud:4")
        await seat.until(lambda: "Cannot: Approve" in seat.shown)
        assert "there is no key to sign with" in seat.shown
        assert "there is no ssh-agent: SSH_AUTH_SOCK is not set" in seat.shown
        assert "start one: eval $(ssh-agent) && ssh-add" in seat.shown
        assert "s signs where the key is" in seat.shown
        assert seat.header.endswith("no ssh-agent ")


async def test_an_empty_agent_has_its_own_words(story: Story, home: Path) -> None:
    with Agent() as agent:
        async with seated(story, opened=keys_of(story, agent.environ, home)) as seat:
            await seat.ask("approve", "fraud:4")
            await seat.until(lambda: "Cannot: Approve" in seat.shown)
            assert "holds no keys, or it is locked" in seat.shown
            assert seat.header.endswith("empty ssh-agent ")


async def test_a_key_that_nobody_of_the_registry_has_is_named(story: Story, home: Path) -> None:
    with Agent() as agent:
        key = make_key(home)
        agent.add_key(key)
        fingerprint = run("ssh-keygen", "-l", "-f", str(key)).decode().split()[1]
        async with seated(story, opened=keys_of(story, agent.environ, home)) as seat:
            await seat.ask("approve", "fraud:4")
            await seat.until(lambda: "Cannot: Approve" in seat.shown)
            assert "none of the keys here belongs to a person of this registry" in seat.shown
            assert fingerprint in seat.shown
            assert seat.header.endswith("key unknown here ")


async def test_an_agent_that_refuses_says_why_that_can_be(story: Story, home: Path) -> None:
    before = last(story).record.id
    with Agent() as agent:
        agent.add_key(story.home / "ana", "-c")
        async with seated(story, opened=keys_of(story, agent.environ, home)) as seat:
            await seat.ask("approve", "fraud:4")
            assert "ana@example.org key ok" in seat.header
            await seat.sign(until="not signed: see above; s signs elsewhere")
            assert "refused to sign with SHA256:" in seat.shown
            assert "added with ssh-add -c, it asks to confirm" in seat.shown
            assert "version 4" in seat.shown
            await seat.until(lambda: "ana@example.org agent refused" in seat.header)
    assert last(story).record.id == before


async def test_keys_of_several_people_are_chosen_from_by_number_and_that_is_remembered(story: Story) -> None:
    async with seated(story) as seat:
        assert seat.header.endswith("whose key? ")
        await seat.ask("approve", "fraud:4")
        await seat.until(lambda: "with which key?" in seat.shown)
        assert [one.split(":")[0] for one in seat.options] == ["ana@example.org", "ben@example.org", "cy@example.org"]
        await seat.choose(1)
        await seat.until(lambda: "ana@example.org  ed25519, ssh-agent" in seat.shown)
        assert "ana@example.org key ok" in seat.header
        await seat.press("escape")
        await seat.until(lambda: seat.app.screen is seat.app.page)
        await seat.ask("approve", "fraud:4")
        await seat.sign()
    assert last(story).record.author == "ana@example.org"


async def test_i_signs_with_another_key_that_is_here(story: Story) -> None:
    async with seated(story, "ben") as seat:
        await seat.ask("request", "fraud:6")
        assert "i: another key" in seat.notice
        await seat.press("i")
        await seat.until(lambda: bool(seat.options))
        await seat.press("j", "j", "enter")
        await seat.until(lambda: "cy@example.org  ed25519" in seat.shown)
        await seat.sign()
    assert last(story).record.author == "cy@example.org"


async def test_esc_leads_from_the_choice_of_a_key_back_to_what_was_typed(story: Story) -> None:
    async with seated(story, "ben") as seat:
        await seat.ask("comment", "fraud:4")
        await seat.type("comment", "too slow")
        seat.dialog.cancel.focus()
        await seat.press("i")
        await seat.until(lambda: "with which key?" in seat.shown)
        assert "esc goes back" in seat.notice
        await seat.press("escape")
        await seat.until(lambda: "ben@example.org  ed25519" in seat.shown)
        await seat.sign()
    assert getattr(last(story).record.action, "comment", "") == "too slow"


async def test_a_signature_that_is_made_elsewhere_is_pasted(story: Story, home: Path) -> None:
    async with seated(story, opened=keys_of(story, plain_environ(), home)) as seat:
        await seat.ask("reject", "fraud:4")
        await seat.press("s")
        await seat.until(lambda: "who signs elsewhere?" in seat.shown)
        await seat.choose(1)
        await seat.until(lambda: "ana@example.org  ed25519, elsewhere" in seat.shown)
        await seat.type("comment", "too slow")
        await seat.sign(until="type the version's name first: 4")
        await seat.type("typed", "4")
        await seat.sign(until="write the one line below")
        payload = payload_of(seat)
        assert hashlib.sha256(f"{payload}\n".encode()).hexdigest() in seat.shown
        assert f"ssh-keygen -Y sign -n {NAMESPACE} -f ~/.ssh/id_ed25519 payload" in seat.shown
        assert seat.dialog.box.has_focus
        await seat.paste(signed_elsewhere(story, payload, home).replace("\n", "\r\n  "))
        await seat.until(lambda: "signed and written: reject fraud:4" in seat.shown)
    entry = last(story)
    assert (entry.effective, entry.record.author) == (True, "ana@example.org")
    assert entry.record.line.decode() == f"{payload}\n"


async def test_a_paste_in_parts_counts_once_it_is_whole(story: Story, home: Path) -> None:
    async with seated(story, "ana", opened=keys_of(story, plain_environ(), home)) as seat:
        await seat.ask("approve", "fraud:4")
        await seat.press("s")
        await seat.until(lambda: "ana@example.org  ed25519, elsewhere" in seat.shown)
        await seat.sign(until="write the one line below")
        armor = signed_elsewhere(story, payload_of(seat), home)
        await seat.paste(armor[:100])
        assert "nothing was signed yet" in seat.notice
        await seat.paste(armor[100:])
        await seat.until(lambda: "signed and written" in seat.shown)


async def test_a_paste_that_is_another_signature_is_told_and_can_be_pasted_again(story: Story, home: Path) -> None:
    before = last(story).record.id
    async with seated(story, "ana", opened=keys_of(story, plain_environ(), home)) as seat:
        await seat.ask("approve", "fraud:4")
        await seat.press("s")
        await seat.until(lambda: "elsewhere" in seat.shown)
        await seat.sign(until="write the one line below")
        payload = payload_of(seat)
        for armor, words in (
            (signed_elsewhere(story, payload, home, "ben"), "signed with the key SHA256:"),
            (signed_elsewhere(story, "something else", home), "a signature that no reader would accept"),
            ("\x1b]52;c;x\x07-----END SSH SIGNATURE-----", "is not an armored SSH signature"),
        ):
            await seat.paste(armor)
            await seat.until(partial(says, seat, words))
            assert "! not signed: " in seat.shown
            assert last(story).record.id == before
            assert seat.dialog.box.pasted == ""
        await seat.paste(signed_elsewhere(story, payload, home))
        await seat.until(lambda: "signed and written" in seat.shown)


async def test_a_record_that_came_before_the_paste_is_told_and_another_line_is_to_be_signed(
    story: Story, home: Path
) -> None:
    async with seated(story, "ana", opened=keys_of(story, plain_environ(), home)) as seat:
        await seat.ask("approve", "fraud:4")
        await seat.press("s")
        await seat.until(lambda: "elsewhere" in seat.shown)
        await seat.sign(until="write the one line below")
        armor = signed_elsewhere(story, payload_of(seat), home)
        story.sign("comment", "fraud:2", "ben", comment="hello")
        await seat.paste(armor)
        await seat.until(lambda: "the line to sign is another one now" in seat.shown)
        await seat.sign(until="write the one line below")
        await seat.paste(signed_elsewhere(story, payload_of(seat), home))
        await seat.until(lambda: "signed and written" in seat.shown)


async def test_esc_goes_back_from_pasting_and_s_back_to_the_key_that_is_here(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        await seat.press("s")
        await seat.until(lambda: "ana@example.org  ed25519, elsewhere" in seat.shown)
        await seat.sign(until="write the one line below")
        await seat.press("escape")
        await seat.until(lambda: "version 4" in seat.shown)
        await seat.press("s")
        await seat.until(lambda: "ana@example.org  ed25519, ssh-agent" in seat.shown)
        await seat.sign()


async def test_a_key_with_a_passphrase_that_needs_the_terminal_says_so(story: Story, home: Path) -> None:
    (home / ".ssh").mkdir()
    key = home / ".ssh" / "ana"
    key.write_bytes((story.home / "ana").read_bytes())
    key.chmod(0o600)
    (home / ".ssh" / "ana.pub").write_bytes((story.home / "ana.pub").read_bytes())
    run("ssh-keygen", "-q", "-p", "-N", "secret", "-f", str(key))
    async with seated(story, opened=keys_of(story, plain_environ(), home)) as seat:
        await seat.ask("approve", "fraud:4")
        assert f"ed25519, file {key}.pub" in seat.shown
        await seat.sign(until="not signed")
        assert "the key asks for something on the terminal" in seat.shown
        assert "add the key to an ssh-agent: ssh-add" in seat.shown


async def test_who_loses_the_race_while_the_key_is_asked_is_told_who_won(tmp_path: Path, home: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "registry").mkdir()
    with Agent() as everybody, Agent(confirms=True) as mine:
        story = tell(Story(LocalStorage(tmp_path / "registry"), everybody, tmp_path / "keys"))
        shutil.copytree(tmp_path / "registry", tmp_path / "copy")
        other = Registry(
            LocalStorage(tmp_path / "copy"), surroundings=story.surroundings, environ=everybody.environ, home=home
        )
        ask = Ask(action="promote", model="fraud", version="2", fields={"stage": "staging"})
        first = other.sign(ask, story.everybody["ben"])
        askpass = next(mine.folder.path.glob("askpass-*"))
        askpass.write_text(f"#!/bin/sh\ncp {tmp_path}/copy/{first.path} {tmp_path}/registry/{first.path}\nexit 0\n")
        mine.add_key(story.home / "cy", "-c")
        async with seated(story, opened=keys_of(story, mine.environ, home)) as seat:
            await seat.ask("promote", "fraud:6", stage="staging")
            await seat.type("typed", "6")
            await seat.sign(until="look again and sign")
            assert f"someone was first: ben@example.org wrote record {first.seq} (promote)" in seat.shown
            assert "staging pointed at 4 and points at 2 now" in seat.shown
            assert "replaces 2" in seat.shown
            askpass.write_text("#!/bin/sh\nexit 0\n")
            await seat.sign()
        state = story.open().model("fraud").stages["staging"]
        assert (state.version, state.replaced) == ("6", "2")
