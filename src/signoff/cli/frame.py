"""What every command gets: its options, the registry opened when it is first asked for, and where to print.

The rule it keeps: a command opens nothing itself; what was seen is remembered when the command ends, however it ends.
"""

import functools
import os
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click
import msgspec

from signoff.cli.options import Options, shared_options, take_options
from signoff.cli.output import Output
from signoff.errors import StorageError
from signoff.registry.opening import locate, open_registry
from signoff.registry.settings import Settings, load_settings

if TYPE_CHECKING:
    from signoff.registry.people import Me
    from signoff.registry.registry import Registry


class Frame(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One run of one command.

    Attributes:
        options: What was said.
        out: Where to print.
    """

    options: Options
    out: Output

    @cached_property
    def settings(self) -> Settings:
        """The configuration file's wishes."""
        return load_settings()

    @cached_property
    def url(self) -> str:
        """The path or URL of the registry that is meant."""
        name = self.options.registry or ""
        return locate(name, environ=os.environ, names=self.settings.urls)

    @cached_property
    def registry(self) -> "Registry":
        """The registry, opened when it is first asked for."""
        return open_registry(self.url, demanded=self.options.registry_id or "", read_only=self.read_only)

    @property
    def read_only(self) -> bool:
        """Whether nothing is to be written into the registry."""
        return bool(self.options.read_only) or self.settings.read_only

    def me(self) -> "Me":
        """Return who signs: `--as` and `--key`, else what `key use` chose.

        Raises:
            SigningError: No such key is here.
            InvalidValueError: Keys of several people are here and nobody said which.
        """
        from signoff.registry.choosing import choose_me  # noqa: PLC0415  (whoever only looks has no key)

        return choose_me(self.registry, who=self.options.who or "", key=self.options.key or "")

    def close(self) -> None:
        """Remember what was seen of the registry, and say so at the first contact."""
        if "registry" not in self.__dict__:
            return
        registry = self.registry
        try:
            registry.close()
        except StorageError as error:
            self.out.warn(f"what was seen of this registry is not remembered: {error}")
            return
        if registry.reader.pins.first_seen and registry.reader.trust_alarm is None:
            self.out.say(f"first contact with registry {registry.id} at {registry.url}: pinned")


def framed(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Make a command of a function that takes a `Frame` first: shared options, and an end that remembers.

    The function returns its exit code; None is 0. Use it below `@click.command()` and above its own options.
    """

    @functools.wraps(function)
    def run(**words: Any) -> int | None:  # noqa: ANN401  (click's words are of any type)
        before = click.get_current_context().find_root().obj
        options = take_options(words).over(before or Options())
        frame = Frame(options=options, out=Output.of(options))
        try:
            return function(frame, **words)
        finally:
            frame.close()

    return shared_options(run)
