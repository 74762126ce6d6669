"""A record's exact bytes and what they say.

The rule it keeps: line 1 is canonical JSON and is what was signed, with its line end; the rest is armor and nothing
else. Whatever cannot be placed in a chain raises `VerificationError`; whatever is authentic but not understood keeps
its reason in `fault` and has no effect.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256

import msgspec

from signoff.errors import SchemaError, VerificationError
from signoff.records.quick import read_quickly
from signoff.records.statement import (
    ACTIONS,
    NO_RECORD,
    RECORD_TYPE,
    TYPE,
    Action,
    Annotate,
    DigestSet,
    Envelope,
    LooseStatement,
    Named,
    Statement,
    Subjects,
)
from signoff.schema import layout
from signoff.schema.canonical import SURROGATE, canonical, parse_canonical

_encode = msgspec.json.Encoder(order="sorted").encode
SUSPECT = re.compile(r"\\[^\"\\]|[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@cache
def _decoder() -> Callable[[bytes], Statement]:
    return msgspec.json.Decoder(Statement).decode  # 1.4 ms, which a list whose lines are kept need not pay


class LogRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """One record of a model's log; its line and its signature say all the rest.

    Attributes:
        id: The sha256 of line 1 with its line end.
        line: Line 1 with its line end: the signed message.
        armor: The signature as `ssh-keygen -Y sign` prints it; b"" for a record that is not signed yet.
        envelope: What binds it to its place.
        subject: What it is about.
        action: What it does; None where `fault` says why that cannot be told.
        moment: The author's clock; None where it is no time.
        fault: Why it has no effect whatever the rules say; "" for most.
    """

    id: str
    line: bytes
    armor: bytes
    envelope: Envelope
    subject: Named
    action: Action | None
    moment: datetime | None
    fault: str

    def __eq__(self, other: object) -> bool:
        """Compare the bytes."""
        if not isinstance(other, LogRecord):
            return NotImplemented
        return self.line == other.line and self.armor == other.armor

    def __hash__(self) -> int:
        """Return a hash of the line."""
        return hash(self.line)

    @property
    def seq(self) -> int:
        """The slot, from 1."""
        return self.envelope.seq

    @property
    def author(self) -> str:
        """The person's id."""
        return self.envelope.author


def split_record(content: bytes, *, most: int = layout.LARGEST_RECORD) -> tuple[bytes, bytes]:
    """Return line 1 with its line end, and the rest.

    Raises:
        VerificationError: The file is too large, or has no line and rest.
    """
    if len(content) > most:
        message = f"it is larger than {most} bytes"
        raise VerificationError(message)
    end = content.find(b"\n") + 1
    if not end or end == len(content):
        message = "it is not a line of JSON followed by a signature"
        raise VerificationError(message)
    return content[:end], content[end:]


def record_id(line: bytes) -> str:
    """Return the id of a record: the sha256 of line 1 with its line end."""
    return sha256(line).hexdigest()


def parse_record(content: bytes, *, vouched: bool = False, many: bool = False, spelled: bool = False) -> LogRecord:
    """Return the record of a model's log that a file's bytes are; its signature is not checked here.

    Args:
        content: The whole file.
        vouched: This client has found the line canonical before.
        many: It is one of very many, for which it is worth to prepare.
        spelled: This client has found it to be a record of an action we know before.

    Raises:
        VerificationError: It is no record that can stand in a chain; the message says why.
    """
    line, armor = split_record(content)
    return read_line(line, armor=armor, vouched=vouched, many=many, spelled=spelled)


def need_canonical(line: bytes) -> None:
    """Check that a line, with its line end, is canonical JSON.

    Raises:
        VerificationError: It is not; the message says why.
    """
    if not line.endswith(b"\n"):
        message = "line 1 does not end"
        raise VerificationError(message)
    try:
        parse_canonical(line[:-1])
    except SchemaError as error:
        message = f"line 1: {error}"
        raise VerificationError(message) from None


