"""SSH signatures over messages (OpenSSH's PROTOCOL.sshsig): armored bytes to values, and what they are worth.

The rule it keeps: nothing is accepted here that `ssh-keygen -Y verify` refuses, and only the one spelling of a
signature that `ssh-keygen -Y sign` prints, so that whoever checks a record by hand comes to the same answer.
"""

import binascii
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

import msgspec

from signoff.errors import InvalidValueError, VerificationError
from signoff.records.keys import PublicKey, parse_key_blob
from signoff.records.wire import need_end, read_bytes, read_integer, read_number, write_bytes

if TYPE_CHECKING:
    from signoff.records.verifiers import Verifier

HashName = Literal["sha512", "sha256"]

HEADER = b"-----BEGIN SSH SIGNATURE-----\n"
FOOTER = b"-----END SSH SIGNATURE-----\n"
LINE = 70
MAGIC = b"SSHSIG"
VERSION = 1
HASHES = {"sha512": hashlib.sha512, "sha256": hashlib.sha256}
RSA_FORMATS = ("rsa-sha2-512", "rsa-sha2-256")
ED25519_BYTES = 64
ED25519_INNER = b"\0\0\0\x0bssh-ed25519\0\0\0\x40"
"""What stands right before the 64 bytes, where an ed25519 key signed."""
TOUCHED = 0x01


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A well formed signature of a key that may sign; whether it is true is for `verify` to say.

    `format` is the algorithm, as `rsa-sha2-512`; `raw` is what the algorithm made, for ecdsa two `mpint`s. `flags` and
    `counter` are what a FIDO authenticator signed with the message, and None for other keys.
    """

    key: PublicKey
    namespace: str
    hash_name: HashName
    format: str
    raw: bytes
    flags: int | None = None
    counter: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no key of this kind makes.

        Raises:
            VerificationError: The hash or the algorithm is too weak or of another kind of key, or the raw bytes are
                not of the algorithm's shape.
        """
        if self.hash_name not in HASHES:
            message = f"the message was hashed with {self.hash_name!r}; only sha512 and sha256 are accepted"
            raise VerificationError(message)
        kind = self.key.kind
        if self.format != kind if kind != "ssh-rsa" else self.format not in RSA_FORMATS:
            raise VerificationError(_format_fault(self.format, kind))
        if (self.flags is None or self.counter is None) is self.key.is_hardware:
            message = f"flags and a counter belong to FIDO keys, and this one is {kind}"
            raise VerificationError(message)
        _check_raw(self.key, self.raw)

    @property
    def touched(self) -> bool:
        """Return whether a FIDO authenticator says that a person touched it for this signature."""
        return self.flags is not None and bool(self.flags & TOUCHED)


def split_armors(armors: bytes, *, most: int) -> tuple[bytes, ...]:
    """Cut armored signatures that stand one after another, 1 to `most` of them.

    Each starts and ends as an armor does; `parse_armor` says whether it is one.

    Raises:
        VerificationError: There is none, there are too many, or something stands before, between or after them.
    """
    found: list[bytes] = []
    at = 0
    while at < len(armors) or not found:
        if len(found) == most:
            message = f"more than {most} SSH signatures, or something else after the last one"
            raise VerificationError(message)
        end = armors.find(FOOTER, at) + len(FOOTER)
        if not armors.startswith(HEADER, at) or end < at + len(HEADER):
            message = f"no whole armored SSH signature at byte {at} of {len(armors)} after the message"
            raise VerificationError(message, hint="signatures stand there exactly as ssh-keygen -Y sign prints them")
        found.append(armors[at:end])
        at = end
    return tuple(found)


def parse_armor(text: bytes) -> Signature:
    """Parse one armored signature, byte for byte as `ssh-keygen -Y sign` prints it.

    Raises:
        VerificationError: It is spelled in another way, malformed, or made by a key or algorithm that is not accepted.
    """
    blob = _dearmor(text)
    try:
        return _read_signature(blob)
    except InvalidValueError as error:
        message = f"the SSH signature is malformed: {error}"
        raise VerificationError(message, hint=error.hint) from error


def armor(signature_blob: bytes) -> bytes:
    """Return a signature's blob as `ssh-keygen -Y sign` prints it."""
    text = binascii.b2a_base64(signature_blob, newline=False)
    lines = [text[at : at + LINE] + b"\n" for at in range(0, len(text), LINE)]
    return b"".join((HEADER, *lines, FOOTER))


def compose(key: PublicKey, *, namespace: str, hash_name: HashName, signature: bytes) -> bytes:
    """Return the blob that `armor` takes, around what a key's holder signed (`signed_bytes`) and gave back."""
    fields = write_bytes(key.blob, namespace.encode(), b"", hash_name.encode(), signature)
    return MAGIC + VERSION.to_bytes(4, "big") + fields


def signed_bytes(message: bytes, *, namespace: str, hash_name: str) -> bytes:
    """Return what a signature over a message is really over.

    Raises:
        VerificationError: Messages are not hashed with `hash_name`.
    """
    if hash_name not in HASHES:
        text = f"messages are hashed with sha512 or sha256, not with {hash_name!r}"
        raise VerificationError(text)
    digest = HASHES[hash_name](message).digest()
    return MAGIC + write_bytes(namespace.encode(), b"", hash_name.encode(), digest)


