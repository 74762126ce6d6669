"""The options that every command has, before or behind its name.

The rule it keeps: what stands behind the name wins over what stands before it.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import click
import msgspec

from signoff.cli.telling import print_text


class Option(click.Option):
    """An option whose help is one line: click imports `inspect` to clean what may be several."""

    def __init__(self, *args: Any, help: str = "", **kwargs: Any) -> None:  # noqa: A002, ANN401  (as click's)
        """Take the help as it is."""
        super().__init__(*args, **kwargs)
        self.help = help


class Helpful(click.Command):
    """A command whose `--help` is such an option."""

    @cached_property
    def _asked(self) -> Option:
        return Option(
            ["--help"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_help,
            help="Show this message and exit.",
        )

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that prints this command's help."""
        del ctx
        return self._asked


def _print_help(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001  (click's callback)
    if asked and not context.resilient_parsing:
        print_text(context.get_help())
        context.exit()


OPTIONS = (
    click.option(
        "-r", "--registry", cls=Option, metavar="URL", help="Which registry: a path, or a name of the configuration."
    ),
    click.option("--json", "as_json", cls=Option, is_flag=True, default=None, help="One JSON document."),
    click.option("-q", "--quiet", cls=Option, is_flag=True, default=None, help="No talk."),
    click.option("--no-color", cls=Option, is_flag=True, default=None, help="No colour."),
    click.option("--as", "who", cls=Option, metavar="WHO", help="Which person signs."),
    click.option("--key", cls=Option, metavar="FILE.pub", help="Which key signs: a public key file, or a fingerprint."),
    click.option("--registry-id", cls=Option, metavar="ID", help="Refuse any other registry than this."),
    click.option("--read-only", cls=Option, is_flag=True, default=None, help="Write nothing into the registry."),
)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before or behind the command's name and means the same everywhere."""

    registry: str | None = None
    as_json: bool | None = None
    quiet: bool | None = None
    no_color: bool | None = None
    who: str | None = None
    key: str | None = None
    registry_id: str | None = None
    read_only: bool | None = None

    def over(self, before: "Options") -> "Options":
        """Return these options, and those of `before` where nothing was said here."""
        said = {name: getattr(self, name) for name in self.__struct_fields__}
        return msgspec.structs.replace(before, **{name: value for name, value in said.items() if value is not None})


def shared_options(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give a command the options that every command has."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def take_options(words: dict[str, Any]) -> Options:
    """Take the shared options out of a command's words."""
    return Options(**{name: words.pop(name, None) for name in Options.__struct_fields__})
