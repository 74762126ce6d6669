"""Finding out, by two writes of one key, whether a place keeps its word that it does not replace.

The rule it keeps: a place is only written to after it refused to replace; the verdict is kept for a day for each place
and server, so that a record costs two requests and not six.
"""

import hashlib
import os
from collections.abc import Callable
from datetime import datetime, timedelta

from signoff.errors import AlreadyExistsError, InvalidValueError, StorageError
from signoff.storage.state import read_cache, write_cache
from signoff.values.times import parse_stamp, stamp

KEPT = timedelta(days=1)
GOOD = "it does not replace"
LIES = "its server overwrote a file that it was told not to replace (it ignores the condition, as some servers do)"


class Verdict:
    """What is known of a place.

    Args:
        place: Its URL and its server's address.
        now: The clock.
    """

    def __init__(self, place: str, now: Callable[[], datetime]) -> None:
        """Nothing is read yet."""
        self._file = f"places/{hashlib.sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"
        self._now = now

    def kept(self) -> str | None:
        """Return why nothing is written there, "" where all is well, or None where nobody asked for a day."""
        try:
            content = read_cache(self._file)
            moment, _, words = (content or b"").decode().strip().partition(" ")
            if not words or self._now() - parse_stamp(moment) > KEPT:
                return None
        except (StorageError, InvalidValueError, UnicodeDecodeError):
            return None
        return "" if words == GOOD else words

    def keep(self, reason: str) -> None:
        """Remember a verdict, if this machine lets us."""
        try:
            write_cache(self._file, f"{stamp(self._now())} {reason or GOOD}\n".encode())
        except StorageError:
            return


def probe(create: Callable[[str, bytes], bool], read: Callable[[str], bytes], remove: Callable[[str], None]) -> str:
    """Return why a place cannot be written to, or "" where it does not replace.

    Args:
        create: Publishes a file that is not there, and returns True; raises AlreadyExistsError.
        read: Returns a file's bytes.
        remove: Removes a file.

    Raises:
        StorageError: It cannot be found out.
    """
    path = f".signoff/tmp/probe-{os.urandom(16).hex()}"
    create(path, b"first")
    try:
        create(path, b"second")
    except AlreadyExistsError:
        found = read(path)
        reason = "" if found == b"first" else LIES
    else:
        reason = LIES
    try:
        remove(path)
    except StorageError:
        return reason  # who may not remove may still publish
    return reason
