"""Telling which paths of a registry changed, where the storage has no folder on this machine.

The rule it keeps: while nothing changes, a poll is one request. What the journal names is told; what it does not name
is told as "anything" after a while. A storage that fails or is silent is a state that is told, asked again, and left.
"""

import threading
import time
from collections.abc import Callable

from signoff.errors import NotFoundError, StorageError
from signoff.schema import layout
from signoff.schema.journal import paths_of
from signoff.storage.base import MOST_NOTED, Storage
from signoff.storage.following import last_number
from signoff.storage.remote_errors import cause_of
from signoff.storage.watch import JOINING, MOST_TOLD, Pace

ASKED = "this storage announces no changes: it is asked every few seconds"
FIRST_AGAIN = 1.0


class Polling:
    """Calls back with the paths that changed, until it is closed: a `Watch` for what is far away.

    Args:
        storage: What to ask; it is asked from a thread beside those that read it.
        on_change: Called from that thread with paths below the root; none at all means: anything may have changed. It
            must not raise.
        on_standing: Called from some thread after `fault` or `every` became another and nothing changed. It must not
            raise.
        pace: How often things are done.
        after: Up to which entry the journal was followed already, by whoever did not read all and wants to be told
            only of what it names; None: its end is to be found.
    """

    note = ASKED

    def __init__(
        self,
        storage: Storage,
        *,
        on_change: Callable[[frozenset[str]], None],
        on_standing: Callable[[], None] = lambda: None,
        pace: Pace | None = None,
        after: int | None = None,
    ) -> None:
        """Find the end of the journal: what is written after this returns is told."""
        self.fault = ""
        self._storage, self._on_change, self._on_standing = storage, on_change, on_standing
        self._pace = pace or Pace()
        self.every = self._pace.quick
        self._over = threading.Event()
        self._head, self._named_only = after, after is not None
        self._again = FIRST_AGAIN
        self._moved = time.monotonic()
        self._due = self._moved + self._pace.whole
        if after is None:
            self._begin()
        self.told = self._head
        """The last entry of the journal that was told of, with all before; None while its end is not known."""
        self._thread = threading.Thread(target=self._run, name="signoff-polling", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; nothing is told any more once this returns, unless a call is under way."""
        self._over.set()
        if self._thread is not threading.current_thread():
            self._thread.join(JOINING)

    def _begin(self) -> None:
        try:
            self._find_head()
        except StorageError as error:
            self.fault = _why(error)

    def _run(self) -> None:
        while not self._over.wait(self._again if self.fault else self.every):
            before = self.fault, self.every
            told = self._poll()
            if self._over.is_set():
                return
            head = self._head
            if told is not None:
                self._on_change(told)
            self.told = head
            if told is None and (self.fault, self.every) != before:
                self._on_standing()

    def _poll(self) -> frozenset[str] | None:
        """Return what is to be told, or None; an empty set: anything may have changed."""
        now = time.monotonic()
        try:
            found = self._news(whole=now >= self._due)
        except StorageError as error:
            self._again = min(self._again * 2, self._pace.slow) if self.fault else FIRST_AGAIN
            self.fault = self.fault or _why(error)
            return None
        found = self._with_unanswered(found)
        if self.fault or found is not None:
            self._moved = now
        if self.fault or now >= self._due:
            found = found if self._named_only else frozenset()
            self._due = now + self._pace.whole
        self.fault, self._again = "", FIRST_AGAIN
        self.every = self._pace.quick if now - self._moved < self._pace.calm else self._pace.slow
        return found

    def _with_unanswered(self, found: frozenset[str] | None) -> frozenset[str] | None:
        """Add what whoever reads this storage asked for in vain: it answers now, so that can be looked at again."""
        missed = self._storage.unanswered.take()
        if len(missed) >= MOST_NOTED and not self._named_only:
            return frozenset()
        missed = frozenset(path for path in missed if not path.startswith(layout.JOURNAL))
        return found if not missed or found == frozenset() else missed | (found or frozenset())

    def _news(self, *, whole: bool) -> frozenset[str] | None:
        """Read what was added to the journal; None where nothing was, an empty set where an entry names nothing."""
        head = self._head
        if head is None or (whole and head and self._entry(head) is None):
            head = self._find_head()
        found: set[str] = set()
        blind = False
        while len(found) < MOST_TOLD and not self._over.is_set():
            content = self._entry(head + 1)
            if content is None:
                break
            head += 1
            named = paths_of(content)
            found.update(named)
            blind = blind or not (named or self._named_only)
        self._head = head
        if blind:
            return frozenset()
        return frozenset(found) or None

    def _find_head(self) -> int:
        self._head = last_number(lambda number: self._entry(number) is not None)
        return self._head

    def _entry(self, number: int) -> bytes | None:
        """Return an entry's bytes, of a far too large one only the beginning; None where there is none."""
        late = threading.Timer(self._pace.patience, self._be_late)
        late.daemon = True
        late.start()
        try:
            with self._storage.open(layout.journal_path(number)) as stream:
                return stream.read(layout.LARGEST_JOURNAL_ENTRY)
        except NotFoundError:
            return None
        finally:
            late.cancel()

    def _be_late(self) -> None:
        """Say that no answer came yet: drivers wait for minutes."""
        if not self.fault and not self._over.is_set():
            self.fault = f"no answer for {self._pace.patience:g} seconds"
            self._on_standing()


def _why(error: StorageError) -> str:
    """Return why there was no answer, as short as it is known."""
    return cause_of(error.__cause__) if error.__cause__ else str(error)
