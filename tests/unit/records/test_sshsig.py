"""Armored signatures: what is a signature, what is refused, and with which words."""

import base64

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from fido import ECDSA, ED25519, FidoKey
from signoff.errors import VerificationError
from signoff.records.keys import PublicKey, parse_key_blob
from signoff.records.sshsig import (
    FOOTER,
    HEADER,
    Signature,
    armor,
    compose,
    parse_armor,
    signed_bytes,
    split_armors,
    verify,
)
from signoff.records.wire import integer_digits, write_bytes

NAMESPACE = "signoff-record-v1"
MESSAGE = b'{"a":1}\n'
ED_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEYS = {
    256: ec.derive_private_key(12345, ec.SECP256R1()),
    384: ec.derive_private_key(12345, ec.SECP384R1()),
    521: ec.derive_private_key(12345, ec.SECP521R1()),
}
EC_HASHES = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}


def ed_blob() -> bytes:
    raw = ED_KEY.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return write_bytes(b"ssh-ed25519", raw)


def rsa_blob() -> bytes:
    numbers = RSA_KEY.public_key().public_numbers()
    return write_bytes(b"ssh-rsa", integer_digits(numbers.e), integer_digits(numbers.n))


def ec_blob(bits: int) -> bytes:
    form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    point = EC_KEYS[bits].public_key().public_bytes(*form)
    return write_bytes(f"ecdsa-sha2-nistp{bits}".encode(), f"nistp{bits}".encode(), point)


def ed_inner(message: bytes = MESSAGE, *, hash_name: str = "sha512") -> bytes:
    return write_bytes(b"ssh-ed25519", ED_KEY.sign(signed_bytes(message, namespace=NAMESPACE, hash_name=hash_name)))


def rsa_inner(form: str = "rsa-sha2-512") -> bytes:
    algorithm = hashes.SHA256() if form == "rsa-sha2-256" else hashes.SHA512()
    signed = signed_bytes(MESSAGE, namespace=NAMESPACE, hash_name="sha512")
    return write_bytes(form.encode(), RSA_KEY.sign(signed, padding.PKCS1v15(), algorithm))


def ec_numbers(bits: int) -> tuple[int, int]:
    signed = signed_bytes(MESSAGE, namespace=NAMESPACE, hash_name="sha512")
    return decode_dss_signature(EC_KEYS[bits].sign(signed, ec.ECDSA(EC_HASHES[bits])))


def ec_inner(bits: int, r: bytes, s: bytes) -> bytes:
    return write_bytes(f"ecdsa-sha2-nistp{bits}".encode(), write_bytes(r, s))


def armored(key: bytes, inner: bytes) -> bytes:
    return armor(compose(parse_key_blob(key), namespace=NAMESPACE, hash_name="sha512", signature=inner))


def blob(**changed: bytes) -> bytes:
    fields = {
        "magic": b"SSHSIG",
        "version": (1).to_bytes(4, "big"),
        "key": ed_blob(),
        "namespace": NAMESPACE.encode(),
        "reserved": b"",
        "hash_name": b"sha512",
        "inner": ed_inner(),
        "tail": b"",
        **changed,
    }
    named = ("key", "namespace", "reserved", "hash_name", "inner")
    return fields["magic"] + fields["version"] + write_bytes(*(fields[name] for name in named)) + fields["tail"]


GOOD = armor(blob())


def accept(text: bytes, message: bytes = MESSAGE) -> Signature:
    signature = parse_armor(text)
    verify(signature, message, namespace=NAMESPACE)
    return signature


def test_an_ed25519_signature_is_read_and_verified() -> None:
    signature = accept(GOOD)
    assert signature.key == PublicKey(kind="ssh-ed25519", blob=ed_blob())
    assert (signature.namespace, signature.hash_name, signature.format) == (NAMESPACE, "sha512", "ssh-ed25519")
    assert len(signature.raw) == 64
    assert not signature.touched


def test_a_message_hashed_with_sha256_is_accepted() -> None:
    assert accept(armor(blob(hash_name=b"sha256", inner=ed_inner(hash_name="sha256")))).hash_name == "sha256"


@pytest.mark.parametrize("bits", [256, 384, 521])
def test_an_ecdsa_signature_is_verified_on_its_curve(bits: int) -> None:
    r, s = ec_numbers(bits)
    signature = accept(armored(ec_blob(bits), ec_inner(bits, integer_digits(r), integer_digits(s))))
    assert signature.format == f"ecdsa-sha2-nistp{bits}"
    with pytest.raises(VerificationError, match="did not sign these bytes"):
        verify(signature, MESSAGE + b" ", namespace=NAMESPACE)


@pytest.mark.parametrize("form", ["rsa-sha2-512", "rsa-sha2-256"])
def test_an_rsa_signature_is_verified_with_the_hash_it_names(form: str) -> None:
    signature = accept(armored(rsa_blob(), rsa_inner(form)))
    assert signature.format == form
    with pytest.raises(VerificationError, match="did not sign these bytes"):
        verify(signature, MESSAGE + b" ", namespace=NAMESPACE)


