"""How an error is told: one line and a hint on stderr, or one JSON object there.

The rule it keeps: whatever an error carries from outside is displayable before it is written.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from signoff.errors import RefusedError, SignoffError, StorageError
from signoff.values.display import ascii_only, displayable

USAGE = 2
READER_GONE = 141


class Told:
    """Tells errors on stderr."""

    def __init__(self, *, as_json: bool) -> None:
        """Tell in words, or as JSON."""
        self._as_json = as_json

    def refused(self, error: SignoffError, *, code: int) -> int:
        """Tell an error of signoff's own; return the code."""
        reasons = error.reasons if isinstance(error, RefusedError) else ()
        return self.failed(error.message, hint=error.hint, code=code, kind=type(error).__name__, reasons=reasons)

    def misused(self, error: click.ClickException) -> int:
        """Tell that the words were wrong; return the code."""
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "signoff"
        return self.failed(error.format_message(), hint=f"see: {path} --help", code=USAGE, kind="UsageError")

    def failed(
        self, message: str, *, code: int, hint: str = "", kind: str = "Interrupted", reasons: tuple[str, ...] = ()
    ) -> int:
        """Tell what failed; return the code."""
        if self._as_json:
            import msgspec  # noqa: PLC0415  (only with --json)

            told = {"kind": kind, "message": message, "hint": hint, "reasons": reasons, "exit_code": code}
            tell_line(msgspec.json.encode({"error": told}).decode())
            return code
        if reasons:
            message = message.removesuffix("; ".join(reasons)) + "".join(f"\n  {displayable(one)}" for one in reasons)
        first, *rest = message.split("\n") if reasons else [message]
        tell_line("\n".join([f"error: {displayable(first.rstrip())}", *rest]))
        if hint:
            tell_line(f"hint:  {displayable(hint)}")
        return code


def tell_line(text: str) -> None:
    """Write displayable text on stderr; where that cannot be written, nobody can be told, and the exit code is what it is."""
    encoding = (getattr(sys.stderr, "encoding", None) or "ascii").lower()
    with suppress(OSError):
        click.echo(text if encoding.startswith("utf") else ascii_only(text), err=True, color=False)


def unwritten(error: OSError) -> StorageError:
    """Return what to say where the output cannot be written, and have what is left of it go nowhere."""
    reader_gone()
    return StorageError(
        f"the output cannot be written: {error.strerror}",
        hint="what was written is not all of it: make room, or write elsewhere",
    )


def flush_output() -> None:
    """Write what waits to be written.

    Raises:
        BrokenPipeError: Nobody reads any more.
        StorageError: It cannot be written.
    """
    with _writing():
        sys.stdout.flush()


def print_text(text: str) -> None:
    """Print a text of ours, as help is.

    Raises:
        BrokenPipeError: Nobody reads any more.
        StorageError: It cannot be written.
    """
    with _writing():
        click.echo(text)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritten(error) from error


def reader_gone() -> int:
    """Leave quietly, as other tools do: what reads the pipe has enough, and the last flush must not complain."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_GONE