def read_line(
    line: bytes, *, armor: bytes = b"", vouched: bool = False, many: bool = False, spelled: bool = False
) -> LogRecord:
    """Return the record that a line says.

    A line that its own values give back, byte for byte, is canonical: that is the quick way for lines without keys
    that are unknown here. Any other line is read whole.

    Args:
        line: Line 1 with its line end.
        armor: The signature.
        vouched: This client has found the line canonical before.
        many: It is one of very many, for which it is worth to prepare.
        spelled: This client has found it to be a record of an action we know before.

    Raises:
        VerificationError: It is not canonical, or its type or its envelope is not that of a record.
    """
    try:
        known = (read_quickly(line, spelled=spelled) if many else None) or _decoder()(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        need_canonical(line)
        return _read_loosely(line, armor=armor, fault=str(error))
    action = known.predicate
    if not vouched and (_encode(known) != line[:-1] or isinstance(action, Annotate)):
        need_canonical(line)  # tags are the only place where keys are free, and keys must be ASCII
    envelope = Envelope(
        registry=action.registry,
        chain=action.chain,
        seq=action.seq,
        prev=action.prev,
        policy=action.policy,
        author=action.author,
        key=action.key,
        action=action.__struct_config__.tag,
    )
    return _record(line, armor, envelope=envelope, subject=known.subject[0], action=action)


def _record(line: bytes, armor: bytes, *, envelope: Envelope, subject: Named, action: Action) -> LogRecord:
    moment, fault = None, ""
    try:
        moment = datetime.fromisoformat(action.time)  # its spelling was checked when it was decoded, now or before
        if moment.tzinfo is None:
            raise ValueError
    except ValueError:
        moment, fault = None, f"malformed: {action.time!r} is no time"
    return LogRecord(
        id=sha256(line).hexdigest(),
        line=line,
        armor=armor,
        envelope=envelope,
        subject=subject,
        action=None if fault else action,
        moment=moment,
        fault=fault or ("" if line.isascii() and b"\\" not in line and b"\x7f" not in line else _character_fault(line)),
    )


def _read_loosely(line: bytes, *, armor: bytes, fault: str) -> LogRecord:
    try:
        loose = msgspec.json.decode(line, type=LooseStatement)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        message = f"line 1 is no statement about a model: {error}"
        raise VerificationError(message) from None
    if loose.predicateType != RECORD_TYPE:
        message = f"its predicateType is {loose.predicateType!r}, not {RECORD_TYPE!r}"
        raise VerificationError(message)
    name = loose.predicate.action
    known = not isinstance(name, str) or name in ACTIONS or not name
    return LogRecord(
        id=record_id(line),
        line=line,
        armor=armor,
        envelope=loose.predicate,
        subject=_subject(loose.subject),
        action=None,
        moment=None,
        fault=f"malformed: {fault}" if known else f"made by a newer signoff: the action {name!r} is not known here",
    )


def _subject(given: object) -> Named:
    try:
        return msgspec.convert(given, Subjects)[0]
    except msgspec.ValidationError:
        return Named("", DigestSet(NO_RECORD))


def _character_fault(line: bytes) -> str:
    if not SUSPECT.search(line.decode()):
        return ""
    return "control or bidi characters in a string" if _has_control(parse_canonical(line[:-1]), "") else ""


def _has_control(value: object, key: str) -> bool:
    match value:
        case str():
            return bool(CONTROL.search(value.replace("\n", "") if key == "comment" else value))
        case dict():
            return any(_has_control(name, "") or _has_control(item, name) for name, item in value.items())
        case list():
            return any(_has_control(item, "") for item in value)
        case _:
            return False


def compose_line(action: Action, subject: Named) -> bytes:
    """Return line 1, with its line end, of a record that says this.

    Raises:
        SchemaError: A value cannot be written as canonical JSON.
    """
    said = Statement(type_=TYPE, predicateType=RECORD_TYPE, subject=(subject,), predicate=action)
    if isinstance(action, Annotate):
        return canonical(said) + b"\n"
    try:
        return _encode(said) + b"\n"  # the types allow nothing that could not stand there
    except UnicodeEncodeError:
        raise SchemaError(SURROGATE) from None


def named(name: str, digest: str) -> Named:
    """Return something named with its sha256."""
    return Named(name, DigestSet(digest))


def join_record(line: bytes, armors: Sequence[bytes]) -> bytes:
    """Return the bytes of a record's file.

    Raises:
        SchemaError: They are more than a record may have.
    """
    content = line + b"".join(armors)
    if len(content) > layout.LARGEST_RECORD:
        message = f"the record would have {len(content)} bytes; at most {layout.LARGEST_RECORD} are allowed"
        raise SchemaError(message, hint="write a shorter comment")
    return content
