"""Reading a long log by its packs: a few requests instead of one for each record.

The rules it keeps: a pack is a shorter way to the bytes of records, never another source of them. How long a log is,
its slots say; the slot of the last packed record must hold the same bytes, so that the hashes in the records bind all
before it. What is read from a pack is verified like any record. A pack that cannot be used is left out, and said.
"""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from signoff.errors import NotFoundError, StorageError, VerificationError
from signoff.policy.log import VerifiedLog
from signoff.records.pack import split_pack
from signoff.registry.chains import list_chain, read_slots, slots, sort_out
from signoff.registry.problems import Problem
from signoff.schema import layout
from signoff.storage.base import Entry, Storage
from signoff.storage.paths import PRIVATE_PREFIX

FEWEST = layout.PACK_SIZES[-1]
HINT = "it is left out, and the records are read one by one; signoff gc removes it"
BESIDE = "its pack holds what the chain proves: restore it from there, or from a backup"


class Pack(msgspec.Struct, frozen=True, order=True):
    """A pack, by its name: the records `first` to `last` of a model's chain."""

    chain: str
    first: int
    last: int

    @property
    def path(self) -> str:
        """Where it is."""
        return layout.pack_path(self.chain, self.first, self.last)

    @property
    def count(self) -> int:
        """How many records it holds."""
        return self.last - self.first + 1


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What was found beside the records of a model's log.

    Attributes:
        strange: Names in its folder that are no records.
        packs: The packs that were used, in order, from record 1 on without a gap; () for a short log.
        problems: What is wrong with other packs.
    """

    strange: tuple[str, ...] = ()
    packs: tuple[Pack, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def packed(self) -> int:
        """How many records came from packs."""
        return self.packs[-1].last if self.packs else 0


class Reading(Beside, frozen=True, kw_only=True):
    """What was read of a model's log: the bytes in each slot from the first on, or why they cannot be had."""

    contents: tuple[bytes | str, ...] = ()


def find_packs(storage: Storage, chain: str) -> tuple[frozenset[Pack], tuple[Problem, ...]]:
    """Return the packs of a model's chain, by their names alone, and what else stands there."""
    folder = layout.packs_folder(chain)
    try:
        entries = storage.entries(folder)
    except NotFoundError:
        return frozenset(), ()
    except StorageError as error:
        return frozenset(), (Problem(place=folder, what=str(error), hint=error.hint),)
    packs, problems = [], []
    for entry in entries:
        said = layout.pack_of(entry.name) if entry.kind == "file" else None
        if said:
            packs.append(Pack(chain, *said))
        elif not entry.name.startswith(PRIVATE_PREFIX):
            problems.append(Problem(place=f"{folder}/{entry.name}", what="it is no pack", severity="note"))
    return frozenset(packs), tuple(problems)


def cover(chain: str, length: int, *, among: Collection[Pack] | None = None, fewest: int = 1) -> tuple[Pack, ...]:
    """Return the packs from record 1 on without a gap, the largest that fit a log of this length.

    Args:
        chain: The log's chain.
        length: How long it is.
        among: Only these; None: any that may be.
        fewest: None of fewer records.
    """
    found: list[Pack] = []
    done = 0
    while pack := _next(chain, done, length, among=among, fewest=fewest):
        found.append(pack)
        done = pack.last
    return tuple(found)


def _next(chain: str, done: int, length: int, *, among: Collection[Pack] | None, fewest: int) -> Pack | None:
    sizes = (size for size in layout.pack_sizes(done) if fewest <= size <= length - done)
    packs = (Pack(chain, done + 1, done + size) for size in sizes)
    return next((pack for pack in packs if among is None or pack in among), None)


def fewest_packed(storage: Storage) -> int:
    """Return how many records make a pack: where each file is a request, few."""
    return layout.PACK_STEP if storage.paged else FEWEST


def wrong(reading: Reading, seq: int) -> tuple[Problem, ...]:
    """Return the problems of a reading whose packed record `seq` proved not to be the log's, that of its pack last."""
    pack = next(pack for pack in reading.packs if pack.last >= seq)
    return (*reading.problems, _unusable(pack, f"record {seq} in it is not the log's"))


def _unusable(pack: Pack, why: str) -> Problem:
    return Problem(place=pack.path, what=why, hint=HINT)


def read_loose(storage: Storage, chain: str, problems: tuple[Problem, ...] = ()) -> Reading:
    """Return a log as its slots say it, without any pack."""
    return _loose(storage, chain, list_chain(storage, chain), problems)


def _loose(storage: Storage, chain: str, entries: Sequence[Entry], problems: tuple[Problem, ...]) -> Reading:
    records, strange = sort_out(chain, entries)
    return Reading(contents=tuple(read_slots(storage, chain, records)), strange=strange, problems=problems)


