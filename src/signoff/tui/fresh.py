"""What the header says of how fresh a screen is.

The rule it keeps: pure; the same state gives the same words, so that only transitions are painted.
"""

from datetime import datetime

from signoff.registry.snapshot import Snapshot
from signoff.registry.watching import Standing
from signoff.tui.widgets.chrome import Freshness


def fresh(was: Freshness, standing: Standing, *, complete: bool, changed: bool, at: str) -> Freshness:
    """Return how fresh a screen is after something was read.

    Args:
        was: What was said before.
        standing: How changes are learnt of.
        complete: Whether all was read.
        changed: Whether something else was read than before.
        at: The time, as it is shown.
    """
    if standing.fault:
        return stale(was, standing.fault, at=at)
    kind = "live" if not standing.note else "polling"
    kind = kind if complete else "reading"
    if kind == "polling" and standing.every:
        return Freshness(kind, f"{standing.every:g}s")
    return Freshness(kind, at) if changed or kind != was.kind else was


def stale(was: Freshness, why: str, *, at: str) -> Freshness:
    """Return that a screen is old, since the first time that this was so."""
    return Freshness("stale", was.detail if was.kind == "stale" else f"since {at}", why)


def fresh_on(snapshot: Snapshot | None, model: str, freshness: Freshness, *, now: datetime) -> Freshness:
    """Return how fresh a page is where a part of the registry may not have been read in this session.

    Args:
        snapshot: What is shown.
        model: The model that the page is about; "" for all.
        freshness: How fresh the screen is, apart from that.
        now: The time.
    """
    if snapshot is None or freshness.kind in {"stale", "reading"}:
        return freshness
    about = snapshot.find_model(model) if model else None
    source = snapshot.source if about is None else about.source
    if source is None:
        return freshness
    moment = source.moment.astimezone()
    when = f"{moment:%H:%M}" if moment.date() == now.astimezone().date() else f"{moment:%Y-%m-%d}"
    return Freshness("indexed", f"{when}, not verified") if source.place else Freshness("remembered", f"from {when}")


def unread_words(snapshot: Snapshot | None) -> str:
    """Return how much of a registry was not read in this session, for pages that tell of all of it; "" where all was."""
    unread = sum(model.source is not None for model in snapshot.models) if snapshot else 0
    if snapshot is None or not unread:
        return ""
    return (
        f"{unread:,} of {len(snapshot.models):,} models were not read, and are told of as far as is known: r reads all"
    )
