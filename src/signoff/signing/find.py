"""Which keys a person has here: in the agent, and in `~/.ssh`.

The rule it keeps: looking never fails and never opens a private key; `need_identities` says why nothing was found.
"""

from collections.abc import Mapping
from pathlib import Path

from signoff.errors import SigningError
from signoff.signing.agent import AgentSigner, agent_socket, list_identities
from signoff.signing.base import Identity, Signer
from signoff.signing.files import identities_in


def find_identities(environ: Mapping[str, str], home: Path) -> tuple[Identity, ...]:
    """Return every key once, the agent's first, then `~/.ssh/*.pub`: first those whose private half is there too."""
    return _merged(_in_agent(environ), home)


def need_identities(environ: Mapping[str, str], home: Path) -> tuple[Identity, ...]:
    """Return what `find_identities` finds, at least one.

    Raises:
        SigningError: There is none; it says what is wrong with the agent, too.
    """
    agent = _in_agent(environ)
    found = _merged(agent, home)
    if isinstance(agent, SigningError) and not found:
        message = f"no key to sign with: {agent}, and no public key that may sign is in {str(home / '.ssh')!r}"
        raise SigningError(message, hint=f"make one: ssh-keygen -t ed25519; {agent.hint}", short=agent.short) from agent
    return found


def agent_fault(environ: Mapping[str, str]) -> SigningError | None:
    """Return what is wrong with the ssh-agent; None where it holds keys."""
    agent = _in_agent(environ)
    return agent if isinstance(agent, SigningError) else None


def signer_for(identity: Identity, *, terminal: bool = True) -> Signer:
    """Return the way to sign with an identity: through its agent, or with its file.

    Args:
        identity: Who signs.
        terminal: Whether ssh-keygen may ask for a passphrase or PIN on the terminal.

    Raises:
        SigningError: It is an agent's, and names no socket.
    """
    if identity.source == "file":
        from signoff.signing.keygen import KeygenSigner  # noqa: PLC0415  (an agent's key needs no subprocess)

        return KeygenSigner(identity, terminal=terminal)
    if identity.path is None:
        message = f"the key {identity.key.fingerprint} is an agent's, and it is not known which one's"
        raise SigningError(message, hint="set SSH_AUTH_SOCK and look for keys again")
    return AgentSigner(identity, identity.path)


def _in_agent(environ: Mapping[str, str]) -> tuple[Identity, ...] | SigningError:
    try:
        return list_identities(agent_socket(environ))
    except SigningError as error:
        return error


def _merged(agent: tuple[Identity, ...] | SigningError, home: Path) -> tuple[Identity, ...]:
    found: dict[bytes, Identity] = {}
    in_agent = () if isinstance(agent, SigningError) else agent
    for identity in (*in_agent, *identities_in(home / ".ssh")):
        found.setdefault(identity.key.blob, identity)
    return tuple(found.values())
