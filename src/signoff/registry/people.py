"""Who signs here: this machine's keys against the people of the registry.

The rule it keeps: a key stands for the person that the newest trust record gives it to, and nobody else; where several
fit, the caller says which.
"""

from collections.abc import Iterable

import msgspec

from signoff.errors import InvalidValueError, SigningError
from signoff.policy.trust import TrustRecord
from signoff.signing.base import Identity


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the registry, with the key that signs for them here."""

    person: str
    identity: Identity


def match_people(trust: TrustRecord, identities: Iterable[Identity]) -> tuple[Me, ...]:
    """Return every key here that belongs to a person of the registry, in the order of the keys."""
    found = []
    for identity in identities:
        holder = trust.holders.get(identity.key.fingerprint)
        if holder is not None and holder[1].blob == identity.key.blob:
            found.append(Me(person=holder[0], identity=identity))
    return tuple(found)


def need_me(trust: TrustRecord, identities: tuple[Identity, ...], *, who: str = "", key: str = "") -> Me:
    """Return who signs.

    Args:
        trust: The newest trust record.
        identities: The keys that are here.
        who: The person id that the caller wants, or "".
        key: The fingerprint that the caller wants, or "".

    Raises:
        SigningError: No key here belongs to a person of the registry, or not to the one who was asked for.
        InvalidValueError: Keys of several people are here and nobody said which.
    """
    mine = [
        me
        for me in match_people(trust, identities)
        if who in {"", me.person} and key in {"", me.identity.key.fingerprint}
    ]
    if not mine:
        raise _nobody(trust, identities, who=who, key=key)
    people = sorted({me.person for me in mine})
    if len(people) > 1:
        message = f"keys of several people are here: {', '.join(people)}"
        raise InvalidValueError(message, hint="say which with --as WHO, or set one with: signoff key use")
    return mine[0]


def _nobody(trust: TrustRecord, identities: tuple[Identity, ...], *, who: str, key: str) -> SigningError:
    if not identities:
        return SigningError(
            "there is no key to sign with: none in an ssh-agent, and no public key in ~/.ssh",
            hint="start an agent and add your key: eval $(ssh-agent) && ssh-add",
            short="no key",
        )
    if who and who not in trust.document.people:
        return SigningError(
            f"{who!r} is not a person of this registry", hint="see: signoff trust show", short="not a person"
        )
    shown = ", ".join(f"{one.key.fingerprint} ({one.comment or one.source})" for one in identities[:3])
    if key and key not in {one.key.fingerprint for one in identities}:
        message = f"the key {key} is not here; here are: {shown}"
        return SigningError(message, hint="add it to the agent: ssh-add FILE", short="key not here")
    whose = f"is {who}'s" if who else "belongs to a person of this registry"
    return SigningError(
        f"none of the keys here {whose}: {shown}",
        hint="somebody with root keys adds yours: signoff trust edit; see who is in: signoff trust show",
        short="key unknown here",
    )
