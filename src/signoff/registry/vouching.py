"""A private note of which signatures this client has found true: it saves time and decides nothing.

The rule it keeps: what is remembered is that the signatures over exactly these bytes are true, and that these bytes
are spelled as this version of the program wants them; who may do what, and what a record is worth, is computed anew
every time. Losing the note costs time only.
"""

import hashlib
from array import array
from collections.abc import Sequence

import msgspec

from signoff import __version__
from signoff.storage.state import read_cache, write_cache

AT_ONCE = 256


class Vouched(msgspec.Struct, frozen=True, array_like=True):
    """That the first `count` records of a chain, with this digest over their contents, are truly signed.

    Attributes:
        count: How many.
        digest: Over their contents.
        spelled: How many of them, from the first on, are of actions that this program knows, as their types want them.
    """

    count: int = 0
    digest: str = ""
    spelled: int = 0


NOTHING = Vouched()


class Vouching:
    """The notes of one registry; read at the first question."""

    def __init__(self, registry: str) -> None:
        """Keep the notes of a registry."""
        self._name = f"{registry}/vouched.msgpack"
        self._notes: dict[str, Vouched] | None = None
        self._changed = False

    def _load(self) -> dict[str, Vouched]:
        if self._notes is None:
            try:
                self._notes = msgspec.msgpack.decode(read_cache(self._name) or b"\x80", type=dict[str, Vouched])
            except msgspec.DecodeError:
                self._notes = {}
        return self._notes

    def find(self, chain: str, contents: Sequence[bytes | str]) -> Vouched:
        """Return what was found of these contents, from the first slot on, before; nothing where one of them differs."""
        note = self._load().get(chain, NOTHING)
        return note if note.count <= len(contents) and _digest(contents[: note.count]) == note.digest else NOTHING

    def remember(self, chain: str, contents: Sequence[bytes | str], *, spelled: int) -> None:
        """Note that all these contents are truly signed, and that so many are well spelled, from the first on."""
        self._load()[chain] = Vouched(len(contents), _digest(contents), spelled)
        self._changed = True

    def save(self) -> None:
        """Write the notes, if there are new ones, and let them go: they are read again at the next question."""
        if self._changed:
            write_cache(self._name, msgspec.msgpack.encode(self._load()))
            self._changed = False
        self._notes = None


def _digest(contents: Sequence[bytes | str]) -> str:
    """Return the digest over the contents and over where each begins, alike whether they came in packs or loose.

    Another version of the program has another digest: it may want other spellings.
    """
    parts = [content if isinstance(content, bytes) else b"" for content in contents]
    whole = hashlib.sha256(f"signoff {__version__}\n".encode() + array("Q", map(len, parts)).tobytes())
    for begin in range(0, len(parts), AT_ONCE):
        whole.update(b"".join(parts[begin : begin + AT_ONCE]))
    return whole.hexdigest()
