"""Changes of the trust chain: proposals that collect root signatures.

The rules it keeps: a proposal has no effect; whoever sees its thresholds met may publish it, after looking whether the
heads moved since it was made. A trust record is created in its slot, never replaced.
"""

import msgspec

from signoff.errors import (
    AlreadyExistsError,
    ConflictError,
    InvalidValueError,
    NotFoundError,
    RefusedError,
    SchemaError,
    SigningError,
    VerificationError,
)
from signoff.policy.trust import TrustRecord, need_threshold, read_trust_line, verify_trust
from signoff.records.sshsig import parse_armor, verify
from signoff.records.statement import TRUST_NAMESPACE
from signoff.registry.founding import publish_allowed_signers, trust_line
from signoff.registry.reader import Reader
from signoff.registry.scan import find_models
from signoff.schema import layout
from signoff.schema.text import dump_yaml, load_yaml
from signoff.signing.base import Identity, Signer
from signoff.values.times import Surroundings


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A trust change that collects signatures.

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


class Proposals:
    """The proposals of one registry."""

    def __init__(self, reader: Reader, surroundings: Surroundings) -> None:
        """Work on the registry that this reader reads."""
        self._reader = reader
        self._storage = reader.storage
        self._surroundings = surroundings

    def document_text(self) -> str:
        """Return the newest trust document as YAML, for an editor."""
        line = self._reader.trust.newest
        return dump_yaml(msgspec.to_builtins(line.said.trust))

    def heads(self) -> dict[str, int]:
        """Return the length of every log.

        Raises:
            VerificationError: A log is not sound.
        """
        lengths = {}
        for model in find_models(self._reader)[0]:
            known = self._reader.log(model)
            known.need_sound()
            if known.log.records:
                lengths[known.log.chain] = len(known.log.records)
        return lengths

    def propose(self, text: bytes, *, author: str, comment: str) -> Proposal:
        """Publish a proposal for a changed trust document, written as YAML.

        Raises:
            SchemaError: The text means no trust document.
            InvalidValueError: It changes nothing.
            VerificationError: The trust chain or a log is not sound.
        """
        self._need_sound()
        document = load_yaml(text, file="trust.yaml")
        if not isinstance(document, dict):
            message = "a trust document is a map"
            raise SchemaError(message, file="trust.yaml")
        newest = self._reader.trust.newest
        if document == msgspec.to_builtins(newest.said.trust):
            message = "the trust document is as it was"
            raise InvalidValueError(message, hint="nothing was proposed")
        line = trust_line(
            document,
            seq=newest.seq + 1,
            prev=newest.id,
            author=author,
            surroundings=self._surroundings,
            comment=comment,
            cut=self.heads(),
            registry=self._reader.trust.registry,
        )
        record = read_trust_line(line)
        self._storage.put_new(f"{layout.proposal_folder(record.id)}/payload.json", line)
        return self.find(record.id)

    def _need_sound(self) -> None:
        if self._reader.trust_alarm is not None:
            raise self._reader.trust_alarm

    def list(self) -> tuple[Proposal, ...]:
        """Return the proposals that follow the newest trust record."""
        try:
            entries = self._storage.entries(layout.PROPOSALS)
        except NotFoundError:
            return ()
        found = []
        for entry in entries:
            try:
                proposal = self.find(entry.name)
            except (NotFoundError, VerificationError, SchemaError, InvalidValueError):
                continue
            if proposal.record.seq == self._reader.trust.newest.seq + 1:
                found.append(proposal)
        return tuple(found)

    def find(self, identity: str) -> Proposal:
        """Return a proposal by its id, or by a unique beginning of it.

        Raises:
            NotFoundError: There is none.
            VerificationError: Its payload is not what its name says.
        """
        identity = self._full_id(identity)
        folder = layout.proposal_folder(identity)
        line = self._storage.read(f"{folder}/payload.json", most=layout.LARGEST_TRUST_RECORD)
        record = read_trust_line(line)
        if record.id != identity:
            message = f"the payload of proposal {identity[:12]} is not the one that was proposed"
            raise VerificationError(message, hint="somebody changed it; propose again")
        armors, ignored = self._signatures(record, folder)
        return Proposal(
            id=identity,
            record=record,
            signers=tuple(armors),
            missing=self._missing(record, tuple(armors)),
            ignored=ignored,
        )

    def _full_id(self, identity: str) -> str:
        try:
            names = [entry.name for entry in self._storage.entries(layout.PROPOSALS)]
        except NotFoundError:
            names = []
        fitting = [name for name in names if name.startswith(identity)] if identity else []
        if len(fitting) != 1:
            message = f"{'several proposals begin' if fitting else 'no proposal begins'} with {identity!r}"
            raise NotFoundError(message, hint=f"proposals: {', '.join(name[:12] for name in names) or 'none'}")
        return fitting[0]

    def _roots(self, record: TrustRecord) -> tuple[TrustRecord, TrustRecord]:
        return self._reader.trust.newest, record

    def _signatures(self, record: TrustRecord, folder: str) -> tuple[dict[str, bytes], tuple[str, ...]]:
        keys = {fingerprint for root in self._roots(record) for fingerprint in root.root}
        armors: dict[str, bytes] = {}
        ignored = []
        for entry in self._storage.entries(folder):
            if not entry.name.endswith(".sig"):
                continue
            try:
                armored = self._storage.read(f"{folder}/{entry.name}", most=layout.LARGEST_RECORD)
                signature = parse_armor(armored)
                verify(signature, record.line, namespace=TRUST_NAMESPACE)
            except VerificationError as error:
                ignored.append(f"{entry.name}: {error}")
                continue
            if signature.key.fingerprint in keys:
                armors[signature.key.fingerprint] = armored
            else:
                ignored.append(f"{entry.name}: {signature.key.fingerprint} is no root key")
        return armors, tuple(ignored)

    def _missing(self, record: TrustRecord, signers: tuple[str, ...]) -> tuple[str, ...]:
        newest = self._reader.trust.newest
        missing = []
        if record.seq != newest.seq + 1 or record.said.prev != newest.id:
            missing.append(f"it follows trust record {record.seq - 1} and the newest is {newest.seq}: propose again")
        for words, root in (("the present root", newest.document.root), ("the new root", record.document.root)):
            try:
                need_threshold(signers, root.keys, root.threshold)
            except VerificationError as error:
                missing.append(f"{words}: {error}")
        return tuple(dict.fromkeys(missing))

    def sign(self, identity: str, signer: Signer) -> Proposal:
        """Add a root key's signature to a proposal.

        Raises:
            SigningError: The key is no root key, or its holder did not sign.
        """
        proposal = self.find(identity)
        key = signer.identity.key
        if not any(key.fingerprint in root.root for root in self._roots(proposal.record)):
            message = f"the key {key.fingerprint} is neither a present nor a new root key"
            raise SigningError(message, hint="choose a root key with --key FILE.pub; see: signoff trust show")
        armored = signer.sign(proposal.record.line, namespace=TRUST_NAMESPACE)
        self._storage.put_new(layout.proposal_signature(proposal.id, key.fingerprint), armored)
        return self.find(proposal.id)

    def root_signers(self, record: TrustRecord, identities: tuple[Identity, ...]) -> tuple[Identity, ...]:
        """Return those of these keys that are root keys, present or new, for a proposal."""
        keys = {fingerprint for root in self._roots(record) for fingerprint in root.root}
        return tuple(one for one in identities if one.key.fingerprint in keys)

    def moved(self, proposal: Proposal) -> tuple[str, ...]:
        """Return how the logs moved since a proposal was made, in words."""
        cut, now = proposal.record.said.cut, self.heads()
        return tuple(
            f"{chain}: {cut.get(chain, 0)} records when it was proposed, {length} now"
            for chain, length in sorted(now.items())
            if cut.get(chain, 0) != length
        )

    def apply(self, identity: str) -> TrustRecord:
        """Publish a proposal whose thresholds are met.

        Raises:
            RefusedError: Signatures are missing.
            VerificationError: The trust chain or a log is not sound.
            ConflictError: Another trust record was first.
        """
        self._need_sound()
        self.heads()
        proposal = self.find(identity)
        if proposal.missing:
            hint = f"root keys sign it with: signoff trust sign {proposal.id[:12]}"
            action = f"apply proposal {proposal.id[:12]}"
            raise RefusedError(action, proposal.missing, hint=hint)
        armors, _ = self._signatures(proposal.record, layout.proposal_folder(proposal.id))
        content = proposal.record.line + b"".join(armors.values())
        verify_trust([*(record.content for record in self._reader.trust.records), content])
        try:
            self._storage.put_new(layout.record_path(layout.TRUST_CHAIN, proposal.record.seq), content)
        except AlreadyExistsError:
            message = f"another trust record {proposal.record.seq} was first"
            raise ConflictError(message, hint="look at it with: signoff trust show, then propose again") from None
        self._reader.refresh_trust()
        publish_allowed_signers(self._storage, self._reader.trust)
        return self._reader.trust.newest
