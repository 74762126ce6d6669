"""What a person wants to sign, before it is a record.

The rule it keeps: an ask says only what the person decides; what the log, the files and the keys add is found at the
moment of signing, so that an ask can be decided again when something moved.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from signoff.policy.approvals import Standing
from signoff.policy.checks import Finding
from signoff.policy.fold import Judged
from signoff.policy.history import History
from signoff.records.statement import Action
from signoff.signing.base import Identity

CardNow = Callable[[str, str], str | None]
"""Returns the sha256 of a version's model card as it is now."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One record that somebody wants to make.

    Attributes:
        action: As records spell it: "approve", "promote" …
        model: The model's name.
        version: The version's name, or None for a record about the model.
        fields: What the person decides: stage, comment, reason, alias, environment …; as records spell it.
    """

    action: str
    model: str
    version: str | None = None
    fields: Mapping[str, object] = {}

    @property
    def stage(self) -> str:
        """The stage it is about, or ""."""
        return str(self.fields.get("stage", ""))

    @property
    def words(self) -> str:
        """The ask in words: "promote fraud:7 to production"."""
        what = f"{self.model}:{self.version}" if self.version else self.model
        way = {"promote": "to", "break_glass": "to"}.get(self.action, "for" if self.action != "rollback" else "in")
        return f"{self.action.replace('_', '-')} {what}" + (f" {way} {self.stage}" if self.stage else "")


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """An ask that was decided, ready to be signed.

    Attributes:
        ask: What was asked.
        person: Who signs.
        identity: With which key.
        line: Line 1 of the record, with its line end: exactly what will be signed.
        action: What it says.
        chain: The chain it goes to.
        seq: The slot it wants.
        digest: The sha256 of the version's manifest; None for a record about the model.
        findings: What every check of the stage's rule says; () where no stage is asked for.
        reasons: Why the record would have no effect; () where it would have.
        standing: What the approvals are worth now; None where no stage is asked for.
        replaces: The version that the stage or alias points at now, or None.
        moment: The clock at which it was prepared.
        judged: What the record would do to the log's state.
    """

    ask: Ask
    person: str
    identity: Identity
    line: bytes
    action: Action
    chain: str
    seq: int
    digest: str | None
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]
    standing: Standing | None
    replaces: str | None
    moment: datetime
    judged: Judged

    @property
    def policy(self) -> int:
        """The slot of the trust record that it goes by."""
        return self.action.policy.seq

    @property
    def decided(self) -> tuple[object, ...]:
        """What must not change between looking and signing."""
        return (self.digest, self.findings, self.reasons, self.replaces, getattr(self.action, "card", None))


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was published.

    Attributes:
        prepared: What was decided.
        id: The record's id.
        chain: Its chain.
        seq: Its slot.
        path: Its file, below the registry.
    """

    prepared: Prepared
    id: str
    chain: str
    seq: int
    path: str


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at while one ask is decided, each thing once."""

    ask: Ask
    history: History
    now: datetime
    card_now: CardNow


def once(card_now: CardNow) -> CardNow:
    """Return what asks for each card once."""
    known: dict[tuple[str, str], str | None] = {}

    def ask(model: str, version: str) -> str | None:
        if (model, version) not in known:
            known[model, version] = card_now(model, version)
        return known[model, version]

    return ask


def difference(before: Prepared, after: Prepared) -> str:
    """Return in words what makes one decision of an ask another than the one before."""
    if before.replaces != after.replaces:
        return f"{before.ask.stage or 'the pointer'} pointed at {before.replaces} and points at {after.replaces} now"
    if before.reasons != after.reasons:
        return f"it would have no effect now: {'; '.join(after.reasons)}" if after.reasons else "it is allowed now"
    changed = [one.detail for one in after.findings if one not in before.findings]
    return f"now: {'; '.join(changed)}" if changed else "the version or its model card is another one now"
