"""What a public key says about a signature: the only place that calls cryptography.

The rule it keeps: it is imported when a signature is verified, and not before, because a list whose signatures were
verified earlier need not pay for loading cryptography.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signoff.records.keys import PublicKey
from signoff.records.wire import read_integer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

Verifier = Callable[[bytes, bytes, str], bool]
"""Takes a signature's raw bytes, the bytes it is over, and its format."""


def verifier_for(key: PublicKey) -> Verifier:
    """Load a key once, for any number of signatures; what only its kind needs is loaded with it."""
    fields = key.fields
    match fields:
        case {"modulus": modulus, "exponent": exponent}:
            return _rsa_verifier(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))
        case {"curve": curve, "point": point}:
            return _ecdsa_verifier(curve.decode(), point)
        case _:
            return _ed25519_verifier(Ed25519PublicKey.from_public_bytes(fields["point"]))


def _ed25519_verifier(public: Ed25519PublicKey) -> Verifier:
    check = public.verify

    def verify(raw: bytes, signed: bytes, _: str) -> bool:
        try:
            check(raw, signed)
        except InvalidSignature:
            return False
        return True

    return verify


def _ecdsa_verifier(curve: str, point: bytes) -> Verifier:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415  (most keys are ed25519)
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature  # noqa: PLC0415

    curves: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
        "nistp256": (ec.SECP256R1(), hashes.SHA256()),
        "nistp384": (ec.SECP384R1(), hashes.SHA384()),
        "nistp521": (ec.SECP521R1(), hashes.SHA512()),
    }
    group, hashing = curves[curve]
    public, algorithm = ec.EllipticCurvePublicKey.from_encoded_point(group, point), ec.ECDSA(hashing)

    def verify(raw: bytes, signed: bytes, _: str) -> bool:
        r, at = read_integer(raw, 0)
        s, _at = read_integer(raw, at)
        try:
            public.verify(encode_dss_signature(r, s), signed, algorithm)
        except InvalidSignature:
            return False
        return True

    return verify


def _rsa_verifier(modulus: int, exponent: int) -> Verifier:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415  (most keys are ed25519)
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers  # noqa: PLC0415

    public: RSAPublicKey = RSAPublicNumbers(exponent, modulus).public_key()
    known: dict[str, hashes.HashAlgorithm] = {"rsa-sha2-512": hashes.SHA512(), "rsa-sha2-256": hashes.SHA256()}

    def verify(raw: bytes, signed: bytes, form: str) -> bool:
        try:
            public.verify(raw, signed, PKCS1v15(), known[form])
        except InvalidSignature:
            return False
        return True

    return verify
