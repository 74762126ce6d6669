"""Starting a registry, in a folder of this machine or at a URL: by one person at once, or by several, each with their own key.

The rule it keeps: a folder is no registry until enough root keys signed its first trust record; until then it waits as
a proposal, which anybody may look at and nobody can use.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec

from signoff.errors import AlreadyExistsError, InvalidValueError, NotFoundError, SigningError, StorageError
from signoff.policy.trust import read_trust_line
from signoff.records.statement import TRUST_NAMESPACE
from signoff.registry.founding import Founding, first_line, found_registry, solo_template, team_template
from signoff.registry.gathering import Proposal
from signoff.registry.opening import holds_registry, is_remote, open_storage
from signoff.signing.base import Identity
from signoff.signing.files import read_identity
from signoff.signing.find import need_identities, signer_for
from signoff.storage.base import Storage
from signoff.storage.sharing import make_place
from signoff.values.names import PersonId
from signoff.values.times import Surroundings


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A registry that somebody wants to start.

    Attributes:
        path: The folder to be, or a URL; it may hold models already.
        admins: Person id to public key; each is a root key.
        template: "solo": one's own approval counts; "team": two other people approve.
        threshold: How many root keys decide about trust; 0: two, or the only one.
        title: What it calls itself, or "".
    """

    path: str
    admins: Mapping[str, str]
    template: str
    threshold: int = 0
    title: str = ""

    @property
    def document(self) -> dict[str, object]:
        """Its first trust document.

        Raises:
            InvalidValueError: The words do not go together.
        """
        if self.threshold > len(self.admins):
            message = f"{self.threshold} of {len(self.admins)} root keys can never sign"
            raise InvalidValueError(message, hint="name more people with --admin WHO=KEY.pub")
        if self.template == "team":
            return team_template(self.admins, threshold=self.threshold)
        if len(self.admins) != 1:
            message = f"a registry of one's own has one person, not {len(self.admins)}"
            raise InvalidValueError(message, hint="use --template team")
        return solo_template(*next(iter(self.admins.items())))


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a plan.

    Attributes:
        id: The registry's id, also while it waits.
        missing: What it waits for; () once it is a registry.
    """

    id: str
    missing: tuple[str, ...]


def parse_admin(word: str) -> tuple[str, str]:
    """Return the person and the public key that `WHO=KEY.pub` names.

    Raises:
        InvalidValueError: It is not of that form.
        SigningError: There is no such key file.
    """
    who, equals, file = word.partition("=")
    if not equals or not file:
        message = f"{word!r} is not WHO=KEY.pub"
        raise InvalidValueError(message, hint="write as in: --admin ana@example.org=ana.pub")
    return str(PersonId(who)), read_identity(Path(file).expanduser()).key.line


def myself(environ: Mapping[str, str], home: Path, folder: Path) -> tuple[str, Identity]:
    """Return who somebody is by git's user.email, and the first key that is here.

    Raises:
        InvalidValueError: git says nothing.
        SigningError: There is no key.
    """
    identity = need_identities(environ, home)[0]
    try:
        command = ["git", "config", "user.email"]
        done = subprocess.run(command, capture_output=True, check=False, cwd=folder, env=dict(environ))
        email = done.stdout.decode(errors="replace").strip()
    except OSError:
        email = ""
    if not email:
        message = "who you are was not said, and git's user.email says nothing"
        raise InvalidValueError(message, hint="say it with --admin WHO=KEY.pub")
    return str(PersonId(email)), identity


def start(plan: Plan, identities: tuple[Identity, ...], *, author: str, surroundings: Surroundings) -> Started:
    """Start a registry with the root keys that are here, or leave it waiting for the others.

    Raises:
        AlreadyExistsError: There is a registry, or one that waits.
        SigningError: A key's holder did not sign.
        StorageError: The folder cannot be made or written.
    """
    line = first_line(plan.document, author=author, surroundings=surroundings, comment="founded")
    storage = new_place(plan.path)
    founding = Founding(storage)
    founding.need_new()
    waiting = founding.waiting()
    if waiting:
        message = f"a registry waits for its signatures in {plan.path!r}: {waiting[0][:12]}"
        hint = f"sign it: signoff -r {plan.path} trust sign {waiting[0][:12]}; or remove {plan.path}/.signoff/proposals"
        raise AlreadyExistsError(message, hint=hint)
    record = read_trust_line(line)
    here = [one for one in identities if one.key.fingerprint in record.root][: record.document.root.threshold]
    title = plan.title or _name(plan.path)
    if len(here) >= record.document.root.threshold:
        armors = tuple(signer_for(one).sign(line, namespace=TRUST_NAMESPACE) for one in here)
        return Started(id=found_registry(storage, line, armors, title=title).registry, missing=())
    proposal = founding.propose(line, title=title)
    for one in here:
        proposal = founding.sign(proposal, signer_for(one))
    return Started(id=proposal.id, missing=proposal.missing)


def new_place(path: str) -> Storage:
    """Return the storage at a path or URL; a folder of this machine is made.

    Raises:
        StorageError: It cannot be made, or the URL is not supported.
    """
    if not is_remote(path):
        try:
            make_place(path)
        except OSError as error:
            message = f"cannot make the folder {path!r}: {error.strerror}"
            raise StorageError(message, hint="choose another folder") from error
    return open_storage(path)


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] if is_remote(path) else Path(path).absolute().name


def waiting_at(url: str) -> Founding | None:
    """Return the registry to be at a path or URL; None where there is a registry, or nothing that waits."""
    try:
        storage = open_storage(url)
    except NotFoundError:
        return None
    if holds_registry(storage):
        return None
    founding = Founding(storage)
    return founding if founding.waiting() else None


def choose_root(proposal: Proposal, here: tuple[Identity, ...], *, who: str, key: str) -> Identity:
    """Return the root key that signs a proposal.

    Args:
        proposal: What is to be signed.
        here: The root keys that are here and have not signed it.
        who: The person that the caller wants, or "".
        key: The fingerprint that the caller wants, or "".

    Raises:
        SigningError: None is here, or not the one that was asked for.
        InvalidValueError: Several are, and nobody said which.
    """
    holders = proposal.record.holders
    fitting = [
        one
        for one in here
        if key in {"", one.key.fingerprint} and (not who or holders.get(one.key.fingerprint, ("",))[0] == who)
    ]
    if not fitting:
        message = "no root key that has not signed yet is here" + (f" for {who or key}" if who or key else "")
        raise SigningError(
            message, hint="add it to the agent: ssh-add FILE; or sign elsewhere: --sign-elsewhere --key FILE.pub"
        )
    if len(fitting) > 1:
        names = ", ".join(one.key.fingerprint for one in fitting)
        message = f"several root keys are here: {names}"
        raise InvalidValueError(message, hint="say which with --key FINGERPRINT, or --as WHO")
    return fitting[0]
