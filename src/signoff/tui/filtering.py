"""How the text of a list's filter is read while the names that it may use are still coming, and what keys do meanwhile.

The rule it keeps: pure; a name that may come yet is not called wrong; no key is offered that would type a letter.
"""

from collections.abc import Collection
from datetime import datetime

from signoff.policy.query import Query, QueryError, parse_query

COMING = "metrics and tags are still being read"
WAITS = "the filter waits for them"


def read_filter(text: str, *, now: datetime, known: Collection[str], reading: bool) -> Query | None:
    """Return what a text asks for; None where it is empty.

    Args:
        text: As people type it.
        now: What ages count from.
        known: Every `metrics.`, `params.` and `tags.` name that was read.
        reading: Whether others may come yet.

    Raises:
        QueryError: It cannot be read, or cannot yet.
    """
    if not text.strip():
        return None
    try:
        return parse_query(text, now=now, known=known)
    except QueryError as error:
        if reading and _fits_any_names(text, now):
            raise QueryError(COMING, start=error.start, end=error.end, hint=WAITS) from error
        raise


def _fits_any_names(text: str, now: datetime) -> bool:
    try:
        parse_query(text, now=now)
    except QueryError:
        return False
    return True
