"""Records as rows of a history.

The rule it keeps: an ineffective record is shown with its reason, in the place of what its author said.
"""

from datetime import datetime

from signoff.cli.layout import Cell, Column
from signoff.cli.words import age_cell, state_cell, text_cell
from signoff.policy.entries import Entry

AIMS = ("stage", "environment", "alias")
WAYS = {"promote": "to", "break_glass": "to", "rollback": "in", "deploy": "on", "alias": "as"}
RECORD_COLUMNS = (
    Column(title="SEQ", right=True),
    Column(title="WHEN", right=True, priority=3),
    Column(title="WHO", elastic=True),
    Column(title="DID"),
    Column(title="SAID", elastic=True, priority=1, optional=True),
    Column(title="STATE", priority=2, optional=True),
)


def record_cells(entry: Entry, *, now: datetime, about: str = "") -> tuple[Cell, ...]:
    """Return a record as a row of a history.

    Args:
        entry: The record.
        now: What ages count to.
        about: The model or version that the history is of, which need not be said again on every line.
    """
    record = entry.record
    action = record.action
    said = str(getattr(action, "comment", "") or getattr(action, "reason", "") or "")
    state = Cell("", whole="effective") if entry.effective else state_cell("ineffective")
    return (
        Cell(str(record.seq)),
        age_cell(record.moment, now=now),
        Cell(record.author),
        Cell(record_words(entry, about=about), whole=record_words(entry)),
        text_cell(said if entry.effective else "; ".join(entry.reasons)),
        state,
    )


def record_words(entry: Entry, *, about: str = "") -> str:
    """Return what a record did: "promote fraud:7 to production"."""
    record = entry.record
    name, action, subject = str(record.envelope.action), record.action, record.subject.name
    aim = next((getattr(action, one) for one in AIMS if getattr(action, one, None)), "")
    what = subject.removeprefix(about).removeprefix(":") if about else subject
    way = f"{WAYS.get(name, 'for')} {aim}" if aim else ""
    return " ".join(part for part in (name.replace("_", "-"), what if ":" in subject else "", way) if part)
