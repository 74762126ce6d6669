"""Signing with a key that is not on this machine: the payload goes out, the armor comes back by hand.

The rule it keeps: the public half comes from the trust chain, so that nobody needs to carry a key here.
"""

import hashlib

from signoff.errors import InvalidValueError, SigningError
from signoff.policy.trust import TrustRecord
from signoff.records.keys import PublicKey
from signoff.registry.people import Me
from signoff.signing.base import Identity


def person_elsewhere(trust: TrustRecord, *, who: str, key: str) -> Me:
    """Return a person of the registry whose key is elsewhere.

    Args:
        trust: The newest trust record.
        who: The person's id, or "" where the key says it.
        key: The fingerprint of the key, or "" for the person's first.

    Raises:
        SigningError: The registry knows no such person or key.
        InvalidValueError: Neither was said.
    """
    if not who and not key:
        message = "who signs elsewhere was not said"
        raise InvalidValueError(message, hint="say it with --as WHO or --key FILE.pub")
    for fingerprint, (person, public) in trust.holders.items():
        if who in {"", person} and key in {"", fingerprint}:
            return Me(person=person, identity=identity_elsewhere(public))
    message = f"{who or key} is not in this registry" if not (who and key) else f"the key {key} is not {who}'s"
    raise SigningError(message, hint="see who is: signoff trust show")


def paste_lines(payload: bytes, command: str) -> tuple[str, ...]:
    """Return what to do where the key is: what to sign, how to see that it is that, how to sign it."""
    return (
        "Where the key is, write the one line below, with its line end, into a file named payload.",
        f"See that it is the same:  sha256sum payload  says  {hashlib.sha256(payload).hexdigest()}",
        f"Sign it:  {command}",
        "",
        payload.decode().rstrip("\n"),
        "",
    )


def root_elsewhere(record: TrustRecord, fingerprint: str) -> Identity | None:
    """Return a root key that is elsewhere, or None where it is no root key."""
    public = record.root.get(fingerprint)
    return identity_elsewhere(public) if public else None


def identity_elsewhere(key: PublicKey) -> Identity:
    """Return a key as an identity whose private half is not here."""
    return Identity(key=key, comment="", source="file", path=None)
