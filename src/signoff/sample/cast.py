"""The people of the sample's story, each with a throw-away key that lives in this process only.

The rule it keeps: a private key is made here, signs, and is gone with the process; none is ever read or written.
"""

from collections.abc import Iterable

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signoff.records.keys import PublicKey, parse_key_blob
from signoff.records.sshsig import armor, compose, signed_bytes
from signoff.records.wire import write_bytes
from signoff.registry.people import Me
from signoff.signing.base import Identity

KIND = b"ssh-ed25519"


class ThrowawaySigner(msgspec.Struct, frozen=True):
    """Signs with a key that was made for one replay."""

    identity: Identity
    private: Ed25519PrivateKey

    @property
    def needs_touch(self) -> bool:
        """Return False: nobody has to touch anything."""
        return False

    def sign(self, message: bytes, *, namespace: str) -> bytes:
        """Return the armored signature of `message` in `namespace`."""
        raw = self.private.sign(signed_bytes(message, namespace=namespace, hash_name="sha512"))
        signature = write_bytes(KIND, raw)
        return armor(compose(self.identity.key, namespace=namespace, hash_name="sha512", signature=signature))


class Player(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the story and the way to have them sign."""

    me: Me
    signer: ThrowawaySigner

    @property
    def line(self) -> str:
        """The public key, as a `.pub` file holds it."""
        return self.signer.identity.key.line


def make_player(person: str) -> Player:
    """Return a person with a fresh throw-away key."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key: PublicKey = parse_key_blob(write_bytes(KIND, public))
    identity = Identity(key=key, comment=person, source="file", path=None)
    return Player(me=Me(person=person, identity=identity), signer=ThrowawaySigner(identity, private))


def make_cast(people: Iterable[str]) -> dict[str, Player]:
    """Return these people, by their ids."""
    return {person: make_player(person) for person in people}
