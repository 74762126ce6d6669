"""A FIDO authenticator in software: signs as a security key does, without one (OpenSSH's PROTOCOL.u2f)."""

import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from signoff.records.keys import PublicKey
from signoff.records.sshsig import HashName, armor, compose, signed_bytes
from signoff.records.wire import integer_digits, write_bytes

ED25519 = "sk-ssh-ed25519@openssh.com"
ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
TOUCHED = 0x01
RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
POINT = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


class FidoKey:
    """One key of an authenticator, of the kind `ED25519` or `ECDSA`."""

    def __init__(self, kind: str = ED25519, *, application: bytes = b"ssh:") -> None:
        """Make a key pair for an application."""
        self.kind = kind
        self.application = application
        self.private = Ed25519PrivateKey.generate() if kind == ED25519 else ec.generate_private_key(ec.SECP256R1())

    @property
    def blob(self) -> bytes:
        """Return the public half as SSH writes it."""
        if isinstance(self.private, Ed25519PrivateKey):
            return write_bytes(self.kind.encode(), self.private.public_key().public_bytes(*RAW), self.application)
        point = self.private.public_key().public_bytes(*POINT)
        return write_bytes(self.kind.encode(), b"nistp256", point, self.application)

    @property
    def public(self) -> PublicKey:
        """Return the public half."""
        return PublicKey(kind=self.kind, blob=self.blob)

    def sign(
        self, message: bytes, *, namespace: str, flags: int = TOUCHED, counter: int = 7, hash_name: HashName = "sha512"
    ) -> bytes:
        """Return an armored signature, with the flags and the counter that the authenticator signs too."""
        signed = signed_bytes(message, namespace=namespace, hash_name=hash_name)
        inner = self.answer(signed, flags=flags, counter=counter)
        return armor(compose(self.public, namespace=namespace, hash_name=hash_name, signature=inner))

    def answer(self, signed: bytes, *, flags: int = TOUCHED, counter: int = 7) -> bytes:
        """Return the signature as an agent would give it: kind, raw bytes, flags, counter."""
        proof = flags.to_bytes(1, "big") + counter.to_bytes(4, "big")
        over = hashlib.sha256(self.application).digest() + proof + hashlib.sha256(signed).digest()
        if isinstance(self.private, Ed25519PrivateKey):
            raw = self.private.sign(over)
        else:
            r, s = decode_dss_signature(self.private.sign(over, ec.ECDSA(hashes.SHA256())))
            raw = write_bytes(integer_digits(r), integer_digits(s))
        return write_bytes(self.kind.encode(), raw) + proof
