"""The whole program on a registry in a folder, in a terminal: what it costs, how fast it leaves, what it leaves behind.

The bounds are loose enough for a loaded machine; the numbers are printed, and `-m benchmark` measures them closely.
"""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from benchmarks.many import make_registered
from benchmarks.probing import idle, open_registry, press, settle, shown_after
from tui.pty_session import PtySession
from tui.story import metadata

pytestmark = pytest.mark.alone

DRAFTS, REGISTERED = 100, 5
SPARSE = 1 << 36
ANSWERS = (
    b"\x1b]11;rgb:dddd/yyyy/aaaa\x1b\\",  # the background's colour
    b"\x1b]52;c;UUFQWERR\x07",  # the clipboard
    b"\x1b]0;Q\x9c",  # a title
    b"\x1bP>|XTerm(390)\x1b\\",  # the terminal's name
    b"\x1bP1$r0 q\x1b\\",  # a setting
    b"\x1b_Gi=1;OK\x1b\\",  # a picture was taken
    b"\x1b[?62;22c\x1b[>41;390;0c",  # what it can do
    b"\x1b[12;40R",  # where the cursor is
    b"\x1b[8;40;120t",  # its size
    b"\x1b[?1u",  # its keyboard protocol
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a registry: a model whose versions are all signed, and one that is all drafts."""
    root = tmp_path_factory.mktemp("budgets") / "registry"
    make_registered(root, models=1, versions=REGISTERED)
    for version in range(1, DRAFTS + 1):
        folder = root / "models/drafts/versions" / str(version)
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(bytes(version))
        (folder / "version.yaml").write_text(metadata(f"0.{700 + version}", str(version % 40)))
    return root


def started(root: Path) -> PtySession:
    session, _ = open_registry(root, "model-00000")
    session.until(lambda shown: "● live" in shown)
    settle(session, quiet=0.3)
    return session


def visit(session: PtySession, place: str, wanted: str) -> None:
    session.write(f":{place}\r".encode())
    session.until(lambda shown: wanted in shown)
    settle(session, quiet=0.3)


def painting(session: PtySession, key: bytes) -> tuple[int, int]:
    """Return the bytes of what a key shows, and how often the header, and so the whole screen, was in it."""
    session.write(key)
    got = session.read_until(b" signoff  ") + session.read_quiet(0.3)
    return len(got), got.count(b" signoff  ")


def tell(what: str, number: float) -> None:
    sys.stdout.write(f"{what}: {number:.0f}\n")


def test_a_session_stays_within_its_budgets(root: Path) -> None:
    session, opened = open_registry(root, "model-00000")
    with session:
        tell("start to first useful screen, ms", opened.ready)
        assert opened.ready <= 3000
        settle(session, quiet=0.3)

        visit(session, "drafts", f"{DRAFTS} versions")
        cursor = press(session, b"j", 20)
        tell("bytes of a cursor key beside a pane", cursor.bytes)
        tell("key to paint, ms", cursor.median)
        assert 0 < cursor.bytes <= 700
        assert cursor.median <= 100
        session.write(b"j" * 20)
        settle(session, quiet=0.3)
        scrolled = press(session, b"j", 10)
        tell("bytes of a scroll step", scrolled.bytes)
        assert cursor.bytes < scrolled.bytes <= 12_000
        pages = (b"?", b"q", b"\r", b"q", b"i", b"q", b"w", b"q")
        painted = [[painting(session, key) for key in pages] for _ in range(2)]
        for rounds in zip(*painted, strict=True):
            size, paints = min(rounds, key=lambda one: one[1])  # beside other work one may fall into two
            tell(f"bytes of a change of pages, painted {paints} times", size)
            assert paints == 1
            assert 0 < size <= 25_000

        settle(session, quiet=0.3)
        percent, size = idle(session, 5.0)
        tell("% of a core when idle", percent)
        assert size == 0


def test_a_cursor_key_in_a_small_terminal_costs_at_most_six_hundred_bytes(root: Path) -> None:
    session, _ = open_registry(root, "model-00000", rows=24, columns=80)
    with session:
        settle(session, quiet=0.3)
        visit(session, "drafts", f"{DRAFTS} versions")
        cursor = press(session, b"j", 15)
        tell("bytes of a cursor key", cursor.bytes)
        assert 0 < cursor.bytes <= 600


def test_a_folder_that_somebody_copies_is_on_the_screen_within_half_a_second(root: Path) -> None:
    folder = root / "models/drafts/versions/1"
    with started(root) as session:
        visit(session, "drafts", f"{DRAFTS} versions")
        waits = []
        for number in range(1, 4):
            words = ["cp", "-r", str(folder), str(folder.with_name(f"copy{number}"))]
            wanted = f"{DRAFTS + number} versions"
            waits.append(shown_after(session, partial(subprocess.run, words, check=True), wanted))
        tell("copies of others on the screen, best, ms", min(waits))
        assert min(waits) <= 500


def test_leaving_while_a_task_runs_takes_no_longer_than_a_breath(root: Path) -> None:
    os.truncate(root / "models/model-00000/versions/3/model.onnx", SPARSE)
    with started(root) as session:
        visit(session, "model-00000:3", "[1 Overview]")
        session.write(b"V")
        session.until(lambda shown: "1 task" in shown)
        session.read_quiet(0.2)
        assert "1 task" in session.text(), "it is over already"
        began = time.monotonic()
        session.write(b"\x11")
        assert session.wait() == 0
        took = time.monotonic() - began
        tell("leaving while a task runs, ms", took * 1e3)
        assert took <= 1.5
        session.assert_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_whole_program_and_restores_the_terminal(root: Path, number: signal.Signals) -> None:
    with started(root) as session:
        session.kill(number)
        assert session.wait() == 128 + number
        session.assert_restored()


def test_what_a_terminal_answers_presses_no_key_of_any_page(root: Path) -> None:
    with started(root) as session:
        for place, wanted in (("drafts", " versions"), ("drafts:2", "[1 Overview]")):
            visit(session, place, wanted)
            before = session.text()
            for answer in ANSWERS:
                session.write(answer)
                assert session.read_quiet(0.05) == b"", answer
            assert session.read_quiet() == b""
            assert session.text() == before
        session.write(b"2")
        session.until(lambda shown: "[2 Metrics]" in shown)
