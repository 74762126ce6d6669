"""Keys that come in one packet, as a fast typist or a slow line sends them, act one after the other in a dialog."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events

from agents import Agent
from benchmarks.many import make_registered
from benchmarks.probing import open_registry, settle
from signoff.storage.memory import MemoryStorage
from tui.seat import Seat, seated
from tui.story import Story, tell

CHARACTERS = {"enter": "\r", "tab": "\t"}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Return a story that was told, with everybody's keys in one agent."""
    (tmp_path / "keys").mkdir()
    with Agent() as agent:
        yield tell(Story(MemoryStorage(), agent, tmp_path / "keys"))


async def press_at_once(seat: Seat, keys: str) -> None:
    """Send keys as one packet does: all of them before the first has had any effect."""
    for key in keys.split():
        seat.app.post_message(events.Key(key, key if len(key) == 1 else CHARACTERS.get(key)))
    await seat.pilot.pause()


async def focus(seat: Seat, part: str) -> None:
    widget = seat.dialog.query_one(f"#{part}")
    widget.focus()
    await seat.until(lambda: widget.has_focus)


@pytest.mark.parametrize(
    ("start", "keys", "typed", "focused"),
    [
        ("cancel", "tab x y", "xy", "comment"),
        ("cancel", "right x left y", "yx", "comment"),
        ("record", "shift+tab x tab y", "x", "record"),
        ("comment", "x shift+tab y", "x", "cancel"),
        ("comment", "x enter y", "x", "record"),
    ],
)
async def test_what_is_typed_at_once_reaches_what_has_the_focus_by_then(
    story: Story, start: str, keys: str, typed: str, focused: str
) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        await focus(seat, start)
        await press_at_once(seat, keys)
        await seat.until(lambda: seat.dialog.typed == {"comment": typed})
        assert seat.app.focused is not None
        assert seat.app.focused.id == focused


async def test_enter_presses_what_had_the_focus_when_its_turn_came(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        await focus(seat, "sign")
        await press_at_once(seat, "shift+tab shift+tab enter tab tab")
        await seat.until(lambda: seat.shown.startswith("record "))
        await press_at_once(seat, "tab enter tab tab")
        await seat.until(lambda: seat.app.screen is seat.app.page)


async def test_what_is_pasted_stays_between_the_keys_around_it(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        for event in (events.Key("tab", "\t"), events.Paste("b\x07c\nd"), events.Key("x", "x")):
            seat.app.post_message(event)
        await seat.until(lambda: seat.dialog.typed == {"comment": "bcx"})


async def test_pressing_cancel_twice_at_once_leaves_the_dialog_and_nothing_else(story: Story) -> None:
    async with seated(story, "ana") as seat:
        for open_one in ("approve", "pull"):
            page = seat.app.page
            await seat.ask(open_one, "fraud:4")
            await press_at_once(seat, "enter enter escape escape")
            await seat.until(lambda: seat.app.screen is seat.app.page)
            assert seat.app.page is page


async def test_words_typed_before_a_field_has_the_focus_press_nothing(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        await press_at_once(seat, "f space r space x space tab y")
        await seat.until(lambda: seat.dialog.typed == {"comment": "y"})


async def test_from_cancel_tab_leads_through_the_fields_to_the_buttons_and_back(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        assert "tab: what to type" in seat.notice
        chain = [widget.id for widget in seat.app.screen.focus_chain]
        assert chain == ["cancel", "comment", "record", "elsewhere", "sign"]


def test_a_packet_of_a_terminal_is_typed_where_tab_leads(tmp_path: Path) -> None:
    make_registered(tmp_path / "registry", models=1, versions=2)
    session, _ = open_registry(tmp_path / "registry", "model-00000")
    with session:
        settle(session, quiet=0.3)
        session.write(b":model-00000:2\r")
        session.until(lambda shown: "[1 Overview]" in shown)
        settle(session, quiet=0.3)
        session.write(b":pull model-00000:2\r")
        session.until(lambda shown: "nothing would be delivered" in shown)
        session.write(b"\tQQ")
        session.until(lambda shown: "model-00000:2QQ" in shown)
