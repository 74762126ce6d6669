"""The models of a registry in few words, as a list of models shows them.

The rule it keeps: what is told comes from verified logs and from the names of folders, or was told so before and looks
as it did then; no file of a version is looked at, and no view of a version is made.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from signoff.errors import SignoffError, StorageError
from signoff.policy.history import History
from signoff.policy.order import stage_order
from signoff.registry.keptroll import KeptRoll, ModelLine, Roll
from signoff.registry.models import find_models
from signoff.registry.problems import Problem
from signoff.registry.reader import Reader
from signoff.registry.registry import Registry
from signoff.schema import layout
from signoff.storage.base import Entry
from signoff.values.names import VersionName

if TYPE_CHECKING:
    from signoff.registry.snapshot import Snapshot


def call_roll(registry: Registry, *, anew: bool = False) -> Roll:
    """Return all models as they are now; `anew`: read every log, also of models that look as they did when it was read."""
    reader = registry.reader
    alarms = list(_alarm(layout.TRUST_CHAIN, reader.trust_alarm))
    with KeptRoll(reader, registry.surroundings.now, anew=anew) as kept:
        lines = {name: kept.find(name) for name in kept.names(lambda folders: find_models(reader, folders=folders)[0])}
        with reader.ahead(name for name, line in lines.items() if line is None) as unread:
            for name in unread:
                known = reader.log(name)
                if known.alarm is not reader.trust_alarm:
                    alarms += _alarm(layout.model_chain(name), known.alarm)
                line = lines[name] = _line(reader, known.history, sound=known.alarm is None)
                kept.keep(known, line)
    stages = stage_order(reader.trust.newest.document)
    return Roll(stages=stages, models=tuple(filter(None, lines.values())), alarms=tuple(alarms))


def roll_of(snapshot: "Snapshot") -> Roll:
    """Return all models as a snapshot has them."""
    models = tuple(
        _told(
            one.history,
            versions=len(one.versions),
            bad=tuple(held.version for held in one.stages.values() if one.is_bad(held.version)),
            sound=one.sound,
        )
        for one in snapshot.models
    )
    alarms = tuple(one for one in snapshot.all_problems() if one.severity == "alarm")
    return Roll(stages=snapshot.stages, models=models, alarms=alarms)


def _told(history: History, *, versions: int, bad: tuple[str, ...], sound: bool) -> ModelLine:
    return ModelLine(
        name=history.model,
        versions=versions,
        newest=history.newest_version or "",
        latest=history.latest,
        stages={one.stage: one.version for one in history.stages.values()},
        bad=bad,
        sound=sound,
    )


def _line(reader: Reader, history: History, *, sound: bool) -> ModelLine:
    from signoff.registry.snapshot import GONE  # noqa: PLC0415  (a list whose lines are kept makes none)
    from signoff.registry.views import status_of  # noqa: PLC0415

    registered = history.versions
    folders = frozenset(_folders(reader, history.model, registered))
    bad = []
    for held in history.stages.values():
        state = registered.get(held.version)
        if state is None or status_of(state, present=held.version in folders) in GONE:
            bad.append(held.version)
    count = len(registered) + sum(name not in registered for name in folders)
    return _told(history, versions=count, bad=tuple(bad), sound=sound)


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
