"""What each kind of record says: where it is, who wrote it, what it does to what, what it is worth.

The rule it keeps: pure; the same questions for records of logs, of the trust chain, checkpoints, and the slot that ends
a chain; what a kind does not have is "".
"""

from signoff.policy.entries import Entry
from signoff.policy.trust import TrustRecord
from signoff.registry.checkpoints import Checkpoint
from signoff.registry.timeline import InvalidSlot, Told

AIMS = ("stage", "environment", "alias", "kind")
WAYS = {"promote": "to", "break_glass": "to", "rollback": "in", "deploy": "on", "alias": "as"}
MOVED = {"promote": "promoted", "rollback": "rolled back", "break_glass": "broken glass", "alias": "pointed"}
CHECKPOINT = "checkpoint"
WHOLE_MODEL = "the model"
ID_DIGITS = 12


def model_of(told: Told) -> str:
    """Return the model whose log a record is in; "" for the registry's own chains."""
    match told:
        case Entry():
            return told.record.envelope.chain.removeprefix("models/")
        case InvalidSlot() if told.chain.startswith("models/"):
            return told.chain.removeprefix("models/")
        case _:
            return ""


def seq_of(told: Told) -> int:
    """Return a record's slot."""
    return told.record.seq if isinstance(told, Entry) else told.seq


def author_of(told: Told) -> str:
    """Return who says to have written it; "" where nothing can be read."""
    match told:
        case Entry():
            return told.record.author
        case TrustRecord():
            return told.said.author
        case Checkpoint():
            return told.author
        case _:
            return ""


def action_of(told: Told) -> str:
    """Return what a record does, as records spell it."""
    match told:
        case Entry():
            return str(told.record.envelope.action)
        case TrustRecord():
            return "trust"
        case Checkpoint():
            return CHECKPOINT
        case _:
            return "unreadable"


def object_of(told: Told, *, short: bool = False) -> str:
    """Return what a record is about, without its model: `7 to production`, in short `7 production`; `rules 3`.

    What a deployer reports is part of it: `7 on eu-west serving`.
    """
    match told:
        case Entry():
            aim = next((aim for one in AIMS if (aim := aim_of(told, one))), "")
            way = "" if short or not aim else WAYS.get(action_of(told), "for")
            answered = str(getattr(told.record.action, "record", ""))[:ID_DIGITS]
            parts = (version_of(told) or answered, way, aim, aim_of(told, "status"))
            return " ".join(part for part in parts if part) or WHOLE_MODEL
        case TrustRecord():
            return f"rules {told.seq}"
        case Checkpoint():
            return f"{len(told.heads):,} chains"
        case _:
            return f"slot {told.seq}"


def whole_object(told: Told) -> str:
    """Return what a record is about, with its model: `fraud:7 to production`."""
    model, what = model_of(told), object_of(told)
    if not model:
        return what
    return f"{model}:{what}" if version_of(told) else model if what == WHOLE_MODEL else f"{model} {what}"


def aim_of(told: Told, kind: str) -> str:
    """Return the stage, the environment, the alias … that a record names, or ""."""
    return str(getattr(told.record.action, kind, "")) if isinstance(told, Entry) else ""


def aim_words(told: Told) -> str:
    """Return the stage, the environment, the alias … and what was found or reported there: `fairness pass`."""
    aim = next((aim for one in AIMS if (aim := aim_of(told, one))), "")
    return " ".join(part for part in (aim, aim_of(told, "status"), aim_of(told, "outcome")) if part)


def version_of(told: Told) -> str:
    """Return the version that a record is about, or ""."""
    return told.record.subject.name.partition(":")[2] if isinstance(told, Entry) else ""


def ref_of(told: Told) -> str:
    """Return the version, or the model, that a record is about; "" for the registry's own chains."""
    version = version_of(told)
    return f"{model_of(told)}:{version}" if version else model_of(told)


def said_of(told: Told) -> str:
    """Return what the author said."""
    if isinstance(told, Entry):
        action = told.record.action
        return str(getattr(action, "comment", "") or getattr(action, "reason", ""))
    return told.said.comment if isinstance(told, TrustRecord) else ""


def worth_of(told: Told) -> str:
    """Return effective, ineffective or invalid."""
    match told:
        case Entry():
            return "effective" if told.effective else "ineffective"
        case InvalidSlot():
            return "invalid"
        case Checkpoint():
            return "ineffective" if told.reason else "effective"
        case _:
            return "effective"


def reasons_of(told: Told) -> tuple[str, ...]:
    """Return why a record has no effect, or is none."""
    match told:
        case Entry():
            return told.reasons
        case InvalidSlot() | Checkpoint():
            return (told.reason,) if told.reason else ()
        case _:
            return ()


def shown_action(told: Told) -> str:
    """Return what a record does, for people: `break-glass`."""
    return action_of(told).replace("_", "-")


def target_of(told: Told) -> str:
    """Return the page that shows a record: its text, the rules it made, or what is wrong."""
    match told:
        case Entry():
            return "record"
        case InvalidSlot():
            return "problems"
        case _:
            return "rules"
