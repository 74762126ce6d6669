"""Key files as identities: only the public halves are read.

The rule it keeps: a private half is never opened, only seen to be there.
"""

import stat
from pathlib import Path

from signoff.errors import InvalidValueError, SigningError
from signoff.records.keys import LONGEST_LINE, parse_public_key
from signoff.signing.base import Identity

PUBLIC = ".pub"


def read_identity(path: Path) -> Identity:
    """Read a key file's public half: `path` itself, or `path` with `.pub` where it names the private half.

    Raises:
        SigningError: There is no such file, or it is no public key that may sign.
    """
    public = path if path.suffix == PUBLIC else path.with_name(path.name + PUBLIC)
    line = _read_line(public)
    try:
        key = parse_public_key(line)
    except InvalidValueError as error:
        message = f"the key file {str(public)!r}: {error}"
        raise SigningError(message, hint=error.hint) from error
    comment = line.split(maxsplit=2)[2:]
    return Identity(key=key, comment=comment[0].strip() if comment else "", source="file", path=str(public))


def identities_in(folder: Path) -> tuple[Identity, ...]:
    """Return the keys of a folder's `.pub` files by name, first those whose private half lies beside them."""
    found = []
    for path in sorted(folder.glob("*" + PUBLIC), key=lambda path: (not path.with_suffix("").exists(), path.name)):
        try:
            found.append(read_identity(path))
        except SigningError:
            continue
    return tuple(found)


def _read_line(public: Path) -> str:
    """Read a small regular file; a FIFO of that name is never opened, because that would wait for ever."""
    try:
        if not stat.S_ISREG(public.stat().st_mode):
            message = f"the key file {str(public)!r} is not a regular file"
            raise SigningError(message, hint="name the .pub file of a key")
        with public.open("rb") as file:
            return file.read(LONGEST_LINE).decode(errors="replace")
    except FileNotFoundError as error:
        message = f"there is no key file {str(public)!r}"
        hint = "write the public half of an old key with: ssh-keygen -y -f KEY > KEY.pub; or make a new key: ssh-keygen"
        raise SigningError(message, hint=hint) from error
    except (OSError, ValueError) as error:
        message = f"the key file {str(public)!r} cannot be read: {error}"
        raise SigningError(message, hint="name the .pub file of a key, and see that it can be read") from error
