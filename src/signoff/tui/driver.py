"""The Linux terminal driver, with what Textual's own leaves open.

The rule it keeps: SIGTERM, SIGHUP, SIGINT and a terminal that is gone end the program within half a second, restored,
with an exit code that is not 0; input goes through the shield; at most two frames wait for a slow terminal, so that a
held key does not run on for seconds.
"""

import atexit
import contextlib
import os
import select
import signal
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from types import FrameType
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from signoff.tui.terminal import InputShield

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
GRACE = 0.4
POLL = 0.1
MOST_FRAMES = 2
READ = 4096
SIGNAL_BASE = 128
RESTORE = (
    "\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[0m\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


class SignoffDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, made safe to lose its terminal."""

    handlers: dict[signal.Signals, Handler]
    ended_by: int = 0

    def start_application_mode(self) -> None:
        """Take the terminal, and the signals that end us."""
        self.handlers = {number: signal.getsignal(number) for number in ENDING}
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual leaves it without types
        if self._writer_thread is not None:
            self._writer_thread._queue.maxsize = MOST_FRAMES  # noqa: SLF001  (Textual has no setting for it)
        for number in ENDING:
            signal.signal(number, self._end)

    def stop_application_mode(self) -> None:
        """Give the terminal back; the signals too, unless one of them is what ends us."""
        super().stop_application_mode()
        if not self.ended_by:
            for number, handler in self.handlers.items():
                signal.signal(number, handler)

    def _end(self, number: int, _: FrameType | None) -> None:
        """Ask the app to end, and see to it that the process does."""
        if self.ended_by:
            return
        self.ended_by = number
        signal.signal(signal.SIGALRM, self._force)
        signal.setitimer(signal.ITIMER_REAL, GRACE)
        atexit.register(signal.setitimer, signal.ITIMER_REAL, 0.0)  # the interpreter's own end takes the handler away
        self._loop.call_soon_threadsafe(self._app.exit, None, SIGNAL_BASE + number)

    def _force(self, _number: int, _frame: FrameType | None) -> None:
        """End now; the terminal is restored as far as it still listens."""
        self.restore_terminal()
        os._exit(SIGNAL_BASE + self.ended_by)

    def restore_terminal(self) -> None:
        """Put the terminal back without the help of threads, loops or buffers."""
        output = sys.__stderr__.fileno() if sys.__stderr__ is not None else 2
        with contextlib.suppress(OSError, ValueError):
            if select.select([], [output], [], POLL)[1]:
                os.write(output, RESTORE.encode())
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def run_input_thread(self) -> None:
        """Read the terminal until the app ends or the terminal is gone."""
        reader = Reader(self)
        while not self.exit_event.is_set():
            ready = select.select([self.fileno], [], [], POLL)[0]
            if not ready:
                reader.tick()
            elif not reader.read():
                os.kill(os.getpid(), signal.SIGHUP)
                return


class Reader:
    """Bytes of the terminal -> shield -> parser -> messages of the driver."""

    def __init__(self, driver: SignoffDriver) -> None:
        """Begin with nothing read."""
        self.driver = driver
        self.decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self.shield = InputShield()
        self.parser = XTermParser()

    def read(self) -> bool:
        """Read what there is; return False when the terminal is gone."""
        try:
            content = os.read(self.driver.fileno, READ)
        except OSError:
            return False
        if content:
            self._parse(self.shield.feed(self.decode(content), time.monotonic()))
        return bool(content)

    def tick(self) -> None:
        """Let held keys go whose time has come."""
        held = self.shield.tick(time.monotonic())
        if held:
            self._parse(held)
            self.parser._timeout_time = 0.0  # noqa: SLF001  (the shield has waited already)
        for message in self.parser.tick():
            self.driver.process_message(message)

    def _parse(self, text: str) -> None:
        if not text:
            return
        try:
            for message in self.parser.feed(text):
                self.driver.process_message(message)
        except (ValueError, OverflowError):
            self.parser = XTermParser()
