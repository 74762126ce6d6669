"""Signatures that gather beside a trust payload, until its thresholds are met.

The rules it keeps: a proposal has no effect; its folder is named by the sha256 of its payload, so nobody can exchange
it; only true signatures by root keys count, present ones or new ones. Trust record 1 follows nothing: its own root is
enough.
"""

import msgspec

from signoff.errors import NotFoundError, SigningError, StorageError, VerificationError
from signoff.policy.trust import MOST_SIGNATURES, TrustRecord, need_threshold, read_trust_line
from signoff.records.sshsig import parse_armor, verify
from signoff.records.statement import NO_RECORD, TRUST_NAMESPACE
from signoff.schema import layout
from signoff.signing.base import Identity, Signer
from signoff.storage.base import Storage

PAYLOAD = "payload.json"
SIGNATURE = ".sig"


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A trust record that collects signatures.

    Attributes:
        id: The sha256 of its line.
        record: What it says.
        signers: Fingerprints of the root keys, old or new, whose signatures are there and true.
        missing: What keeps it from being applied, in words; () when it can be.
        ignored: Signature files that are not true or not a root key's, with why.
    """

    id: str
    record: TrustRecord
    signers: tuple[str, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]


class Gathering:
    """The proposals in a registry's folder, or in a folder that is to become one.

    Args:
        storage: The folder.
        newest: The trust record that proposals follow; None while there is none.
    """

    def __init__(self, storage: Storage, newest: TrustRecord | None) -> None:
        """Remember what proposals are measured against."""
        self._storage = storage
        self._newest = newest

    def publish(self, line: bytes) -> Proposal:
        """Publish a payload, without signatures."""
        record = read_trust_line(line)
        self._storage.put_new(f"{layout.proposal_folder(record.id)}/{PAYLOAD}", line)
        return self.find(record.id)

    def names(self) -> tuple[str, ...]:
        """Return the ids of all proposals, also of those that were overtaken."""
        try:
            return tuple(entry.name for entry in self._storage.entries(layout.PROPOSALS) if entry.kind == "folder")
        except NotFoundError:
            return ()

    def find(self, identity: str) -> Proposal:
        """Return a proposal by its id, or by a unique beginning of it.

        Raises:
            NotFoundError: There is none.
            VerificationError: Its payload is not what its name says.
        """
        identity = self._full_id(identity)
        line = self._storage.read(f"{layout.proposal_folder(identity)}/{PAYLOAD}", most=layout.LARGEST_TRUST_RECORD)
        record = read_trust_line(line)
        if record.id != identity:
            message = f"the payload of proposal {identity[:12]} is not the one that was proposed"
            raise VerificationError(message, hint="somebody changed it; propose again")
        armors, ignored = self._signatures(record)
        return Proposal(
            id=identity,
            record=record,
            signers=tuple(armors),
            missing=self._missing(record, tuple(armors)),
            ignored=ignored,
        )

    def _full_id(self, identity: str) -> str:
        names = self.names()
        fitting = [name for name in names if name.startswith(identity)] if identity else []
        if len(fitting) != 1:
            message = f"{'several proposals begin' if fitting else 'no proposal begins'} with {identity!r}"
            raise NotFoundError(message, hint=f"proposals: {', '.join(name[:12] for name in names) or 'none'}")
        return fitting[0]

    def roots(self, record: TrustRecord) -> dict[str, TrustRecord]:
        """Return the roots whose thresholds a proposal must meet, by what they are called."""
        if self._newest is None:
            return {"the root": record}
        return {"the present root": self._newest, "the new root": record}

    def armors(self, proposal: Proposal) -> tuple[bytes, ...]:
        """Return the signatures that count, as many as a record may have, first those that count for both roots."""
        found, roots = self._signatures(proposal.record)[0], self.roots(proposal.record).values()
        shared = sorted(found, key=lambda one: -sum(one in root.root for root in roots))
        return tuple(found[one] for one in shared[:MOST_SIGNATURES])

    def _signatures(self, record: TrustRecord) -> tuple[dict[str, bytes], tuple[str, ...]]:
        keys = {fingerprint for root in self.roots(record).values() for fingerprint in root.root}
        folder = layout.proposal_folder(record.id)
        armors: dict[str, bytes] = {}
        ignored = []
        for entry in self._storage.entries(folder):
            if not entry.name.endswith(SIGNATURE):
                continue
            try:
                armored = self._storage.read(f"{folder}/{entry.name}", most=layout.LARGEST_RECORD)
                signature = parse_armor(armored)
                verify(signature, record.line, namespace=TRUST_NAMESPACE)
            except (StorageError, VerificationError) as error:
                ignored.append(f"{entry.name}: {error}")
                continue
            if signature.key.fingerprint in keys:
                armors[signature.key.fingerprint] = armored
            else:
                ignored.append(f"{entry.name}: {signature.key.fingerprint} is no root key")
        return armors, tuple(ignored)

    def _missing(self, record: TrustRecord, signers: tuple[str, ...]) -> tuple[str, ...]:
        seq, prev = (self._newest.seq, self._newest.id) if self._newest else (0, NO_RECORD)
        missing = []
        if record.seq != seq + 1 or record.said.prev != prev:
            missing.append(f"it follows trust record {record.seq - 1} and the newest is {seq}: propose again")
        for words, root in self.roots(record).items():
            try:
                need_threshold(signers, root.document.root.keys, root.document.root.threshold)
            except VerificationError as error:
                missing.append(f"{words}: {error}")
        return tuple(missing)

    def sign(self, proposal: Proposal, signer: Signer) -> Proposal:
        """Add a root key's signature to a proposal; one that is there already is kept.

        Raises:
            SigningError: The key is no root key, or its holder did not sign.
        """
        key = signer.identity.key
        if key.fingerprint in proposal.signers:
            return proposal
        if not any(key.fingerprint in root.root for root in self.roots(proposal.record).values()):
            message = f"the key {key.fingerprint} is neither a present nor a new root key"
            raise SigningError(message, hint="choose a root key with --key FILE.pub; see: signoff trust show")
        armored = signer.sign(proposal.record.line, namespace=TRUST_NAMESPACE)
        self._storage.put_new(layout.proposal_signature(proposal.id, key.fingerprint), armored)
        return self.find(proposal.id)

    def root_signers(self, proposal: Proposal, identities: tuple[Identity, ...]) -> tuple[Identity, ...]:
        """Return those of these keys that are root keys for a proposal and have not signed it."""
        keys = {fingerprint for root in self.roots(proposal.record).values() for fingerprint in root.root}
        keys.difference_update(proposal.signers)
        return tuple(one for one in identities if one.key.fingerprint in keys)
