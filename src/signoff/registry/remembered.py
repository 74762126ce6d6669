"""What a registry looked like when this client last read it: painted while it is being read again.

The rule it keeps: a picture, marked as not read yet (`complete` is False, or each model names its source) and replaced
by what is verified. Nothing is decided on it: whoever signs or pulls reads the chains and the bytes. What is damaged,
or of another version of signoff, is not there.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

import msgspec

from signoff import __version__
from signoff.errors import StorageError
from signoff.policy.trust import TrustChain
from signoff.registry.exact import as_written, plain
from signoff.registry.kept import KeptModel, Line, small
from signoff.registry.pins import place_of
from signoff.registry.recalled import Painting, large
from signoff.registry.snapshot import ModelView, Snapshot, Source
from signoff.schema.cards import RegistryMetadata
from signoff.storage.state import read_cache, write_cache

FORM = 4
SUM = 4
ARRAY = 0x90
"""Begins an array of up to 15 values, with their number."""


class Position(msgspec.Struct, frozen=True, array_like=True):
    """How far a picture goes: up to which entry of the journal, and when it was taken."""

    journal: int
    moment: datetime


class _Picture(msgspec.Struct, frozen=True, array_like=True):
    trust: str
    read_only: str
    models: tuple[msgspec.Raw, ...]
    position: Position | None


class Picture(msgspec.Struct, frozen=True):
    """A registry as it was kept, and how far that goes; None where that was not known."""

    snapshot: Snapshot
    position: Position | None


_decode = msgspec.msgpack.Decoder(_Picture).decode
_decode_model = msgspec.msgpack.Decoder(KeptModel, ext_hook=as_written).decode
_decode_bytes = msgspec.msgpack.Decoder(memoryview).decode
_decode_lines = msgspec.msgpack.Decoder(tuple[Line, ...]).decode
_encode = msgspec.msgpack.Encoder(enc_hook=plain).encode


def _encode_all(values: Iterable[object], count: int) -> bytes:
    """Return lines as bytes among bytes: whoever reads the models steps over them."""
    return _encode(_many(count) + b"".join(map(_encode, values)))


def _many(count: int) -> bytes:
    """Return the beginning of an array of so many values."""
    return b"\xdd" + count.to_bytes(4, "big")


def picture_of(snapshot: Snapshot, position: Position | None = None) -> bytes:
    """Return what is to be kept of a snapshot: what the lists show; more of it where it will stand for reading."""
    content = bytearray(SUM)
    content += bytes([ARRAY | len(_Picture.__struct_fields__)]) + _encode(snapshot.trust.newest.id)
    content += _encode(snapshot.read_only) + _many(len(snapshot.models))
    for model in snapshot.models:  # one after another: all of them would be as much again as the snapshot
        content += _encode(small(model, _encode_all, standings=position is not None))
    content += _encode(position)
    content[:SUM] = zlib.crc32(memoryview(content)[SUM:]).to_bytes(SUM, "big")
    return bytes(content)


def _lines(content: msgspec.Raw) -> tuple[Line, ...]:
    try:
        return _decode_lines(_decode_bytes(content))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ()


def paint(content: bytes, *, url: str, trust: TrustChain) -> Picture | None:
    """Return a registry as it was kept; None where it cannot be read, or was made under other rules."""
    said = memoryview(content)[SUM:]
    if zlib.crc32(said).to_bytes(SUM, "big") != content[:SUM]:
        return None
    try:
        picture = _decode(said)
        if picture.trust != trust.newest.id:
            return None
        models = tuple(_models(picture))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    snapshot = Snapshot(
        url=url,
        metadata=RegistryMetadata(),
        trust=trust,
        models=models,
        read_only=picture.read_only,
        complete=False,
    )
    return Picture(snapshot, picture.position)


def _models(picture: _Picture) -> Iterator[ModelView]:
    """Yield the models one after another: nothing is held twice of all of them."""
    painting = Painting(_lines)
    for content in picture.models:
        model = _decode_model(content)
        yield large(model, painting, source=_source(model, picture.position))


def _source(model: KeptModel, position: Position | None) -> Source | None:
    """Return where a model's lines are from: an index, or what this client had read itself."""
    if model.source is not None or position is None:
        return model.source
    return Source(place="", moment=position.moment, length=model.length, head=model.head)


def recall(url: str, trust: TrustChain) -> Picture | None:
    """Return the registry as this client last saw it; None where nothing usable was kept."""
    try:
        content = read_cache(_name(trust.registry, url))
    except StorageError:
        return None
    return paint(content, url=url, trust=trust) if content else None


def retain(snapshot: Snapshot, position: Position | None = None) -> None:
    """Keep what the lists show, as far as this user's cache can be written; `position` where that is known."""
    with suppress(StorageError):
        write_cache(_name(snapshot.trust.registry, snapshot.url), picture_of(snapshot, position))


def _name(registry: str, url: str) -> str:
    place = hashlib.sha256(place_of(url).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{registry}/lists-{__version__}-{FORM}-{place}.msgpack"
