"""Cells that several lists share: times as ages, digests cut short, states with their colour."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from signoff.cli.layout import Cell
from signoff.values.display import UNKNOWN, age, short_digest, short_size
from signoff.values.times import stamp

if TYPE_CHECKING:
    from signoff.registry.views import VersionView

COLOURS = {
    "Approved": "green",
    "met": "green",
    "effective": "",
    "serving": "green",
    "PendingManualApproval": "yellow",
    "Stale": "yellow",
    "unknown": "yellow",
    "note": "dim",
    "deprecated": "yellow",
    "unregistered": "dim",
    "Rejected": "red",
    "unmet": "red",
    "alarm": "red",
    "fault": "red",
    "failed": "red",
    "invalid": "red",
    "ineffective": "yellow",
    "revoked": "red",
    "purged": "red",
    "missing": "red",
}
SHORT_STATES = {"PendingManualApproval": "pending", "Approved": "approved", "Rejected": "rejected", "Stale": "stale"}


def text_cell(text: str | None) -> Cell:
    """Return a text, or `-` for people and nothing for pipes."""
    return Cell(text) if text else Cell(UNKNOWN, whole="", style="dim")


def state_cell(state: str, *, text: str = "") -> Cell:
    """Return a state in its colour."""
    return Cell(text or state, whole=state, style=COLOURS.get(state, ""))


def age_cell(moment: datetime | None, *, now: datetime) -> Cell:
    """Return how long ago something was; pipes get the time."""
    return Cell(age(moment, now=now), whole="" if moment is None else stamp(moment), style="dim")


def size_cell(size: int | None) -> Cell:
    """Return a size; pipes get bytes."""
    return Cell(short_size(size), whole="" if size is None else str(size))


def digest_cell(digest: str | None) -> Cell:
    """Return a digest cut short; pipes get all of it."""
    return Cell(short_digest(digest), whole=digest or "")


def signoff_cell(view: VersionView) -> Cell:
    """Return how far a version's approvals are, for the stage where most happened."""
    status = view.approval
    asked = next((one.standing for one in view.asks if one.standing.status == status), None)
    if status == "none" or asked is None:
        return Cell(UNKNOWN, whole="none", style="dim")
    if status in {"Rejected", "Stale"}:
        return state_cell(status, text=SHORT_STATES[status])
    have = sum(min(len(line.people), line.needed) for line in asked.lines)
    return state_cell(status, text=f"{have} of {sum(line.needed for line in asked.lines)}")
