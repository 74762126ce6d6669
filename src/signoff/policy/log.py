"""A model's log: the verified prefix of its slots.

The rules it keeps, for every record:

1. It is a canonical record statement with one armored signature and nothing around it.
2. It names this registry, this chain, its own slot, and the id of the record before it.
3. It cites a trust record that exists, by its id, and none older than the record before it cited.
4. Its key belongs to its author in the cited trust record, and signed exactly its line 1.

The first slot that breaks one ends the log, with the reason in `fault`. What a record is worth is for the fold to say.
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from signoff.errors import VerificationError
from signoff.policy.trust import TrustChain
from signoff.records.record import LogRecord, parse_record, split_record
from signoff.records.series import Series
from signoff.records.sshsig import parse_armor, verify
from signoff.records.statement import NO_RECORD, RECORD_NAMESPACE

FEW = 64
"""From so many records of a log on it is worth to prepare for many."""


class VerifiedLog(msgspec.Struct, frozen=True, kw_only=True):
    """The records of a chain, from slot 1, as far as they are valid.

    Attributes:
        chain: The chain's name, as `models/fraud`.
        records: Records 1, 2, …
        fault: Why the next slot is invalid; "" while nothing is wrong.
    """

    chain: str
    records: Series = msgspec.field(default_factory=Series)
    fault: str = ""

    @property
    def head(self) -> str:
        """The id of the newest valid record; 64 zeros where there is none."""
        return self.records.head


def verify_log(
    contents: Iterable[bytes | str],
    trust: TrustChain,
    *,
    start: VerifiedLog,
    vouched: int = 0,
    spelled: int = 0,
    signers: Sequence[bytes | None] = (),
) -> VerifiedLog:
    """Verify the slots that follow what was verified already.

    Args:
        contents: The files in the slots after `start`; text instead of bytes says why a slot cannot be read.
        trust: The trust chain.
        start: What was verified before; the empty log of the chain at first.
        vouched: How many of these contents this client has found canonical and truly signed before.
        spelled: How many of those it has found to be records of actions we know, as their types want them.
        signers: What `signer_of` said of these contents, as far as somebody asked.
    """
    chain, last, new = start.chain, start.records[-1] if start.records else None, list[LogRecord]()
    fault, few = "", FEW - len(start.records)
    for number, content in enumerate(contents):
        try:
            if isinstance(content, str):
                raise VerificationError(content)
            known = number < vouched
            record = parse_record(content, vouched=known, many=number >= few, spelled=number < spelled)
            _need_place(record, last, trust, chain=chain)
            signer = signers[number] if number < len(signers) else None
            check_signature(record, trust, vouched=known, signer=signer)
        except VerificationError as error:
            fault = f"record {len(start.records) + len(new) + 1} of {chain}: {error}"
            break
        new.append(record)
        last = record
    return VerifiedLog(chain=chain, records=start.records.and_then(new), fault=fault)


def go_on(log: VerifiedLog, record: LogRecord, trust: TrustChain) -> VerifiedLog:
    """Return a log with a record in its next slot that was read from its own bytes.

    Raises:
        VerificationError: It would end the log for every reader; the message says why.
    """
    try:
        _need_place(record, log.records[-1] if log.records else None, trust, chain=log.chain)
        check_signature(record, trust)
    except VerificationError as error:
        message = f"record {len(log.records) + 1} of {log.chain}: {error}"
        raise VerificationError(message, hint=error.hint) from None
    return VerifiedLog(chain=log.chain, records=log.records.and_then([record]))


def _need_place(record: LogRecord, last: LogRecord | None, trust: TrustChain, *, chain: str) -> None:
    said = record.envelope
    if said.registry != trust.registry:
        message = "it belongs to another registry"
        raise VerificationError(message)
    if said.chain != chain:
        message = f"it belongs to the chain {said.chain!r}"
        raise VerificationError(message)
    slot = last.envelope.seq + 1 if last is not None else 1
    if said.seq != slot:
        message = f"it says slot {said.seq} and stands in slot {slot}"
        raise VerificationError(message)
    if said.prev != (last.id if last is not None else NO_RECORD):
        message = "it does not follow the record before it"
        raise VerificationError(message)
    if last is not None and said.policy.seq < last.envelope.policy.seq:
        message = f"it cites trust record {said.policy.seq}, older than the record before it did"
        raise VerificationError(message)


def signer_of(content: bytes | str, keys: Collection[bytes]) -> bytes | None:
    """Return the key that truly signed a record, where it is one of these; None: `verify_log` has to look itself.

    It says nothing about the record, not even that it is one. It takes most of the time that a record takes, and can
    be asked about many records at once.
    """
    if isinstance(content, str):
        return None
    try:
        line, armor = split_record(content)
        signature = parse_armor(armor)
        if signature.key.blob not in keys:
            return None
        verify(signature, line, namespace=RECORD_NAMESPACE)
    except VerificationError:
        return None
    return signature.key.blob


def check_signature(
    record: LogRecord, trust: TrustChain, *, vouched: bool = False, signer: bytes | None = None
) -> None:
    """Check that the key is its author's in the cited trust record, and signed the record.

    Args:
        record: The record.
        trust: The trust chain.
        vouched: This client has found it truly signed before.
        signer: The key that is known to have signed its bytes; None where nobody looked.

    Raises:
        VerificationError: The trust record is not known, the key is not the author's, or the signature is not true.
    """
    said = record.envelope
    cited = trust.find(said.policy.seq, said.policy.sha256)
    if cited is None:
        message = f"it cites trust record {said.policy.seq} with an id that this registry does not have"
        raise VerificationError(message)
    holder = cited.holders.get(said.key)
    if holder is None or holder[0] != said.author:
        message = f"the key {said.key!r} does not belong to {said.author!r} in trust record {said.policy.seq}"
        raise VerificationError(message)
    if vouched or signer == holder[1].blob:
        return
    signature = parse_armor(record.armor)
    if signature.key.blob != holder[1].blob:
        message = "it is signed with another key than it says"
        raise VerificationError(message)
    verify(signature, record.line, namespace=RECORD_NAMESPACE)
