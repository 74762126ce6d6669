"""An app that a defect ends in an orderly way.

The rule it keeps: whatever escapes, in the screen's thread or in another, leaves a log without values of variables,
the terminal as it was, and an exit code that is not 0.
"""

import os
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from textual.app import App

from signoff.registry.crashes import note_crash
from signoff.tui.driver import SignoffDriver


class OrderlyApp(App[None]):
    """What every app of ours does when something is broken."""

    def __init__(self) -> None:
        """Use our driver; nothing moves by itself."""
        super().__init__(driver_class=SignoffDriver)
        self.animation_level = "none"
        self._disable_notifications = self._disable_tooltips = True  # two widgets of every screen that we never use
        self.crash_log = ""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Give the terminal away for a while, and take it back however that ends: Textual's own does not on an error."""
        away = super().suspend()
        away.__enter__()
        try:
            yield
        finally:
            away.__exit__(None, None, None)

    def watch_threads(self) -> None:
        """Have what escapes from any thread end the app, too."""
        threading.excepthook = lambda failed: self._thread_failed(failed.exc_value)

    def _thread_failed(self, error: BaseException | None) -> None:
        if isinstance(error, Exception):
            self.call_later(self._handle_exception, error)

    def _handle_exception(self, error: Exception) -> None:
        """Write a log and end; what it is called is told when the terminal is restored."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.crash_log = self.crash_log or note_crash(f"tui-{os.getpid()}", "".join(traceback.format_exception(error)))
        self._close_messages_no_wait()

    def tell_crash(self) -> None:
        """Say on stderr where the log is, if there is one."""
        if self.crash_log:
            sys.stderr.write(f"signoff ended by a defect; its log: {self.crash_log}\n")
