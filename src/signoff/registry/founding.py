"""A new registry: its first trust record, and the files beside it.

The rule it keeps: trust record 1 is created, never replaced; what ssh-keygen needs to check records by hand is made
from the verified trust chain and is never read back.
"""

from collections.abc import Mapping

from msgspec import UNSET

from signoff.errors import AlreadyExistsError, NotFoundError, RefusedError
from signoff.policy.trust import (
    TrustChain,
    TrustPredicate,
    allowed_signers,
    compose_trust_line,
    read_trust_line,
    verify_trust,
)
from signoff.records.statement import NO_RECORD
from signoff.registry.gathering import Gathering, Proposal
from signoff.schema import layout
from signoff.schema.text import dump_yaml
from signoff.signing.base import Identity, Signer
from signoff.storage.base import Storage
from signoff.values.times import Surroundings, stamp


def solo_template(person: str, key: str) -> dict[str, object]:
    """Return the trust document of somebody who works alone: one's own approval counts."""
    roles = ("publisher", "evaluator", "approver", "promoter", "deployer", "oncall", "witness")
    rule = {"approvals": 1, "separation": False}
    return {
        "root": {"keys": [key], "threshold": 1},
        "people": {person: {"name": person, "keys": [key]}},
        "roles": {role: [person] for role in roles},
        "stages": {"staging": {"approvals": 0}, "production": rule},
        "revoked": {},
    }


def team_template(admins: Mapping[str, str], *, threshold: int = 0) -> dict[str, object]:
    """Return the trust document of a team: two people approve, whoever built it does not.

    Args:
        admins: Person id to public key; every one is a root key.
        threshold: How many root keys decide about trust; 0: two, or the only one.
    """
    roles = ("publisher", "evaluator", "approver", "promoter", "deployer", "oncall", "witness")
    people = list(admins)
    return {
        "root": {"keys": list(admins.values()), "threshold": threshold or min(2, len(people))},
        "people": {person: {"name": person, "keys": [key]} for person, key in admins.items()},
        "roles": dict.fromkeys(roles, people),
        "stages": {
            "staging": {"approvals": 0},
            "production": {"after": "staging", "approvals": 2, "break_glass": ["oncall"]},
        },
        "revoked": {},
    }


def first_line(document: Mapping[str, object], *, author: str, surroundings: Surroundings, comment: str) -> bytes:
    """Return line 1 of trust record 1.

    Raises:
        SchemaError: The document means nothing.
    """
    return trust_line(
        document, seq=1, prev=NO_RECORD, author=author, surroundings=surroundings, comment=comment, cut={}
    )


def trust_line(
    document: Mapping[str, object],
    *,
    seq: int,
    prev: str,
    author: str,
    surroundings: Surroundings,
    comment: str,
    cut: dict[str, int],
    registry: str = "",
) -> bytes:
    """Return line 1, with its line end, of a trust record.

    Raises:
        SchemaError: The document means nothing.
    """
    predicate = TrustPredicate(
        registry=registry or UNSET,
        seq=seq,
        prev=prev,
        author=author,
        time=stamp(surroundings.now()),
        comment=comment,
        cut=cut,
        trust=dict(document),
    )
    line = compose_trust_line(predicate)
    read_trust_line(line)
    return line


class Founding:
    """A registry to be: its first trust record collects the signatures of its root keys, then it is published."""

    def __init__(self, storage: Storage) -> None:
        """Work in a folder that is no registry yet."""
        self._storage = storage
        self._gathering = Gathering(storage, None)

    def need_new(self) -> None:
        """Check that there is no trust chain.

        Raises:
            AlreadyExistsError: There is one.
        """
        try:
            there = self._storage.entries(layout.chain_folder(layout.TRUST_CHAIN))
        except NotFoundError:
            return
        if there:
            message = f"{self._storage.url} is a registry already"
            raise AlreadyExistsError(message, hint="choose another folder; its rules: signoff trust show")

    def propose(self, line: bytes, *, title: str) -> Proposal:
        """Publish trust record 1 as a proposal that has no effect yet.

        Raises:
            AlreadyExistsError: There is a registry already.
        """
        self.need_new()
        _offer(self._storage, layout.REGISTRY_FILE, dump_yaml({"title": title}).encode())
        return self._gathering.publish(line)

    def waiting(self) -> tuple[str, ...]:
        """Return the ids of first trust records that wait for signatures."""
        return self._gathering.names()

    def find(self, identity: str) -> Proposal:
        """Return a proposal by a unique beginning of its id; see `Gathering.find`."""
        return self._gathering.find(identity)

    def sign(self, proposal: Proposal, signer: Signer) -> Proposal:
        """Add a root key's signature; see `Gathering.sign`."""
        return self._gathering.sign(proposal, signer)

    def root_signers(self, proposal: Proposal, identities: tuple[Identity, ...]) -> tuple[Identity, ...]:
        """Return those of these keys that are root keys and have not signed."""
        return self._gathering.root_signers(proposal, identities)

    def apply(self, proposal: Proposal) -> TrustChain:
        """Publish trust record 1: from here on it is a registry, and the proposal's id is its id.

        Raises:
            RefusedError: Signatures are missing.
            AlreadyExistsError: There is a registry already.
        """
        self.need_new()
        if proposal.missing:
            hint = f"its root keys sign with: signoff -r {self._storage.url} trust sign {proposal.id[:12]}"
            raise RefusedError("found the registry", proposal.missing, hint=hint)  # noqa: EM101, TRY003
        return found_registry(self._storage, proposal.record.line, self._gathering.armors(proposal), title="")


def found_registry(storage: Storage, line: bytes, armors: tuple[bytes, ...], *, title: str) -> TrustChain:
    """Publish trust record 1, and the files beside it.

    Raises:
        VerificationError: The signatures are not enough.
        AlreadyExistsError: There is a registry already.
    """
    content = line + b"".join(armors)
    trust = verify_trust([content])
    Founding(storage).need_new()
    storage.put_new(layout.record_path(layout.TRUST_CHAIN, 1), content)
    if title:
        _offer(storage, layout.REGISTRY_FILE, dump_yaml({"title": title}).encode())
    publish_allowed_signers(storage, trust)
    return trust


def _offer(storage: Storage, path: str, content: bytes) -> None:
    try:
        storage.put_new(path, content)
    except AlreadyExistsError:
        return


def publish_allowed_signers(storage: Storage, trust: TrustChain) -> str:
    """Write the file that ssh-keygen checks records with, made from the verified trust chain; return where it is."""
    try:
        before: bytes | None = storage.read(layout.ALLOWED_SIGNERS, most=layout.LARGEST_TRUST_RECORD)
    except NotFoundError:
        before = None
    content = allowed_signers(trust).encode()
    if content != before:
        storage.replace(layout.ALLOWED_SIGNERS, content, expected=before)
    return layout.ALLOWED_SIGNERS
