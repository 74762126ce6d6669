"""What stands behind each command's word in the command line.

The rule it keeps: pure; a field is named as records spell it; a command that is not here takes no words.
"""

from typing import Literal

import msgspec

Kind = Literal[
    "stage",
    "alias",
    "environment",
    "status",
    "record",
    "version",
    "date",
    "registry",
    "column",
    "view",
    "theme",
    "text",
]
STATUSES = ("deploying", "serving", "failed", "stopped")
OUTCOMES = ("justified", "unjustified")


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One word behind a command.

    Attributes:
        name: What usage calls it.
        kind: What it completes to.
        field: The name of what it says in a record, or "".
        rest: Whether it takes everything that is left.
        many: Whether it may come again and again.
        needed: Whether the command line asks for it; else a dialog does, or nobody.
    """

    name: str
    kind: Kind = "text"
    field: str = ""
    rest: bool = False
    many: bool = False
    needed: bool = False


STAGE = Slot(name="STAGE", kind="stage", field="stage")
COMMENT = Slot(name="COMMENT", field="comment", rest=True)
REASON = Slot(name="REASON", field="reason", rest=True)

WORDS: dict[str, tuple[Slot, ...]] = {
    "request": (STAGE, COMMENT),
    "approve": (STAGE, COMMENT),
    "reject": (STAGE, COMMENT),
    "promote": (STAGE, COMMENT),
    "rollback": (STAGE, REASON),
    "break_glass": (STAGE, REASON),
    "register": (COMMENT,),
    "deprecate": (REASON,),
    "restore": (REASON,),
    "alias": (Slot(name="NAME", kind="alias", field="alias"), COMMENT),
    "comment": (Slot(name="TEXT", field="comment", rest=True),),
    "evaluate": (Slot(name="FILE", field="file", rest=True),),
    "withdraw": (COMMENT,),
    "review": (Slot(name="OUTCOME", field="outcome"), COMMENT),
    "deploy": (
        Slot(name="ENVIRONMENT", kind="environment", field="environment"),
        Slot(name="STATUS", kind="status", field="status"),
        COMMENT,
    ),
    "pull": (Slot(name="FOLDER", field="destination", rest=True),),
    "compare": (Slot(name="VERSION", kind="version", many=True),),
    "at": (Slot(name="DATE", kind="date", needed=True),),
    "registry": (Slot(name="NAME", kind="registry", needed=True),),
    "columns": (Slot(name="NAME", kind="column", many=True),),
    "view": (Slot(name="NAME", kind="view", rest=True, needed=True),),
    "theme": (Slot(name="NAME", kind="theme", needed=True),),
    "filter": (Slot(name="QUERY", rest=True),),
}
"""Command id -> its words. A signing command without them asks in its dialog."""

SHORT = {"q": "quit", "h": "help", "?": "help"}
"""What people type out of habit."""


def usage(command_id: str) -> str:
    """Return how a command's words are written: `alias NAME [COMMENT]`."""
    slots = WORDS.get(command_id, ())
    named = [f"{slot.name} …" if slot.many else slot.name for slot in slots]
    shown = [name if slot.needed else f"[{name}]" for slot, name in zip(slots, named, strict=True)]
    return " ".join([command_id, *shown])


def slot_at(command_id: str, number: int) -> Slot | None:
    """Return what the word of a number (from 0) says; None where there is none."""
    slots = WORDS.get(command_id, ())
    if number < len(slots):
        return slots[number]
    return slots[-1] if slots and (slots[-1].many or slots[-1].rest) else None
