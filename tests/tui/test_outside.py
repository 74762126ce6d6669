"""Pager, editor and clipboard in a real terminal: given away, taken back, and nothing written that is not ours."""

import base64
import re
from pathlib import Path

import pytest

from tui.pty_session import HERE, PtySession

APP = str(HERE / "pty_edited.py")
CLIPBOARD = re.compile(rb"\x1b\]52;c;([^\x07]*)\x07")
POINTER_SHAPE = b"22"  # Textual's own
OSC = re.compile(rb"\x1b\](\d+);")


def program(folder: Path, name: str, script: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def opened(result: Path) -> PtySession:
    session = PtySession(APP, str(result), rows=24, columns=80)
    session.read_until(b"fraud")
    session.read_quiet()
    session.write(b"\r")
    session.read_until(b"unregistered")
    session.read_quiet()
    session.write(b"gj")
    session.read_quiet()
    session.write(b"\r")
    session.read_until(b"Overview")
    session.read_quiet()
    assert "fraud:1" in session.text()
    return session


def test_pager_and_editor_get_the_terminal_and_give_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", program(tmp_path, "pager", f'cp "$1" {tmp_path}/seen; echo THE PAGER; kill -INT 0'))
    monkeypatch.setenv("VISUAL", program(tmp_path, "editor", 'echo "# Edited" > "$1"; echo THE EDITOR'))
    with opened(tmp_path / "result") as session:
        away = session.output.count(b"\x1b[?1049l")
        session.write(b"o")
        session.read_until(b"THE PAGER")
        session.read_until(b"\x1b[?1049h")
        session.read_quiet()
        session.write(b"e")
        session.read_until(b"THE EDITOR")
        session.read_until(b"lapse")
        session.read_quiet()
        assert session.output.count(b"\x1b[?1049l") == away + 2
        session.write(b"\x11")
        assert session.wait() == 0
        assert session.attributes() == session.before
    assert (tmp_path / "seen").read_text().startswith("fraud:1")
    assert (tmp_path / "result").read_bytes() == b"# Edited\n"


def test_an_editor_that_fails_gives_the_terminal_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", program(tmp_path, "editor", "exit 3"))
    with opened(tmp_path / "result") as session:
        session.write(b"e")
        session.read_until(b"ended with 3")
        session.read_quiet()
        session.write(b"2")
        session.read_until(b"attack_success")
        session.write(b"\x11")
        assert session.wait() == 0


def test_the_only_sequence_written_for_data_is_the_clipboards_and_it_is_base64(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    with opened(tmp_path / "result") as session:
        for key in b"234567":
            session.write(bytes([key]))
            session.read_quiet()
        session.write(b"Y")
        session.read_until(b"pull command")
        session.write(b"1")
        session.read_until(b"copied, unless")
        session.read_quiet()
        found = CLIPBOARD.search(session.output)
        assert found is not None
        assert base64.b64decode(found[1]) == b"fraud:1"
        assert set(OSC.findall(session.output)) <= {POINTER_SHAPE, b"52"}
        session.write(b"\x11")
        assert session.wait() == 0
