"""Times and chance, which the pure layers take as arguments.

The rule it keeps: a time in a record is UTC, whole seconds, `YYYY-MM-DDTHH:MM:SSZ`, and nothing else.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from signoff.errors import InvalidValueError

WHOLE_SECONDS = len("2026-11-23T08:00:00")
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision takes from the world besides the registry.

    Attributes:
        now: Returns the present time, in UTC.
        nonce: Returns 32 fresh hex digits.
    """

    now: Callable[[], datetime]
    nonce: Callable[[], str]


def parse_stamp(text: str) -> datetime:
    """Return the time that a record's stamp says.

    Raises:
        InvalidValueError: It is not `YYYY-MM-DDTHH:MM:SSZ`, or no such time exists.
    """
    try:
        if STAMP.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    message = f"{text!r} is not a time"
    raise InvalidValueError(message, hint="write UTC as YYYY-MM-DDTHH:MM:SSZ")


def parse_moment(text: str) -> datetime:
    """Return the time that a person wrote: a date, or a date and a time; without a zone it is UTC.

    Raises:
        InvalidValueError: It is not an ISO 8601 date or time.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"{text!r} is not a date or time"
        raise InvalidValueError(message, hint="write 2026-11-23 or 2026-11-23T08:00:00Z") from None


def stamp(moment: datetime) -> str:
    """Return the stamp of a time, whole seconds, in UTC."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat()[:WHOLE_SECONDS] + "Z"
