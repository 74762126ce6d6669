"""The trust chain: who the registry's root keys say may do what, version by version.

The rules it keeps, for every record N of the chain:

1. It is canonical, of the trust type, in slot N, and names the id of record N-1 and the registry's id (which record 1,
   being it, cannot name).
2. Its subject is the digest of the trust document it carries, and that document means something.
3. Every signature on it is true and in the trust namespace; distinct keys count once.
4. The threshold of root N-1 and the threshold of root N are both met; record 1 is signed by its own root.

The first record that breaks one ends the chain, with the reason in `fault`. Bytes in, no I/O, no clock.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signoff.errors import InvalidValueError, SchemaError, VerificationError
from signoff.records.keys import PublicKey, parse_public_key
from signoff.records.record import need_canonical, record_id, split_record
from signoff.records.sshsig import parse_armor, split_armors, verify
from signoff.records.statement import NO_RECORD, TRUST_NAMESPACE, TRUST_TYPE, TYPE, DigestSet, Hex64, Named, Stamp
from signoff.schema import layout
from signoff.schema.canonical import canonical, digest_of
from signoff.schema.rules import TrustDocument, load_trust

MOST_SIGNATURES = 16
Length = Annotated[int, Meta(ge=0)]


class TrustPredicate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a trust record says."""

    registry: Hex64 | UnsetType = UNSET
    seq: Annotated[int, Meta(ge=1)]
    prev: Hex64
    author: str
    time: Stamp
    comment: str = ""
    cut: dict[str, Length]
    trust: dict[str, object]


class TrustStatement(msgspec.Struct, frozen=True, kw_only=True, rename={"type_": "_type"}):
    """The in-toto statement of a trust record."""

    type_: Literal["https://in-toto.io/Statement/v1"]
    subject: Annotated[tuple[Named, ...], Meta(min_length=1, max_length=1)]
    predicateType: Literal["urn:signoff:trust:v1"]  # noqa: N815  (in-toto's spelling)
    predicate: TrustPredicate


class TrustRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One verified record of the trust chain.

    Attributes:
        id: The sha256 of its line 1.
        said: What it says.
        document: Its trust document.
        holders: Fingerprint to (person, key), for every key of every person.
        root: The root keys, by fingerprint.
        signers: The fingerprints that signed it.
        content: The whole file.
    """

    id: str
    said: TrustPredicate
    document: TrustDocument
    holders: dict[str, tuple[str, PublicKey]]
    root: dict[str, PublicKey]
    signers: tuple[str, ...] = ()
    content: bytes = b""

    @property
    def seq(self) -> int:
        """Its slot, from 1."""
        return self.said.seq

    @property
    def line(self) -> bytes:
        """Line 1 with its line end."""
        return self.content[: self.content.index(b"\n") + 1]


class TrustChain(msgspec.Struct, frozen=True, kw_only=True):
    """The verified part of the trust chain, at least its record 1.

    Attributes:
        records: Records 1, 2, …
        fault: Why the next slot is invalid; "" while nothing is wrong.
    """

    records: tuple[TrustRecord, ...]
    fault: str = ""

    @property
    def registry(self) -> str:
        """The registry's id: that of record 1."""
        return self.records[0].id

    @property
    def newest(self) -> TrustRecord:
        """The newest valid record."""
        return self.records[-1]

    @property
    def longest_cut(self) -> dict[str, int]:
        """The greatest length that any record knows of each log."""
        longest: dict[str, int] = {}
        for record in self.records:
            for chain, length in record.said.cut.items():
                longest[chain] = max(length, longest.get(chain, 0))
        return {chain: length for chain, length in longest.items() if length}

    def find(self, seq: int, identity: str) -> TrustRecord | None:
        """Return the record in a slot, where it has that id."""
        known = 0 < seq <= len(self.records) and self.records[seq - 1].id == identity
        return self.records[seq - 1] if known else None

    def governing(self, chain: str, seq: int, cited: int) -> TrustRecord:
        """Return the record that governs slot `seq` of a log: the newer of the cited and the newest not covering it."""
        for record in reversed(self.records[cited:]):
            if seq > record.said.cut.get(chain, 0):
                return record
        return self.records[cited - 1]

    def last_good(self, fingerprint: str, chain: str) -> int | None:
        """Return the last slot of a log that a revoked key's records count in; None where it is not revoked."""
        entry = self.newest.document.revoked.get(fingerprint)
        if entry is None:
            return None
        named = dict(entry.last_good).get(chain)
        if named is not None or entry.default == "start":
            return named or 0
        return self._revoked_since(fingerprint).said.cut.get(chain, 0)

    def _revoked_since(self, fingerprint: str) -> TrustRecord:
        since = self.newest
        for record in reversed(self.records):
            if fingerprint not in record.document.revoked:
                break
            since = record
        return since


def verify_trust(contents: Iterable[bytes | str], *, vouched: bool = False) -> TrustChain:
    """Verify the trust chain.

    Args:
        contents: The files in slots 1, 2, …; text instead of bytes says why a slot cannot be read.
        vouched: This client has verified these very signatures before.

    Raises:
        VerificationError: Not even record 1 is valid.
    """
    records: list[TrustRecord] = []
    for content in contents:
        try:
            records.append(_next_record(content, records, vouched=vouched))
        except (VerificationError, SchemaError, InvalidValueError) as error:
            if not records:
                message = f"trust record 1 is not valid: {error}"
                raise VerificationError(message, hint="this folder is no registry that can be trusted") from None
            return TrustChain(records=tuple(records), fault=f"trust record {len(records) + 1}: {error}")
    if not records:
        message = "there is no trust record"
        raise VerificationError(message, hint="make a registry with: signoff init PATH")
    return TrustChain(records=tuple(records))


