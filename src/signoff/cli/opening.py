"""`signoff` and `signoff REGISTRY`: the terminal UI, or, where there is no terminal, what `status` prints."""

import sys
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

import click
import msgspec

from signoff.cli.frame import Frame, framed
from signoff.cli.options import Options
from signoff.registry.settings import Fault, Settings, load_settings


def need_registry(word: str, commands: Collection[str]) -> None:
    """Check that a word which is no command can be a registry.

    Raises:
        click.UsageError: It is neither.
    """
    if "/" in word or Path(word).is_dir() or word in load_settings().registries:
        return
    near = get_close_matches(word, commands, n=1)
    message = f"{word!r} is neither a command nor a registry" + (f"; did you mean {near[0]!r}?" if near else "")
    raise click.UsageError(message)


class Screens(Protocol):
    """What the command line asks of the terminal UI."""

    def show_screens(
        self,
        url: str,
        *,
        settings: Settings,
        read_only: bool,
        who: str,
        key: str,
        registry_id: str,
        mouse: bool | None,
    ) -> int:
        """Show a registry until the person leaves; return the exit code."""

    def faults_in(self, settings: Settings) -> Iterator[Fault]:
        """Yield what the terminal UI finds wrong in settings."""


def screens() -> Screens:
    """Return the terminal UI's door."""
    from signoff.tui import front  # noqa: PLC0415  (the only place: scripts do not pay for the terminal UI)

    return front


@click.command("open", add_help_option=False)
@click.option("--mouse/--no-mouse", default=None, help="Whether the mouse is used; unless said, not over SSH.")
@framed
def open_(frame: Frame, mouse: bool | None) -> int | None:  # noqa: FBT001  (click's words)
    """The terminal UI; without a terminal, the state of every stage."""
    if frame.out.terminal and sys.stdin.isatty() and not frame.out.as_json:
        wanted = frame.settings.mouse if mouse is None else mouse
        settings = msgspec.structs.replace(frame.settings, mouse=wanted)
        return show_tui(frame.url, settings, options=frame.options, read_only=frame.read_only)
    from signoff.cli.state import print_status  # noqa: PLC0415  (the terminal UI does without)

    print_status(frame)
    frame.out.say("this is no terminal, so there is no terminal UI; see: signoff help")
    return None


def show_tui(
    url: str, settings: Settings, *, key: str = "", options: Options | None = None, read_only: bool = False
) -> int:
    """Show a registry in the terminal UI until the person leaves; return the exit code.

    Args:
        url: A path or URL.
        settings: This user's wishes.
        key: The public key file or fingerprint that signs; "": what the options say.
        options: What was said on the command line.
        read_only: Whether nothing is to be signed.
    """
    said = options or Options()
    return screens().show_screens(
        url,
        settings=settings,
        read_only=read_only,
        who=said.who or "",
        key=key or said.key or "",
        registry_id=said.registry_id or "",
        mouse=settings.mouse,
    )
