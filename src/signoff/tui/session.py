"""What all screens share that is no snapshot: the clock, who signs, what was wished, the desk that does what is asked.

The rule it keeps: no widget and no snapshot is kept here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from signoff.errors import SigningError, SignoffError
from signoff.registry.registry import Registry
from signoff.registry.settings import Settings
from signoff.tui.desk import Desk
from signoff.tui.keymap import usable
from signoff.tui.present import Piece
from signoff.values.times import Surroundings

if TYPE_CHECKING:
    from signoff.registry.people import Me
    from signoff.registry.registration import Hashed

WHOSE = "whose key?"
READ_ONLY = "this session was opened with --read-only, or the configuration says read_only"
NO_WISHES = Settings()


class Session:
    """One opened registry and one person."""

    def __init__(
        self,
        open_one: Callable[[], Registry],
        surroundings: Surroundings,
        *,
        read_only: bool,
        who: str,
        key: str,
        settings: Settings = NO_WISHES,
    ) -> None:
        """Begin without having looked for keys.

        Args:
            open_one: Opens the registry anew.
            surroundings: Clock and chance.
            read_only: Whether nothing is to be signed.
            who: The person who signs, or "".
            key: With which key, or "".
            settings: This user's wishes.
        """
        self.settings, self.keymap = settings, usable(settings.keymap)
        self.columns = settings.columns
        self.typed: list[str] = []
        self.desk = Desk(open_one)
        self.surroundings = surroundings
        self.read_only = READ_ONLY if read_only else ""
        self.who, self.key = who, key
        self.person = ""
        self.no_key = self.trouble = "looking for keys"
        self.no_key_hint = ""
        self.must_touch = False
        self.hashed: Hashed = {}

    def now(self) -> datetime:
        """Return the present time."""
        return self.surroundings.now()

    def place_of(self, url: str) -> str:
        """Return where a registry is, with its name in the configuration where it has one: `lab:/mnt/models`."""
        names = (name for name, place in self.settings.urls.items() if place.rstrip("/") == url.rstrip("/"))
        name = next(names, "")
        return f"{name}:{url}" if name else url

    def choose(self, registry: Registry) -> Me:
        """Return who signs, and with which key; raises `SigningError` where nobody can."""
        from signoff.registry.choosing import choose_me  # noqa: PLC0415  (after the first screen)

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
            self.no_key = self.no_key_hint = self.trouble = ""

    def fail(self, error: SignoffError) -> None:
        """Remember what is wrong with the key."""
        self.no_key, self.no_key_hint = str(error), error.hint
        self.trouble = error.short if isinstance(error, SigningError) else WHOSE

    def time(self) -> str:
        """Return the time of day here, for the header."""
        return f"{self.now().astimezone():%H:%M}"

    def signer(self, unwritable: str = "") -> Piece:
        """Return who would sign, or why nobody can, for the header."""
        if self.read_only or unwritable:
            return "read-only", "warn"
        if self.trouble:
            return " ".join(part for part in (self.person, self.trouble) if part), "dim" if not self.person else "warn"
        return f"{self.person} {'key: touch' if self.must_touch else 'key ok'}", "plain"
