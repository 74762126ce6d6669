"""The command line's entry: words in, an exit code out.

The rules it keeps: only the called command is imported; every error that signoff raises on purpose becomes one line,
a hint and the exit code of its kind, and nothing of it can write to the terminal but text.
"""

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from signoff import __version__
from signoff.cli.options import Helpful, shared_options, take_options
from signoff.cli.table import COMMANDS, GROUPS
from signoff.cli.telling import Told, flush_output, print_text, reader_gone
from signoff.errors import (
    AlarmError,
    ConflictError,
    InvalidValueError,
    NotFoundError,
    RefusedError,
    SchemaError,
    SignoffError,
    VerificationError,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

DONE, REFUSED, WRONG_WORDS, NOT_FOUND, UNVERIFIED, ALARM, CONFLICT, UNAVAILABLE = range(8)
INTERRUPTED = 130
CODES: tuple[tuple[type[SignoffError], int], ...] = (
    (RefusedError, REFUSED),
    (InvalidValueError, WRONG_WORDS),
    (SchemaError, WRONG_WORDS),
    (NotFoundError, NOT_FOUND),
    (AlarmError, ALARM),
    (VerificationError, UNVERIFIED),
    (ConflictError, CONFLICT),
)
"""The first kind that fits decides; every other error means that storage or a key is not available."""
WIDTH = 78
COMPLETING = "_SIGNOFF_COMPLETE"
USAGE = """Usage: signoff [REGISTRY]                 the terminal UI
       signoff COMMAND [WORDS] [OPTIONS]
"""
OPTIONS_HELP = """
Options of every command:
  -r, --registry URL   a path, or a name of the configuration; else
                       $SIGNOFF_REGISTRY, else this folder or one above it
  --json               one JSON document     -q           no talk     --no-color
  --as WHO, --key FILE.pub                   who signs, and with which key
  --registry-id ID     refuse any other      --read-only  write nothing
`signoff help` says what each command does; `signoff COMMAND --help` says all."""


class Commands(Helpful, click.Group):
    """The commands of the table, each imported when it is called; another word is a registry for the terminal UI."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        row = COMMANDS.get(cmd_name)
        if row is None:
            return None
        command: click.Command = getattr(import_module(f"signoff.cli.{row.module}"), row.function)
        if COMPLETING not in os.environ:
            return command
        from signoff.cli.completing import completes_names  # noqa: PLC0415  (only for a shell)

        return completes_names(command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem"]:
        """Return the commands that a word may become, without importing them."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  (only for a shell)

        found = [CompletionItem(name, help=row.help) for name, row in COMMANDS.items() if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words begin with; a word that is none of them names a registry."""
        if args[0] in COMMANDS or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        from signoff.cli.opening import need_registry, open_  # noqa: PLC0415  (only where no command is named)

        need_registry(args[0], COMMANDS)
        return "open", open_, ["--registry", *args]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the screen of all commands, by group."""
        del ctx
        formatter.write(overview())


def overview() -> str:
    """Return the help screen: every command's name, by group."""
    lines = [USAGE]
    for group in GROUPS:
        names = [name for name, row in COMMANDS.items() if row.group == group]
        if names:
            lines += _wrapped(f"{group:<16}", names)
    return "\n".join([*lines, OPTIONS_HELP, ""])


def _wrapped(head: str, names: list[str]) -> list[str]:
    lines = [head]
    for name in names:
        if len(lines[-1]) + 2 + len(name) > WIDTH:
            lines.append(" " * len(head))
        lines[-1] += f"  {name}"
    return lines


def _root(**words: Any) -> int | None:  # noqa: ANN401  (click's words are of any type)
    context = click.get_current_context()
    context.obj = take_options(words)
    if context.invoked_subcommand is not None:
        return None
    from signoff.cli.opening import open_  # noqa: PLC0415  (only where no command is named)

    return context.invoke(open_)  # type: ignore[no-any-return]  # (click returns what the command returns)


def _print_version(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001  (click's callback)
    if asked:
        print_text(f"signoff {__version__}")
        context.exit()


def root() -> click.Group:
    """Return the group of all commands."""

    def callback(**words: Any) -> int | None:  # noqa: ANN401  (click's words are of any type)
        return _root(**words)

    group = Commands("signoff", callback=shared_options(callback), invoke_without_command=True)
    group.params += reversed(getattr(callback, "__click_params__", []))
    group.params.append(
        click.Option(["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_print_version)
    )
    return group


def run(words: list[str] | None = None) -> int:
    """Run the command that the words name, and return the exit code.

    Args:
        words: What stands behind `signoff`; None: this process's arguments.
    """
    given = spelled_out(sys.argv[1:] if words is None else words)
    told = Told(as_json="--json" in given)
    try:
        code = root().main(given, prog_name="signoff", standalone_mode=False)
        flush_output()
    except BrokenPipeError:
        return reader_gone()
    except (KeyboardInterrupt, click.Abort):
        return told.failed("interrupted", code=INTERRUPTED)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        return told.misused(error)
    except SignoffError as error:
        return told.refused(error, code=code_of(error))
    return code if isinstance(code, int) else DONE


def spelled_out(words: list[str]) -> list[str]:
    """Return the words with `-r`, where it is the first option, in full.

    Click looks for names near every short option that stands alone before it takes it: 3 ms of a cold command.
    """
    first = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    return [*words[:first], "--registry", *words[first + 1 :]] if words[first : first + 1] == ["-r"] else words


def code_of(error: SignoffError) -> int:
    """Return the exit code of an error's kind."""
    return next((code for kind, code in CODES if isinstance(error, kind)), UNAVAILABLE)
