"""The registry as it was at a moment, for the lists: pointers, records, and the words above and instead of them.

The rule it keeps: pure; a moment that cannot be told says why; what was not known then is not shown.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from signoff.errors import SignoffError
from signoff.policy.order import stage_order
from signoff.registry.checkpoints import Checkpoint
from signoff.registry.past import Past
from signoff.registry.serving import Pointer, pointers_of
from signoff.registry.timeline import Timeline, timeline
from signoff.tui.present import Piece, Pieces, count
from signoff.values.display import utc_minute

TABS = {"stages": "Stages", "records": "Records"}


def past_pointers(past: Past) -> tuple[Pointer, ...]:
    """Return what every stage and alias pointed at."""
    stages = stage_order(past.trust.newest.document)
    found = (one for history in past.histories for one in pointers_of(history, stages))
    return tuple(one for one in found if one.version or one.environments)


def past_timeline(past: Past, checkpoints: Iterable[Checkpoint], model: str) -> Timeline:
    """Return the records up to the moment; of one model without the registry's own chains."""
    if model:
        return timeline(past.histories, None)
    seen = [one for one in checkpoints if one.moment <= past.moment]
    return timeline(past.histories, past.trust, checkpoints=seen)


def nothing_then(past: Past | SignoffError | None, told: Sequence[object], nothing: str) -> str:
    """Return the words for an empty list of a past moment."""
    if past is None:
        return "reading the registry as it was …"
    if isinstance(past, SignoffError):
        return f"{past}: {past.hint}" if past.hint else str(past)
    return "nothing fits the filter: esc clears it" if told else nothing


def tab_pieces(tab: str, moment: datetime | None, past: Past | SignoffError | None, *, future: bool) -> Pieces:
    """Return the line above the lists: the moment, which list is in front, and what cannot be told."""
    names: tuple[Piece, ...] = tuple(
        (f" [{title}]", "accent") if name == tab else (f"  {title} ", "dim") for name, title in TABS.items()
    )
    if moment is None:
        return names
    note = ", which is still to come: as it is now" if future else ""
    said: Pieces = (*names, (f"   as it was at {utc_minute(moment)}{note}", "strong" if not future else "warn"))
    untold = past.untold if isinstance(past, Past) else ()
    if not untold:
        return said
    first, why = untold[0]
    return (*said, (f"   ! {count(len(untold), 'model')} cannot be told: {first}: {why}", "bad"))


def todays(moment: datetime | None, *, now: datetime) -> str:
    """Return what a page that is opened from the past says of itself; "" from a list of now, or of a moment to come."""
    return "" if moment is None or moment > now else f"this page is today's, not as it was at {utc_minute(moment)}"
