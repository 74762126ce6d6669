"""A new registry: its first trust record, and the files beside it.

The rule it keeps: trust record 1 is created, never replaced; what ssh-keygen needs to check records by hand is made
from the verified trust chain and is never read back.
"""

from collections.abc import Mapping

from msgspec import UNSET

from signoff.errors import AlreadyExistsError, NotFoundError
from signoff.policy.trust import (
    TrustChain,
    TrustPredicate,
    allowed_signers,
    compose_trust_line,
    read_trust_line,
    verify_trust,
)
from signoff.records.statement import NO_RECORD
from signoff.schema import layout
from signoff.schema.text import dump_yaml
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


def team_template(admins: Mapping[str, str]) -> dict[str, object]:
    """Return the trust document of a team: two people approve, whoever built it does not.

    Args:
        admins: Person id to public key; with three or more, two of the root keys decide about trust.
    """
    roles = ("publisher", "evaluator", "approver", "promoter", "deployer", "oncall", "witness")
    people = list(admins)
    return {
        "root": {"keys": list(admins.values()), "threshold": 1 if len(people) == 1 else 2},
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


def found_registry(storage: Storage, line: bytes, armors: tuple[bytes, ...], *, title: str) -> TrustChain:
    """Publish trust record 1, and the files beside it.

    Raises:
        VerificationError: The signatures are not enough.
        AlreadyExistsError: There is a registry already.
    """
    content = line + b"".join(armors)
    trust = verify_trust([content])
    try:
        if storage.entries(layout.chain_folder(layout.TRUST_CHAIN)):
            message = f"{storage.url} is a registry already"
            raise AlreadyExistsError(message, hint="choose another folder")
    except NotFoundError:
        pass
    storage.put_new(layout.record_path(layout.TRUST_CHAIN, 1), content)
    _offer(storage, layout.REGISTRY_FILE, dump_yaml({"title": title}).encode())
    publish_allowed_signers(storage, trust)
    return trust


def _offer(storage: Storage, path: str, content: bytes) -> None:
    try:
        storage.put_new(path, content)
    except AlreadyExistsError:
        return


def publish_allowed_signers(storage: Storage, trust: TrustChain) -> None:
    """Write the file that ssh-keygen checks records with, made from the verified trust chain."""
    try:
        before: bytes | None = storage.read(layout.ALLOWED_SIGNERS, most=layout.LARGEST_TRUST_RECORD)
    except NotFoundError:
        before = None
    content = allowed_signers(trust).encode()
    if content != before:
        storage.replace(layout.ALLOWED_SIGNERS, content, expected=before)
