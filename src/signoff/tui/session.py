"""What all screens share that is no snapshot: the clock, who signs, the desk that does what is asked.

The rule it keeps: no widget and no snapshot is kept here.
"""

from collections.abc import Callable
from datetime import datetime

from signoff.errors import SigningError, SignoffError
from signoff.registry.choosing import choose_me
from signoff.registry.people import Me
from signoff.registry.registration import Hashed
from signoff.registry.registry import Registry
from signoff.tui.feed import Desk
from signoff.tui.present import Piece
from signoff.values.times import Surroundings

WHOSE = "whose key?"
READ_ONLY = "this session was opened with --read-only"


class Session:
    """One opened registry and one person."""

    def __init__(
        self, open_one: Callable[[], Registry], surroundings: Surroundings, *, read_only: bool, who: str, key: str
    ) -> None:
        """Begin without having looked for keys."""
        self.desk = Desk(open_one)
        self.surroundings = surroundings
        self.read_only = READ_ONLY if read_only else ""
        self.who, self.key = who, key
        self.person = ""
        self.no_key = self.trouble = "looking for keys"
        self.must_touch = False
        self.hashed: Hashed = {}

    def now(self) -> datetime:
        """Return the present time."""
        return self.surroundings.now()

    def choose(self, registry: Registry) -> Me:
        """Return who signs, and with which key; raises `SigningError` where nobody can."""
        return choose_me(registry, who=self.who, key=self.key)

    def use(self, who: str, key: str) -> None:
        """Sign as this person with this key until the program ends."""
        self.who, self.key = who, key

    async def find_person(self) -> None:
        """Find out who would sign here."""
        try:
            me = await self.desk.ask(self.choose)
        except SignoffError as error:
            self.person = ""
            self.fail(error)
        else:
            self.person, self.must_touch = me.person, me.identity.key.is_hardware
            self.no_key = self.trouble = ""

    def fail(self, error: SignoffError) -> None:
        """Remember what is wrong with the key."""
        self.no_key = str(error)
        self.trouble = error.short if isinstance(error, SigningError) else WHOSE

    def signer(self, unwritable: str = "") -> Piece:
        """Return who would sign, or why nobody can, for the header."""
        if self.read_only or unwritable:
            return "read-only", "warn"
        if self.trouble:
            return " ".join(part for part in (self.person, self.trouble) if part), "dim" if not self.person else "warn"
        return f"{self.person} {'key: touch' if self.must_touch else 'key ok'}", "plain"
