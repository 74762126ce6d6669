"""What the header says of how fresh a screen is.

The rule it keeps: pure; the same state gives the same words, so that only transitions are painted.
"""

from datetime import datetime

from signoff.registry.snapshot import Source
from signoff.registry.watching import Standing
from signoff.tui.widgets.chrome import Freshness


def fresh(
    was: Freshness, standing: Standing, *, complete: bool, changed: bool, at: str, kept: Freshness | None = None
) -> Freshness:
    """Return how fresh a screen is after something was read.

    Args:
        was: What was said before.
        standing: How changes are learnt of.
        complete: Whether all was read.
        changed: Whether something else was read than before.
        at: The time, as it is shown.
        kept: What is to be said where a part was not read but kept; see `kept_since`.
    """
    if standing.fault:
        return stale(was, standing.fault, at=at)
    if kept is not None and complete:
        return kept
    kind = "live" if not standing.note else "polling"
    kind = kind if complete else "reading"
    if kind == "polling" and standing.every:
        return Freshness(kind, f"{standing.every:g}s")
    return Freshness(kind, at) if changed or kind != was.kind else was


def stale(was: Freshness, why: str, *, at: str) -> Freshness:
    """Return that a screen is old, since the first time that this was so."""
    return Freshness("stale", was.detail if was.kind == "stale" else f"since {at}", why)


def kept_since(source: Source | None, *, now: datetime) -> Freshness | None:
    """Return what the header says of lines that were not read in this session; None where all were."""
    if source is None:
        return None
    moment = source.moment.astimezone()
    when = f"{moment:%H:%M}" if moment.date() == now.astimezone().date() else f"{moment:%Y-%m-%d}"
    return Freshness("indexed", f"{when}, not verified") if source.place else Freshness("remembered", f"from {when}")
