"""What a registry looked like when this client last read it: painted while it is being read again.

The rule it keeps: a picture, marked as not read yet (`complete` is False) and replaced by what is verified. Nothing is
decided on it: whoever signs or pulls reads the chains and the bytes. What is damaged, or of another version of signoff,
is not there.
"""

import hashlib
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from sys import intern
from typing import overload

import msgspec

from signoff import __version__
from signoff.errors import StorageError
from signoff.policy.history import AliasState, History, StageState, VersionState
from signoff.policy.trust import TrustChain
from signoff.registry.cache import as_written, plain
from signoff.registry.pins import place_of
from signoff.registry.rows import headline, headline_metrics
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.registry.views import Named, Said, Status, Totals, VersionView
from signoff.schema.cards import ModelMetadata, RegistryMetadata
from signoff.storage.state import read_cache, write_cache
from signoff.values.metrics import Metric

FORM = 2
NOBODY = frozenset[str]()
SUM = 4


class _Figure(msgspec.Struct, frozen=True, array_like=True, gc=False):
    name: str
    text: str
    number: Decimal | None
    unit: str | None


class _Version(msgspec.Struct, frozen=True, array_like=True, gc=False):
    version: str
    digest: str | None
    status: Status
    size: int | None
    author: str
    moment: datetime | None
    figures: tuple[_Figure, ...]


class _Model(msgspec.Struct, frozen=True, array_like=True):
    name: str
    metadata: ModelMetadata
    stages: dict[str, StageState]
    aliases: dict[str, AliasState]
    newest: str
    latest: datetime | None
    sound: bool
    count: int
    totals: Totals
    bad: tuple[str, ...]
    versions: msgspec.Raw


class _Picture(msgspec.Struct, frozen=True, array_like=True):
    trust: str
    read_only: str
    models: tuple[_Model, ...]


_decode = msgspec.msgpack.Decoder(_Picture, ext_hook=as_written).decode
_decode_versions = msgspec.msgpack.Decoder(tuple[_Version, ...]).decode
_encode = msgspec.msgpack.Encoder(enc_hook=plain).encode


def picture_of(snapshot: Snapshot) -> bytes:
    """Return what is to be kept of a snapshot: what the lists show."""
    models = tuple(_small(model) for model in snapshot.models)
    content = _encode(_Picture(snapshot.trust.newest.id, snapshot.read_only, models))
    return zlib.crc32(content).to_bytes(SUM, "big") + content


def _small(model: ModelView) -> _Model:
    names = headline_metrics(model)
    history = model.history
    return _Model(
        name=model.name,
        metadata=model.metadata if not model.metadata.faults else ModelMetadata(title=model.metadata.title),
        stages=dict(history.stages),
        aliases=dict(history.aliases),
        newest=history.newest_version or "",
        latest=history.latest,
        sound=model.sound,
        count=len(model.versions),
        totals=msgspec.structs.replace(model.totals, told=0, asked=0),  # they are not kept
        bad=tuple(one.version for one in history.stages.values() if model.is_bad(one.version)),
        versions=msgspec.Raw(
            _array(len(model.versions)) + b"".join(_encode(_line(one, names)) for one in model.versions)
        ),
    )


def _array(length: int) -> bytes:
    """Return how MessagePack begins an array of so many; what is in it follows, piece by piece."""
    return b"\xdd" + length.to_bytes(4, "big")


def _line(view: VersionView, names: tuple[str, ...]) -> _Version:
    figures = (headline(view, name) for name in names)
    return _Version(
        view.version,
        view.digest,
        view.status,
        view.size,
        view.author,
        view.moment,
        tuple(_Figure(one.name, one.text, one.number, one.unit) for one in figures if one is not None),
    )


