"""`signoff help`: every command in one line, or one command's own help."""

import click

from signoff.cli.table import COMMANDS, GROUPS
from signoff.cli.telling import print_text


@click.command("help")
@click.argument("command", required=False)
@click.pass_context
def help_(context: click.Context, command: str | None) -> None:
    """Every command in one line, or one command's help."""
    if command is None:
        print_text("\n".join(_lines()))
        return
    root = context.find_root()
    group = root.command
    found = group.get_command(root, command) if isinstance(group, click.Group) else None
    if found is None:
        message = f"there is no command {command!r}"
        raise click.UsageError(message)
    print_text(found.get_help(click.Context(found, info_name=f"signoff {command}")))


def _lines() -> list[str]:
    lines = []
    for group in GROUPS:
        rows = [(name, row.help) for name, row in COMMANDS.items() if row.group == group]
        if rows:
            lines += [f"{group}:", *(f"  {name:<12} {text}" for name, text in rows)]
    return lines