def test_an_rsa_signature_with_sha1_is_refused_by_name() -> None:
    with pytest.raises(VerificationError, match="RSA with SHA-1"):
        parse_armor(armored(rsa_blob(), rsa_inner("ssh-rsa")))


def test_an_rsa_signature_that_lost_its_leading_zero_is_refused() -> None:
    inner = write_bytes(b"rsa-sha2-512", bytes(255))
    with pytest.raises(VerificationError, match="has 256 bytes, not 255"):
        parse_armor(armored(rsa_blob(), inner))


@pytest.mark.parametrize("kind", [ED25519, ECDSA])
@pytest.mark.parametrize(("flags", "touched"), [(0x01, True), (0x05, True), (0x00, False), (0x04, False)])
def test_a_fido_signature_says_whether_it_was_touched(kind: str, flags: int, touched: bool) -> None:
    key = FidoKey(kind)
    signature = accept(key.sign(MESSAGE, namespace=NAMESPACE, flags=flags, counter=2**32 - 1))
    assert signature.key == key.public
    assert signature.touched is touched
    assert (signature.flags, signature.counter) == (flags, 2**32 - 1)


@pytest.mark.parametrize("kind", [ED25519, ECDSA])
def test_a_fido_signature_does_not_survive_a_changed_touch_flag(kind: str) -> None:
    key = FidoKey(kind)
    inner = key.answer(signed_bytes(MESSAGE, namespace=NAMESPACE, hash_name="sha512"), flags=0)
    forged = inner[:-5] + b"\x01" + inner[-4:]
    with pytest.raises(VerificationError, match="did not sign these bytes"):
        accept(armored(key.blob, forged))


def test_a_fido_signature_does_not_survive_a_changed_counter() -> None:
    key = FidoKey()
    inner = key.answer(signed_bytes(MESSAGE, namespace=NAMESPACE, hash_name="sha512"), counter=1)
    with pytest.raises(VerificationError, match="did not sign these bytes"):
        accept(armored(key.blob, inner[:-1] + b"\x02"))


def test_a_fido_signature_without_flags_and_counter_is_refused() -> None:
    key = FidoKey()
    inner = key.answer(signed_bytes(MESSAGE, namespace=NAMESPACE, hash_name="sha512"))
    with pytest.raises(VerificationError, match="truncated"):
        parse_armor(armored(key.blob, inner[:-5]))
    with pytest.raises(VerificationError, match="1 bytes too many"):
        parse_armor(armored(key.blob, inner + b"\0"))


def test_flags_and_counter_belong_to_fido_keys_only() -> None:
    plain = parse_armor(GOOD)
    with pytest.raises(VerificationError, match="belong to FIDO keys"):
        Signature(
            key=plain.key,
            namespace=NAMESPACE,
            hash_name="sha512",
            format="ssh-ed25519",
            raw=plain.raw,
            flags=1,
            counter=1,
        )
    touched = parse_armor(FidoKey().sign(MESSAGE, namespace=NAMESPACE))
    with pytest.raises(VerificationError, match="belong to FIDO keys"):
        Signature(key=touched.key, namespace=NAMESPACE, hash_name="sha512", format=touched.format, raw=touched.raw)


def test_another_namespace_is_refused_by_name() -> None:
    with pytest.raises(VerificationError, match="in the namespace 'signoff-record-v1', not in 'signoff-trust-v1'"):
        verify(parse_armor(GOOD), MESSAGE, namespace="signoff-trust-v1")


def test_a_changed_message_is_refused() -> None:
    with pytest.raises(VerificationError, match="did not sign these bytes"):
        accept(GOOD, MESSAGE + b"\n")


def test_a_signature_renamed_to_another_namespace_does_not_verify() -> None:
    signature = parse_armor(armor(blob(namespace=b"signoff-trust-v1")))
    with pytest.raises(VerificationError, match="did not sign these bytes"):
        verify(signature, MESSAGE, namespace="signoff-trust-v1")


