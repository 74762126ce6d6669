"""The terminal UI's door for the command line.

The rule it keeps: importing this costs nothing that a script would notice; the terminal library comes with the first
screen.
"""

from collections.abc import Iterator

from signoff.registry.settings import Fault, Settings
from signoff.tui.wishes import wish_faults


def show_screens(
    url: str,
    *,
    settings: Settings,
    read_only: bool,
    who: str,
    key: str,
    registry_id: str,
    mouse: bool | None,
) -> int:
    """Show a registry on this terminal and return the exit code.

    Args:
        url: A path or URL.
        settings: This user's wishes.
        read_only: Whether every key that signs is disabled.
        who: The person who signs, or "".
        key: The fingerprint or public key file to sign with, or "".
        registry_id: The id that the registry must have, or "".
        mouse: Whether the mouse is on; None: unless this is an SSH session.

    Raises:
        SignoffError: The registry cannot be opened, or nothing can be shown on this terminal.
    """
    from signoff.tui.terminal import need_terminal, saying  # noqa: PLC0415  (whoever only checks settings shows nothing)

    terminal = need_terminal(mouse=mouse)
    with saying(f"opening {url} …", plain=terminal.plain):
        from signoff.tui.starting import Start, prepare, run  # noqa: PLC0415  (to import these takes a third of a second)

        start = Start(url=url, settings=settings, read_only=read_only, who=who, key=key, registry_id=registry_id)
        app = prepare(start, terminal)
    return run(app, terminal)


def faults_in(settings: Settings) -> Iterator[Fault]:
    """Yield what the terminal UI finds wrong in well-formed settings."""
    yield from wish_faults(settings)
