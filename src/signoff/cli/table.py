"""Every command of the command line: where it is, and what it does in one line.

The rule it keeps: this is the only list of commands; a command is imported when it is called, and not for `--help`.
"""

from typing import NamedTuple


class Row(NamedTuple):
    """One command: the module below `signoff.cli`, the click command in it, its help in one line, its group."""

    module: str
    function: str
    help: str
    group: str


LOOK = "Look"
DECIDE = "Decide"
FETCH = "Fetch"
RUN = "Run a registry"
CLIENT = "This client"
GROUPS = (LOOK, DECIDE, FETCH, RUN, CLIENT)

COMMANDS: dict[str, Row] = {
    "help": Row("helping", "help_", "Every command in one line, or one command's help.", LOOK),
}
