"""What pictures cannot show: bytes on the wire, and the terminal's state after we left it."""

import signal
import statistics
import time

import pytest

from tui.pty_session import HERE, PtySession

APP = str(HERE / "pty_app.py")


def started(how: str = "well") -> PtySession:
    session = PtySession(APP, how)
    session.read_until(b"v2.30.")
    session.read_quiet()
    return session


@pytest.mark.alone
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_terminal_and_is_in_the_exit_code(number: signal.Signals) -> None:
    with started() as session:
        began = time.monotonic()
        session.kill(number)
        assert session.wait() == 128 + number
        assert time.monotonic() - began < 1.5
        session.assert_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_app_that_hangs_is_ended_by_a_signal_and_restored(number: signal.Signals) -> None:
    with started("hang") as session:
        session.write(b"x")
        time.sleep(0.2)
        session.kill(number)
        assert session.wait() == 128 + number
        session.assert_restored()


def test_a_terminal_that_is_gone_ends_the_program() -> None:
    with started() as session:
        session.hang_up()
        assert session.wait() == 128 + signal.SIGHUP


def test_a_crash_restores_the_terminal_and_is_no_success() -> None:
    with started("crash") as session:
        session.write(b"x")
        assert session.wait() == 1
        session.assert_restored()


def test_leaving_restores_the_terminal() -> None:
    with started() as session:
        session.write(b"x")
        assert session.wait() == 0
        session.assert_restored()


def test_answers_of_the_terminal_and_bytes_that_are_no_text_press_no_key() -> None:
    with started() as session:
        before = session.text()
        session.write(b"\x1b]11;rgb:jjjj/jjjj/jjjj\x1b\\\x1bP>|x\x1b\\\x1b[?62;22c\xff\xfe\xc3(\x1b_Gj;x\x1b\\")
        session.write(b"\x1b[99999999999999999999u\x1b[?9999999999$y")
        assert session.read_quiet(0.5) == b""
        session.write(b"\x1b]0;x")
        time.sleep(0.3)
        session.write(b"xxj\x1b\\")
        assert session.read_quiet(0.5) == b""
        assert session.text() == before
        session.write(b"j")
        assert session.read_quiet()
        assert "▌ v2.1.1" in session.text()


@pytest.mark.alone
def test_a_cursor_key_costs_at_most_six_hundred_bytes_and_idling_costs_none() -> None:
    with started() as session:
        costs = []
        for _ in range(20):
            session.write(b"j")
            costs.append(len(session.read_until(b"v2.") + session.read_quiet(0.1)))
        assert session.read_quiet(1.0) == b""
        assert "▌ v2.20." in session.text()
    assert statistics.median(costs) <= 600


def test_a_held_escape_is_one_escape() -> None:
    with started() as session:
        session.write(b"\x1b")
        assert session.read_quiet(0.5) == b""
        session.write(b"\x1b[B")
        assert session.read_quiet()
        assert "▌ v2.1.1" in session.text()
