"""SSH public keys: one line of a `.pub` file, or the blob inside a signature, as a value.

The rule it keeps: a key that exists is one that `ssh-keygen` takes too, and that may sign here: ed25519, ecdsa, rsa of
2048 bits or more, and their FIDO variants; certificates and dss are refused. A point is on its curve, a number in its
shortest form, and nothing follows the last field, so that one key has one fingerprint.
"""

import binascii
import hashlib
from functools import lru_cache

import msgspec

from signoff.errors import InvalidValueError
from signoff.records.wire import need_end, read_bytes, read_integer, write_bytes

LONGEST_BLOB = 4096
LONGEST_LINE = 16384
ED25519_BYTES = 32
RSA_BITS = range(2048, 16384 + 1)
RSA_EXPONENT_BITS = range(2, 64 + 1)
FIDO_SUFFIX = "@openssh.com"
CERTIFICATE = "-cert-v0"


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A NIST curve y^2 = x^3 - 3x + b over the field of `prime` (FIPS 186-4, D.1.2).

    Kept here because a key is checked far more often than a signature made with it: it need not load cryptography.
    """

    prime: int
    b: int
    order: int

    @property
    def size(self) -> int:
        """Return the bytes of one coordinate."""
        return (self.prime.bit_length() + 7) // 8

    def has(self, point: bytes) -> bool:
        """Return whether an uncompressed point is a public key, by the checks of OpenSSH's `sshkey_ec_validate_public`."""
        size = self.size
        if len(point) != 1 + 2 * size or point[0] != 4:  # noqa: PLR2004 - SEC 1, 2.3.3: 04 is "uncompressed"
            return False
        x, y = int.from_bytes(point[1 : 1 + size], "big"), int.from_bytes(point[1 + size :], "big")
        half = self.order.bit_length() // 2
        in_range = all(number.bit_length() > half and number < self.order - 1 for number in (x, y))
        return in_range and (y * y - x * x * x + 3 * x - self.b) % self.prime == 0


