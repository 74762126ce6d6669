"""Checkpoints: signed lists of all heads, so that a client that never saw a log's tail can notice that it is missing.

The rules it keeps: the list of heads is published before the record that names it; a checkpoint counts where a witness
of its cited trust record signed it; its heads are compared with the logs as they are.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from signoff.errors import (
    AlarmError,
    AlreadyExistsError,
    ConflictError,
    InvalidValueError,
    RefusedError,
    SchemaError,
    StorageError,
    VerificationError,
)
from signoff.records.record import need_canonical, record_id, split_record
from signoff.records.sshsig import parse_armor, split_armors, verify
from signoff.records.statement import (
    CHECKPOINT_NAMESPACE,
    CHECKPOINT_TYPE,
    NO_RECORD,
    TYPE,
    Cited,
    DigestSet,
    Hex64,
    Named,
    Nonce,
    Person,
    Stamp,
)
from signoff.registry.chains import read_slots, slots
from signoff.registry.heads import format_heads, parse_heads
from signoff.registry.journal import Journal
from signoff.registry.models import find_models
from signoff.registry.people import Me
from signoff.registry.pins import Pin, need_pinned
from signoff.registry.reader import Reader
from signoff.schema import layout
from signoff.schema.canonical import canonical
from signoff.signing.base import Signer
from signoff.values.times import Surroundings, parse_stamp, stamp

MOST_SIGNATURES = 16
MOST_HEADS = 256 * 1024 * 1024


class CheckpointPredicate(msgspec.Struct, frozen=True, kw_only=True):
    """What a checkpoint says."""

    registry: Hex64
    chain: Literal["checkpoints"]
    seq: Annotated[int, Meta(ge=1)]
    prev: Hex64
    policy: Cited
    nonce: Nonce
    author: Person
    key: str
    time: Stamp


class CheckpointStatement(msgspec.Struct, frozen=True, kw_only=True, rename={"type_": "_type"}):
    """The in-toto statement of a checkpoint."""

    type_: Literal["https://in-toto.io/Statement/v1"]
    subject: Annotated[tuple[Named, ...], Meta(min_length=1, max_length=1)]
    predicateType: Literal["urn:signoff:checkpoint:v1"]  # noqa: N815  (in-toto's spelling)
    predicate: CheckpointPredicate


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A verified checkpoint.

    Attributes:
        id: The sha256 of its line 1.
        seq: Its slot.
        author: The witness.
        moment: The witness's clock.
        heads: Chain to (slot, id).
        policy: The slot of the trust record that it cites.
        reason: Why it does not count: the key was revoked, or its holder is no witness now; "" while it does.
    """

    id: str
    seq: int
    author: str
    moment: datetime
    heads: Mapping[str, tuple[int, str]]
    policy: int
    reason: str = ""


