"""`signoff` and `signoff REGISTRY`: the terminal UI, or, where there is no terminal, what `status` prints."""

import sys
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.options import Options
from signoff.registry.settings import load_settings


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


@click.command("open", add_help_option=False)
@framed
def open_(frame: Frame) -> int | None:
    """The terminal UI; without a terminal, the state of every stage."""
    if frame.out.terminal and sys.stdin.isatty() and not frame.out.as_json:
        return show_tui(frame.url, options=frame.options, read_only=frame.read_only, mouse=frame.settings.mouse)
    from signoff.cli.state import print_status  # noqa: PLC0415  (the terminal UI does without)

    print_status(frame)
    frame.out.say("this is no terminal, so there is no terminal UI; see: signoff help")
    return None


def show_tui(
    url: str, *, key: str = "", options: Options | None = None, read_only: bool = False, mouse: bool | None = None
) -> int:
    """Show a registry in the terminal UI until the person leaves; return the exit code.

    Args:
        url: A path or URL.
        key: The public key file or fingerprint that signs; "": what the options say.
        options: What was said on the command line.
        read_only: Whether nothing is to be signed.
        mouse: Whether the mouse is used; None: unless over SSH.
    """
    from signoff.tui.app import run_tui  # noqa: PLC0415  (the only place: scripts do not pay for the terminal UI)

    said = options or Options()
    return run_tui(
        url,
        read_only=read_only,
        who=said.who or "",
        key=key or said.key or "",
        registry_id=said.registry_id or "",
        mouse=mouse,
    )
