"""The terminal UI: wires snapshot, screens, commands and the signing dialog together.

The rule it keeps: nothing is decided here. One reactive, immutable snapshot; whatever comes from a thread comes as a
message; a crash leaves a log and the terminal as it was.
"""

import os
import threading
import traceback
from collections.abc import Callable

from textual.app import App
from textual.reactive import reactive

from signoff.registry.crashes import note_crash
from signoff.registry.snapshot import Snapshot
from signoff.tui.commands import need_command, why_not
from signoff.tui.driver import SignoffDriver
from signoff.tui.feed import Feed
from signoff.tui.messages import OpenModel, OpenVersion, Seen, Sign, Unreadable
from signoff.tui.screens.help import HelpPage
from signoff.tui.screens.models import ModelsPage
from signoff.tui.screens.page import Page
from signoff.tui.screens.problems import ProblemsPage
from signoff.tui.screens.sign import SignDialog
from signoff.tui.screens.version import VersionPage
from signoff.tui.screens.versions import VersionsPage
from signoff.tui.session import Session
from signoff.tui.widgets.chrome import Freshness


class SignoffApp(App[None]):
    """One registry on one terminal."""

    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (150, "-broad")]  # noqa: RUF012
    snapshot: reactive[Snapshot | None] = reactive(None, init=False, layout=False, repaint=False)

    def __init__(self, session: Session, feed_of: Callable[["SignoffApp"], Feed], *, plain: bool = False) -> None:
        """Begin with nothing read.

        Args:
            session: The person and the desk.
            feed_of: Makes what reads the registry.
            plain: Whether the terminal has no UTF-8.
        """
        super().__init__(driver_class=SignoffDriver)
        self.animation_level = "none"
        self.session, self.plain = session, plain
        self.feed = feed_of(self)
        self.freshness = Freshness("reading")
        self.crash_log = ""

    def get_default_screen(self) -> Page:
        """Return the models, so that no empty screen is painted first."""
        return ModelsPage(self.session)

    @property
    def page(self) -> Page:
        """The page in front, below any dialog."""
        return next(screen for screen in reversed(self.screen_stack) if isinstance(screen, Page))

    def on_mount(self) -> None:
        """Begin to read, and look for keys."""
        threading.excepthook = lambda failed: self._thread_failed(failed.exc_value)
        self.feed.start()
        self.run_worker(self.look_for_keys(), exit_on_error=True)

    async def look_for_keys(self) -> None:
        """Find out who would sign."""
        await self.session.find_person()
        self.show()

    def on_unmount(self) -> None:
        """Stop reading."""
        self.feed.close()

    def watch_snapshot(self) -> None:
        """Show what was read."""
        self.show()

    def show(self) -> None:
        """Have the page in front show things as they are."""
        self.page.show(self.snapshot, self.freshness)

    def on_seen(self, message: Seen) -> None:
        """Take what a thread read; an equal snapshot changes nothing."""
        changed, was = message.snapshot != self.snapshot, self.freshness.kind
        kind = "polling" if message.note else "live"
        if changed or kind != was:
            self.freshness = Freshness(kind, f"{self.session.now().astimezone():%H:%M}")
        self.snapshot = message.snapshot
        if not changed and kind != was:
            self.show()

    def on_unreadable(self, message: Unreadable) -> None:
        """Say since when the screen is old, and why."""
        if self.freshness.kind != "stale":
            self.freshness = Freshness("stale", f"since {self.session.now().astimezone():%H:%M}")
        self.show()
        self.page.tell(message.why, "bad")

    def action_command(self, command_id: str) -> None:
        """Do a command of the page in front, or say why it cannot be done."""
        page, command = self.page, need_command(command_id)
        reason = why_not(command, page.situation())
        page.tell(reason)
        if reason:
            return
        match command_id:
            case "back" | "up":
                self.go_up(quits=command_id == "up")
            case "help" | "problems":
                self.open_page(HelpPage(self.session) if command_id == "help" else ProblemsPage(self.session))
            case "rescan":
                self.feed.wake()
                self.run_worker(self.look_for_keys(), exit_on_error=True)
                page.tell("reading everything again", "plain")
            case "quit":
                self.exit()
            case "suspend":
                self.action_suspend_process()
            case "interrupt":
                page.tell("q goes up and quits at the models, ctrl-q quits", "plain")
            case _:
                page.obey(command_id)

    def go_up(self, *, quits: bool) -> None:
        """Leave the filter, else the screen; at the models `q` quits."""
        if not quits and self.page.leave():
            return
        if len(self.screen_stack) > 1:
            self.pop_screen()
            self.show()
        elif quits:
            self.exit()

    def open_page(self, page: Page) -> None:
        """Put a page in front; one of a kind is not put upon itself."""
        if type(page) is not type(self.page):
            self.push_screen(page)
            page.call_after_refresh(self.show)

    def on_open_model(self, message: OpenModel) -> None:
        """Show a model's versions."""
        self.open_page(VersionsPage(self.session, message.model))

    def on_open_version(self, message: OpenVersion) -> None:
        """Show a version."""
        self.open_page(VersionPage(self.session, message.model, message.version))

    def on_sign(self, message: Sign) -> None:
        """Open the signing dialog."""
        if self.page.scene is not None:
            self.push_screen(SignDialog(self.session, self.page.scene, message))

    def _thread_failed(self, error: BaseException | None) -> None:
        if isinstance(error, Exception):
            self.call_later(self._handle_exception, error)

    def _handle_exception(self, error: Exception) -> None:
        """Write a log without values, name it after the terminal is restored, and end."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        text = "".join(traceback.format_exception(error))
        self.crash_log = self.crash_log or note_crash(f"tui-{os.getpid()}", text)
        self._close_messages_no_wait()
