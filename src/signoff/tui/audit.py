"""The records of a registry as rows, columns and words.

The rule it keeps: pure; a row is made from the record itself when it is seen; a record without effect says why.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from msgspec import UNSET

from signoff.policy.entries import Entry
from signoff.policy.query import Value
from signoff.policy.trust import TrustRecord
from signoff.registry.checkpoints import Checkpoint
from signoff.registry.rows import natural
from signoff.registry.timeline import InvalidSlot, Timeline, Told, key_of
from signoff.tui.pages import Text, labelled
from signoff.tui.present import UNKNOWN_PIECE, Piece, Pieces, glyph, or_unknown, state
from signoff.tui.told import (
    action_of,
    aim_of,
    author_of,
    model_of,
    object_of,
    reasons_of,
    ref_of,
    said_of,
    seq_of,
    shown_action,
    version_of,
    whole_object,
    worth_of,
)
from signoff.tui.waiting import short_person
from signoff.tui.widgets.fields import Field, age_field
from signoff.tui.widgets.table import Column
from signoff.values.display import age, displayable_lines, utc_minute

KNOWN = frozenset({"metrics.action", "metrics.seq"})
"""Words of records that the filter language has no field for: it reads a bare name that rows have, as a metric's."""
ID_DIGITS = 12
FACTS = {
    "outcome": "outcome",
    "endpoint": "endpoint",
    "instances": "instances",
    "severity": "severity",
    "replaces": "replaces",
    "replaced_by": "use instead",
}
"""What else a record may say -> its label."""
NOT_SAID = (None, "", UNSET)


ANSWERS: dict[str, Callable[[Told], Iterable[object]]] = {
    "model": lambda told: (model_of(told),),
    "version": lambda told: (version_of(told),),
    "ref": lambda told: (ref_of(told),),
    "by": lambda told: (author_of(told),),
    "author": lambda told: (author_of(told),),
    "status": lambda told: (worth_of(told),),
    "problem": reasons_of,
    "description": lambda told: (said_of(told),),
    "stage": lambda told: (aim_of(told, "stage"),),
    "alias": lambda told: (aim_of(told, "alias"),),
    "environment": lambda told: (aim_of(told, "environment"),),
    "metrics.action": lambda told: (action_of(told), shown_action(told)),
}
"""What a record says for each field of the filter language; "" is nothing. No other field means anything here."""
TIMES = frozenset({"age", "updated", "created", "registered"})


class RecordRow:
    """A record, as a row of the filter language; `by` and `author` are who wrote it, `status` is what it is worth."""

    def __init__(self, told: Told, line: Timeline) -> None:
        """Ask this record."""
        self.told, self.line = told, line

    def values(self, field: str) -> tuple[Value, ...]:
        """Return what it says for a field."""
        if field in TIMES:
            moment = self.line.moment(self.told)
            return (moment,) if moment else ()
        if field == "metrics.seq":
            return (seq_of(self.told),)
        answer = ANSWERS.get(field)
        return tuple(str(one) for one in answer(self.told) if one) if answer else ()

    def words(self) -> tuple[str, ...]:
        """Return what free words look into."""
        told = self.told
        if isinstance(told, Entry):
            record, action = told.record, told.record.action
            aim = getattr(action, "stage", "") or getattr(action, "environment", "") or getattr(action, "alias", "")
            text = f"{shown_action(told)} {record.subject.name} {aim} {record.author} {said_of(told)} {record.id}"
            return (text, *told.reasons, "ineffective") if told.reasons else (text, "effective")
        what = (shown_action(told), object_of(told), ref_of(told), author_of(told), said_of(told), key_of(told))
        return (*what, worth_of(told), *reasons_of(told))


