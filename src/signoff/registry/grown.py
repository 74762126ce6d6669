"""Logs as they grow while they are read, and what of them is put aside.

The rule it keeps: only where verified records stand changes, never what they say.
"""

from collections.abc import Mapping

import msgspec

from signoff.errors import SignoffError
from signoff.policy.history import History, VersionState
from signoff.policy.log import VerifiedLog
from signoff.policy.states import States
from signoff.records.series import Pile, Series
from signoff.registry.packs import Beside

FEW = 100
"""So many records that came one by one wait together until they are put aside."""
FEWEST = 32
"""For so many signatures it is worth to start threads."""


class Grown(msgspec.Struct, frozen=True):
    """A log that was verified, and the history that was folded from it."""

    log: VerifiedLog
    history: History


class ModelLog(Beside, frozen=True, kw_only=True):
    """A model's log and what it says.

    Attributes:
        log: The verified records.
        history: The state after them.
        alarm: Why nothing may be decided on it; None while it is sound.
    """

    log: VerifiedLog
    history: History
    alarm: SignoffError | None

    def need_sound(self) -> None:
        """Raise the alarm, if there is one."""
        if self.alarm is not None:
            raise self.alarm


class Fresh(msgspec.Struct, frozen=True):
    """Records and states that were read last, and the place of the first new one among each."""

    records: Series
    versions: Mapping[str, VersionState]
    record: int
    version: int

    def then(self, more: "Fresh", pile: Pile) -> "Fresh":
        """Return what was read last after this was; these are put aside, unless few follow them in the same log."""
        follow = self.records.items is more.records.items and len(self.records) == more.record
        if follow and len(more.records) - self.record <= FEW:
            return Fresh(more.records, more.versions, self.record, self.version)
        self.put_aside(pile)
        return more

    def put_aside(self, pile: Pile) -> None:
        """Keep the new ones as bytes, from which they are made when somebody asks for them."""
        self.records.put_aside(pile, since=self.record)
        if isinstance(self.versions, States):
            self.versions.put_aside(self.records, since=self.version)
