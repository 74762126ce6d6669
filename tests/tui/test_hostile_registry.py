"""A registry full of hostile strings, driven through every screen: no escape sequence but ours reaches the terminal."""

import re
from pathlib import Path

import pytest

from tui.hostile import TOKEN, hostile_world
from tui.pty_session import PtySession

OURS = re.compile(
    rb"\x1b\[[0-9;:]*m"  # colours and attributes
    rb"|\x1b\[[0-9]*;[0-9]*H|\x1b\[H"  # the cursor's place
    rb"|\x1b\[\?(?:25|1049|2004|2026|2048|7|1000|1002|1003|1004|1006|1015|1016)[hl]"  # modes that are set and reset
    rb"|\x1b\[\?(?:2026|2048)\$p"  # asks whether the terminal knows a mode
    rb"|\x1b\[[<>]\d*u|\x1b\[\?u"  # the keyboard protocol, on and off
    rb"|\x1b\]22;[a-z-]+\x07"  # the mouse pointer's shape, by a word of Textual's
)
PLACES = (
    "models",
    "inbox",
    "serving",
    "audit",
    "rules",
    "problems",
    "tasks",
    "help",
    "fraud",
    "fraud:1",
    "fraud:draft",
)
"""What is typed behind `:`, one after another."""


def without_ours(output: bytes) -> bytes:
    return OURS.sub(b"", output)


@pytest.mark.parametrize("size", [(24, 80), pytest.param((40, 120), marks=pytest.mark.slow)])
def test_no_escape_sequence_but_ours_reaches_the_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    hostile_world(tmp_path / "registry")
    rows, columns = size
    with PtySession("-m", "signoff", str(tmp_path / "registry"), rows=rows, columns=columns) as session:
        session.read_until(b"fraud", patience=20)
        session.read_quiet()
        seen = 0
        for place in PLACES:
            session.write(f":{place}\r".encode())
            session.read_quiet(0.2)
            keys = "1234567" if place.startswith("fraud:") else "jk"
            for key in (*keys, "d", "\x1b", "y", "\x1b", "m", "\x1b", "A", "\x1b", "\x1b"):
                session.write(key.encode())
                session.read_quiet(0.1)
            seen += TOKEN in session.text()
        session.write(b"\x11")
        assert session.wait() == 0, session.output[-2000:].decode(errors="replace")
    rest = without_ours(session.output)
    assert TOKEN.encode() in rest
    assert re.findall(rb"[\x00-\x07\x0b\x0e-\x1f\x7f].{0,40}", rest) == []
    assert re.findall(rb"\xc2[\x80-\x9f].{0,40}", rest) == []
    for hidden in ("\u202e", "\u200b", "\U000e0041"):
        assert hidden.encode() not in rest
