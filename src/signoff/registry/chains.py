"""Reading chains from storage: slots in, verified chains out.

The rule it keeps: whatever stands in a chain's folder is either the next record or a fault that is said; nothing is
skipped in silence.
"""

from collections.abc import Iterator, Sequence

from signoff.errors import NotFoundError, StorageError
from signoff.schema import layout
from signoff.storage.base import Entry, Storage

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
    records = tuple([entry for entry in entries if layout.slot_of(entry.name)])
    if len(records) == len(entries):
        return records, ()
    others = [entry.name for entry in entries if not layout.slot_of(entry.name)]
    return records, tuple(name for name in others if not _ours(chain, name))


def _ours(chain: str, name: str) -> bool:
    return name.startswith(".tmp-") or (chain == layout.CHECKPOINT_CHAIN and name.endswith(".heads"))


def read_slots(storage: Storage, chain: str, entries: Sequence[Entry], *, after: int = 0) -> Iterator[bytes | str]:
    """Yield the content of each slot after `after`, or why it cannot be had; stops at the first that cannot.

    A missing slot below an existing one is such a fault.
    """
    wanted = [entry for entry in entries if layout.slot_of(entry.name) > after]
    most = MOST.get(chain, layout.LARGEST_RECORD)
    regular = [entry for entry in wanted if entry.kind == "file"]
    contents = storage.read_many([f"{layout.chain_folder(chain)}/{entry.name}" for entry in regular], most=most)
    for number, entry in enumerate(wanted, start=after + 1):
        seq = layout.slot_of(entry.name)
        if seq != number:
            yield f"slot {number} is missing although slot {seq} exists"
            return
        content = next(contents) if entry.kind == "file" else f"slot {seq} is not a regular file"
        yield str(content) if isinstance(content, StorageError) else content


def read_next(storage: Storage, chain: str, seq: int) -> bytes | str | None:
    """Return the content of one slot, why it cannot be had, or None while the slot is free."""
    try:
        return storage.read(layout.record_path(chain, seq), most=MOST.get(chain, layout.LARGEST_RECORD))
    except NotFoundError:
        return None
    except StorageError as error:
        return str(error)
