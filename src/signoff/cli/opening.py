"""`signoff` and `signoff REGISTRY`: the terminal UI, or, where there is no terminal, what `status` prints."""

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

import click

from signoff.cli.frame import Frame, framed
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
    from signoff.cli.state import print_status  # noqa: PLC0415  (the terminal UI does without)

    print_status(frame)
    frame.out.say("this is no terminal, so there is no terminal UI; see: signoff help")
    return None
