"""From the command line to the first screen, and from one registry to another.

The rule it keeps: a registry is opened before anything that showed another one is given up.
"""

import os
from collections.abc import Callable

import msgspec

from signoff.errors import NotFoundError
from signoff.registry.opening import open_registry, real_surroundings
from signoff.registry.registry import Registry
from signoff.registry.settings import Settings
from signoff.tui.app import FIRST_THEME, Opened, SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.palettes import ANSI, find_theme
from signoff.tui.session import Session
from signoff.tui.terminal import Terminal

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


def prepare(start: Start, terminal: Terminal) -> SignoffApp:
    """Open the registry and return the screens that show it on a terminal.

    Raises:
        SignoffError: It cannot be opened.
    """
    opened = open_for(start, start.url, demanded=start.registry_id)
    return SignoffApp(
        opened.session,
        opened.feed_of,
        plain=terminal.plain,
        theme=first_theme(start.settings.theme, terminal),
        colour=terminal.colour,
        elsewhere=switching(start),
    )


def run(app: SignoffApp, terminal: Terminal) -> int:
    """Show screens until the person leaves; return the exit code."""
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
