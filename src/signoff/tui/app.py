"""The terminal UI: wires snapshot, screens, commands and the signing dialog together.

The rule it keeps: nothing is decided here. One reactive, immutable snapshot; whatever comes from a thread comes as a
message; a crash leaves a log and the terminal as it was.
"""

import os
import sys
from collections.abc import Callable

from signoff.errors import SignoffError
from signoff.registry.opening import open_registry, real_surroundings
from signoff.registry.registry import Registry
from signoff.tui.feed import Feed
from signoff.tui.messages import Seen, Unreadable
from signoff.tui.navigation import NavigatingApp
from signoff.tui.screens.models import ModelsPage
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.terminal import terminal_of
from signoff.tui.widgets.chrome import Freshness


class SignoffApp(NavigatingApp):
    """One registry on one terminal."""

    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (150, "-broad")]  # noqa: RUF012

    def __init__(self, session: Session, feed_of: Callable[["SignoffApp"], Feed], *, plain: bool = False) -> None:
        """Begin with nothing read.

        Args:
            session: The person and the desk.
            feed_of: Makes what reads the registry.
            plain: Whether the terminal has no UTF-8.
        """
        super().__init__(session)
        self.plain = plain
        self.feed = feed_of(self)

    def get_default_screen(self) -> Page:
        """Return the models, so that no empty screen is painted first."""
        return ModelsPage(self.session)

    def on_mount(self) -> None:
        """Begin to read, and look for keys."""
        self.watch_threads()
        self.feed.start()
        self.run_worker(self.look_for_keys(), exit_on_error=True)

    def on_unmount(self) -> None:
        """Stop reading."""
        self.feed.close()

    def rescan(self) -> None:
        """Read everything again."""
        self.feed.wake()

    def watch_snapshot(self) -> None:
        """Show what was read."""
        self.show()

    def on_seen(self, message: Seen) -> None:
        """Take what a thread read; an equal snapshot changes nothing."""
        changed, was = message.snapshot != self.snapshot, self.freshness.kind
        kind = "polling" if message.note else "live"
        kind = kind if message.snapshot.complete else "reading"
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


def run_tui(
    url: str,
    *,
    read_only: bool = False,
    who: str = "",
    key: str = "",
    registry_id: str = "",
    mouse: bool | None = None,
) -> int:
    """Show a registry on this terminal and return the exit code.

    Args:
        url: A path or URL.
        read_only: Whether every key that signs is disabled.
        who: The person who signs, or "".
        key: The fingerprint or public key file to sign with, or "".
        registry_id: The id that the registry must have, or "".
        mouse: Whether the mouse is on; None: unless this is an SSH session.

    Raises:
        SignoffError: The registry cannot be opened, or nothing can be shown on this terminal.
    """
    terminal = terminal_of(os.environ, mouse=mouse)
    if terminal.refusal or not sys.stdin.isatty() or not sys.stdout.isatty():
        reason = terminal.refusal or "screens need a terminal on standard input and output"
        raise SignoffError(reason, hint="see: signoff help")
    registry = open_registry(url, demanded=registry_id, read_only=read_only)

    def open_again() -> Registry:
        return open_registry(url, demanded=registry.id, read_only=read_only)

    session = Session(open_again, real_surroundings(), read_only=read_only, who=who, key=key)
    app = SignoffApp(session, lambda app: Feed(registry, app.post_message), plain=terminal.plain)
    app.run(mouse=terminal.mouse)
    app.tell_crash()
    return app.return_code or 0
