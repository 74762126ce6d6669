"""Stock ssh-keygen as the judge: it takes what we sign, we take what it signs, and we take nothing that it refuses."""

import binascii
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agents import ALGORITHMS, Agent, make_key, run
from fido import ECDSA, ED25519, FidoKey
from signoff.errors import InvalidValueError, VerificationError
from signoff.records.keys import PublicKey, parse_public_key
from signoff.records.sshsig import FOOTER, HEADER, MAGIC, Signature, armor, compose, parse_armor, verify
from signoff.records.wire import read_bytes, read_number, write_bytes
from signoff.signing.agent import AgentSigner, list_identities

NAMESPACE = "signoff-record-v1"
MESSAGE = b'{"action":"approve","comment":"\xc3\xa9"}\n'
WHO = "al@example.org"
KINDS = tuple(ALGORITHMS)
MUTATIONS_PER_KIND = 150


class Judge:
    """ssh-keygen, asked about one signature at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def accepts(self, armored: bytes, message: bytes = MESSAGE, *, namespace: str = NAMESPACE) -> bool:
        """Return whether `ssh-keygen -Y check-novalidate` finds the signature true, whoever made it."""
        (self.folder / "signature").write_bytes(armored)
        command = ["ssh-keygen", "-Y", "check-novalidate", "-n", namespace, "-s", str(self.folder / "signature")]
        return subprocess.run(command, input=message, capture_output=True, check=False).returncode == 0

    def accepts_from(self, key: PublicKey, armored: bytes) -> bool:
        """Return whether `ssh-keygen -Y verify` finds that the person with this key signed."""
        (self.folder / "signature").write_bytes(armored)
        (self.folder / "allowed").write_text(f'{WHO} namespaces="{NAMESPACE}" {key.line}\n')
        command = ["ssh-keygen", "-Y", "verify", "-f", str(self.folder / "allowed"), "-I", WHO, "-n", NAMESPACE]
        command += ["-s", str(self.folder / "signature")]
        return subprocess.run(command, input=MESSAGE, capture_output=True, check=False).returncode == 0


def we_accept(armored: bytes, message: bytes = MESSAGE, *, namespace: str = NAMESPACE) -> bool:
    try:
        verify(parse_armor(armored), message, namespace=namespace)
    except VerificationError:
        return False
    return True


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    return {kind: make_key(folder, kind) for kind in KINDS}


@pytest.fixture(scope="module")
def agent(keys: dict[str, Path]) -> Iterator[Agent]:
    with Agent() as running:
        for path in keys.values():
            running.add_key(path)
        yield running


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(tmp_path)


def keygen_sign(path: Path, message: bytes = MESSAGE, *options: str) -> bytes:
    return run("ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, *options, "-f", str(path), stdin=message)


def public(path: Path) -> PublicKey:
    return parse_public_key(path.with_suffix(".pub").read_text())


def agent_sign(agent: Agent, key: PublicKey, message: bytes = MESSAGE) -> bytes:
    identity = next(one for one in list_identities(agent.socket) if one.key == key)
    return AgentSigner(identity, agent.socket).sign(message, namespace=NAMESPACE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hash_name", ["sha512", "sha256"])
def test_we_take_what_ssh_keygen_signs(keys: dict[str, Path], kind: str, hash_name: str) -> None:
    armored = keygen_sign(keys[kind], MESSAGE, "-O", f"hashalg={hash_name}")
    signature = parse_armor(armored)
    verify(signature, MESSAGE, namespace=NAMESPACE)
    assert signature.key == public(keys[kind])
    assert signature.hash_name == hash_name
    assert not we_accept(armored, MESSAGE + b"\n")
    assert not we_accept(armored, namespace="signoff-trust-v1")


@pytest.mark.parametrize("kind", KINDS)
def test_ssh_keygen_takes_what_an_agent_signs_for_us(
    keys: dict[str, Path], agent: Agent, judge: Judge, kind: str
) -> None:
    key = public(keys[kind])
    assert judge.accepts_from(key, agent_sign(agent, key))


@pytest.mark.parametrize("kind", ["ed25519", "rsa2048", "rsa3072", "rsa4096"])
@pytest.mark.parametrize("length", [0, 1, 1000, 70_000])
def test_an_agent_signs_for_us_byte_for_byte_as_ssh_keygen_does(
    keys: dict[str, Path], agent: Agent, kind: str, length: int
) -> None:
    message = bytes(range(256)) * (length // 256) + bytes(length % 256)
    assert agent_sign(agent, public(keys[kind]), message) == keygen_sign(keys[kind], message)


@pytest.mark.parametrize("kind", [ED25519, ECDSA])
@pytest.mark.parametrize("flags", [0x00, 0x01, 0x05])
@pytest.mark.parametrize("application", [b"ssh:", b"ssh:signoff"])
def test_ssh_keygen_takes_the_fido_signatures_that_we_take(
    judge: Judge, kind: str, flags: int, application: bytes
) -> None:
    key = FidoKey(kind, application=application)
    armored = key.sign(MESSAGE, namespace=NAMESPACE, flags=flags)
    assert we_accept(armored)
    assert judge.accepts_from(key.public, armored)
    assert not judge.accepts(armored, MESSAGE + b"\n")


def unarmored(armored: bytes) -> bytes:
    return binascii.a2b_base64(b"".join(armored.splitlines()[1:-1]))


Mutation = Callable[[random.Random, bytes], bytes]


def flip_a_bit(chance: random.Random, armored: bytes) -> bytes:
    blob = bytearray(unarmored(armored))
    blob[chance.randrange(len(blob))] ^= 1 << chance.randrange(8)
    return armor(bytes(blob))


def flip_a_bit_of_the_raw_signature(chance: random.Random, armored: bytes) -> bytes:
    blob = bytearray(unarmored(armored))
    blob[-1 - chance.randrange(min(70, len(blob)))] ^= 1 << chance.randrange(8)
    return armor(bytes(blob))


def change_a_byte_of_the_armor(chance: random.Random, armored: bytes) -> bytes:
    at = chance.randrange(len(armored))
    return armored[:at] + bytes([chance.randrange(256)]) + armored[at + 1 :]


def cut_the_blob(chance: random.Random, armored: bytes) -> bytes:
    blob = unarmored(armored)
    return armor(blob[: chance.randrange(len(blob))])


def cut_the_armor(chance: random.Random, armored: bytes) -> bytes:
    return armored[: chance.randrange(len(armored))]


def append_to_the_blob(chance: random.Random, armored: bytes) -> bytes:
    return armor(unarmored(armored) + chance.randbytes(chance.randint(1, 8)))


def append_text(chance: random.Random, armored: bytes) -> bytes:
    return armored + chance.choice([b"\n", b" ", b"x\n", armored, HEADER, b"\0"])


def reframe(chance: random.Random, armored: bytes) -> bytes:
    text = b"".join(armored.splitlines()[1:-1])
    width = chance.choice([1, 4, 64, 69, 71, 76, len(text)])
    return HEADER + b"\n".join(text[at : at + width] for at in range(0, len(text), width)) + b"\n" + FOOTER


def take_out_and_put_back(_: random.Random, armored: bytes) -> bytes:
    """Change nothing: both must accept, so that the comparison is not about refusals only."""
    return armor(unarmored(armored))


def change_a_length(chance: random.Random, armored: bytes) -> bytes:
    blob = bytearray(unarmored(armored))
    at, starts = len(MAGIC) + 4, []
    for _ in range(5):
        starts.append(at)
        _field, at = read_bytes(bytes(blob), at)
    where = chance.choice(starts)
    length, _end = read_number(bytes(blob), where)
    blob[where : where + 4] = max(0, length + chance.choice([-1, 1, 4, 256])).to_bytes(4, "big")
    return armor(bytes(blob))


def rename_a_field(chance: random.Random, armored: bytes) -> bytes:
    names = [b"sha512", b"sha256", b"rsa-sha2-512", b"rsa-sha2-256", b"ssh-rsa", b"ssh-ed25519", b"signoff-record-v1"]
    blob = unarmored(armored)
    present = [name for name in names if name in blob]
    old, new = chance.choice(present), chance.choice(names)
    return armor(blob.replace(write_bytes(old), write_bytes(new)))


MUTATIONS: tuple[Mutation, ...] = (
    flip_a_bit,
    flip_a_bit_of_the_raw_signature,
    change_a_byte_of_the_armor,
    cut_the_blob,
    cut_the_armor,
    append_to_the_blob,
    append_text,
    reframe,
    take_out_and_put_back,
    change_a_length,
    rename_a_field,
)


def originals(keys: dict[str, Path]) -> dict[str, bytes]:
    made = {kind: keygen_sign(path) for kind, path in keys.items()}
    return {**made, **{kind: FidoKey(kind).sign(MESSAGE, namespace=NAMESPACE) for kind in (ED25519, ECDSA)}}


def test_nothing_that_we_accept_is_refused_by_ssh_keygen(keys: dict[str, Path], judge: Judge) -> None:
    chance = random.Random(20261123)
    accepted = refused = 0
    for kind, armored in originals(keys).items():
        agreed: set[bytes] = set()
        for turn in range(MUTATIONS_PER_KIND):
            mutation = MUTATIONS[turn % len(MUTATIONS)]
            mutated = mutation(chance, armored)
            if not we_accept(mutated):
                refused += 1
                continue
            accepted += 1
            assert mutated in agreed or judge.accepts(mutated), (kind, mutation.__name__, mutated)
            agreed.add(mutated)
    assert accepted >= len(KINDS) * (MUTATIONS_PER_KIND // len(MUTATIONS))
    assert refused >= 1000


def test_ssh_keygen_refuses_flipped_bits_too(keys: dict[str, Path], judge: Judge) -> None:
    chance = random.Random(7)
    for armored in originals(keys).values():
        for _ in range(8):
            mutated = flip_a_bit_of_the_raw_signature(chance, armored)
            assert not we_accept(mutated)
            assert not judge.accepts(mutated)


def test_a_record_under_another_namespace_is_refused_by_both(keys: dict[str, Path], judge: Judge) -> None:
    for armored in originals(keys).values():
        for namespace in ("signoff-trust-v1", "signoff-record-v", "file"):
            assert not we_accept(armored, namespace=namespace)
            assert not judge.accepts(armored, namespace=namespace)


PRIME = 2**255 - 19
SMALL_Y = (
    0,
    1,
    PRIME - 1,
    PRIME,
    PRIME + 1,
    2707385501144840649318225287225658788936804267575313519463743609750303021022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
)
"""The y of the points of small order on edwards25519, two of them also in a form that is not reduced (RFC 8032, 5.1)."""


def small_points() -> list[bytes]:
    return [(y | sign << 255).to_bytes(32, "little") for y in SMALL_Y for sign in (0, 1)]


def test_points_of_small_order_are_not_accepted_where_ssh_keygen_refuses_them(judge: Judge) -> None:
    """Implementations differ about such keys and points; whatever we accept of them, ssh-keygen does, too."""
    asked = 0
    for point in small_points():
        key = PublicKey(kind="ssh-ed25519", blob=write_bytes(b"ssh-ed25519", point))
        for commitment in small_points():
            inner = write_bytes(b"ssh-ed25519", commitment + bytes(32))
            armored = armor(compose(key, namespace=NAMESPACE, hash_name="sha512", signature=inner))
            if we_accept(armored):
                asked += 1
                assert judge.accepts(armored), (point.hex(), commitment.hex())
    assert asked


ORDER = 2**252 + 27742317777372353535851937790883648493


def test_the_second_spelling_of_an_ed25519_signature_is_refused(keys: dict[str, Path]) -> None:
    """RFC 8032, 5.1.7: "Decode [...] the second half as an integer S, in the range 0 <= s < L"."""
    signature = parse_armor(keygen_sign(keys["ed25519"]))
    number = int.from_bytes(signature.raw[32:], "little") + ORDER
    inner = write_bytes(b"ssh-ed25519", signature.raw[:32] + number.to_bytes(32, "little"))
    assert not we_accept(armor(compose(signature.key, namespace=NAMESPACE, hash_name="sha512", signature=inner)))


def raw_of(signature: Signature) -> bytes:
    return write_bytes(signature.format.encode(), signature.raw)


def test_we_are_stricter_than_ssh_keygen_on_purpose(keys: dict[str, Path], judge: Judge) -> None:
    """One signature has one spelling here; ssh-keygen takes these others as well."""
    signature = parse_armor(keygen_sign(keys["ed25519"]))
    good = compose(signature.key, namespace=NAMESPACE, hash_name="sha512", signature=raw_of(signature))
    ecdsa = parse_armor(keygen_sign(keys["ecdsa256"]))
    r, at = read_bytes(ecdsa.raw, 0)
    s, _ = read_bytes(ecdsa.raw, at)
    padded = write_bytes(ecdsa.format.encode(), write_bytes(b"\0" + r, s))
    others = {
        "version 0": armor(good.replace(MAGIC + b"\0\0\0\1", MAGIC + b"\0\0\0\0")),
        "reserved": armor(good.replace(write_bytes(b"", b"sha512"), write_bytes(b"x", b"sha512"))),
        "one long line": reframe(random.Random(1), armor(good)),
        "text after it": armor(good) + b"anything\n",
        "a padded number": armor(compose(ecdsa.key, namespace=NAMESPACE, hash_name="sha512", signature=padded)),
    }
    assert [name for name, armored in others.items() if we_accept(armored)] == []
    assert [name for name, armored in others.items() if not judge.accepts(armored)] == []


def small_rsa(folder: Path) -> Path:
    path = folder / "id_small"
    run("ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", str(path))
    return path


def test_an_rsa_key_of_1024_bits_is_refused(tmp_path: Path) -> None:
    path = small_rsa(tmp_path)
    with pytest.raises(InvalidValueError, match="has 1024 bits, 2048 to 16384 are allowed"):
        public(path)
    with pytest.raises(VerificationError, match="has 1024 bits"):
        parse_armor(keygen_sign(path))


def test_a_signature_by_a_certificate_is_refused(tmp_path: Path) -> None:
    authority, key = make_key(tmp_path, name="authority"), make_key(tmp_path)
    run("ssh-keygen", "-q", "-s", str(authority), "-I", WHO, "-n", "al", str(key.with_suffix(".pub")))
    certificate = tmp_path / f"{key.name}-cert.pub"
    with pytest.raises(InvalidValueError, match="is a certificate"):
        parse_public_key(certificate.read_text())
    with pytest.raises(VerificationError, match="is a certificate"):
        parse_armor(keygen_sign(certificate))


def test_a_message_hashed_with_another_algorithm_is_refused_by_both(keys: dict[str, Path], judge: Judge) -> None:
    signature = parse_armor(keygen_sign(keys["ed25519"]))
    good = compose(signature.key, namespace=NAMESPACE, hash_name="sha512", signature=raw_of(signature))
    for name in (b"md5", b"sha1", b"sha384", b"none", b""):
        armored = armor(good.replace(write_bytes(b"sha512"), write_bytes(name)))
        assert not we_accept(armored)
        assert not judge.accepts(armored)
