"""The models of a registry in few words, as a list of models shows them.

The rule it keeps: what is told comes from verified logs and from the names of folders; no file of a version is looked
at, and no view of a version is made.
"""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from signoff.errors import SignoffError, StorageError
from signoff.policy.history import History
from signoff.policy.stage import stage_order
from signoff.registry.models import find_models
from signoff.registry.problems import Problem
from signoff.registry.reader import Reader
from signoff.registry.registry import Registry
from signoff.registry.snapshot import GONE, Snapshot
from signoff.registry.views import status_of
from signoff.schema import layout
from signoff.storage.base import Entry
from signoff.values.names import VersionName


class ModelLine(msgspec.Struct, frozen=True, kw_only=True):
    """One model.

    Attributes:
        name: Its name.
        history: What its log says.
        versions: How many versions it has, with those that are not registered and those whose folders are missing.
        bad: The versions that a stage points at and nobody should use: they are gone or revoked.
        sound: Whether decisions may be made on its log.
    """

    name: str
    history: History
    versions: int
    bad: tuple[str, ...]
    sound: bool


class Roll(msgspec.Struct, frozen=True, kw_only=True):
    """All models.

    Attributes:
        stages: The stages that have rules, in the order of promotion.
        models: The models, by name.
        alarms: What is so wrong that nothing may be decided on it.
    """

    stages: tuple[str, ...]
    models: tuple[ModelLine, ...]
    alarms: tuple[Problem, ...]


def call_roll(registry: Registry) -> Roll:
    """Return all models as they are now."""
    reader = registry.reader
    alarms = list(_alarm(layout.TRUST_CHAIN, reader.trust_alarm))
    models = []
    for name in find_models(reader)[0]:
        known = reader.log(name)
        if known.alarm is not reader.trust_alarm:
            alarms += _alarm(layout.model_chain(name), known.alarm)
        models.append(_line(reader, known.history, sound=known.alarm is None))
    stages = stage_order(reader.trust.newest.document)
    return Roll(stages=stages, models=tuple(models), alarms=tuple(alarms))


def roll_of(snapshot: Snapshot) -> Roll:
    """Return all models as a snapshot has them."""
    models = tuple(
        ModelLine(
            name=one.name,
            history=one.history,
            versions=len(one.versions),
            bad=tuple(held.version for held in one.stages.values() if one.is_bad(held.version)),
            sound=one.sound,
        )
        for one in snapshot.models
    )
    alarms = tuple(one for one in snapshot.all_problems() if one.severity == "alarm")
    return Roll(stages=snapshot.stages, models=models, alarms=alarms)


def _line(reader: Reader, history: History, *, sound: bool) -> ModelLine:
    registered = history.versions
    folders = frozenset(_folders(reader, history.model, registered))
    bad = []
    for held in history.stages.values():
        state = registered.get(held.version)
        if state is None or status_of(state, present=held.version in folders) in GONE:
            bad.append(held.version)
    count = len(registered) + sum(name not in registered for name in folders)
    return ModelLine(name=history.model, history=history, versions=count, bad=tuple(bad), sound=sound)


def _alarm(chain: str, alarm: SignoffError | None) -> Iterator[Problem]:
    if alarm is not None:
        yield Problem(place=layout.chain_folder(chain), what=str(alarm), hint=alarm.hint, severity="alarm")


def _folders(reader: Reader, model: str, registered: Collection[str]) -> Iterator[str]:
    try:
        entries: Iterable[Entry] = reader.storage.entries(f"{layout.model_folder(model)}/{layout.VERSIONS}")
    except StorageError:
        return
    known = {name.lower(): name for name in registered}
    for entry in entries:
        named = entry.kind == "folder" and not VersionName.fault(entry.name)
        if named and known.setdefault(entry.name.lower(), entry.name) == entry.name:
            yield entry.name
