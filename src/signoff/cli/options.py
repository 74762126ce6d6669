"""The options that every command has, before or behind its name.

The rule it keeps: what stands behind the name wins over what stands before it.
"""

from collections.abc import Callable
from typing import Any

import click
import msgspec

OPTIONS = (
    click.option("-r", "--registry", metavar="URL", help="Which registry: a path, or a name of the configuration."),
    click.option("--json", "as_json", is_flag=True, default=None, help="One JSON document."),
    click.option("-q", "--quiet", is_flag=True, default=None, help="No talk."),
    click.option("--no-color", is_flag=True, default=None, help="No colour."),
    click.option("--as", "who", metavar="WHO", help="Which person signs."),
    click.option("--key", metavar="FILE.pub", help="Which key signs: a public key file, or a fingerprint."),
    click.option("--registry-id", metavar="ID", help="Refuse any other registry than this."),
    click.option("--read-only", is_flag=True, default=None, help="Write nothing into the registry."),
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
