"""Logs that are read a few at a time before somebody asks for them, so that their signatures are verified together.

The rule it keeps: what was read ahead is used once, within the question for which it was read, and is what the log's
folder held after that question began. Only a disk of this machine is read ahead: elsewhere the first answer would wait
for others.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from signoff.errors import StorageError
from signoff.policy.trust import TrustChain
from signoff.registry.packs import Reading, read_log
from signoff.registry.signed import find_signers
from signoff.registry.vouching import Vouched, Vouching
from signoff.schema import layout
from signoff.storage.base import Storage
from signoff.storage.local import LocalStorage

RECORDS = 256
"""So many are read ahead. A log of more is left to whoever reads it: it has enough to verify together."""


class Read(msgspec.Struct, frozen=True):
    """A log as it was read, what this client knew of it, and who signed those records of which it knew nothing."""

    reading: Reading
    note: Vouched
    signers: Sequence[bytes | None] = ()

    @property
    def left(self) -> int:
        """How many records are not vouched for."""
        return len(self.reading.contents) - self.note.count


class Ahead:
    """The logs of one question that were read ahead."""

    def __init__(self, storage: Storage, vouching: Vouching, trust: TrustChain, *, known: Collection[str]) -> None:
        """Read none of those that are known."""
        self._storage, self._vouching, self._trust, self._known = storage, vouching, trust, known
        self._read: dict[str, Read] = {}

    def models(self, names: Iterable[str]) -> Iterator[str]:
        """Yield each name again, once its log was read or is better read by whoever asks for it."""
        waiting, count, here = list[str](), 0, isinstance(self._storage, LocalStorage)
        for name in names:
            unread = here and name not in self._known
            if not unread and not waiting:
                yield name
                continue
            waiting.append(name)
            count += self._read_one(name) if unread else 0
            if count >= RECORDS:
                yield from self._verified(waiting)
                waiting, count = [], 0
        yield from self._verified(waiting)

    def take(self, model: str) -> Read | None:
        """Return a log that was read ahead, once."""
        return self._read.pop(model, None)

    def _read_one(self, model: str) -> int:
        chain = layout.model_chain(model)
        try:
            reading = read_log(self._storage, chain)
        except StorageError:
            return 1  # whoever asks for it meets the same, and says so
        self._read[model] = Read(reading, self._vouching.find(chain, reading.contents))
        return len(reading.contents) + 1

    def _verified(self, models: Sequence[str]) -> Sequence[str]:
        """Return the same, after their signatures were looked at together."""
        new = {name: read for name, read in self._read.items() if 0 < read.left <= RECORDS}
        contents = [content for read in new.values() for content in read.reading.contents[read.note.count :]]
        found, begin = find_signers(contents, self._trust), 0
        for name, read in new.items() if found else ():
            end = begin + read.left
            signers = (*(None,) * read.note.count, *found[begin:end])
            self._read[name] = msgspec.structs.replace(read, signers=signers)
            begin = end
        return models
