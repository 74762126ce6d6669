"""Reading chains from storage: slots in, verified chains out.

The rule it keeps: whatever stands in a chain's folder is either the next record or a fault that is said; nothing is
skipped in silence.
"""

from collections.abc import Iterator, Sequence

from signoff.errors import NotFoundError, StorageError
from signoff.schema import layout
from signoff.storage.base import Entry, Storage
from signoff.storage.local import LocalStorage

MOST = {layout.TRUST_CHAIN: layout.LARGEST_TRUST_RECORD}


def slots(storage: Storage, chain: str) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the slots of a chain, in order, and the other names in its folder; a chain without a folder is empty.

    Raises:
        StorageError: What stands where its folder belongs cannot be listed: a file, a link.
    """
    return sort_out(chain, list_chain(storage, chain))


def list_chain(storage: Storage, chain: str, *, after: int = 0, most: int = 0) -> tuple[Entry, ...]:
    """Return what a chain's folder holds: all of it, what comes behind the slot `after`, or the first `most` names.

    Raises:
        StorageError: What stands where its folder belongs cannot be listed: a file, a link.
    """
    try:
        return storage.entries(
            layout.chain_folder(chain), after=layout.slot_name(after) if after > 0 else "", most=most
        )
    except NotFoundError:
        return ()


def sort_out(chain: str, entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the slots among the sorted names in a chain's folder, and the names that do not belong there."""
    if layout.are_slots([entry.name for entry in entries]):
        return tuple(entries), ()
    records = tuple([entry for entry in entries if layout.slot_of(entry.name)])
    others = [entry.name for entry in entries if not layout.slot_of(entry.name)]
    return records, tuple(name for name in others if not _ours(chain, name))


def _ours(chain: str, name: str) -> bool:
    return name.startswith(".tmp-") or (chain == layout.CHECKPOINT_CHAIN and name.endswith(".heads"))


def read_slots(storage: Storage, chain: str, entries: Sequence[Entry], *, after: int = 0) -> Iterator[bytes | str]:
    """Yield the content of each slot after `after`, or why it cannot be had; stops at the first that cannot.

    A missing slot below an existing one is such a fault.
    """
    wanted = [entry for entry in entries if layout.slot_of(entry.name) > after] if after > 0 else entries
    there, fault = _unbroken(wanted, after=after)
    folder = layout.chain_folder(chain)
    contents = storage.read_many(
        [f"{folder}/{entry.name}" for entry in there], most=MOST.get(chain, layout.LARGEST_RECORD)
    )
    for content in contents:
        yield str(content) if isinstance(content, StorageError) else content
    if fault:
        yield fault


def _unbroken(slots: Sequence[Entry], *, after: int) -> tuple[Sequence[Entry], str]:
    """Return the slots that follow the slot `after` without a gap and are files, and why the next one is none of them."""
    regular = all(entry.kind == "file" for entry in slots)
    if slots and regular and layout.slot_of(slots[-1].name) == max(after, 0) + len(slots):
        return slots, ""  # as many names as slots: none is missing, since they are sorted and each is there once
    for place, entry in enumerate(slots):
        number, seq = max(after, 0) + place + 1, layout.slot_of(entry.name)
        if seq != number:
            return slots[:place], f"slot {number} is missing although slot {seq} exists"
        if entry.kind != "file":
            return slots[:place], f"slot {seq} is not a regular file"
    return slots, ""


def read_next(storage: Storage, chain: str, seq: int) -> bytes | str | None:
    """Return the content of one slot, why it cannot be had, or None while the slot is free."""
    path = layout.record_path(chain, seq)
    if isinstance(storage, LocalStorage) and storage.is_free(path):
        return None
    try:
        return storage.read(path, most=MOST.get(chain, layout.LARGEST_RECORD))
    except NotFoundError:
        return None
    except StorageError as error:
        return str(error)
