"""From the command line to the first screen, and from one registry to another.

The rule it keeps: a registry is opened before anything that showed another one is given up.
"""

import os
import sys
from collections.abc import Callable

import msgspec

from signoff.errors import NotFoundError, SignoffError
from signoff.registry.opening import open_registry, real_surroundings
from signoff.registry.registry import Registry
from signoff.registry.settings import Settings
from signoff.tui.app import FIRST_THEME, Opened, SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.palettes import ANSI, find_theme
from signoff.tui.session import Session
from signoff.tui.terminal import Terminal, terminal_of

PATIENCE = 0.5


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line said.

    Attributes:
        url: The registry's path or URL.
        settings: This user's wishes.
        read_only: Whether every key that signs is disabled.
        who: The person who signs, or "".
        key: The fingerprint or public key file to sign with, or "".
        registry_id: The id that the first registry must have, or "".
    """

    url: str
    settings: Settings
    read_only: bool = False
    who: str = ""
    key: str = ""
    registry_id: str = ""


def run(start: Start, *, mouse: bool | None) -> int:
    """Show screens until the person leaves; return the exit code.

    Raises:
        SignoffError: The registry cannot be opened, or nothing can be shown on this terminal.
    """
    terminal = terminal_of(os.environ, mouse=mouse)
    if terminal.refusal or not sys.stdin.isatty() or not sys.stdout.isatty():
        reason = terminal.refusal or "screens need a terminal on standard input and output"
        raise SignoffError(reason, hint="see: signoff help")
    opened = open_for(start, start.url, demanded=start.registry_id)
    app = SignoffApp(
        opened.session,
        opened.feed_of,
        plain=terminal.plain,
        theme=first_theme(start.settings.theme, terminal),
        colour=terminal.colour,
        elsewhere=switching(start),
    )
    if not terminal.colour:
        os.environ["NO_COLOR"] = "1"  # Textual takes it away; pager and editor are to have it
    app.run(mouse=terminal.mouse)
    app.tell_crash()
    return app.return_code or 0


def first_theme(wished: str, terminal: Terminal) -> str:
    """Return the theme to begin with: the wished one, else what the terminal can show."""
    return find_theme(wished) or (ANSI if terminal.few or not terminal.colour else FIRST_THEME)


def open_for(start: Start, url: str, *, demanded: str = "") -> Opened:
    """Open a registry for screens.

    Raises:
        SignoffError: It cannot be opened.
    """
    registry = open_registry(url, demanded=demanded, read_only=start.read_only)

    def open_again() -> Registry:
        return open_registry(url, demanded=registry.id, read_only=start.read_only)

    settings = start.settings
    session = Session(
        open_again, real_surroundings(), read_only=start.read_only, who=start.who, key=start.key, settings=settings
    )
    return Opened(
        session, lambda app: Feed(registry, app.post_message, every=settings.refresh or None, patience=PATIENCE)
    )


def switching(start: Start) -> Callable[[str], Opened]:
    """Return what opens another registry of the configuration by its name."""

    def open_named(name: str) -> Opened:
        url = start.settings.urls.get(name)
        if url is None:
            message = f"the configuration names no registry {name!r}"
            raise NotFoundError(message, hint=f"it names: {', '.join(start.settings.urls) or 'none'}")
        return open_for(start, url)

    return open_named
