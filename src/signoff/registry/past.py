"""The registry as it was: what its logs said at a moment that has passed.

The rule it keeps: of every chain, exactly the longest prefix counts in which no record is newer than the moment, by
the clocks of the records' authors; what the trust chain said later (a revoked key, too) was not known then.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from signoff.errors import InvalidValueError, VerificationError
from signoff.policy.fold import fold
from signoff.policy.history import History
from signoff.policy.trust import TrustChain, TrustRecord
from signoff.records.record import LogRecord
from signoff.registry.reader import Reader
from signoff.registry.registry import Registry
from signoff.values.times import parse_stamp, stamp

Record = TypeVar("Record", LogRecord, TrustRecord)


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """The whole registry at a moment.

    Attributes:
        moment: The moment.
        trust: The trust chain.
        histories: The state of each model that had a record by then, by name.
        untold: Models of which nothing can be told, with the reason.
    """

    moment: datetime
    trust: TrustChain
    histories: tuple[History, ...]
    untold: tuple[tuple[str, str], ...] = ()


def registry_at(registry: Registry, moment: datetime, *, model: str = "") -> Past:
    """Return all models, or one, as they were at a moment; one whose log is not sound is told as such.

    Raises:
        InvalidValueError: The registry did not exist yet.
        NotFoundError: There is no such model.
    """
    registry.reader.refresh_trust(thorough=False)
    trust = trust_at(registry.reader.trust, moment)
    histories, untold = [], []
    for name in (registry.model(model, complete=False).name,) if model else registry.models():
        try:
            histories.append(history_at(registry.reader, name, moment))
        except VerificationError as error:
            untold.append((name, str(error)))
    known = tuple(one for one in histories if one.entries)
    return Past(moment=moment, trust=trust, histories=known, untold=tuple(untold))


def history_at(reader: Reader, model: str, moment: datetime) -> History:
    """Return the state of a model at a moment.

    Raises:
        VerificationError: The log or the trust chain is not sound.
        InvalidValueError: The registry did not exist yet.
    """
    known = reader.log(model)
    known.need_sound()
    trust = trust_at(reader.trust, moment)
    records = _until(((one, one.moment) for one in known.log.records), moment)
    cited = [one for one in records if one.envelope.policy.seq <= len(trust.records)]
    return fold(cited, trust, reader.facts(model), start=History(model=model))


def trust_at(trust: TrustChain, moment: datetime) -> TrustChain:
    """Return the trust chain as it was at a moment.

    Raises:
        InvalidValueError: The registry did not exist yet.
    """
    records = _until(((one, parse_stamp(one.said.time)) for one in trust.records), moment)
    if not records:
        began = trust.records[0].said.time
        message = f"at {stamp(moment)} this registry did not exist: it began at {began}"
        raise InvalidValueError(message, hint=f"give a time from {began} on")
    return TrustChain(records=tuple(records))


def _until(records: Iterable[tuple[Record, datetime | None]], moment: datetime) -> list[Record]:
    """Return the records before the first that is newer; one without a readable time is as old as the one before it."""
    found = []
    for record, written in records:
        if written is not None and written > moment:
            break
        found.append(record)
    return found
