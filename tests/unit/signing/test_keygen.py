"""Signing with key files through a real ssh-keygen, with and without a terminal."""

import os
import pty
import select
import sys
from pathlib import Path

import pytest

from agents import Folder, make_key
from fido import FidoKey
from signoff.errors import SigningError
from signoff.records.sshsig import parse_armor
from signoff.signing.base import Identity
from signoff.signing.files import read_identity
from signoff.signing.keygen import KeygenSigner

NAMESPACE = "signoff-record-v1"
MESSAGE = b"{}\n"


def sign(path: Path) -> bytes:
    return KeygenSigner(read_identity(path)).sign(MESSAGE, namespace=NAMESPACE)


def test_a_key_may_be_named_by_either_half(key: Path) -> None:
    assert sign(key) == sign(key.with_suffix(".pub"))


def test_a_missing_ssh_keygen_is_named(key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = KeygenSigner(read_identity(key))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SigningError, match="ssh-keygen cannot be run") as caught:
        signer.sign(MESSAGE, namespace=NAMESPACE)
    assert "install OpenSSH" in caught.value.hint


def test_a_key_file_that_is_gone_is_named(key: Path) -> None:
    signer = KeygenSigner(read_identity(key))
    key.unlink()
    key.with_suffix(".pub").unlink()
    with pytest.raises(SigningError, match="is gone or cannot be read"):
        signer.sign(MESSAGE, namespace=NAMESPACE)


def test_a_missing_private_half_is_named(key: Path) -> None:
    key.unlink()
    with pytest.raises(SigningError, match="no usable private half is beside it") as caught:
        sign(key)
    assert "paste the signature" in caught.value.hint


def test_a_private_half_that_others_may_read_is_named(key: Path) -> None:
    key.chmod(0o644)
    with pytest.raises(SigningError, match="others may read the private half"):
        sign(key)


def test_a_private_half_of_another_key_is_found_out(key: Path, tmp_path: Path) -> None:
    other = make_key(tmp_path, name="other")
    key.write_bytes(other.read_bytes())
    with pytest.raises(SigningError, match="belongs to another key") as caught:
        sign(key)
    assert "ssh-keygen -y" in caught.value.hint


def test_a_damaged_private_half_is_named(key: Path) -> None:
    key.write_text(key.read_text().replace("b3BlbnNzaC1rZXk", "XXXXXXXXXXXXXXX"))
    with pytest.raises(SigningError, match="no usable private half is beside it"):
        sign(key)


def test_a_fido_key_without_its_handle_file_is_not_signed_with(tmp_path: Path) -> None:
    (tmp_path / "id_sk.pub").write_text(FidoKey().public.line + " al\n")
    identity = read_identity(tmp_path / "id_sk.pub")
    assert KeygenSigner(identity).needs_touch
    with pytest.raises(SigningError, match="no usable private half is beside it"):
        KeygenSigner(identity).sign(MESSAGE, namespace=NAMESPACE)


def test_what_ssh_keygen_says_otherwise_is_passed_on(key: Path) -> None:
    with pytest.raises(SigningError, match=r"ssh-keygen does not sign with .*: '.*namespace") as caught:
        KeygenSigner(read_identity(key)).sign(MESSAGE, namespace="")
    assert caught.value.hint


def test_an_identity_without_a_file_is_refused(key: Path) -> None:
    known = read_identity(key)
    identity = Identity(key=known.key, comment="", source="agent", path=None)
    with pytest.raises(SigningError, match="is in no file"):
        KeygenSigner(identity).sign(MESSAGE, namespace=NAMESPACE)


@pytest.mark.parametrize("passphrase", ["right one", "wrong"])
def test_the_passphrase_is_asked_by_the_askpass_program_that_a_person_chose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str
) -> None:
    key, folder = make_key(tmp_path, passphrase="right one"), Folder()
    for name, text in folder.askpass(passphrase).items():
        monkeypatch.setenv(name, text)
    if passphrase == "wrong":
        with pytest.raises(SigningError, match="the passphrase or PIN is wrong") as caught:
            sign(key)
        assert "ssh-add" in caught.value.hint
    else:
        assert parse_armor(sign(key)).key == read_identity(key).key
    folder.remove()


IN_A_TERMINAL = """
import sys
from pathlib import Path
from signoff.errors import SigningError
from signoff.signing.files import read_identity
from signoff.signing.keygen import KeygenSigner
try:
    print(KeygenSigner(read_identity(Path(sys.argv[1]))).sign(b"{}", namespace="n").decode())
except SigningError as error:
    print("FAILED", error)
"""


def type_in_a_terminal(key: Path, passphrase: str, **environ: str) -> str:
    """Run a program that signs, in a terminal of its own, and type the passphrase when it is asked for."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-c", IN_A_TERMINAL, str(key)], {**os.environ, **environ})
    shown = b""
    while b"passphrase" not in shown and (part := read_terminal(terminal)):
        shown += part
    os.write(terminal, passphrase.encode() + b"\n")
    while part := read_terminal(terminal):
        shown += part
    os.close(terminal)
    os.waitpid(child, 0)
    return shown.decode()


def read_terminal(terminal: int) -> bytes:
    """Read what was written to a terminal; it answers with an error once nobody holds the other end."""
    assert select.select([terminal], [], [], 20)[0], "nothing more was shown, and nobody hung up"
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


@pytest.mark.parametrize("environ", [{}, {"DISPLAY": ":9"}], ids=["plain", "with a display and no askpass"])
def test_the_passphrase_is_typed_in_the_terminal(tmp_path: Path, environ: dict[str, str]) -> None:
    key = make_key(tmp_path, passphrase="open sesame")
    shown = type_in_a_terminal(key, "open sesame", **environ)
    assert "-----END SSH SIGNATURE-----" in shown
    assert "open sesame" not in shown


def test_a_wrong_passphrase_typed_in_the_terminal_is_named(tmp_path: Path) -> None:
    key = make_key(tmp_path, passphrase="open sesame")
    assert "FAILED" in type_in_a_terminal(key, "close")
    assert "the passphrase or PIN is wrong" in type_in_a_terminal(key, "close")
