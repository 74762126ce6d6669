"""What a process has read of the versions of all models.

The rule it keeps: it is kept beside the models and shared by whoever makes their views, one after another.
"""

from collections.abc import Sequence

from signoff.policy.history import History
from signoff.policy.states import States
from signoff.registry.cache import Asides, Cache
from signoff.registry.contents import read_card
from signoff.registry.reader import Reader
from signoff.registry.seen import SeenVersions
from signoff.registry.settled import Settling
from signoff.registry.views import StageStatus, VersionView
from signoff.schema.rules import TrustDocument


class VersionScan:
    """What was read of all versions, and where it is put aside."""

    def __init__(self, reader: Reader, cache: Cache) -> None:
        """Read through this reader's storage."""
        self.reader, self.storage, self.cache = reader, reader.storage, cache
        self.asides = Asides(reader.spool)
        self.settling = Settling(reader.spool, self.asides)
        self.untouched: tuple[TrustDocument, tuple[StageStatus, ...]] | None = None
        self.seen: dict[str, SeenVersions] = {}
        self.rules: dict[str, TrustDocument] = {}

    def measure(self, model: str, names: Sequence[str]) -> None:
        """Have the numbers of these metrics of a model at hand; none: as before."""
        if names:
            self.seen.setdefault(model, SeenVersions()).measure(names)

    def figures(self, model: str) -> dict[str, bytes]:
        """Return the numbers that are at hand, see `ModelView.figures`."""
        return {name: numbers.tobytes() for name, numbers in self.seen[model].figures.items()}

    def settle(self, model: str, views: Sequence[VersionView], history: History) -> Sequence[VersionView]:
        """Return all views of a model that was just scanned, put aside where that is worth it."""
        states = history.versions
        settled = self.seen[model].settle(self.settling, states) if isinstance(states, States) else None
        return tuple(views) if settled is None else settled

    def judges_alike(self, model: str, trust: TrustDocument) -> bool:
        """Tell whether the views of a model were made under these rules."""
        rules = self.rules.get(model)
        return rules is trust or rules == trust

    def card_now(self, model: str, version: str) -> str | None:
        """Return the sha256 of a version's model card as it is now; None where it has none that can be read."""
        return read_card(self.storage, model, version)