def verify(signature: Signature, message: bytes, *, namespace: str) -> None:
    """Return where the signature is its key's, over this message, in this namespace.

    Raises:
        VerificationError: It is not; the message says which of the three.
    """
    if signature.namespace != namespace:
        text = f"signed in the namespace {signature.namespace[:80]!r}, not in {namespace!r}"
        raise VerificationError(text, hint="a signature made for one purpose is worth nothing for another")
    signed = signed_bytes(message, namespace=namespace, hash_name=signature.hash_name)
    if signature.flags is not None and signature.counter is not None:
        signed = _signed_by_authenticator(signature.key, signature.flags, signature.counter, signed)
    if not _verifier(signature.key)(signature.raw, signed, signature.format):
        text = f"the key {signature.key.fingerprint} did not sign these bytes: they or the signature were changed"
        raise VerificationError(text)


def _signed_by_authenticator(key: PublicKey, flags: int, counter: int, signed: bytes) -> bytes:
    """Return what a FIDO authenticator signs (PROTOCOL.u2f, "SSH U2F signatures")."""
    application = hashlib.sha256(key.fields["application"]).digest()
    return application + flags.to_bytes(1, "big") + counter.to_bytes(4, "big") + hashlib.sha256(signed).digest()


@lru_cache(maxsize=1024)
def _verifier(key: PublicKey) -> "Verifier":
    from signoff.records.verifiers import verifier_for  # noqa: PLC0415  (who verifies nothing need not load it)

    return verifier_for(key)


def _dearmor(text: bytes) -> bytes:
    if not text.startswith(HEADER) or not text.endswith(FOOTER):
        message = "not an armored SSH signature: its first or last line is not as ssh-keygen prints it"
        raise VerificationError(message)
    try:
        blob = binascii.a2b_base64(text[len(HEADER) : -len(FOOTER)])
    except ValueError as error:
        message = f"the SSH signature is not base64: {error}"
        raise VerificationError(message) from error
    if armor(blob) != text:
        message = "the armored SSH signature is not byte for byte as ssh-keygen prints it"
        raise VerificationError(message, hint=f"lines of {LINE} characters of plain base64, each ended by a newline")
    return blob


def _read_signature(blob: bytes) -> Signature:
    """Read a signature; the same key's next ed25519 signature differs in its last 64 bytes only."""
    head, raw = blob[:-ED25519_BYTES], blob[-ED25519_BYTES:]
    before = _read_head(head) if head.endswith(ED25519_INNER) else None
    if before is None or before.format != "ssh-ed25519":
        return _read_whole(blob)
    return Signature(
        key=before.key, namespace=before.namespace, hash_name=before.hash_name, format=before.format, raw=raw
    )


@lru_cache(maxsize=1024)
def _read_head(head: bytes) -> Signature:
    return _read_whole(head + bytes(ED25519_BYTES))


def _read_whole(blob: bytes) -> Signature:
    if not blob.startswith(MAGIC):
        message = f"it does not start with {MAGIC.decode()!r}"
        raise InvalidValueError(message)
    version, at = read_number(blob, len(MAGIC))
    if version != VERSION:
        message = f"it is of version {version}, not {VERSION}"
        raise InvalidValueError(message)
    key_blob, at = read_bytes(blob, at)
    namespace, at = read_bytes(blob, at)
    reserved, at = read_bytes(blob, at)
    hash_name, at = read_bytes(blob, at)
    inner, at = read_bytes(blob, at)
    need_end(blob, at)
    if reserved:
        message = "its reserved field is not empty"
        raise InvalidValueError(message)
    key = parse_key_blob(key_blob)
    form, raw, flags, counter = _read_inner(inner, is_hardware=key.is_hardware)
    return Signature(
        key=key,
        namespace=_text(namespace),
        hash_name=cast("HashName", _text(hash_name)),
        format=form,
        raw=raw,
        flags=flags,
        counter=counter,
    )


def _read_inner(inner: bytes, *, is_hardware: bool) -> tuple[str, bytes, int | None, int | None]:
    """Read the algorithm, what it made, and an authenticator's flags and counter."""
    form, at = read_bytes(inner, 0)
    raw, at = read_bytes(inner, at)
    if not is_hardware:
        need_end(inner, at)
        return _text(form), raw, None, None
    counter, end = read_number(inner, at + 1)
    need_end(inner, end)
    return _text(form), raw, inner[at], counter


def _text(field: bytes) -> str:
    try:
        return field.decode()
    except UnicodeDecodeError as error:
        message = f"{field[:40]!r} is not UTF-8"
        raise InvalidValueError(message) from error


def _check_raw(key: PublicKey, raw: bytes) -> None:
    if "ed25519" in key.kind:
        wanted = ED25519_BYTES
    elif key.kind == "ssh-rsa":
        wanted = len(key.fields["modulus"].lstrip(b"\0"))
    else:
        _check_integers(raw)
        return
    if len(raw) != wanted:
        message = f"a signature by this {key.kind} key has {wanted} bytes, not {len(raw)}"
        raise VerificationError(message)


def _check_integers(raw: bytes) -> None:
    try:
        _, at = read_integer(raw, 0)
        _, at = read_integer(raw, at)
        need_end(raw, at)
    except InvalidValueError as error:
        message = f"an ecdsa signature is two positive numbers: {error}"
        raise VerificationError(message) from error


def _format_fault(form: str, kind: str) -> str:
    if form == kind:
        return "signed with 'ssh-rsa', which is RSA with SHA-1; rsa-sha2-512 or rsa-sha2-256 is wanted"
    return f"signed with {form[:80]!r}, which a key of the kind {kind!r} does not do here"