def _next_record(content: bytes | str, records: list[TrustRecord], *, vouched: bool) -> TrustRecord:
    if isinstance(content, str):
        raise VerificationError(content)
    line, armors = split_record(content, most=layout.LARGEST_TRUST_RECORD)
    record = read_trust_line(line)
    _need_place(record, records)
    signers = _signers(armors, line, vouched=vouched)
    for root in ([records[-1].document.root] if records else []) + [record.document.root]:
        need_threshold(signers, root.keys, root.threshold)
    return msgspec.structs.replace(record, signers=tuple(signers), content=content)


def read_trust_line(line: bytes) -> TrustRecord:
    """Return what a trust record's line 1 says; signatures and place in the chain are not checked here.

    Raises:
        VerificationError: It is no canonical trust statement, or its subject is not its document.
        SchemaError: Its trust document means nothing.
        InvalidValueError: A key in it is none.
    """
    need_canonical(line)
    try:
        said = msgspec.json.decode(line, type=TrustStatement)
    except msgspec.ValidationError as error:
        message = f"line 1 is no trust statement: {error}"
        raise VerificationError(message) from None
    subject = said.subject[0]
    if subject.name != "trust" or subject.digest.sha256 != digest_of(said.predicate.trust):
        message = "its subject is not the digest of its trust document"
        raise VerificationError(message)
    document = load_trust(said.predicate.trust)
    return TrustRecord(
        id=record_id(line),
        said=said.predicate,
        document=document,
        holders=_holders(document),
        root=_root(document),
        content=line,
    )


def compose_trust_line(predicate: TrustPredicate) -> bytes:
    """Return line 1, with its line end, of a trust record."""
    subject = Named("trust", DigestSet(digest_of(predicate.trust)))
    said = TrustStatement(type_=TYPE, predicateType=TRUST_TYPE, subject=(subject,), predicate=predicate)
    return canonical(said) + b"\n"


def need_threshold(signers: Iterable[str], keys: Iterable[str], threshold: int) -> None:
    """Check that enough of these root keys are among the signers.

    Raises:
        VerificationError: They are not.
    """
    wanted = {parse_public_key(key).fingerprint for key in keys}
    count = len(wanted.intersection(signers))
    if count < threshold:
        message = f"{count} of {threshold} root signatures"
        raise VerificationError(message)


def _need_place(record: TrustRecord, records: list[TrustRecord]) -> None:
    said = record.said
    if said.seq != len(records) + 1:
        message = f"it says slot {said.seq} and stands in slot {len(records) + 1}"
        raise VerificationError(message)
    if said.prev != (records[-1].id if records else NO_RECORD):
        message = "it does not follow the record before it"
        raise VerificationError(message)
    if said.registry != (records[0].id if records else UNSET):
        message = "it belongs to another registry"
        raise VerificationError(message)


def _signers(armors: bytes, line: bytes, *, vouched: bool) -> dict[str, None]:
    signers: dict[str, None] = {}
    for text in split_armors(armors, most=MOST_SIGNATURES):
        signature = parse_armor(text)
        if not vouched:
            verify(signature, line, namespace=TRUST_NAMESPACE)
        signers[signature.key.fingerprint] = None
    return signers


def _holders(document: TrustDocument) -> dict[str, tuple[str, PublicKey]]:
    holders: dict[str, tuple[str, PublicKey]] = {}
    for person, entry in document.people.items():
        for number, line in enumerate(entry.keys):
            key = _key(line, f"people.{person}.keys[{number}]")
            holder = holders.setdefault(key.fingerprint, (person, key))[0]
            if holder != person:
                message = f"the key {key.fingerprint} belongs to {holder!r} already; one key belongs to one person"
                raise SchemaError(message, path=f"people.{person}.keys[{number}]")
    return holders


def _root(document: TrustDocument) -> dict[str, PublicKey]:
    root: dict[str, PublicKey] = {}
    for number, line in enumerate(document.root.keys):
        key = _key(line, f"root.keys[{number}]")
        if key.fingerprint in root:
            message = f"the key {key.fingerprint} stands twice"
            raise SchemaError(message, path=f"root.keys[{number}]")
        root[key.fingerprint] = key
    return root


def _key(line: str, path: str) -> PublicKey:
    try:
        return parse_public_key(line)
    except InvalidValueError as error:
        raise SchemaError(error.message, path=path, hint=error.hint) from None


def allowed_signers(trust: TrustChain) -> str:
    """Return the text of an `allowed_signers` file for ssh-keygen: every key that any trust record names.

    A key that a later record drops still verifies the records that it signed before; who may do what is decided by
    the rules, never by this file.
    """
    lines: dict[str, None] = {}
    for record in trust.records:
        for person, key in record.holders.values():
            lines[f'{person} namespaces="signoff-record-v1,signoff-checkpoint-v1" {key.line}'] = None
        for fingerprint, key in record.root.items():
            lines[f'root-{fingerprint.removeprefix("SHA256:")} namespaces="{TRUST_NAMESPACE}" {key.line}'] = None
    return "".join(f"{line}\n" for line in lines)