def record_fields(line: Timeline) -> tuple[Field[Told], ...]:
    """Return the columns."""
    return (
        age_field(Column(id="age", title="AGE", width=7, align="right", priority=90), line.moment),
        Field(
            column=Column(id="time", title="TIME, UTC", width=16, priority=40),
            cell=lambda told: (utc_minute(line.moment(told)).removesuffix(" UTC"), "dim"),
            order=line.moment,
        ),
        Field(
            column=Column(id="model", title="MODEL", width=15, priority=80),
            cell=lambda told: (model_of(told) or _chain_words(told), "strong" if model_of(told) else "dim"),
            order=lambda told: natural(model_of(told)) or None,
        ),
        Field(
            column=Column(id="seq", title="SEQ", width=5, align="right", priority=20),
            cell=lambda told: (f"{seq_of(told):,}", "dim"),
            order=seq_of,
        ),
        Field(
            column=Column(id="who", title="WHO", width=6, priority=70, grow=2),
            cell=lambda told: (or_unknown(short_person(author_of(told))), "plain"),
            order=lambda told: author_of(told) or None,
        ),
        Field(
            column=Column(id="did", title="DID", width=13, priority=99),
            cell=_did_piece,
            order=action_of,
        ),
        Field(
            column=Column(id="on", title="ON", width=18, priority=95, grow=8),
            cell=lambda told: (object_of(told, short=True), "plain"),
            order=lambda told: natural(object_of(told)),
        ),
        Field(
            column=Column(id="state", title="STATE", width=13, priority=65),
            cell=lambda told: state(worth_of(told)),
            order=worth_of,
        ),
        Field(
            column=Column(id="said", title="SAID", width=16, priority=10, grow=60),
            cell=_said_piece,
            order=lambda told: said_of(told) or None,
        ),
    )


def _chain_words(told: Told) -> str:
    checkpoint = isinstance(told, Checkpoint) or (isinstance(told, InvalidSlot) and told.chain == "checkpoints")
    return "(checkpoints)" if checkpoint else "(trust chain)"


def _did_piece(told: Told) -> Piece:
    worth = worth_of(told)
    if worth == "effective":
        return shown_action(told), "strong"
    mark, tone = glyph(worth)
    return f"{mark} {shown_action(told)}", tone


def _said_piece(told: Told) -> Piece:
    why = "; ".join(reasons_of(told))
    if why:
        return why, "warn"
    return (" ".join(displayable_lines(said_of(told))), "plain") if said_of(told) else UNKNOWN_PIECE


def record_lines(told: Told, line: Timeline) -> Text:
    """Return the two lines below a list: what the record is, and what was said or why it has no effect."""
    when = utc_minute(line.moment(told))
    first: Pieces = (
        (f"{shown_action(told)} {whole_object(told)}", "strong"),
        (f"  {or_unknown(author_of(told))}, {when}  {key_of(told)[:ID_DIGITS]}", "dim"),
    )
    return (first, next(_judged(told), next(_quoted(told), ())))


def _judged(told: Told) -> Iterator[Pieces]:
    worth = worth_of(told)
    for reason in reasons_of(told):
        yield (
            ("invalid: " if worth == "invalid" else "no effect: ", "bad" if worth == "invalid" else "warn"),
            (reason, "plain"),
        )


def _quoted(told: Told) -> Iterator[Pieces]:
    said = said_of(told)
    for one in displayable_lines(said) if said else ():
        yield (("“", "dim"), (one, "plain"), ("”", "dim"))


def record_text(told: Told, line: Timeline, *, now: datetime) -> Text:
    """Return all about a record, for the pane."""
    moment = line.moment(told)
    lines: list[Pieces] = [
        ((f"{shown_action(told)} {object_of(told)}", "strong"), ("  ", "plain"), state(worth_of(told))),
        (),
    ]
    lines += [labelled("about", (ref_of(told), "plain"))] if ref_of(told) else []
    lines.append(labelled("by", (or_unknown(author_of(told)), "plain")))
    lines.append(labelled("time", (f"{utc_minute(moment)}, {age(moment, now=now)}", "plain")))
    lines.append(labelled("record", (f"{seq_of(told):,}", "plain"), (f"  {key_of(told)[:ID_DIGITS]}", "dim")))
    lines += _facts(told)
    lines += [(), *_judged(told)] if reasons_of(told) else []
    lines += [(), *_quoted(told)] if said_of(told) else []
    return tuple(lines)


def _facts(told: Told) -> Iterator[Pieces]:
    match told:
        case Entry():
            action = told.record.action
            said = {label: getattr(action, name, None) for name, label in FACTS.items()}
            yield from (labelled(label, (str(one), "plain")) for label, one in said.items() if one not in NOT_SAID)
            yield labelled("key", (told.record.envelope.key, "plain"))
            yield labelled("rules", (f"trust record {told.record.envelope.policy.seq}", "plain"))
        case TrustRecord():
            yield labelled("signed by", (f"{len(told.signers)} root keys", "plain"))
            yield labelled("covers", (f"{len(told.said.cut)} logs", "plain"))
        case Checkpoint():
            yield labelled("rules", (f"trust record {told.policy}", "plain"))
        case _:
            yield (("signoff doctor shows the file and what to do", "dim"),)
