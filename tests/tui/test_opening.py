"""What stands in the terminal before there are screens: the registry that is being opened, and nothing afterwards."""

from pathlib import Path

import pytest

from signoff.errors import SignoffError
from signoff.tui.terminal import need_terminal
from tui.pty_session import PtySession

LEAVE = b"\x11"


def started(registry: Path, *, columns: int = 80) -> PtySession:
    return PtySession("-m", "signoff", str(registry), "--read-only", rows=24, columns=columns)


def shown(session: PtySession) -> list[str]:
    return [line.rstrip() for line in session.screen.display if line.strip()]


def test_the_registry_is_named_before_the_screens_and_is_gone_with_them(pytestconfig: pytest.Config) -> None:
    with started(pytestconfig.rootpath / "sample_registry") as session:
        session.read_until(b"silero-vad", patience=30)
        first, _, rest = session.output.partition(b" \r")
        assert first.startswith(b"opening /")
        assert b"\x1b" not in first
        assert b"\x1b[?1049h" in rest
        session.write(LEAVE)
        assert session.wait() == 0
        session.assert_restored()


def test_a_registry_that_is_not_there_leaves_only_what_is_wrong(tmp_path: Path) -> None:
    with started(tmp_path / "nothing") as session:
        code = session.wait(patience=30)
        assert b"opening /" in session.output
        words = " ".join(shown(session))
        assert code == 3
        assert words.startswith("error: there is no folder")
        assert "opening" not in words


def test_a_long_and_hostile_name_takes_one_line_and_writes_only_text(tmp_path: Path) -> None:
    folder = tmp_path / "\x1b[2J\u202eevil" / ("long" * 30)
    folder.mkdir(parents=True)
    with started(folder, columns=60) as session:
        session.wait(patience=30)
        first, _, rest = session.output.partition(b" \r")
        assert b"\x1b" not in first
        assert len(first.decode().partition("\r")[0]) <= 59
        assert rest.startswith(b"error: ")
        assert all(not line.startswith("opening") for line in shown(session))


def test_a_terminal_that_cannot_show_screens_is_refused_before_anything_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with pytest.raises(SignoffError, match="TERM=dumb cannot show screens"):
        need_terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    with pytest.raises(SignoffError, match="screens need a terminal"):
        need_terminal()
    assert capsys.readouterr().out == ""
