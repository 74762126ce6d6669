"""Writing packs of long logs, for those who open them far away.

The rules it keeps: the records are written before, one by one, and stay; a pack is made of verified records alone. Its
name follows from the length of the log, so that all who pack one write the same. It never fails a command; who only
looks writes nothing here.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress

from signoff.errors import StorageError
from signoff.policy.log import VerifiedLog
from signoff.registry.grown import ModelLog
from signoff.registry.packs import Pack, cover, fewest_packed, find_packs
from signoff.schema import layout
from signoff.storage.base import Storage

MOST_AT_ONCE = 4


class Packing:
    """Packs the logs of one registry."""

    def __init__(self, storage: Storage) -> None:
        """Nothing is looked at yet."""
        self._storage = storage
        self._done: dict[str, int] = {}

    def follow(self, known: ModelLog) -> None:
        """Pack a log that was just written to, once enough records follow its last pack; as far as that can be done."""
        length, chain = len(known.log.records), known.log.chain
        fewest = fewest_packed(self._storage)
        if length - max(known.packed, self._done.get(chain, 0)) < fewest:
            return
        self._done[chain] = length - length % fewest
        with suppress(StorageError):
            self.put(known.log, most=MOST_AT_ONCE)

    def put(self, log: VerifiedLog, *, most: int = 0) -> tuple[Pack, ...]:
        """Write the packs that a log lacks, the first `most` of them, or all; return those that were written.

        Raises:
            StorageError: One cannot be written; what stands in its place stays.
        """
        there, _ = find_packs(self._storage, log.chain)
        written: list[Pack] = []
        for pack, content in _contents(log, there, fewest=fewest_packed(self._storage)):
            if self._storage.put_new(pack.path, content):
                written.append(pack)
                if len(written) == most:
                    break
        return tuple(written)


def lacking(storage: Storage, log: VerifiedLog) -> int:
    """Return how many records of a log are in no pack and should be, by the names of the packs."""
    length, fewest = len(log.records), fewest_packed(storage)
    if length < fewest:
        return 0
    packed = cover(log.chain, length, among=find_packs(storage, log.chain)[0])
    return max(0, length - length % fewest - (packed[-1].last if packed else 0))


def _contents(log: VerifiedLog, there: Collection[Pack], *, fewest: int) -> Iterator[tuple[Pack, bytes]]:
    """Yield the packs that a log lacks, the largest that may be; one that would be too large gives way to smaller ones."""
    pending = list(reversed(cover(log.chain, len(log.records), fewest=fewest)))
    while pending:
        pack = pending.pop()
        if pack in there:
            continue
        content = b"".join(map(log.records.content_at, range(pack.first - 1, pack.last)))
        if len(content) <= layout.LARGEST_PACK:
            yield pack, content
        else:
            size = next(size for size in layout.PACK_SIZES if size < pack.count)
            firsts = range(pack.first, pack.last + 1, size)
            pending += [Pack(log.chain, first, first + size - 1) for first in reversed(firsts)]
