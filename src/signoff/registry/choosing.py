"""Which key signs here: what the caller names, else what this client was told to use.

The rule it keeps: a choice is remembered as a fingerprint; a remembered key that is not here, or belongs to nobody of
the registry, decides nothing.
"""

import os
from pathlib import Path

from signoff.errors import SigningError
from signoff.registry.people import Me, need_me
from signoff.registry.registry import Registry
from signoff.signing.base import Identity
from signoff.signing.files import read_identity
from signoff.signing.find import agent_fault, find_identities
from signoff.storage.state import read_state, remove_state, write_state

CHOSEN = "key"
FINGERPRINT = "SHA256:"


def choose_me(registry: Registry, *, who: str = "", key: str = "") -> Me:
    """Return who signs.

    Args:
        registry: Where.
        who: The person that the caller wants, or "".
        key: A public key file or a fingerprint that the caller wants, or "".

    Raises:
        SigningError: No key here belongs to a person of the registry, or not to the one who was asked for.
        InvalidValueError: Keys of several people are here and nobody said which.
    """
    try:
        return _chosen(registry, who=who, key=key)
    except SigningError as error:
        raise _with_agent(registry, error) from error


def _with_agent(registry: Registry, error: SigningError) -> SigningError:
    """Say what is wrong with the agent, too: the key that is missing may be one that it would hold."""
    agent = agent_fault(registry.environ)
    if agent is None:
        return error
    nothing = not registry.identities()
    short, hint = (agent.short, agent.hint) if nothing else (error.short, f"{error.hint}; {agent.hint}")
    return SigningError(f"{error.message}; {agent.message}", hint=hint, short=short)


def _chosen(registry: Registry, *, who: str, key: str) -> Me:
    identities = registry.identities()
    trust = registry.reader.trust.newest
    if key:
        identity = find_identity(key, identities)
        fingerprint = identity.key.fingerprint if identity is not None else key
        known = any(one.key.fingerprint == fingerprint for one in identities)
        more = () if known or identity is None else (identity,)
        return need_me(trust, (*identities, *more), who=who, key=fingerprint)
    chosen = chosen_key()
    mine = [me for me in registry.mine() if chosen == me.identity.key.fingerprint and who in {"", me.person}]
    return mine[0] if mine else need_me(trust, identities, who=who)


def find_identity(key: str, identities: tuple[Identity, ...]) -> Identity | None:
    """Return the identity of a fingerprint or of a public key file; None where no key has that fingerprint.

    Raises:
        SigningError: There is no such file, or it is no key that may sign.
    """
    if key.startswith(FINGERPRINT):
        return next((one for one in identities if one.key.fingerprint == key), None)
    return read_identity(Path(key).expanduser())


def chosen_key() -> str:
    """Return the fingerprint of the key that this client was told to use, or ""."""
    return (read_state(CHOSEN) or b"").decode("ascii", "replace").strip()


def choose_key(fingerprint: str) -> None:
    """Remember which key to use; "" forgets it."""
    if fingerprint:
        write_state(CHOSEN, f"{fingerprint}\n".encode())
    else:
        remove_state(CHOSEN)


def local_identities() -> tuple[Identity, ...]:
    """Return every key that can be found here, the agent's first."""
    return find_identities(os.environ, Path.home())


def need_identity(key: str, identities: tuple[Identity, ...]) -> Identity:
    """Return the identity of a fingerprint, of a public key file, or of a key's comment.

    Raises:
        SigningError: There is no such key here.
    """
    commented = [one for one in identities if key and one.comment == key]
    found = commented[0] if len(commented) == 1 else find_identity(key, identities)
    if found is None:
        message = f"the key {key} is not here"
        raise SigningError(message, hint="see which are: signoff key list; add one to the agent: ssh-add FILE")
    return found


def people_of(registry: Registry) -> dict[str, str]:
    """Return fingerprint to person, for every key of the registry's people."""
    return {fingerprint: person for fingerprint, (person, _) in registry.reader.trust.newest.holders.items()}
