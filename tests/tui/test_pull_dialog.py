"""Pulling from the terminal UI: what would come, what is refused, what was delivered; and hashing that is stopped."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import Agent
from signoff.storage.local import LocalStorage
from signoff.storage.memory import MemoryStorage
from tui.seat import seated
from tui.story import Story, tell

LARGE = 16 * 2**30


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Return a story that was told, with everybody's keys in one agent."""
    (tmp_path / "keys").mkdir()
    with Agent() as agent:
        yield tell(Story(MemoryStorage(), agent, tmp_path / "keys"))


async def test_an_approved_version_is_delivered_into_a_folder(story: Story, tmp_path: Path) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("pull", "fraud:2")
        assert seat.title == "Pull fraud:2"
        assert "2 files, 78.4 KiB" in seat.shown
        assert seat.dialog.cancel.has_focus
        await seat.sign(until="into the folder: it is asked for")
        await seat.type("destination", str(tmp_path / "here"))
        await seat.sign(until="delivered: fraud:2")
        assert str(tmp_path / "here") in seat.shown
    assert (tmp_path / "here" / "model.onnx").stat().st_size == 80_000


async def test_what_no_stage_approved_is_delivered_only_where_that_is_ticked(story: Story, tmp_path: Path) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("pull", "fraud:4", destination=str(tmp_path / "here"))
        await seat.until(lambda: "no stage that asks for approvals approved it" in seat.shown)
        await seat.sign(until="nothing would be delivered: see above")
        assert not (tmp_path / "here").exists()
        seat.dialog.query_one("#unapproved").focus()
        await seat.press("space")
        await seat.until(lambda: "every byte is checked" in seat.shown)
        await seat.sign(until="delivered: fraud:4")
    assert (tmp_path / "here" / "model.onnx").exists()


async def test_a_revoked_version_is_refused_with_its_reason(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("pull", "fraud:5")
        await seat.until(lambda: "revoked by ana@example.org: trained on leaked labels" in seat.shown)


async def test_a_delivery_goes_on_when_the_dialog_is_closed_and_its_end_is_told(story: Story, tmp_path: Path) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("pull", "fraud:2", destination=str(tmp_path / "here"))
        seat.dialog.sign.focus()
        await seat.press("enter", "escape")
        await seat.until(lambda: seat.app.screen is seat.app.page)
        await seat.until(lambda: bool(seat.app.page.footer.message))
        assert f"delivered fraud:2 into {tmp_path / 'here'}" in seat.app.page.footer.message[0][0]


async def test_a_folder_that_holds_something_else_is_left_as_it_is(story: Story, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    async with seated(story, "ana") as seat:
        await seat.ask("pull", "fraud:2", destination=str(tmp_path))
        await seat.sign(until="the folder is as it was")
        assert "Cannot pull fraud:2" in seat.shown
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert not (tmp_path / "model.onnx").exists()


async def test_a_pull_says_what_runs_and_is_stopped_by_ctrl_c(tmp_path: Path) -> None:
    with Agent() as agent:
        (tmp_path / "keys").mkdir()
        (tmp_path / "registry").mkdir()
        story = tell(Story(LocalStorage(tmp_path / "registry"), agent, tmp_path / "keys"))
        large = tmp_path / "registry" / "models" / "fraud" / "versions" / "2" / "model.onnx"
        large.chmod(0o600)
        os.truncate(large, LARGE)
        async with seated(story, "ana") as seat:
            await seat.ask("pull", "fraud:2", destination=str(tmp_path / "here"))
            await seat.sign(until="esc closes this, and it goes on; ctrl-c stops it")
            await seat.press("ctrl+c")
            await seat.until(lambda: "the folder is as it was" in seat.notice)
            assert "it was stopped because you asked" in seat.shown
        assert not (tmp_path / "here").exists()


async def test_hashing_is_stopped_by_esc_and_goes_on_where_it_was(tmp_path: Path) -> None:
    with Agent() as agent:
        (tmp_path / "keys").mkdir()
        (tmp_path / "registry").mkdir()
        story = tell(Story(LocalStorage(tmp_path / "registry"), agent, tmp_path / "keys"))
        story.draft("fraud:8", {"small.bin": b"small"})
        large = tmp_path / "registry" / "models" / "fraud" / "versions" / "8" / "large.bin"
        large.touch()
        os.truncate(large, LARGE)
        async with seated(story, "ana") as seat:
            await seat.ask("register", "fraud:8")
            await seat.until(lambda: "hashing its files: " in seat.shown and "16.0 GiB (" in seat.shown)
            assert "esc stops it" in seat.notice
            await seat.until(lambda: bool(seat.app.tasks.all[-1].bytes))
            await seat.press("escape")
            await seat.until(lambda: "stopped: Register fraud:8" in seat.shown)
            assert list(seat.app.session.hashed) == ["models/fraud/versions/8/small.bin"]
            await seat.press("enter")
            os.truncate(large, 1000)
            await seat.ask("register", "fraud:8")
            await seat.until(lambda: "Digest" in seat.shown)
            assert seat.app.tasks.all[-1].bytes == 1000
            await seat.sign()
        assert story.open().find("fraud:8").state is not None