class Checkpoints:
    """The checkpoints of one registry."""

    def __init__(self, reader: Reader, surroundings: Surroundings) -> None:
        """Work on the registry that this reader reads."""
        self._reader = reader
        self._storage = reader.storage
        self._surroundings = surroundings

    def heads(self) -> dict[str, tuple[int, str]]:
        """Return the head of every chain: chain to (slot, id), the trust chain included.

        Raises:
            VerificationError: A chain is not sound.
        """
        if self._reader.trust_alarm is not None:
            raise self._reader.trust_alarm
        trust = self._reader.trust
        found = {layout.TRUST_CHAIN: (len(trust.records), trust.newest.id)}
        for model in find_models(self._reader)[0]:
            known = self._reader.log(model)
            known.need_sound()
            if known.log.records:
                found[known.log.chain] = (len(known.log.records), known.log.head)
        return dict(sorted(found.items(), key=lambda item: item[0].encode()))

    def read(self) -> tuple[tuple[Checkpoint, ...], str]:
        """Return the valid checkpoints, and why the next one is not valid ("" where nothing is wrong)."""
        found: list[Checkpoint] = []
        try:
            entries, _ = slots(self._storage, layout.CHECKPOINT_CHAIN)
        except StorageError as error:
            return (), str(error)
        for content in read_slots(self._storage, layout.CHECKPOINT_CHAIN, entries):
            try:
                found.append(self._next(content, found))
            except (VerificationError, SchemaError, StorageError, InvalidValueError) as error:
                return tuple(found), f"checkpoint {len(found) + 1}: {error}"
        return tuple(found), self._pin_fault([one.id for one in found])

    def _pin_fault(self, ids: list[str]) -> str:
        """Return how the checkpoints differ from what this client has seen; remember them where they do not."""
        try:
            need_pinned(self._reader.pins, layout.CHECKPOINT_CHAIN, len(ids), lambda seq: ids[seq - 1])
        except AlarmError as alarm:
            return str(alarm)
        if ids:
            self._reader.seen[layout.CHECKPOINT_CHAIN] = Pin(len(ids), ids[-1])
        return ""

    def _next(self, content: bytes | str, found: list[Checkpoint]) -> Checkpoint:
        if isinstance(content, str):
            raise VerificationError(content)
        line, armors = split_record(content)
        need_canonical(line)
        try:
            said = msgspec.json.decode(line, type=CheckpointStatement)
        except msgspec.ValidationError as error:
            message = f"line 1 is no checkpoint: {error}"
            raise VerificationError(message) from None
        predicate = said.predicate
        place = (self._reader.trust.registry, len(found) + 1, found[-1].id if found else NO_RECORD)
        if (predicate.registry, predicate.seq, predicate.prev) != place:
            message = "it belongs to another registry or slot, or does not follow the checkpoint before it"
            raise VerificationError(message)
        if found and predicate.policy.seq < found[-1].policy:
            message = f"it cites trust record {predicate.policy.seq}, older than the checkpoint before it did"
            raise VerificationError(message)
        self._need_witness(predicate, line, armors)
        digest = said.subject[0].digest.sha256
        return Checkpoint(
            id=record_id(line),
            seq=predicate.seq,
            author=predicate.author,
            moment=parse_stamp(predicate.time),
            heads=self._load_heads(digest),
            policy=predicate.policy.seq,
            reason=self._fault(predicate),
        )

    def _fault(self, predicate: CheckpointPredicate) -> str:
        """Return why an authentic checkpoint does not count: what a witness who was removed signs says nothing."""
        newest = self._reader.trust.newest
        if predicate.key in newest.document.revoked:
            return f"revoked key {predicate.key}"
        holder = newest.holders.get(predicate.key)
        if holder is None or holder[0] != predicate.author or not newest.document.holds(predicate.author, ("witness",)):
            return f"{predicate.author} with this key is no witness in trust record {newest.seq}"
        return ""

    def newest(self) -> Checkpoint | None:
        """Return the newest checkpoint that counts, or None."""
        return next((one for one in reversed(self.read()[0]) if not one.reason), None)

    def _need_witness(self, predicate: CheckpointPredicate, line: bytes, armors: bytes) -> None:
        cited = self._reader.trust.find(predicate.policy.seq, predicate.policy.sha256)
        holder = cited.holders.get(predicate.key) if cited else None
        if cited is None or holder is None or holder[0] != predicate.author:
            message = f"the key {predicate.key!r} does not belong to {predicate.author!r} in the trust record it cites"
            raise VerificationError(message)
        if not cited.document.holds(predicate.author, ("witness",)):
            message = f"{predicate.author} is no witness in trust record {cited.seq}"
            raise VerificationError(message)
        signatures = [parse_armor(text) for text in split_armors(armors, most=MOST_SIGNATURES)]
        own = [one for one in signatures if one.key.blob == holder[1].blob]
        if not own:
            message = "it is signed with another key than it says"
            raise VerificationError(message)
        for signature in own:
            verify(signature, line, namespace=CHECKPOINT_NAMESPACE)

    def _load_heads(self, digest: str) -> dict[str, tuple[int, str]]:
        content = self._storage.read(layout.heads_path(digest), most=MOST_HEADS)
        if hashlib.sha256(content).hexdigest() != digest:
            message = "the list of heads that it names was changed"
            raise VerificationError(message)
        return parse_heads(content)

    def age_days(self) -> int | None:
        """Return the age of the newest valid checkpoint in whole days; None where there is none."""
        newest = self.newest()
        return max(0, (self._surroundings.now() - newest.moment).days) if newest else None

    def need_fresh(self, days: int) -> None:
        """Check that the newest checkpoint is at most so many days old, and that its heads are here.

        Raises:
            RefusedError: There is none, or it is older.
            AlarmError: A chain is shorter than it says, or was rewritten.
        """
        age, newest = self.age_days(), self.newest()
        if age is None or newest is None or age > days:
            why = "there is no valid checkpoint" if age is None else f"the newest checkpoint is {age} days old"
            action = f"go on with a checkpoint of at most {days} days"
            raise RefusedError(action, [why], hint="a witness makes one with: signoff checkpoint")
        self.need_covered(newest.heads, source=f"checkpoint {newest.seq}")

    def need_covered(self, heads: Mapping[str, tuple[int, str]], *, source: str) -> None:
        """Check that every chain is at least as long as these heads say, and the same there.

        Args:
            heads: Chain to (slot, id).
            source: Where the heads come from, for messages.

        Raises:
            AlarmError: A chain is shorter, or was rewritten.
        """
        trust = [record.id for record in self._reader.trust.records]
        for chain, (seq, identity) in heads.items():
            model = layout.model_of_chain(chain)
            ids = list(self._reader.log(model).log.records.ids()) if model else trust
            if len(ids) < seq:
                message = f"ROLLBACK: {source} knows {seq} records of {chain}; {len(ids)} are here"
                raise AlarmError(message, hint="records were taken away; ask the owners, restore from a backup")
            if ids[seq - 1] != identity:
                message = f"HISTORY REWRITTEN: record {seq} of {chain} is not the one that {source} knows"
                raise AlarmError(message, hint="do not trust this copy; ask its owners")

    def publish(self, me: Me, signer: Signer) -> Checkpoint:
        """Sign the heads as they are.

        Raises:
            RefusedError: The signer is no witness.
            VerificationError: A chain is not sound.
            ConflictError: Another checkpoint was first.
        """
        trust = self._reader.trust
        if not trust.newest.document.holds(me.person, ("witness",)):
            raise RefusedError("make a checkpoint", [f"role missing: {me.person} is not witness"])  # noqa: EM101, TRY003
        found, fault = self.read()
        if fault:
            raise VerificationError(fault, hint="look at it with: signoff doctor")
        content = format_heads(self.heads()).encode()
        digest = hashlib.sha256(content).hexdigest()
        self._storage.put_new(layout.heads_path(digest), content)
        predicate = CheckpointPredicate(
            registry=trust.registry,
            chain="checkpoints",
            seq=len(found) + 1,
            prev=found[-1].id if found else NO_RECORD,
            policy=Cited(trust.newest.seq, trust.newest.id),
            nonce=self._surroundings.nonce(),
            author=me.person,
            key=me.identity.key.fingerprint,
            time=stamp(self._surroundings.now()),
        )
        subject = Named("heads", DigestSet(digest))
        said = CheckpointStatement(type_=TYPE, predicateType=CHECKPOINT_TYPE, subject=(subject,), predicate=predicate)
        line = canonical(said) + b"\n"
        armored = signer.sign(line, namespace=CHECKPOINT_NAMESPACE)
        try:
            self._storage.put_new(layout.record_path(layout.CHECKPOINT_CHAIN, predicate.seq), line + armored)
        except AlreadyExistsError:
            message = f"another checkpoint {predicate.seq} was first"
            raise ConflictError(message, hint="look whether it is enough; else make another") from None
        made = self.read()[0][-1]
        Journal(self._storage).tell(layout.CHECKPOINT_CHAIN, predicate.seq, made.id)
        return made