class Recalled(Named):
    """The versions of a model as they were kept; they are made when somebody looks at one of them."""

    def __init__(self, kept: _Model) -> None:
        """Know how many there are."""
        self._kept = kept
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many there are."""
        return self._kept.count

    @overload
    def __getitem__(self, at: int) -> VersionView: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[VersionView, ...]: ...
    def __getitem__(self, at: int | slice) -> VersionView | tuple[VersionView, ...]:
        """Return one, or some."""
        return self.views[at]

    def find(self, version: str) -> VersionView | None:
        """Return a version by its name, or None."""
        line = self.lines.get(version) if version else None
        return None if line is None else self._made(line, RecalledStates(self))

    def _made(self, line: _Version, states: "RecalledStates") -> VersionView:
        stages = tuple(one.stage for one in self._kept.stages.values() if one.version == line.version)
        return _view(self._kept.name, line, states, stages)

    @cached_property
    def lines(self) -> dict[str, _Version]:
        """What was kept of each, by name."""
        with self._lock:
            return {line.version: line for line in _lines(self._kept.versions)}

    @cached_property
    def views(self) -> tuple[VersionView, ...]:
        """All of them."""
        states = RecalledStates(self)
        return tuple(self._made(line, states) for line in self.lines.values())


class RecalledStates(Mapping[str, VersionState]):
    """What the log said of the registered versions, as far as it was kept."""

    def __init__(self, versions: Recalled) -> None:
        """Make each state when it is asked for."""
        self._versions = versions

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(line.digest is not None for line in self._versions.lines.values())

    def __iter__(self) -> Iterator[str]:
        """Yield every name."""
        return (line.version for line in self._versions.lines.values() if line.digest is not None)

    def __getitem__(self, name: str) -> VersionState:
        """Return the state of a version."""
        line = self._versions.lines[name]
        if line.digest is None or line.moment is None:
            raise KeyError(name)
        return VersionState(
            version=name,
            digest=line.digest,
            record="",
            seq=0,
            registrant=line.author,
            builders=NOBODY,
            moment=line.moment,
            card=None,
        )


def _lines(content: msgspec.Raw) -> tuple[_Version, ...]:
    try:
        return _decode_versions(content)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ()


def paint(content: bytes, *, url: str, trust: TrustChain) -> Snapshot | None:
    """Return a snapshot as it was kept; None where it cannot be read, or was made under other rules."""
    if zlib.crc32(content[SUM:]).to_bytes(SUM, "big") != content[:SUM]:
        return None
    try:
        picture = _decode(content[SUM:])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    if picture.trust != trust.newest.id:
        return None
    return Snapshot(
        url=url,
        metadata=RegistryMetadata(),
        trust=trust,
        models=tuple(_large(model) for model in picture.models),
        read_only=picture.read_only,
        complete=False,
    )


def _large(model: _Model) -> ModelView:
    versions = Recalled(model)
    history = History(
        model=model.name,
        versions=RecalledStates(versions),
        stages=model.stages,
        aliases=model.aliases,
        newest=model.newest,
        latest=model.latest,
    )
    return ModelView(
        name=model.name,
        metadata=model.metadata,
        history=history,
        versions=versions,
        known_totals=model.totals,
        known_bad=model.bad,
        sound=model.sound,
    )


def _view(model: str, kept: _Version, states: RecalledStates, stages: tuple[str, ...]) -> VersionView:
    metrics = tuple(Metric(name=one.name, text=one.text, number=one.number, unit=one.unit) for one in kept.figures)
    return VersionView(
        model=model,
        version=kept.version,
        status=kept.status,
        states=states,
        said=Said(metrics=metrics),
        stages=stages,
        size=kept.size,
        author=intern(kept.author),
        moment=kept.moment,
    )


def recall(url: str, trust: TrustChain) -> Snapshot | None:
    """Return the registry as this client last saw it; None where nothing usable was kept."""
    try:
        content = read_cache(_name(trust.registry, url))
    except StorageError:
        return None
    return paint(content, url=url, trust=trust) if content else None


def retain(snapshot: Snapshot) -> None:
    """Keep what the lists show, as far as this user's cache can be written."""
    with suppress(StorageError):
        write_cache(_name(snapshot.trust.registry, snapshot.url), picture_of(snapshot))


def _name(registry: str, url: str) -> str:
    place = hashlib.sha256(place_of(url).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{registry}/lists-{__version__}-{FORM}-{place}.msgpack"
