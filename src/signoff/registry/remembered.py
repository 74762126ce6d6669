"""What a registry looked like when this client last read it: painted while it is being read again.

The rule it keeps: a picture, marked as not read yet (`complete` is False) and replaced by what is verified. Nothing is
decided on it: whoever signs or pulls reads the chains and the bytes. What is damaged, or of another version of signoff,
is not there.
"""

import hashlib
import zlib
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

import msgspec

from signoff import __version__
from signoff.errors import StorageError
from signoff.policy.history import AliasState, History, StageState, VersionState
from signoff.policy.trust import TrustChain
from signoff.registry.cache import as_written, plain
from signoff.registry.pins import place_of
from signoff.registry.rows import headline, headline_metrics
from signoff.registry.snapshot import ModelView, Snapshot, Status, VersionView
from signoff.schema.cards import ModelMetadata, RegistryMetadata
from signoff.storage.state import read_cache, write_cache
from signoff.values.metrics import Metric

FORM = 1
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
    latest: datetime | None
    sound: bool
    versions: tuple[_Version, ...]


class _Picture(msgspec.Struct, frozen=True, array_like=True):
    trust: str
    read_only: str
    models: tuple[_Model, ...]


_decode = msgspec.msgpack.Decoder(_Picture, ext_hook=as_written).decode
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
        latest=history.latest,
        sound=model.sound,
        versions=tuple(
            _Version(
                view.version,
                view.digest,
                view.status,
                view.size,
                view.author,
                view.moment,
                tuple(
                    _Figure(one.name, one.text, one.number, one.unit)
                    for one in (headline(view, name) for name in names)
                    if one is not None
                ),
            )
            for view in model.versions
        ),
    )


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
    held: dict[str, tuple[str, ...]] = {}
    for state in model.stages.values():
        held[state.version] = (*held.get(state.version, ()), state.stage)
    views = tuple(_view(model.name, one, held.get(one.version, ())) for one in model.versions)
    states = {view.version: view.state for view in views if view.state is not None}
    history = History(
        model=model.name, versions=states, stages=model.stages, aliases=model.aliases, latest=model.latest
    )
    return ModelView(name=model.name, metadata=model.metadata, history=history, versions=views, sound=model.sound)


def _view(model: str, kept: _Version, stages: tuple[str, ...]) -> VersionView:
    state = None
    if kept.digest is not None and kept.moment is not None:
        state = VersionState(
            version=kept.version,
            digest=kept.digest,
            record="",
            seq=0,
            registrant=kept.author,
            builders=NOBODY,
            moment=kept.moment,
            card=None,
        )
    return VersionView(
        model=model,
        version=kept.version,
        digest=kept.digest,
        status=kept.status,
        state=state,
        metrics=tuple(Metric(name=one.name, text=one.text, number=one.number, unit=one.unit) for one in kept.figures),
        stages=stages,
        size=kept.size,
        author=kept.author,
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
