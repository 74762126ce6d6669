"""What is wrong with a registry, and how to mend it.

The rules it keeps: looking changes nothing; every finding says what to do next; a file goes to quarantine only where
it stands in a chain's folder, is no valid record there, and was no valid record when this client last looked; packs
and indexes are written only where that is asked for.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from signoff.errors import RefusedError, SignoffError, StorageError
from signoff.registry.chains import slots
from signoff.registry.collecting import Collecting
from signoff.registry.indexwriting import journal_end, write_index
from signoff.registry.packing import Packing, lacking
from signoff.registry.packs import Pack
from signoff.registry.problems import Problem, Severity
from signoff.registry.registry import Registry
from signoff.registry.snapshot import Snapshot
from signoff.schema import layout
from signoff.storage.local import LocalStorage
from signoff.storage.permissions import closed_faults, sharing_faults
from signoff.values.display import long_size
from signoff.values.times import parse_stamp, stamp

AHEAD = timedelta(minutes=5)
SHOWN = 2000
ORDER: dict[Severity, int] = {"alarm": 0, "fault": 1, "note": 2}


class Offender(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a chain's folder that is no valid record.

    Attributes:
        path: Where it is.
        why: Why it is none.
        begins: The beginning of its bytes as text; "" where it cannot be read.
    """

    path: str
    why: str
    begins: str


