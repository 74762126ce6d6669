"""Journal entries: which log got which record. A hint for whoever watches, and nothing more.

The rule it keeps: an entry is small JSON; one that cannot be read says nothing.
"""

import msgspec

from signoff.schema import layout


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """That a chain has a record in a slot."""

    chain: str
    seq: int
    id: str


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What one writer tells; the nonce makes two entries that say the same different files."""

    written: tuple[Written, ...]
    nonce: str


_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(JournalEntry).decode


def dump_entry(entry: JournalEntry) -> bytes:
    """Return the bytes of an entry's file."""
    return _encode(entry) + b"\n"


def paths_of(content: bytes) -> tuple[str, ...]:
    """Return the paths of the records that an entry tells of; () where it cannot be read."""
    try:
        entry = _decode(content)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ()
    return tuple(layout.record_path(one.chain, one.seq) for one in entry.written if 0 < one.seq < layout.MOST_SLOTS)
