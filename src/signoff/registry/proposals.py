"""Changes of the trust chain: proposals that collect root signatures.

The rules it keeps: a proposal has no effect; whoever sees its thresholds met may publish it, after looking whether the
heads moved since it was made. A trust record is created in its slot, never replaced.
"""

import msgspec

from signoff.errors import (
    AlreadyExistsError,
    ConflictError,
    InvalidValueError,
    RefusedError,
    SchemaError,
    StorageError,
    VerificationError,
)
from signoff.policy.trust import TrustRecord, verify_trust
from signoff.registry.founding import publish_allowed_signers, trust_line
from signoff.registry.gathering import Gathering, Proposal
from signoff.registry.journal import Journal
from signoff.registry.models import find_models
from signoff.registry.reader import Reader
from signoff.schema import layout
from signoff.schema.text import dump_yaml, load_yaml
from signoff.signing.base import Identity, Signer
from signoff.values.times import Surroundings


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
        return self._gathering.publish(line)

    def _need_sound(self) -> None:
        if self._reader.trust_alarm is not None:
            raise self._reader.trust_alarm

    def list(self) -> tuple[Proposal, ...]:
        """Return the proposals that follow the newest trust record."""
        found = []
        for name in self._gathering.names():
            try:
                proposal = self.find(name)
            except (StorageError, VerificationError, SchemaError, InvalidValueError):
                continue
            if proposal.record.seq == self._reader.trust.newest.seq + 1:
                found.append(proposal)
        return tuple(found)

    def find(self, identity: str) -> Proposal:
        """Return a proposal by its id, or by a unique beginning of it; see `Gathering.find`."""
        return self._gathering.find(identity)

    @property
    def _gathering(self) -> Gathering:
        return Gathering(self._storage, self._reader.trust.newest)

    def sign(self, identity: str, signer: Signer) -> Proposal:
        """Add a root key's signature to a proposal; see `Gathering.sign`."""
        return self._gathering.sign(self.find(identity), signer)

    def root_signers(self, proposal: Proposal, identities: tuple[Identity, ...]) -> tuple[Identity, ...]:
        """Return those of these keys that are root keys for a proposal and have not signed it."""
        return self._gathering.root_signers(proposal, identities)

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
        content = proposal.record.line + b"".join(self._gathering.armors(proposal))
        after = verify_trust([*(record.content for record in self._reader.trust.records), content])
        if after.fault:
            message = f"nothing was written: no reader would accept it: {after.fault}"
            raise VerificationError(message, hint="propose again")
        try:
            self._storage.put_new(layout.record_path(layout.TRUST_CHAIN, proposal.record.seq), content)
        except AlreadyExistsError:
            message = f"another trust record {proposal.record.seq} was first"
            raise ConflictError(message, hint="look at it with: signoff trust show, then propose again") from None
        self._reader.refresh_trust()
        newest = self._reader.trust.newest
        Journal(self._storage).tell(layout.TRUST_CHAIN, newest.seq, newest.id)
        publish_allowed_signers(self._storage, self._reader.trust)
        return newest
