"""All records of a registry by time: those of the logs, of the trust chain, and checkpoints.

The rule it keeps: pure; the values that the chains hold are listed as they are, nothing is copied. A record is as old
as its author's clock says; one without a time that can be read, and the slot that ends a log, are as old as the newest
record before them, so that they stand where they belong.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from signoff.errors import InvalidValueError
from signoff.policy.entries import Entry
from signoff.policy.history import History
from signoff.policy.trust import TrustChain, TrustRecord
from signoff.registry.checkpoints import Checkpoint
from signoff.registry.snapshot import Snapshot
from signoff.schema import layout
from signoff.values.times import parse_stamp

EARLIEST = datetime.min.replace(tzinfo=UTC)


class InvalidSlot(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a chain that nobody may decide on: what stands in the next slot is no record of it.

    Attributes:
        chain: The chain, as `models/fraud`.
        seq: The slot.
        reason: Why it is invalid.
    """

    chain: str
    seq: int
    reason: str


Told = Entry | TrustRecord | Checkpoint | InvalidSlot


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Records by time.

    Attributes:
        records: The newest first.
        carried: The moments of those that have none of their own, by what `key_of` returns.
    """

    records: tuple[Told, ...]
    carried: Mapping[str, datetime]

    def moment(self, told: Told) -> datetime | None:
        """Return when a record was written; None where nothing before it says either."""
        return moment_of(told) or self.carried.get(key_of(told))


def key_of(told: Told) -> str:
    """Return what a record is known by: its id, or its place where it is none."""
    if isinstance(told, Entry):
        return told.record.id
    return f"{told.chain}/{told.seq}" if isinstance(told, InvalidSlot) else told.id


def moment_of(told: Told) -> datetime | None:
    """Return what its author's clock said; None where that cannot be read."""
    if isinstance(told, Entry):
        return told.record.moment
    match told:
        case Checkpoint():
            return told.moment
        case TrustRecord():
            try:
                return parse_stamp(told.said.time)
            except InvalidValueError:
                return None
        case _:
            return None


def timeline(
    histories: Iterable[History],
    trust: TrustChain | None,
    *,
    checkpoints: Iterable[Checkpoint] = (),
    faults: Mapping[str, str] = {},
) -> Timeline:
    """Return the records of some chains by time.

    Args:
        histories: The state of each model.
        trust: The trust chain; None leaves it out.
        checkpoints: The valid checkpoints.
        faults: Chain to why its next slot is invalid.
    """
    end = faults.get(layout.CHECKPOINT_CHAIN, "")
    chains: list[Iterable[Told]] = [_with_end(checkpoints, layout.CHECKPOINT_CHAIN, end)]
    if trust is not None:
        chains.append(_with_end(trust.records, layout.TRUST_CHAIN, trust.fault))
    for one in histories:
        chain = layout.model_chain(one.model)
        chains.append(_with_end(one.entries, chain, faults.get(chain, "")))
    carried: dict[str, datetime] = {}
    timed: list[tuple[datetime, Told]] = []
    for chained in chains:
        timed += reversed(list(_timed(chained, carried)))
    timed.sort(key=lambda pair: pair[0], reverse=True)
    return Timeline(records=tuple(told for _, told in timed), carried=carried)


def timeline_of(
    snapshot: Snapshot, model: str = "", *, checkpoints: Iterable[Checkpoint] = (), fault: str = ""
) -> Timeline:
    """Return the records of a registry by time, or of one model.

    Args:
        snapshot: The registry.
        model: The model; "" is all, the trust chain and checkpoints too.
        checkpoints: The valid checkpoints.
        fault: Why the next checkpoint is not valid, or "".
    """
    models = [one for one in snapshot.models if model in {"", one.name}]
    faults = {layout.CHECKPOINT_CHAIN: fault} if fault and not model else {}
    for one in models:
        alarms = [problem.what for problem in one.problems if problem.severity == "alarm"]
        faults |= {layout.model_chain(one.name): what for what in alarms[:1]}
    histories = [one.history for one in models]
    trust = None if model else snapshot.trust
    return timeline(histories, trust, checkpoints=() if model else checkpoints, faults=faults)


def _with_end(records: Iterable[Told], chain: str, fault: str) -> Iterator[Told]:
    seq = 0
    for seq, told in enumerate(records, start=1):  # noqa: B007  (the last one's number is used)
        yield told
    if fault:
        yield InvalidSlot(chain=chain, seq=seq + 1, reason=fault)


def _timed(chain: Iterable[Told], carried: dict[str, datetime]) -> Iterator[tuple[datetime, Told]]:
    newest = EARLIEST
    for told in chain:
        moment = moment_of(told)
        if moment is None and newest > EARLIEST:
            carried[key_of(told)] = newest
        newest = max(newest, moment or newest)
        yield moment or newest, told
