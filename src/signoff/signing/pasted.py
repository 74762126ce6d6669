"""Signing elsewhere: a person takes the payload to the machine that has the key, and pastes what comes back.

The rule it keeps: a paste may be indented, wrapped anew or carry carriage returns, because terminals and mail do that;
what leaves here is the canonical armor, and only if it is the chosen key's signature of this very payload.
"""

import binascii
import re
import shlex
from collections.abc import Callable
from pathlib import PurePath

import msgspec

from signoff.errors import SigningError
from signoff.records.sshsig import armor
from signoff.signing.base import Identity, need_true

Ask = Callable[[bytes, str], str]
"""Shows a payload and the command that signs it, and returns what was pasted."""

PASTE = re.compile(r"\s*-----BEGIN SSH SIGNATURE-----\s([A-Za-z0-9+/=\s]*)-----END SSH SIGNATURE-----\s*")
LONGEST_PASTE = 64 * 1024
PAYLOAD = "payload"
USUAL_FILES = {
    "ssh-ed25519": "id_ed25519",
    "ssh-rsa": "id_rsa",
    "sk-ssh-ed25519@openssh.com": "id_ed25519_sk",
    "sk-ecdsa-sha2-nistp256@openssh.com": "id_ecdsa_sk",
}


class PastedSigner(msgspec.Struct, frozen=True):
    """Has a person sign by hand, wherever the key is."""

    identity: Identity
    ask: Ask

    @property
    def needs_touch(self) -> bool:
        """Return True: every signature costs a person a walk, so none may be asked for twice unseen."""
        return True

    def sign(self, message: bytes, *, namespace: str) -> bytes:
        """Show the payload and the command, and verify what is pasted.

        Raises:
            SigningError: It is no signature, another key's, or over something else.
        """
        pasted = self.ask(message, paste_command(self.identity, namespace))
        return need_true(_canonical(pasted), self.identity, message, namespace=namespace, by="whoever signed elsewhere")


def paste_command(identity: Identity, namespace: str) -> str:
    """Return the command that signs a file `payload` and writes `payload.sig`, with the key's usual place."""
    if identity.source == "file" and identity.path is not None:
        name = shlex.quote(PurePath(identity.path).name.removesuffix(".pub"))
    else:
        name = USUAL_FILES.get(identity.key.kind, "id_ecdsa")
    return f"ssh-keygen -Y sign -n {shlex.quote(namespace)} -f ~/.ssh/{name} {PAYLOAD}"


def _canonical(pasted: str) -> bytes:
    match = PASTE.fullmatch(pasted) if len(pasted) <= LONGEST_PASTE else None
    if match is None:
        message = "what was pasted is not an armored SSH signature"
        hint = "paste the whole of payload.sig, from -----BEGIN SSH SIGNATURE----- to -----END SSH SIGNATURE-----"
        raise SigningError(message, hint=hint)
    try:
        return armor(binascii.a2b_base64("".join(match[1].split()), strict_mode=True))
    except ValueError as error:
        message = f"what was pasted is damaged: {error}"
        raise SigningError(message, hint="paste it again, whole") from error
