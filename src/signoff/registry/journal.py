"""Telling others which log got a record, so that they need not look everywhere.

The rule it keeps: it comes after the record, which is the truth; it never fails a command and is asked for no decision.
A client that only reads writes nothing here.
"""

from contextlib import suppress

from signoff.errors import AlreadyExistsError, StorageError
from signoff.schema import layout
from signoff.schema.journal import JournalEntry, Written, dump_entry
from signoff.storage.base import Storage
from signoff.storage.following import last_number
from signoff.storage.local import LocalStorage

MOST_TRIES = 50
NONCE = 32


class Journal:
    """The journal of one registry."""

    def __init__(self, storage: Storage) -> None:
        """Find its end with the first entry."""
        self._storage = storage
        self._last = 0

    def tell(self, chain: str, seq: int, identity: str) -> None:
        """Append that a chain got a record, as far as that can be done; its id is chance enough for a nonce."""
        entry = JournalEntry(written=(Written(chain=chain, seq=seq, id=identity),), nonce=identity[:NONCE])
        content = dump_entry(entry)
        with suppress(StorageError):
            self._append(content)

    def _append(self, content: bytes) -> None:
        """Put the entry behind the last one; where that was known, no question is asked before."""
        for again in range(MOST_TRIES):
            if again or not self._last:
                self._last = last_number(self._is_there, at_least=self._last)
            with suppress(AlreadyExistsError):
                self._put(layout.journal_path(self._last + 1), content)
                self._last += 1
                return

    def _put(self, path: str, content: bytes) -> None:
        if isinstance(self._storage, LocalStorage):
            self._storage.put_hint(path, content)  # the fsyncs of a publication would double what a record costs
        else:
            self._storage.put_new(path, content)

    def _is_there(self, number: int) -> bool:
        try:
            self._storage.info(layout.journal_path(number))
        except StorageError:
            return False
        return True
