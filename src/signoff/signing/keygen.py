"""Signing with a key file, through `ssh-keygen -Y sign`.

The rule it keeps: only ssh-keygen opens the private half. A passphrase or PIN goes from the person's terminal to
ssh-keygen, and never through this process.
"""

import os
import subprocess
from collections.abc import Mapping

import msgspec

from signoff.errors import SigningError
from signoff.signing.base import Identity, need_true

FAULTS = (
    (
        "incorrect passphrase",
        "the passphrase or PIN is wrong, or none could be asked for without a terminal",
        "try again in a terminal, or add the key to an ssh-agent first: ssh-add",
    ),
    ("are too open", "others may read the private half", "chmod 600 the private key file"),
    (
        "no private key found",
        "no usable private half is beside it, and no agent holds it",
        "sign where the private half is and paste the signature, or add the key to an ssh-agent",
    ),
    (
        "doesn't match private",
        "the private half beside it belongs to another key",
        "write the public half anew: ssh-keygen -y -f KEY > KEY.pub",
    ),
    ("couldn't load public key", "the key file is gone or cannot be read", "make one: ssh-keygen -t ed25519"),
    ("device not found", "the FIDO authenticator that holds the key is not plugged in", "plug it in and try again"),
    ("couldn't sign message: invalid format", "the FIDO authenticator was not touched in time", "try again, touch it"),
)
"""What ssh-keygen says (in lower case), what that means, and what to do next; its words for FIDO are in `ssh-sk.c`."""


class KeygenSigner(msgspec.Struct, frozen=True):
    """Has `ssh-keygen` sign with the key file that an identity names.

    With `terminal` False it gets no terminal to ask on: a key without a passphrase signs all the same, any other fails
    with a `SigningError`, and a screen that owns the terminal stays as it is.
    """

    identity: Identity
    terminal: bool = True

    @property
    def needs_touch(self) -> bool:
        """Return whether the private half is in a FIDO authenticator."""
        return self.identity.key.is_hardware

    def sign(self, message: bytes, *, namespace: str) -> bytes:
        """Run ssh-keygen, which asks on the terminal for what it needs, and verify what it prints.

        Raises:
            SigningError: There is no ssh-keygen, or it does not sign.
        """
        path = self.identity.path
        if path is None:
            text = f"the key {self.identity.key.fingerprint} is in no file"
            raise SigningError(text, hint="sign through the agent that holds it, or paste a signature")
        command = ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", path]
        try:
            done = subprocess.run(
                command,
                input=message,
                capture_output=True,
                check=False,
                env=_environ(os.environ) if self.terminal else {**os.environ, "SSH_ASKPASS_REQUIRE": "never"},
                start_new_session=not self.terminal,
            )
        except OSError as error:
            text = f"ssh-keygen cannot be run: {error}"
            raise SigningError(text, hint="install OpenSSH's client, or sign through an ssh-agent") from error
        if done.returncode:
            raise _fault(path, done.stderr.decode(errors="replace"))
        return need_true(done.stdout, self.identity, message, namespace=namespace, by="ssh-keygen")


def _environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Have the passphrase asked on the terminal where there is one.

    The message is on standard input, and ssh-keygen takes that for "no terminal": with DISPLAY set, as `ssh -X` does,
    it would then run an askpass program that a server may not have, and sign nothing.
    """
    if "SSH_ASKPASS_REQUIRE" in environ or not _has_terminal():
        return dict(environ)
    return {**environ, "SSH_ASKPASS_REQUIRE": "never"}


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _fault(path: str, said: str) -> SigningError:
    lowered = said.lower()
    for marker, meaning, hint in FAULTS:
        if marker in lowered:
            return SigningError(f"ssh-keygen does not sign with {path!r}: {meaning}", hint=hint)
    last = said.strip().splitlines()[-1:] or ["it gave no reason"]
    return SigningError(f"ssh-keygen does not sign with {path!r}: {last[0]!r}", hint="run it by hand to see more")
