"""From the command line to the screens and back to an exit code.

The rule it keeps: what can be refused is refused before the terminal is taken; nothing of a crash is printed but one
line and the place of its log.
"""

import os
import sys

from signoff.errors import SignoffError
from signoff.registry.opening import open_registry, real_surroundings
from signoff.registry.registry import Registry
from signoff.tui.terminal import terminal_of


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

    from signoff.tui.app import SignoffApp  # noqa: PLC0415  (a refusal costs no import of screens)
    from signoff.tui.feed import Feed  # noqa: PLC0415
    from signoff.tui.session import Session  # noqa: PLC0415

    session = Session(open_again, real_surroundings(), read_only=read_only, who=who, key=key)
    app = SignoffApp(session, lambda app: Feed(registry, app.post_message), plain=terminal.plain)
    app.run(mouse=terminal.mouse)
    if app.crash_log:
        sys.stderr.write(f"signoff ended by a defect; its log: {app.crash_log}\n")
    return app.return_code or 0
