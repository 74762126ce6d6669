"""A text in a person's own editor.

The rule it keeps: what was typed is never lost: a text that means nothing is kept in a file that is named.
"""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from signoff.errors import InvalidValueError, NotFoundError


def read_file(path: Path) -> bytes:
    """Return a file of this machine.

    Raises:
        NotFoundError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"cannot read {str(path)!r}: {error.strerror}"
        raise NotFoundError(message) from error


def edited(text: str) -> bytes:
    """Return a text as a person's editor left it.

    Raises:
        InvalidValueError: There is no such editor, or it gave up.
    """
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="signoff-") as folder:
        file = Path(folder, "trust.yaml")
        file.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*words, str(file)], check=False)
        except OSError as error:
            message = f"the editor {words[0]!r} cannot be run: {error.strerror}"
            raise InvalidValueError(
                message, hint="set EDITOR, or give a file: signoff trust edit --from FILE"
            ) from error
        if done.returncode:
            message = f"the editor {words[0]!r} ended with {done.returncode}: nothing is proposed"
            raise InvalidValueError(message, hint="do it again, or give a file: signoff trust edit --from FILE")
        return file.read_bytes()


def keep(text: bytes) -> Path:
    """Keep a text in a file of its own, which only this user can read, and return where."""
    file, name = tempfile.mkstemp(prefix="signoff-trust-", suffix=".yaml")
    with os.fdopen(file, "wb") as stream:
        stream.write(text)
    return Path(name)
