"""Who can sign here, and what every way of signing has in common.

The rule it keeps: no private key is ever opened here, and no armor leaves a signer before it was verified against the
key, the message and the namespace that were asked for.
"""

from typing import Literal, Protocol

import msgspec

from signoff.errors import SigningError, VerificationError
from signoff.records.keys import PublicKey
from signoff.records.sshsig import parse_armor, verify

Source = Literal["agent", "file"]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A key that may be able to sign: the public half, and where the private half is used.

    `path` is the agent's socket where the source is "agent", and the `.pub` file where it is "file".
    """

    key: PublicKey
    comment: str
    source: Source
    path: str | None


class Signer(Protocol):
    """One way to have an identity sign."""

    @property
    def identity(self) -> Identity:
        """Whose signature it will be."""

    @property
    def needs_touch(self) -> bool:
        """Whether a person has to touch an authenticator for every signature: never ask twice unseen."""

    def sign(self, message: bytes, *, namespace: str) -> bytes:
        """Return the armored signature of `message` in `namespace`.

        Raises:
            SigningError: The key's holder did not give one that is true; the hint says what to do.
        """


def need_true(armored: bytes, identity: Identity, message: bytes, *, namespace: str, by: str) -> bytes:
    """Return what a key's holder gave, where it is the identity's signature of the message.

    Args:
        armored: What the holder gave, armored.
        identity: Who was asked.
        message: What was to be signed.
        namespace: What for.
        by: The holder, in words, for messages: "the ssh-agent at '/tmp/agent'".

    Raises:
        SigningError: It is another key's, over something else, or made in a way that no reader accepts.
    """
    try:
        signature = parse_armor(armored)
        if signature.key != identity.key:
            text = f"{by} signed with the key {signature.key.fingerprint}, not with {identity.key.fingerprint}"
            raise SigningError(text, hint="choose the identity that signed, or sign with the one that was chosen")
        verify(signature, message, namespace=namespace)
    except VerificationError as error:
        text = f"{by} gave a signature that no reader would accept: {error}"
        raise SigningError(text, hint=error.hint or "nothing was written; sign again, or with another key") from error
    return armored
