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
    "ls": Row("listing", "list_", "Models; with a model or a query, versions.", LOOK),
    "show": Row("showing", "show", "All about a version.", LOOK),
    "status": Row("state", "status", "What each stage and alias points at, now or --at a time.", LOOK),
    "compare": Row("sidebyside", "compare", "Versions side by side.", LOOK),
    "lineage": Row("sidebyside", "lineage", "What a version was made from and into.", LOOK),
    "history": Row("state", "history", "All records, and what became of each.", LOOK),
    "inbox": Row("waiting", "inbox", "What waits for my sign-off.", LOOK),
    "check": Row("waiting", "check", "Every rule of a stage, met or not.", LOOK),
    "verify": Row("checking", "verify", "Every chain and manifest; --deep: every byte.", LOOK),
    "help": Row("helping", "help_", "Every command in one line, or one command's help.", LOOK),
    "register": Row("registering", "register", "Seal a folder as a version, in place or brought in.", DECIDE),
    "evaluate": Row("registering", "evaluate", "Have an evaluation file count.", DECIDE),
    "request": Row("deciding", "request", "Ask for the approval of a version.", DECIDE),
    "approve": Row("deciding", "approve", "Approve a version for a stage.", DECIDE),
    "reject": Row("deciding", "reject", "Reject a version for a stage.", DECIDE),
    "promote": Row("deciding", "promote", "Point a stage at a version.", DECIDE),
    "rollback": Row("deciding", "rollback", "Point a stage back at a version that held it.", DECIDE),
    "alias": Row("deciding", "alias", "Move or remove a pointer without rules.", DECIDE),
    "deploy": Row("deciding", "deploy", "Leave a receipt of what serves where.", DECIDE),
    "deprecate": Row("deciding", "deprecate", "Show a version as outdated.", DECIDE),
    "restore": Row("deciding", "restore", "Take a deprecation back.", DECIDE),
    "revoke": Row("deciding", "revoke", "Have every pull refuse a version, for good.", DECIDE),
    "annotate": Row("deciding", "annotate", "Set tags and notes.", DECIDE),
    "comment": Row("deciding", "comment", "Say something about a version or a model.", DECIDE),
    "withdraw": Row("deciding", "withdraw", "Take back your own request, approval or rejection.", DECIDE),
    "review": Row("deciding", "review", "Close somebody else's break_glass.", DECIDE),
    "purge": Row("purging", "purge", "Sign that bytes may be removed, and remove them.", DECIDE),
    "pull": Row("pulling", "pull", "Deliver a version's verified bytes into a folder.", FETCH),
    "mirror": Row("mirroring", "mirror", "Copy a registry to another place: all history, verified.", FETCH),
    "init": Row("founding", "init", "Make a new registry.", RUN),
    "trust": Row("trusting", "trust", "Show and change the rules.", RUN),
    "checkpoint": Row("trusting", "checkpoint", "Sign the heads of all chains, as a witness.", RUN),
    "gc": Row("purging", "gc", "Remove what no record names, leftovers and purged bytes.", RUN),
    "heads": Row("checking", "heads", "Print the head of every chain.", RUN),
    "doctor": Row("checking", "doctor", "What is wrong with a registry, and how to mend it.", RUN),
    "demo": Row("demo", "demo", "A writable sample registry with throw-away keys.", RUN),
    "key": Row("local", "key", "Your keys, and which one signs.", CLIENT),
    "pin": Row("local", "pin", "What this client remembers of registries.", CLIENT),
    "cache": Row("cached", "cache", "What was read before, kept to save time.", CLIENT),
    "config": Row("local", "config", "Check or find the configuration file.", CLIENT),
    "schema": Row("local", "schema", "JSON Schemas of metadata files, for editors.", CLIENT),
    "completion": Row("local", "completion", "Completion for bash, zsh or fish.", CLIENT),
}