def read_log(storage: Storage, chain: str) -> Reading:
    """Return a model's log, a long one from its packs as far as they go.

    Raises:
        StorageError: The folder of its records cannot be listed.
    """
    paged = storage.paged
    entries = list_chain(storage, chain, most=FEWEST if paged else 0)
    if len(entries) < fewest_packed(storage):
        return _loose(storage, chain, entries, ())
    packs, problems = find_packs(storage, chain)
    whole = not paged or len(entries) < FEWEST
    listed = _Listed(1, *sort_out(chain, entries)) if whole else _list_end(storage, chain, packs)
    length = listed.unbroken()
    beyond = [_unusable(pack, f"it reaches beyond the log's {length} records") for pack in packs if pack.last > length]
    contents, used, faults = _unpack(storage, cover(chain, length, among=packs))
    problems = (*problems, *sorted(beyond, key=lambda one: one.place), *faults)
    if not used:
        return _loose(storage, chain, entries, problems) if whole else read_loose(storage, chain, problems)
    end = used[-1].last
    if listed.first > end:
        listed = _Listed(1, *slots(storage, chain))
    rest = tuple(read_slots(storage, chain, listed.behind(end), after=end - 1))
    if rest[:1] != contents[-1:]:
        return read_loose(storage, chain, (*problems, _unusable(used[-1], f"record {end} in it is not the log's")))
    return Reading(contents=contents + rest[1:], strange=listed.strange, packs=used, problems=problems)


class _Listed(msgspec.Struct, frozen=True):
    """The slots of a chain from the slot `first` on, and the strange names among them."""

    first: int
    records: tuple[Entry, ...]
    strange: tuple[str, ...]

    def unbroken(self) -> int:
        """Return the last slot before a gap, 0 where the first one is missing."""
        last = self.first + len(self.records) - 1
        if self.records and layout.slot_of(self.records[-1].name) == last:
            return last  # as many names as slots: none is missing, since they are sorted and each is there once
        numbers = (layout.slot_of(entry.name) for entry in self.records)
        whole = (seq for seq, number in enumerate(numbers, start=self.first) if seq != number)
        return next(whole, self.first) - 1

    def behind(self, seq: int) -> tuple[Entry, ...]:
        """Return the slots from a slot on, where none before it is missing."""
        return self.records[seq - self.first :]


def _list_end(storage: Storage, chain: str, packs: Collection[Pack]) -> _Listed:
    """List the slots from the last packed one on; where that one is not there, all."""
    wanted = cover(chain, layout.MOST_SLOTS, among=packs)
    if wanted:
        end = wanted[-1].last
        records, strange = sort_out(chain, list_chain(storage, chain, after=end - 1))
        if records and layout.slot_of(records[0].name) == end:
            return _Listed(end, records, strange)
    return _Listed(1, *slots(storage, chain))


def _unpack(
    storage: Storage, wanted: Sequence[Pack]
) -> tuple[tuple[bytes | str, ...], tuple[Pack, ...], tuple[Problem, ...]]:
    """Return the records in these packs, as far as the packs can be used, those packs, and what is wrong with the next."""
    contents: list[bytes | str] = []
    found = storage.read_many([pack.path for pack in wanted], most=layout.LARGEST_PACK)
    for number, (pack, content) in enumerate(zip(wanted, found, strict=False)):
        try:
            if isinstance(content, StorageError):
                raise content
            contents += split_pack(content, count=pack.count)
        except (StorageError, VerificationError) as error:
            return tuple(contents), tuple(wanted[:number]), (_unusable(pack, str(error)),)
    return tuple(contents), tuple(wanted), ()


def loose_faults(storage: Storage, log: VerifiedLog, *, packed: int, deep: bool) -> Iterator[Problem]:
    """Yield what is wrong with the slots of the records that were read from packs.

    Args:
        storage: The registry's storage.
        log: The log, whose records are verified.
        packed: How many of them came from packs.
        deep: Whether to read the slots and compare every byte; else only their names are listed.
    """
    there = {layout.slot_of(entry.name) for entry in slots(storage, log.chain)[0]}
    missing = [seq for seq in range(1, packed + 1) if seq not in there]
    if missing:
        place = layout.record_path(log.chain, missing[0])
        yield Problem(place=place, what=f"{len(missing)} records are missing, this is the first", hint=BESIDE)
    slots_there = [seq for seq in range(1, packed + 1) if deep and seq in there]
    paths = [layout.record_path(log.chain, seq) for seq in slots_there]
    found = storage.read_many(paths, most=layout.LARGEST_RECORD)
    for seq, path, content in zip(slots_there, paths, found, strict=True):
        if isinstance(content, StorageError):
            yield Problem(place=path, what=str(content), hint=BESIDE)
        elif content != log.records.content_at(seq - 1):
            yield Problem(place=path, what="it is not the record that was packed", hint=BESIDE)
