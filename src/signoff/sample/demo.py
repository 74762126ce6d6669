"""A demo: a writable copy of the sample registry, and a throw-away key for whoever looks at it.

The rule it keeps: the newcomer approves and promotes and built nothing; ssh-keygen makes their key, and the whole
folder may be deleted at any time.
"""

import subprocess
from pathlib import Path

import msgspec

from signoff.errors import SigningError
from signoff.sample.place import copy_sample
from signoff.sample.story import NEWCOMER, tell


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """Where a demo is.

    Attributes:
        path: The registry's folder.
        id: The registry's id.
        person: Who the newcomer is in it.
        key: The newcomer's public key file; the private half lies beside it.
    """

    path: str
    id: str
    person: str
    key: str


def make_demo(folder: Path) -> Demo:
    """Make a demo in a folder that does not exist or is empty.

    Raises:
        AlreadyExistsError: The folder holds something.
        SigningError: There is no ssh-keygen that makes a key.
        StorageError: The folder cannot be written.
    """
    registry, key = folder / "registry", folder / "newcomer.pub"
    copy_sample(registry)
    _make_key(folder / "newcomer")
    told = tell(registry, newcomer=(NEWCOMER, " ".join(key.read_text().split()[:2])))
    told.close()
    return Demo(path=str(registry), id=told.id, person=NEWCOMER, key=str(key))


def _make_key(path: Path) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{NEWCOMER} (throw-away)", "-f", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True)
    except OSError as error:
        message = f"ssh-keygen cannot be run: {error}"
        raise SigningError(message, hint="install OpenSSH's client tools: the demo signs with them") from error
    if done.returncode:
        message = f"ssh-keygen makes no key: {done.stderr.strip()!r}"
        raise SigningError(message, hint="run it by hand to see more")
