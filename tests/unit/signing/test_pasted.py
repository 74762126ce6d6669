"""Pasted signatures: what terminals and mail do to them is undone, everything else is refused with the reason."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agents import make_key, run
from fido import ECDSA, ED25519, FidoKey
from signoff.errors import SigningError
from signoff.records.keys import PublicKey
from signoff.signing.base import Identity
from signoff.signing.files import read_identity
from signoff.signing.pasted import LONGEST_PASTE, PastedSigner, paste_command

NAMESPACE = "signoff-record-v1"
MESSAGE = b'{"a":1}\n'


def sign_elsewhere(key: Path, message: bytes = MESSAGE, namespace: str = NAMESPACE) -> str:
    return run("ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(key), stdin=message).decode()


def paste(key: Path, text: str) -> bytes:
    return PastedSigner(read_identity(key), lambda _payload, _command: text).sign(MESSAGE, namespace=NAMESPACE)


MANGLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "no last newline": lambda text: text.rstrip("\n"),
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "only carriage returns": lambda text: text.replace("\n", "\r"),
    "indented": lambda text: "".join(f"    {line}\n" for line in text.splitlines()),
    "space at the ends": lambda text: "".join(f"{line}  \n" for line in text.splitlines()),
    "blank lines around": lambda text: f"\n\n{text}\n\n",
    "blank lines between": lambda text: text.replace("\n", "\n\n"),
    "wrapped at 40": lambda text: "\n".join(
        line if line.startswith("-") else f"{line[:40]}\n{line[40:]}" for line in text.splitlines()
    ),
}


@pytest.mark.parametrize("mangle", MANGLINGS.values(), ids=list(MANGLINGS))
def test_what_a_terminal_does_to_a_paste_is_undone(key: Path, mangle: Callable[[str], str]) -> None:
    armored = sign_elsewhere(key)
    assert paste(key, mangle(armored)) == armored.encode()


@pytest.mark.parametrize("text", ["", "\n", "no", "-----BEGIN SSH SIGNATURE-----", "x" * (LONGEST_PASTE + 1)])
def test_what_is_no_armor_is_refused_with_what_to_paste(key: Path, text: str) -> None:
    with pytest.raises(SigningError, match="is not an armored SSH signature") as caught:
        paste(key, text)
    assert "payload.sig" in caught.value.hint


def test_a_private_key_pasted_by_mistake_is_refused_and_not_repeated(key: Path) -> None:
    with pytest.raises(SigningError, match="is not an armored SSH signature") as caught:
        paste(key, key.read_text())
    assert not any(line[:16] in str(caught.value) for line in key.read_text().splitlines()[1:-1])


def test_text_beside_the_armor_is_refused(key: Path) -> None:
    armored = sign_elsewhere(key)
    for text in (f"$ cat payload.sig\n{armored}", f"{armored}$ ", armored * 2, armored.replace("\n", "\n> ")):
        with pytest.raises(SigningError, match="is not an armored SSH signature"):
            paste(key, text)


def test_a_paste_that_lost_a_line_or_a_letter_is_refused(key: Path) -> None:
    lines = sign_elsewhere(key).splitlines()
    for damaged in ([*lines[:2], *lines[3:]], [*lines[:2], lines[2][1:], *lines[3:]], [lines[0], "A=A", lines[-1]]):
        with pytest.raises(SigningError, match=r"damaged|no reader would accept"):
            paste(key, "\n".join(damaged))


def test_a_signature_by_another_key_names_both(key: Path, tmp_path: Path) -> None:
    other = make_key(tmp_path, name="other")
    with pytest.raises(SigningError, match="signed with the key SHA256:") as caught:
        paste(key, sign_elsewhere(other))
    assert read_identity(key).key.fingerprint in str(caught.value)
    assert read_identity(other).key.fingerprint in str(caught.value)


def test_a_signature_over_another_file_says_so(key: Path) -> None:
    with pytest.raises(SigningError, match="did not sign these bytes"):
        paste(key, sign_elsewhere(key, MESSAGE + b"\n"))


def test_a_signature_in_another_namespace_says_so(key: Path) -> None:
    with pytest.raises(SigningError, match="in the namespace 'file', not in 'signoff-record-v1'"):
        paste(key, sign_elsewhere(key, namespace="file"))


def test_the_payload_and_the_exact_command_are_shown(key: Path) -> None:
    seen: list[tuple[bytes, str]] = []

    def ask(payload: bytes, command: str) -> str:
        seen.append((payload, command))
        return sign_elsewhere(key)

    PastedSigner(read_identity(key), ask).sign(MESSAGE, namespace=NAMESPACE)
    assert seen == [(MESSAGE, "ssh-keygen -Y sign -n signoff-record-v1 -f ~/.ssh/id_ed25519 payload")]


def test_the_command_names_the_keys_usual_file(tmp_path: Path) -> None:
    def command(key: PublicKey, path: str | None = None) -> str:
        source = Identity(key=key, comment="", source="file" if path else "agent", path=path)
        return paste_command(source, NAMESPACE).split(" -f ")[1]

    for kind, name in (("ed25519", "id_ed25519"), ("rsa2048", "id_rsa"), ("ecdsa384", "id_ecdsa")):
        assert command(read_identity(make_key(tmp_path, kind)).key) == f"~/.ssh/{name} payload"
    assert command(FidoKey(ED25519).public) == "~/.ssh/id_ed25519_sk payload"
    assert command(FidoKey(ECDSA).public) == "~/.ssh/id_ecdsa_sk payload"
    assert command(FidoKey().public, "/home/al/.ssh/my key; rm.pub") == "~/.ssh/'my key; rm' payload"