CURVES = {
    "nistp256": Curve(
        prime=2**256 - 2**224 + 2**192 + 2**96 - 1,
        b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        order=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    "nistp384": Curve(
        prime=2**384 - 2**128 - 2**96 + 2**32 - 1,
        b=0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        order=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
    "nistp521": Curve(
        prime=2**521 - 1,
        b=int(
            "0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E1"
            "56193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00",
            16,
        ),
        order=int(
            "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA"
            "51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
            16,
        ),
    ),
}
FIELDS = {
    "ssh-ed25519": ("point",),
    "ecdsa-sha2-nistp256": ("curve", "point"),
    "ecdsa-sha2-nistp384": ("curve", "point"),
    "ecdsa-sha2-nistp521": ("curve", "point"),
    "ssh-rsa": ("exponent", "modulus"),
    "sk-ssh-ed25519@openssh.com": ("point", "application"),
    "sk-ecdsa-sha2-nistp256@openssh.com": ("curve", "point", "application"),
}
"""What follows the kind in a blob, for each kind of key that may sign (RFC 4253, 5656, 8709 and PROTOCOL.u2f)."""


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key that may sign: its kind, as `ssh-ed25519`, and its blob, as base64 in a `.pub` file holds it."""

    kind: str
    blob: bytes

    def __post_init__(self) -> None:
        """Refuse what is no such key.

        Raises:
            InvalidValueError: The blob is of another kind, malformed, too short to be safe, or no point of its curve.
        """
        _check_kind(self.kind)
        fields = self.fields
        if "point" in fields:
            _check_point(self.kind, fields)
        else:
            _check_rsa(self.blob)
        _check_application(fields.get("application"))

    @property
    def fields(self) -> dict[str, bytes]:
        """Return what follows the kind in the blob, by the names of `FIELDS`."""
        if len(self.blob) > LONGEST_BLOB:
            message = f"the key has {len(self.blob)} bytes, more than {LONGEST_BLOB}"
            raise InvalidValueError(message)
        inner, at = read_bytes(self.blob, 0)
        if inner != self.kind.encode():
            message = f"the key says {self.kind!r} outside and {_shown(inner)} inside"
            raise InvalidValueError(message)
        fields = {}
        for name in FIELDS[self.kind]:
            fields[name], at = read_bytes(self.blob, at)
        need_end(self.blob, at)
        return fields

    @property
    def fingerprint(self) -> str:
        """Return `SHA256:...`, as `ssh-keygen -l` prints it."""
        return _fingerprint(self.blob)

    @property
    def line(self) -> str:
        """Return `kind base64`: the line of a `.pub` file without its comment."""
        return f"{self.kind} {binascii.b2a_base64(self.blob, newline=False).decode()}"

    @property
    def is_hardware(self) -> bool:
        """Return whether the private half lives in a FIDO authenticator."""
        return self.kind.startswith("sk-")


@lru_cache
def _fingerprint(blob: bytes) -> str:
    digest = hashlib.sha256(blob).digest()
    return "SHA256:" + binascii.b2a_base64(digest, newline=False).rstrip(b"=").decode()


def parse_public_key(line: str) -> PublicKey:
    """Parse a line `kind base64 [comment]`, as a `.pub` file holds it.

    Raises:
        InvalidValueError: It is no such line, or no key that may sign. The message never repeats the line: somebody
            may have given the private half by mistake.
    """
    words = line[:LONGEST_LINE].split(maxsplit=2)
    if len(words) < 2 or "-" not in words[0] or len(line.strip().splitlines()) != 1:  # noqa: PLR2004 - kind, base64
        message = "not an SSH public key: it is not one line 'kind base64 comment'"
        raise InvalidValueError(message, hint="give the content of a .pub file")
    kind, text = words[0], words[1]
    _check_kind(kind)
    try:
        blob = binascii.a2b_base64(text)
    except ValueError as error:
        message = f"the {kind} key is not base64: {error}"
        raise InvalidValueError(message) from error
    if binascii.b2a_base64(blob, newline=False).decode() != text:
        message = f"the {kind} key is not written as plain base64"
        raise InvalidValueError(message)
    return PublicKey(kind=kind, blob=blob)


@lru_cache(maxsize=1024)
def parse_key_blob(blob: bytes) -> PublicKey:
    """Parse the blob of a key, as signatures and agents hold it.

    Raises:
        InvalidValueError: It is no key that may sign.
    """
    kind, _ = read_bytes(blob, 0)
    return PublicKey(kind=kind.decode("ascii", "replace"), blob=blob)


def _check_kind(kind: str) -> None:
    if kind in FIELDS:
        return
    if CERTIFICATE in kind:
        message = f"{_shown(kind.encode())} is a certificate, and certificates do not sign here"
        raise InvalidValueError(message, hint="give the key itself: the .pub file without '-cert'")
    message = f"{_shown(kind.encode())} is not a kind of SSH key that may sign here"
    raise InvalidValueError(message, hint=f"one of {', '.join(FIELDS)}; make one with: ssh-keygen -t ed25519")


def _check_point(kind: str, fields: dict[str, bytes]) -> None:
    point, name = fields["point"], fields.get("curve")
    if name is None:
        if len(point) != ED25519_BYTES:
            message = f"an {kind} key has {ED25519_BYTES} bytes, not {len(point)}"
            raise InvalidValueError(message)
        return
    expected = kind.removesuffix(FIDO_SUFFIX).rpartition("-")[2]
    if name != expected.encode():
        message = f"an {kind} key is on the curve {expected!r}, not {_shown(name)}"
        raise InvalidValueError(message)
    if not CURVES[expected].has(point):
        message = f"the {kind} key is not a usable point of its curve"
        raise InvalidValueError(message)


def _check_rsa(blob: bytes) -> None:
    exponent, at = read_integer(blob, len(write_bytes(b"ssh-rsa")))
    modulus, _ = read_integer(blob, at)
    if modulus.bit_length() not in RSA_BITS:
        message = f"the RSA key has {modulus.bit_length()} bits, {RSA_BITS.start} to {RSA_BITS.stop - 1} are allowed"
        raise InvalidValueError(message, hint="make a new one with: ssh-keygen -t ed25519")
    if exponent.bit_length() not in RSA_EXPONENT_BITS or not exponent & modulus & 1:
        message = "the RSA key's exponent or modulus cannot be one: both are odd, the exponent 3 to 64 bits long"
        raise InvalidValueError(message)


def _check_application(application: bytes | None) -> None:
    if application is not None and (not application.startswith(b"ssh:") or b"\0" in application):
        message = f"the FIDO key was made for {_shown(application)}, not for 'ssh:'"
        raise InvalidValueError(message, hint="make one with: ssh-keygen -t ed25519-sk")


def _shown(text: bytes) -> str:
    return repr(text[:40].decode("ascii", "replace"))
