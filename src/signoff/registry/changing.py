"""A trust change on its way: what it says, who signed it, what it would do; in a registry, or in one to be.

The rule it keeps: front ends see one kind of proposal, whether a registry is there already or is to be founded.
"""

import msgspec

from signoff.errors import NotFoundError
from signoff.registry.consequences import consequences, difference_lines
from signoff.registry.gathering import Proposal
from signoff.registry.registry import Registry
from signoff.registry.starting import waiting_at
from signoff.schema.text import dump_yaml
from signoff.signing.base import Identity, Signer


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal, looked at.

    Attributes:
        proposal: What was proposed.
        difference: How the trust document differs, as `diff -u` prints it; the whole document for a first one.
        moved: How logs moved since it was made.
        effects: Every decision that it would change.
    """

    proposal: Proposal
    difference: tuple[str, ...]
    moved: tuple[str, ...]
    effects: tuple[str, ...]

    @property
    def quiet(self) -> bool:
        """Tell whether nothing happened since and nothing falls."""
        return not self.moved and not self.effects


class Changes:
    """The trust changes of a folder: of a registry's, or of the one that founds it.

    Args:
        url: The folder.
        registry: The registry in it; None: nothing but a first trust record waits there.
    """

    def __init__(self, url: str, registry: Registry | None) -> None:
        """Look at this folder."""
        self.registry = registry
        self._founding = waiting_at(url) if registry is None else None
        if registry is None and self._founding is None:
            message = f"{url!r} is no registry, and none waits there for its signatures"
            raise NotFoundError(message, hint="check the path, or make one: signoff init PATH")

    def waiting(self) -> tuple[Proposal, ...]:
        """Return the proposals that wait for signatures, or to be applied."""
        if self._founding is not None:
            return tuple(self._founding.find(one) for one in self._founding.waiting())
        return self._need_registry().proposals.list()

    def look(self, identity: str) -> Change:
        """Return a proposal by a unique beginning of its id, and what it would do.

        Raises:
            NotFoundError: There is none.
            VerificationError: It is not what was proposed, or a log is not sound.
        """
        if self._founding is not None:
            proposal = self._founding.find(identity)
            lines = document_text(proposal).splitlines()
            return Change(proposal=proposal, difference=tuple(f"+{line}" for line in lines), moved=(), effects=())
        registry = self._need_registry()
        proposal = registry.proposals.find(identity)
        current = proposal.record.seq == registry.reader.trust.newest.seq + 1
        return Change(
            proposal=proposal,
            difference=difference_lines(registry.proposals.document_text(), document_text(proposal)),
            moved=registry.proposals.moved(proposal) if current else (),
            effects=consequences(registry.reader, proposal) if current else (),
        )

    def _need_registry(self) -> Registry:
        if self.registry is None:
            message = "there is no registry yet"
            raise NotFoundError(message)
        return self.registry

    def candidates(self, proposal: Proposal, identities: tuple[Identity, ...]) -> tuple[Identity, ...]:
        """Return those of these keys whose signature a proposal waits for."""
        if self._founding is not None:
            return self._founding.root_signers(proposal, identities)
        return self._need_registry().proposals.root_signers(proposal, identities)

    def sign(self, proposal: Proposal, signer: Signer) -> Proposal:
        """Add a root key's signature."""
        if self._founding is not None:
            return self._founding.sign(proposal, signer)
        return self._need_registry().proposals.sign(proposal.id, signer)

    def apply(self, proposal: Proposal) -> int:
        """Publish a proposal whose thresholds are met, and return the trust record's slot.

        Raises:
            RefusedError: Signatures are missing.
            ConflictError: Another trust record was first.
        """
        if self._founding is not None:
            return self._founding.apply(proposal).newest.seq
        return self._need_registry().proposals.apply(proposal.id).seq


def document_text(proposal: Proposal) -> str:
    """Return a proposal's trust document as YAML."""
    return dump_yaml(msgspec.to_builtins(proposal.record.said.trust))


def proposal_words(proposal: Proposal) -> str:
    """Return who proposed, when and why, in words."""
    said = proposal.record.said
    comment = f": {said.comment}" if said.comment else ""
    return f"trust record {said.seq}, proposed by {said.author} at {said.time}{comment}"
