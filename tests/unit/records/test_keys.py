"""Public keys: what may sign, and one fingerprint for one key."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from agents import make_key, run
from fido import ECDSA, ED25519, FidoKey
from signoff.errors import InvalidValueError
from signoff.records.keys import CURVES, LONGEST_BLOB, PublicKey, parse_key_blob, parse_public_key
from signoff.records.wire import integer_digits, write_bytes

ED_BLOB = write_bytes(b"ssh-ed25519", bytes(range(32)))


def line_of(kind: str, blob: bytes) -> str:
    return f"{kind} {base64.b64encode(blob).decode()}"


ED_LINE = line_of("ssh-ed25519", ED_BLOB)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa2048"])
def test_a_key_made_by_ssh_keygen_is_read_with_its_fingerprint(tmp_path: Path, kind: str) -> None:
    public = make_key(tmp_path, kind).with_suffix(".pub")
    key = parse_public_key(public.read_text())
    assert key.line == " ".join(public.read_text().split()[:2])
    assert key.fingerprint in run("ssh-keygen", "-l", "-f", str(public)).decode().split()
    assert not key.is_hardware
    assert parse_key_blob(key.blob) == key


@pytest.mark.parametrize("kind", [ED25519, ECDSA])
def test_a_fido_key_is_read_with_its_fingerprint(tmp_path: Path, kind: str) -> None:
    key = FidoKey(kind).public
    (tmp_path / "key.pub").write_text(key.line + "\n")
    assert parse_public_key(key.line + " a comment of words\n") == key
    assert key.fingerprint in run("ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")).decode().split()
    assert key.is_hardware


def test_comments_and_space_around_a_line_do_not_matter() -> None:
    assert parse_public_key(f"  {ED_LINE}  al@example.org laptop \n") == parse_public_key(ED_LINE)


@pytest.mark.parametrize(
    "line", ["", "\n", "ssh-ed25519", f"{ED_LINE}\n{ED_LINE}", f"{ED_LINE}\ncomment", "from=x ssh-rsa"]
)
def test_what_is_no_single_line_is_refused(line: str) -> None:
    with pytest.raises(InvalidValueError, match="not one line 'kind base64 comment'"):
        parse_public_key(line)


def test_a_private_key_given_by_mistake_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    private = make_key(tmp_path).read_text()
    body = private.splitlines()[1:-1]
    for text in (private, private.replace("\n", " "), *body, " ".join(body), f"ssh-ed25519 {body[2]}"):
        with pytest.raises(InvalidValueError) as caught:
            parse_public_key(text)
        assert not any(line[:16] in str(caught.value) + caught.value.hint for line in body)


@pytest.mark.parametrize("kind", ["ssh-dss", "ssh-ed448", "--", "SSH-ED25519", "\u202essh-rsa"])
def test_other_kinds_are_refused(kind: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a kind of SSH key that may sign here") as caught:
        parse_public_key(f"{kind} AAAA")
    assert "ssh-keygen -t ed25519" in caught.value.hint


def test_a_certificate_is_refused_with_the_way_out() -> None:
    with pytest.raises(InvalidValueError, match="is a certificate") as caught:
        parse_public_key("ssh-ed25519-cert-v01@openssh.com AAAA")
    assert "without '-cert'" in caught.value.hint


@pytest.mark.parametrize("text", ["AAA", "A", "AAAA=AAA"])
def test_what_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="ssh-ed25519 key is not"):
        parse_public_key(f"ssh-ed25519 {text}")


def test_base64_that_is_spelled_in_another_way_is_refused() -> None:
    for text in (ED_LINE + "=", ED_LINE + "====", ED_LINE.replace("AAAA", "AA-AA", 1), ED_LINE + "é"):
        with pytest.raises(InvalidValueError, match="ssh-ed25519 key is not"):
            parse_public_key(text)


@pytest.mark.parametrize(
    ("kind", "blob", "reason"),
    [
        ("ssh-ed25519", b"\0\0", "truncated"),
        ("ssh-ed25519", ED_BLOB[:-1], "truncated"),
        ("ssh-ed25519", ED_BLOB + b"\0", "1 bytes too many"),
        ("ssh-ed25519", write_bytes(b"ssh-ed25519", bytes(31)), "has 32 bytes, not 31"),
        ("ssh-ed25519", write_bytes(b"ssh-rsa", bytes(32)), "says 'ssh-ed25519' outside and 'ssh-rsa' inside"),
        ("ssh-ed25519", write_bytes(b"ssh-ed25519\0", bytes(32)), "says 'ssh-ed25519' outside"),
        ("ssh-ed25519", bytes(LONGEST_BLOB + 1), f"more than {LONGEST_BLOB}"),
        (ED25519, write_bytes(ED25519.encode(), bytes(33), b"ssh:"), "has 32 bytes, not 33"),
        (ED25519, write_bytes(ED25519.encode(), bytes(32)), "truncated"),
        (ED25519, write_bytes(ED25519.encode(), bytes(32), b"https://x"), "was made for 'https://x'"),
        (ED25519, write_bytes(ED25519.encode(), bytes(32), b"ssh:\0"), "was made for"),
        ("ecdsa-sha2-nistp256", write_bytes(b"ecdsa-sha2-nistp256", b"nistp384", b"\4"), "is on the curve 'nistp256'"),
        (ECDSA, write_bytes(ECDSA.encode(), b"nistp521", b"\4", b"ssh:"), "is on the curve 'nistp256'"),
    ],
)
def test_a_malformed_key_is_refused_with_the_reason(kind: str, blob: bytes, reason: str) -> None:
    with pytest.raises(InvalidValueError, match=reason):
        parse_public_key(line_of(kind, blob))


def point(x: int, y: int, *, first: int = 4, size: int = 32) -> bytes:
    return bytes([first]) + x.to_bytes(size, "big") + y.to_bytes(size, "big")


def test_a_point_that_ssh_would_not_take_is_refused() -> None:
    numbers = ec.derive_private_key(7, ec.SECP256R1()).public_key().public_numbers()
    x, y, order = numbers.x, numbers.y, CURVES["nistp256"].order
    assert CURVES["nistp256"].has(point(x, y))
    bad = [point(x, y + 1), point(x, y, first=6), point(x, y)[:-1], point(x, y) + b"\0", b"", b"\0", bytes([2]) * 33]
    bad += [point(order - 1, y), point(x, order - 1), point(2**128 - 1, y), point(x, 2**128 - 1), point(0, 0)]
    for encoded in bad:
        with pytest.raises(InvalidValueError, match="not a usable point"):
            parse_key_blob(write_bytes(b"ecdsa-sha2-nistp256", b"nistp256", encoded))


@pytest.mark.parametrize(
    ("name", "curve"), [("nistp256", ec.SECP256R1()), ("nistp384", ec.SECP384R1()), ("nistp521", ec.SECP521R1())]
)
def test_the_curves_are_those_of_the_standard(name: str, curve: ec.EllipticCurve) -> None:
    for secret in (1, 2, 3, 99, 2**200 + 1):
        numbers = ec.derive_private_key(secret, curve).public_key().public_numbers()
        assert CURVES[name].has(point(numbers.x, numbers.y, size=CURVES[name].size))
    assert CURVES[name].order == curve.group_order


@pytest.mark.parametrize(
    ("exponent", "modulus", "reason"),
    ids=["short", "long", "even", "exponent 1", "even exponent", "long exponent"],
    argvalues=[
        (65537, 2**2047 - 1, "has 2047 bits, 2048 to 16384 are allowed"),
        (65537, 2**16385 - 1, "has 16385 bits"),
        (65537, 2**2048 - 2, "exponent or modulus cannot be one"),
        (1, 2**2048 - 1, "exponent or modulus cannot be one"),
        (65536, 2**2048 - 1, "exponent or modulus cannot be one"),
        (2**64 + 1, 2**2048 - 1, "exponent or modulus cannot be one"),
    ],
)
def test_an_rsa_key_that_is_weak_or_none_is_refused(exponent: int, modulus: int, reason: str) -> None:
    with pytest.raises(InvalidValueError, match=reason):
        parse_key_blob(write_bytes(b"ssh-rsa", integer_digits(exponent), integer_digits(modulus)))


def test_the_numbers_of_an_rsa_key_have_one_form() -> None:
    exponent, modulus = integer_digits(65537), integer_digits(2**2048 - 1)
    assert parse_key_blob(write_bytes(b"ssh-rsa", exponent, modulus)).kind == "ssh-rsa"
    for numbers in ((b"\0" + exponent, modulus), (exponent, b"\0" + modulus), (exponent, modulus[1:]), (b"", modulus)):
        with pytest.raises(InvalidValueError, match="shortest form"):
            parse_key_blob(write_bytes(b"ssh-rsa", *numbers))


def test_a_key_cannot_exist_under_a_wrong_kind() -> None:
    with pytest.raises(InvalidValueError, match="says 'ssh-rsa' outside"):
        PublicKey(kind="ssh-rsa", blob=ED_BLOB)
    with pytest.raises(InvalidValueError, match="not a kind"):
        parse_key_blob(write_bytes(b"\xff\xfe", bytes(32)))
    with pytest.raises(InvalidValueError, match="truncated"):
        parse_key_blob(b"")