@pytest.mark.parametrize("name", ["md5", "sha1", "sha384", "SHA512", ""])
def test_other_hashes_are_refused_by_name(name: str) -> None:
    with pytest.raises(VerificationError, match=f"'{name}'"):
        parse_armor(armor(blob(hash_name=name.encode())))
    with pytest.raises(VerificationError, match=f"'{name}'"):
        signed_bytes(MESSAGE, namespace=NAMESPACE, hash_name=name)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"magic": b"SSHSIX"}, "does not start with 'SSHSIG'"),
        ({"version": bytes(4)}, "version 0, not 1"),
        ({"version": (2).to_bytes(4, "big")}, "version 2, not 1"),
        ({"reserved": b"x"}, "reserved field is not empty"),
        ({"tail": b"x"}, "1 bytes too many"),
        ({"namespace": b"\xff"}, "is not UTF-8"),
        ({"hash_name": b"\xff"}, "is not UTF-8"),
        ({"key": b""}, "truncated"),
        ({"key": write_bytes(b"ssh-ed25519-cert-v01@openssh.com", bytes(32))}, "is a certificate"),
        ({"key": write_bytes(b"ssh-dss", bytes(32))}, "'ssh-dss' is not a kind of SSH key"),
        ({"inner": b""}, "truncated"),
        ({"inner": write_bytes(b"ssh-ed25519", bytes(64)) + b"x"}, "1 bytes too many"),
        ({"inner": write_bytes(b"ssh-ed25519", bytes(63))}, "has 64 bytes, not 63"),
        ({"inner": write_bytes(b"ssh-ed25519", bytes(65))}, "has 64 bytes, not 65"),
        ({"inner": write_bytes(b"rsa-sha2-512", bytes(64))}, "'rsa-sha2-512', which a key of the kind 'ssh-ed25519'"),
        ({"inner": write_bytes(b"\xff", bytes(64))}, "is not UTF-8"),
    ],
)
def test_a_malformed_signature_is_refused_with_the_reason(changed: dict[str, bytes], reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        parse_armor(armor(blob(**changed)))


@pytest.mark.parametrize("length", range(len(blob())))
def test_every_truncation_is_refused(length: int) -> None:
    with pytest.raises(VerificationError, match="malformed"):
        parse_armor(armor(blob()[:length]))


@pytest.mark.parametrize(
    ("r", "s"),
    [
        (b"", b"\1"),
        (b"\1", b""),
        (b"\0", b"\1"),
        (b"\0\1", b"\1"),
        (b"\1", b"\0\1"),
        (b"\x80", b"\1"),
        (b"\1", b"\xff" * 32),
    ],
)
def test_an_ecdsa_number_in_another_form_is_refused(r: bytes, s: bytes) -> None:
    with pytest.raises(VerificationError, match="an ecdsa signature is two positive numbers"):
        parse_armor(armored(ec_blob(256), ec_inner(256, r, s)))


def test_an_ecdsa_signature_with_a_third_number_is_refused() -> None:
    inner = write_bytes(b"ecdsa-sha2-nistp256", write_bytes(b"\1", b"\1", b"\1"))
    with pytest.raises(VerificationError, match="5 bytes too many"):
        parse_armor(armored(ec_blob(256), inner))


def test_an_ecdsa_number_beyond_the_curve_does_not_verify() -> None:
    r, s = ec_numbers(256)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for changed in ((r + order, s), (r, s + order), (2**4000, s), (order, order)):
        text = armored(ec_blob(256), ec_inner(256, integer_digits(changed[0]), integer_digits(changed[1])))
        with pytest.raises(VerificationError, match="did not sign these bytes"):
            accept(text)


def test_an_armor_is_wrapped_at_70_characters() -> None:
    for length in (0, 1, 51, 52, 53, 105, 106):
        lines = armor(bytes(length)).splitlines()
        assert [len(line) for line in lines[1:-2]] == [70] * max(len(lines) - 3, 0)
        assert b"".join(lines[1:-1]) == base64.b64encode(bytes(length))


BODY = GOOD.removeprefix(HEADER).removesuffix(FOOTER)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        HEADER,
        FOOTER,
        GOOD[:-1],
        GOOD + b"\n",
        b"\n" + GOOD,
        b" " + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        HEADER + BODY.replace(b"\n", b"") + b"\n" + FOOTER,
        HEADER + BODY.rstrip(b"\n") + FOOTER,
        HEADER + b"\n" + BODY + FOOTER,
        HEADER + BODY + b"\n" + FOOTER,
        HEADER + BODY.replace(b"\n", b" \n") + FOOTER,
        HEADER + BODY[:-2] + b"!\n" + FOOTER,
        HEADER + b"AAA\n" + FOOTER,
        HEADER + b"AAAAA\n" + FOOTER,
        HEADER + b"AB==\n" + FOOTER,
        HEADER + FOOTER,
        GOOD.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"),
        GOOD + GOOD,
    ],
)
def test_an_armor_that_ssh_keygen_would_not_print_is_refused(text: bytes) -> None:
    with pytest.raises(VerificationError):
        parse_armor(text)


def test_armors_one_after_another_are_cut_apart() -> None:
    second = FidoKey().sign(MESSAGE, namespace=NAMESPACE)
    assert split_armors(GOOD, most=1) == (GOOD,)
    assert split_armors(GOOD + second + GOOD, most=3) == (GOOD, second, GOOD)


@pytest.mark.parametrize(
    "tail",
    [b"", b"\n", HEADER, FOOTER, GOOD[:-1], GOOD + b"\n", b"x" + GOOD, GOOD + b"\n" + GOOD, GOOD + GOOD[:-1]],
)
def test_nothing_stands_around_or_between_armors(tail: bytes) -> None:
    with pytest.raises(VerificationError, match="no whole armored SSH signature at byte"):
        split_armors(tail, most=16)


def test_more_armors_than_allowed_are_refused() -> None:
    with pytest.raises(VerificationError, match="more than 2"):
        split_armors(GOOD * 3, most=2)
    with pytest.raises(VerificationError, match="more than 1 SSH signatures, or something else after"):
        split_armors(GOOD + b"x", most=1)
