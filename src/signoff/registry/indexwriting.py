"""Writing the shared index, so that others open a large registry at once, and knowing which ones nobody needs.

The rule it keeps: it is written from what its writer read itself, never from another index, and never by who only
looks.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

import msgspec

from signoff.errors import NotFoundError, SchemaError, SignoffError, StorageError
from signoff.policy.trust import TrustChain
from signoff.registry.index import find_indexes, read_index, tail_of
from signoff.registry.kept import small
from signoff.registry.snapshot import Snapshot
from signoff.schema import layout
from signoff.schema.index import FORM, IndexFile, dump_index, load_index
from signoff.schema.scalars import Real
from signoff.storage.base import Storage
from signoff.storage.following import last_number
from signoff.values.names import Digest

EVERY = 200
"""So many entries of the journal follow an index before the next one is written by the way."""
KEPT = 2
"""So many indexes that can be used stay."""


class NotReadError(SignoffError):
    """An index is written only by who read everything."""


def _plain(value: object) -> object:
    if isinstance(value, Real):
        return value.text
    if isinstance(value, Digest):
        return str(value)
    message = f"cannot keep {value!r}"
    raise TypeError(message)


_encode = msgspec.json.Encoder(enc_hook=_plain).encode


def _encode_all(values: Iterable[object], _: int) -> bytes:
    return b"[" + b",".join(map(_encode, values)) + b"]"


def journal_end(storage: Storage) -> int:
    """Return the number of the last entry of the journal, 0 where there is none; the indexes say where to begin to look.

    Raises:
        StorageError: It cannot be asked.
    """

    def is_there(number: int) -> bool:
        try:
            storage.info(layout.journal_path(number))
        except NotFoundError:
            return False
        return True

    begin = next((number for number in find_indexes(storage) if number and is_there(number)), 0)
    return last_number(is_there, at_least=begin)


def write_index(storage: Storage, snapshot: Snapshot, *, journal: int, now: datetime) -> str | None:
    """Write the index of everything up to an entry of the journal; return its path, or None where that one is there.

    One that says something else under this name is removed before: nobody decides on it.

    Args:
        storage: The registry's storage.
        snapshot: The registry, read as a whole after that entry was.
        journal: The number of the entry.
        now: The time.

    Raises:
        NotReadError: A part of it was not read.
        SchemaError: It would be too large.
        StorageError: It cannot be written.
    """
    if not snapshot.complete or snapshot.source is not None:
        message = "no index is written from what was not read"
        raise NotReadError(message)
    said = IndexFile(
        form=FORM,
        registry=snapshot.trust.registry,
        trust=snapshot.trust.newest.id,
        journal=journal,
        moment=now,
        models=tuple(msgspec.Raw(_encode(small(model, _encode_all, standings=True))) for model in snapshot.models),
    )
    path = layout.index_path(journal)
    if _is_said(storage, path, said):
        return None
    storage.remove(path)
    storage.put_new(path, dump_index(said))
    return path


def follow(storage: Storage, snapshot: Snapshot, *, journal: int, now: datetime) -> None:
    """Write an index by the way, as far as that can be done, where a listing costs requests and many entries follow the last.

    Only who has just written to the registry does this, and it never fails what they do; see `write_index`.
    """
    if not storage.paged or not snapshot.complete or snapshot.source is not None:
        return
    with suppress(SchemaError, StorageError):
        if journal - max(find_indexes(storage), default=0) >= EVERY:
            write_index(storage, snapshot, journal=journal, now=now)


def _is_said(storage: Storage, path: str, said: IndexFile) -> bool:
    """Tell whether an index that stands there says the same, whenever it was written."""
    try:
        content = storage.read(path, most=layout.LARGEST_INDEX)
        there = load_index(content, registry=said.registry, journal=said.journal)
    except (SchemaError, StorageError):
        return False
    return msgspec.structs.replace(there, moment=said.moment) == said


def unneeded(storage: Storage, trust: TrustChain) -> dict[str, str]:
    """Return the indexes that nobody needs, by their paths, and why: those that cannot be used, and all but the newest.

    Raises:
        StorageError: They cannot be listed.
    """
    found: dict[str, str] = {}
    good = 0
    for number in find_indexes(storage):
        path = layout.index_path(number)
        if good == KEPT:
            found[path] = "newer indexes say what it says"
            continue
        try:
            tail_of(storage, number)
            read_index(storage, trust, number)
        except (SchemaError, StorageError) as error:
            found[path] = str(error)
        else:
            good += 1
    return found