class Doctor:
    """Looks at one registry."""

    def __init__(self, registry: Registry) -> None:
        """Look at this registry, by its clock."""
        self._registry = registry
        self._reader = registry.reader
        self._storage = registry.reader.storage

    def findings(self) -> tuple[Problem, ...]:
        """Return everything that is wrong or worth knowing, alarms first, each thing once."""
        snapshot = self._registry.snapshot()
        report = self._registry.verify()
        found = [*snapshot.all_problems(), *report.problems, *self._place(snapshot), *self._clocks(snapshot)]
        found += [*_drafts(snapshot), *self._leftovers(), *self._unpacked(snapshot)]
        once = {(one.place, one.what): one for one in reversed(found)}
        return tuple(sorted(once.values(), key=lambda one: (ORDER[one.severity], one.place, one.what)))

    def _place(self, snapshot: Snapshot) -> Iterator[Problem]:
        able = self._storage.capabilities()
        if snapshot.read_only:
            hint = "enough for looking and pulling; who signs needs to write there"
            yield Problem(place=snapshot.url, what=f"read-only: {snapshot.read_only}", hint=hint, severity="note")
        if not able.notifies:
            what = f"changes by others are not announced on {able.filesystem}: they are looked for"
            yield Problem(place=snapshot.url, what=what, severity="note")
        yield from self._permissions(snapshot)

    def _permissions(self, snapshot: Snapshot) -> Iterator[Problem]:
        if not isinstance(self._storage, LocalStorage):
            return
        chains = [layout.TRUST_CHAIN, *(layout.model_chain(model.name) for model in snapshot.models)]
        for folder in (layout.PRIVATE, layout.MODELS, *(layout.chain_folder(chain) for chain in chains)):
            for one in sharing_faults(self._storage.root, folder):
                yield Problem(place=one.path, what=one.what, hint=one.hint)
        for view in snapshot.versions():
            for one in closed_faults(self._storage.root, layout.version_folder(view.model, view.version)):
                yield Problem(place=one.path, what=one.what, hint=one.hint)

    def _clocks(self, snapshot: Snapshot) -> Iterator[Problem]:
        limit = self._registry.surroundings.now() + AHEAD
        newest: dict[tuple[str, str], datetime] = {}
        for chain, author, moment in _times(snapshot):
            if moment > limit:
                newest[chain, author] = max(moment, newest.get((chain, author), moment))
        for (chain, author), moment in newest.items():
            what = f"{author}'s clock was ahead: a record is from {stamp(moment)}, which is to come"
            hint = "set that machine's clock; the order of records does not depend on it"
            yield Problem(place=layout.chain_folder(chain), what=what, hint=hint, severity="note")

    def _leftovers(self) -> Iterator[Problem]:
        try:
            removable = Collecting(self._registry).find()
        except SignoffError:
            return  # a chain is not sound, which is among the findings already: what nobody names cannot be told
        for one in removable:
            what = f"{one.kind}: {one.why} ({long_size(one.size)})"
            yield Problem(place=one.path, what=what, hint="remove it: signoff gc", severity="note")

    def _unpacked(self, snapshot: Snapshot) -> Iterator[Problem]:
        for model in snapshot.models:
            log = self._reader.known(model.name).log
            count = lacking(self._storage, log) if model.sound and not snapshot.read_only else 0
            if count:
                what = (
                    f"{count} of its {len(log.records)} records are in no pack: each is a request of its own far away"
                )
                place = layout.chain_folder(log.chain)
                yield Problem(place=place, what=what, hint="pack them: signoff doctor --pack", severity="note")

    def pack(self) -> tuple[Pack, ...]:
        """Write the packs that sound long logs lack, and return them.

        Raises:
            StorageError: One cannot be written.
        """
        packing = Packing(self._storage)
        logs = (self._reader.log(model) for model in self._registry.models())
        return tuple(pack for known in logs if known.alarm is None for pack in packing.put(known.log))

    def index(self) -> str | None:
        """Read everything and write the shared index; return its path, or None where that one is there already.

        Raises:
            StorageError: It cannot be written.
        """
        end = journal_end(self._storage)
        snapshot = self._registry.snapshot()
        return write_index(self._storage, snapshot, journal=end, now=self._registry.surroundings.now())

    def offenders(self) -> tuple[Offender, ...]:
        """Return everything that `quarantine` would move."""
        chains = [layout.TRUST_CHAIN, layout.CHECKPOINT_CHAIN]
        chains += [layout.model_chain(model) for model in self._registry.models()]
        return tuple(one for chain in chains for one in self._in_chain(chain))

    def _in_chain(self, chain: str) -> Iterator[Offender]:
        entries, strange = slots(self._storage, chain)
        folder = layout.chain_folder(chain)
        for name in strange:
            yield self._offender(f"{folder}/{name}", "it is no record")
        valid, fault = self._valid(chain)
        for entry in entries:
            seq = layout.slot_of(entry.name)
            if fault and seq > valid:
                why = fault if seq == valid + 1 else f"it stands behind record {valid}, where the valid part ends"
                yield self._offender(f"{folder}/{entry.name}", why)

    def _valid(self, chain: str) -> tuple[int, str]:
        """Return how many records of a chain are valid, and why the next one is not."""
        if chain == layout.TRUST_CHAIN:
            return len(self._reader.trust.records), self._reader.trust.fault
        if chain == layout.CHECKPOINT_CHAIN:
            found, fault = self._registry.checkpoints.read()
            return len(found), fault
        log = self._reader.log(layout.model_of_chain(chain)).log
        return len(log.records), log.fault

    def _offender(self, path: str, why: str) -> Offender:
        try:
            begins = self._storage.read(path, most=layout.LARGEST_TRUST_RECORD)[:SHOWN].decode(
                errors="backslashreplace"
            )
        except StorageError:
            begins = ""
        return Offender(path=path, why=why, begins=begins)

    def quarantine(self, offender: Offender) -> str:
        """Move an offender into quarantine and return its new path.

        Raises:
            RefusedError: This client has seen a valid record in its place: it was changed, and is to be restored.
            StorageError: It cannot be moved.
        """
        self._need_unseen(offender)
        marked = stamp(self._registry.surroundings.now()).replace(":", "")
        place = f"{layout.QUARANTINE}/{marked}/{offender.path}"
        self._storage.move(offender.path, place)
        return place

    def _need_unseen(self, offender: Offender) -> None:
        folder, _, name = offender.path.rpartition("/")
        for chain, pin in self._reader.pins.pins.items():
            if layout.chain_folder(chain) == folder and 0 < layout.slot_of(name) <= pin.seq:
                action = f"move {offender.path!r} to quarantine"
                why = (
                    f"this client has seen a valid record {layout.slot_of(name)} of {chain}: the file was changed since"
                )
                raise RefusedError(action, [why], hint="restore the file from a backup")


def _times(snapshot: Snapshot) -> Iterator[tuple[str, str, datetime]]:
    """Yield (chain, author, time) of every record of the trust chain and the models' logs."""
    for record in snapshot.trust.records:
        yield layout.TRUST_CHAIN, record.said.author, parse_stamp(record.said.time)
    for model in snapshot.models:
        for entry in model.history.entries:
            if entry.record.moment is not None:
                yield layout.model_chain(model.name), entry.record.author, entry.record.moment


def _drafts(snapshot: Snapshot) -> Iterator[Problem]:
    for view in snapshot.versions():
        if view.status == "unregistered":
            hint = f"register it: signoff register {view.ref}, or remove the folder"
            place = layout.version_folder(view.model, view.version)
            yield Problem(place=place, what="a draft: not registered", hint=hint, severity="note")
