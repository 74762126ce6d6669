"""Ways to sign for front ends that own the terminal.

The rule it keeps: which way fits is decided here, from the identity; front ends never see keys or agents.
"""

from collections.abc import Callable

from signoff.records.statement import RECORD_NAMESPACE
from signoff.signing.base import Identity, Signer
from signoff.signing.find import find_identities, signer_for
from signoff.signing.keygen import KeygenSigner
from signoff.signing.pasted import PastedSigner, paste_command

__all__ = [
    "Identity",
    "find_identities",
    "in_words",
    "kind_words",
    "may_ask_on_terminal",
    "pasted",
    "place_words",
    "quiet_signer",
    "record_command",
    "signer_for",
    "waiting_words",
]


def may_ask_on_terminal(identity: Identity) -> bool:
    """Tell whether signing with this key may ask for something on the terminal: a passphrase, a PIN."""
    return identity.source == "file"


def quiet_signer(identity: Identity) -> Signer:
    """Return the way to sign that never touches the terminal; where one is needed, it fails and says so."""
    return KeygenSigner(identity, terminal=False) if identity.source == "file" else signer_for(identity)


def pasted(identity: Identity, ask: Callable[[bytes, str], str]) -> Signer:
    """Return the way to sign elsewhere and paste the signature here; `ask` shows payload and command."""
    return PastedSigner(identity, ask)


def record_command(identity: Identity) -> str:
    """Return the command that signs a record's line 1 elsewhere."""
    return paste_command(identity, RECORD_NAMESPACE)


def waiting_words(identity: Identity, what: str) -> str:
    """Say who is waited for while a key signs: "touch your key now, to promote fraud:7 to production"."""
    if identity.key.is_hardware:
        return f"touch your key now, to {what}"
    if identity.source == "agent":
        return f"waiting for the ssh-agent, which may ask to confirm, to {what}"
    return f"waiting for ssh-keygen, which may ask for a passphrase, to {what}"


def in_words(identity: Identity) -> str:
    """Say which key it is and who holds it: "ed25519 SHA256:Qm3x… in the ssh-agent"."""
    return f"{kind_words(identity)} {identity.key.fingerprint} ({place_words(identity)})"


def kind_words(identity: Identity) -> str:
    """Say of which kind a key is: "ed25519"."""
    return identity.key.kind.removeprefix("sk-").removeprefix("ssh-").partition("@")[0]


def place_words(identity: Identity) -> str:
    """Say who holds a key, and whether it has to be touched: "ssh-agent, touch it"."""
    kept = f"file {identity.path}" if identity.path else "elsewhere"
    touch = ", touch it" if identity.key.is_hardware else ""
    return f"{'ssh-agent' if identity.source == 'agent' else kept}{touch}"
