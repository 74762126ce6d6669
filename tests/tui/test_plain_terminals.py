"""Terminals without colours or without UTF-8, seen from outside."""

import re
from pathlib import Path

import pytest

from tui.pty_session import HERE, PtySession

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
ATTRIBUTES = {"", "0", "1", "2", "3", "4", "7", "22", "23", "24", "27"}
PROGRAM = str(HERE / "pty_registry.py")
WALK = (b"\r", b":theme \t", b"\x15q\x1b", b"\x10pro", b"\x1b", b"?", b"\x1b", b"!", b"\x1b", b"P")


@pytest.fixture
def registry(pytestconfig: pytest.Config) -> str:
    return str(pytestconfig.rootpath / "sample_registry")


def walk(session: PtySession) -> bytes:
    """Go through list, command line, palette, help, problems and a refusal; return all that was written."""
    session.read_until(b"silero-vad", patience=30)
    session.read_quiet()
    for keys in WALK:
        session.write(keys)
        session.read_quiet(0.4)
    return session.output


def colours_in(output: bytes) -> set[str]:
    """Return the parameters of SGR sequences that are no attributes."""
    found = {part for match in COLOUR.findall(output) for part in match[2:-1].decode().split(";")}
    return found - ATTRIBUTES


def test_no_color_writes_no_colour_code_on_any_screen(registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with PtySession(PROGRAM, registry, rows=24, columns=80) as session:
        output = walk(session)
        assert len(output) > 5000
        assert colours_in(output) == set()
        assert b"\x1b[1;7m" in output or b"\x1b[7m" in output


def test_with_colours_there_are_some(registry: str) -> None:
    with PtySession(PROGRAM, registry, rows=24, columns=80) as session:
        session.read_until(b"silero-vad", patience=30)
        assert "38" in colours_in(session.output)


def test_ascii_mode_writes_nothing_else_on_any_screen(registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_ASCII", "1")
    with PtySession(PROGRAM, registry, rows=24, columns=120) as session:
        output = walk(session)
        assert b"--------" in output
        assert output.isascii(), sorted({line for line in session.screen.display if not line.isascii()})


@pytest.mark.slow
def test_sixteen_colours_are_the_terminals_own(registry: str, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("theme: ansi\n", encoding="utf-8")
    program = (PROGRAM, registry)
    with PtySession(*program, rows=24, columns=80) as plain, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIGNOFF_CONFIG", str(config))
        with PtySession(*program, rows=24, columns=80) as session:
            assert not {"38", "48"} & colours_in(walk(session))
        plain.read_until(b"silero-vad", patience=30)
        assert {"38", "48"} <= colours_in(plain.output)


def test_the_mouse_is_off_over_ssh_unless_it_is_asked_for(registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    for words, on in (((), False), (("--mouse",), True)):
        with PtySession(PROGRAM, registry, *words, rows=24, columns=80) as session:
            session.read_until(b"silero-vad", patience=30)
            assert (b"\x1b[?1000h" in session.output) == on
