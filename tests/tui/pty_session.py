"""A program in a real pseudo-terminal, seen from outside."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import pyte

RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?7h", b"\x1b[<u")
FOREIGN = re.compile(rb"\x1b\[[<>=?]\d*u|\x1b\[\?\d+\$p")


class PtySession:
    """One program, its bytes, and the screen they make."""

    def __init__(
        self,
        *command: str,
        rows: int = 40,
        columns: int = 120,
        environ: Mapping[str, str] | None = None,
        program: str = sys.executable,
    ) -> None:
        """Start a program, else the interpreter, with some arguments, in an environment of its own where one is given."""
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.status: int | None = None
        self.keeper, terminal = pty.openpty()
        fcntl.ioctl(self.keeper, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(terminal)
        mine = os.environ if environ is None else environ
        environment = dict(mine, TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8", LC_ALL="C.UTF-8")
        self.pid = os.fork()
        if not self.pid:
            os.login_tty(terminal)
            os.execve(program, [program, *command], environment)
        self.terminal = terminal

    def read_until(self, wanted: bytes, *, patience: float = 10.0) -> bytes:
        """Read until some bytes came; return everything read by this call."""
        return self._read(patience, lambda got: wanted in got, need=True)

    def until(self, condition: Callable[[str], bool], *, patience: float = 20.0) -> str:
        """Read until the screen is as wanted; return it."""
        end = time.monotonic() + patience
        while not condition(shown := self.text()):
            assert time.monotonic() < end, shown
            self._read(0.05, bool, need=False)
        return shown

    def read_quiet(self, quiet: float = 0.3) -> bytes:
        """Read until nothing came for a while."""
        read = b""
        while more := self._read(quiet, bool, need=False):
            read += more
        return read

    def _read(self, patience: float, enough: Callable[[bytes], bool], *, need: bool) -> bytes:
        read, end = b"", time.monotonic() + patience
        while not enough(read) and (left := end - time.monotonic()) > 0:
            if select.select([self.keeper], [], [], left)[0]:
                try:
                    chunk = os.read(self.keeper, 65536)
                except OSError:
                    break
                read += chunk
                self.output += chunk
                self.stream.feed(FOREIGN.sub(b"", chunk))
        assert enough(read) or not need, self.output[-400:]
        return read

    def write(self, content: bytes) -> None:
        """Type."""
        os.write(self.keeper, content)

    def kill(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self.terminal)
        os.close(self.keeper)
        self.keeper = self.terminal = -1

    def wait(self, patience: float = 5.0) -> int:
        """Return the exit code; minus the signal where one ended it."""
        end = time.monotonic() + patience
        while self.status is None and time.monotonic() < end:
            if self.keeper >= 0:
                self._read(0.02, bool, need=False)
            else:
                time.sleep(0.02)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
        assert self.status is not None, "it did not end"
        return self.status

    def text(self) -> str:
        """Return the screen."""
        return "\n".join(self.screen.display)

    def attributes(self) -> list[object]:
        """Return the terminal's settings now."""
        return termios.tcgetattr(self.terminal)

    def assert_restored(self) -> None:
        """Check that the terminal is as it was before the program."""
        for sequence in RESTORED:
            assert sequence in self.output
        assert self.output.rindex(b"\x1b[?1049l") > self.output.rindex(b"\x1b[?1049h")
        assert self.attributes() == self.before

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for handle in (self.keeper, self.terminal):
            if handle >= 0:
                os.close(handle)


HERE = Path(__file__).parent
