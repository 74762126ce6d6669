"""Untrusted YAML and JSON: bytes in, plain values out, and YAML for what we write ourselves.

The rule it keeps: any bytes give a value or a `SchemaError` that names file, line and path. Nothing deep, huge, doubled,
shared or typed by the document itself gets past here. It is the only module that knows yaml and json; both are imported
where they are used, because a cold start pays 25 ms for them.
"""

import re
from collections.abc import Callable, Container, Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

from signoff.errors import InvalidValueError, SchemaError
from signoff.schema.content import LARGEST, checked
from signoff.schema.scalars import Real, Value, is_plain, plain_number, read_integer, read_plain, text_of

if TYPE_CHECKING:
    import yaml

DEEPEST = 32
UNLIMITED_WIDTH = -1
TAG_DIRECTIVE = re.compile(rb"(?:\A|[\r\n]|\xc2\x85|\xe2\x80[\xa8\xa9])%TAG")
SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
TAG_REASON = "a %TAG directive is not allowed"
DOUBLED_HINT = "remove one of them"
QUOTE_HINT = "put quotes around the value if it is meant as text"


class _Fault(Exception):  # noqa: N818 - it becomes a SchemaError once its place is known
    """A fault whose path is found while the reader climbs out of the nesting."""

    def __init__(self, reason: str, *, line: int = 0, hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.line, self.hint, self.path = reason, line, hint, ""

    def below(self, step: str) -> None:
        self.path = step + ("." if self.path and not self.path.startswith("[") else "") + self.path


def load_yaml(content: bytes, *, file: str = "", most: int = LARGEST, first_line: int = 1) -> Value:
    """Return what a YAML document says; an empty one says None.

    Args:
        content: The bytes; they must be UTF-8.
        file: The name that a fault is reported with.
        most: The largest size that is looked at, in bytes.
        first_line: The line of the file in which the content begins.

    Raises:
        SchemaError: It is no YAML, or has what we refuse: anchors, aliases, tags, merge keys, a second document,
            doubled keys, collections as keys, more than 32 levels.
    """
    content = checked(content, file=file, most=most)
    import yaml  # noqa: PLC0415 - see the module's docstring

    try:
        if b"%TAG" in content and TAG_DIRECTIVE.search(content):
            raise _Fault(TAG_REASON, hint="remove it")
        return _EventReader(content).document()
    except _Fault as fault:
        reason, line, path, hint = fault.reason, fault.line, fault.path, fault.hint
    except yaml.YAMLError as fault:
        reason, line = _syntax_fault(fault, content)
        path, hint = "", QUOTE_HINT
    raise SchemaError(reason, file=file, line=line and line + first_line - 1, path=path, hint=hint)


def load_json(content: bytes, *, file: str = "", most: int = LARGEST) -> Value:
    """Return what a JSON document says, under the same refusals as YAML.

    Raises:
        SchemaError: It is no JSON, has a doubled key, more than 32 levels or half a surrogate pair.
    """
    import json  # noqa: PLC0415 - see the module's docstring

    content = checked(content, file=file, most=most)
    try:
        value: Value = json.loads(
            content.decode(), object_pairs_hook=_unique, parse_float=Real, parse_int=read_integer, parse_constant=Real
        )
        if content.count(b"[") + content.count(b"{") > DEEPEST or SURROGATE_ESCAPE.search(content):
            _check_tree(value, 0)
    except json.JSONDecodeError as fault:
        message = f"not JSON: {fault.msg}"
        raise SchemaError(message, file=file, line=fault.lineno) from None
    except RecursionError:
        raise SchemaError(TOO_DEEP, file=file) from None
    except _Fault as fault:
        raise SchemaError(fault.reason, file=file, hint=fault.hint) from None
    return value


def dump_yaml(value: Value) -> str:
    """Return a value as a YAML document: block style, keys in the given order, quotes where another reader would err.

    Raises:
        InvalidValueError: A text holds half a surrogate pair, which no file can hold.
    """
    import yaml  # noqa: PLC0415 - see the module's docstring

    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *_events(value),
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ]
    try:
        written: str = yaml.emit(events, Dumper=yaml.CSafeDumper, width=UNLIMITED_WIDTH, allow_unicode=True)
    except UnicodeEncodeError as fault:
        message = f"{fault.object!r} has characters that cannot be written as UTF-8"
        raise InvalidValueError(message) from None
    return written


def _syntax_fault(fault: "yaml.YAMLError", content: bytes) -> tuple[str, int]:
    """Return why libyaml gave up, and in which line of the content."""
    mark = getattr(fault, "problem_mark", None)
    if mark is not None:
        return f"not YAML: {getattr(fault, 'problem', '')}", mark.line + 1
    reason, position = getattr(fault, "reason", ""), getattr(fault, "position", 0)
    return f"not YAML: {reason}", content.count(b"\n", 0, position) + 1


class _Mark(Protocol):
    line: int


class _Event(Protocol):
    """What libyaml's events have, each kind a part of it."""

    start_mark: _Mark
    anchor: str | None
    tag: str | None
    value: str
    style: str


class _EventReader:
    """Builds the value from libyaml's events while it checks them, so that nothing deep or shared is ever made."""

    def __init__(self, content: bytes) -> None:
        import yaml._yaml  # noqa: PLC0415 - see the module's docstring

        self.advance = cast("Callable[[], _Event]", yaml._yaml.CParser(content).get_event)  # noqa: SLF001
        self.scalar: type[object] = yaml.ScalarEvent
        self.alias: type[object] = yaml.AliasEvent
        self.mapping_start: type[object] = yaml.MappingStartEvent
        self.mapping_end: type[object] = yaml.MappingEndEvent
        self.sequence_end: type[object] = yaml.SequenceEndEvent
        self.stream_end: type[object] = yaml.StreamEndEvent

    def document(self) -> Value:
        """Return the value of the one document."""
        self.advance()
        if self.advance().__class__ is self.stream_end:
            return None
        value = self.node(self.advance(), 0)
        self.advance()
        event = self.advance()
        if event.__class__ is not self.stream_end:
            _refuse(event, "a second document begins here", "keep one document in one file")
        return value

    def node(self, event: _Event, depth: int) -> Value:
        """Return the value that begins with this event."""
        kind = event.__class__
        if kind is self.alias:
            _refuse(event, f"an alias (*{event.anchor}) is not allowed", "write the value out, or quote it")
        if event.tag is not None or event.anchor is not None:
            _refuse_properties(event)
        if kind is self.scalar:
            return event.value if event.style else read_plain(event.value)
        if depth == DEEPEST:
            _refuse(event, TOO_DEEP)
        return self.mapping(depth + 1) if kind is self.mapping_start else self.sequence(depth + 1)

    def mapping(self, depth: int) -> dict[str, Value]:
        """Return the map whose start was just read."""
        advance, scalar, end = self.advance, self.scalar, self.mapping_end
        found: dict[str, Value] = {}
        while (event := advance()).__class__ is not end:
            if event.__class__ is not scalar:
                _refuse(event, "a key must be a single value", QUOTE_HINT)
            key = event.value
            if key in found or key == "<<" or event.tag is not None or event.anchor is not None:
                self.check_key(event, found)
            event = advance()
            try:
                if event.__class__ is scalar and event.tag is None and event.anchor is None:
                    found[key] = event.value if event.style else read_plain(event.value)
                else:
                    found[key] = self.node(event, depth)
            except _Fault as fault:
                fault.below(key)
                raise
        return found

    def sequence(self, depth: int) -> list[Value]:
        """Return the list whose start was just read."""
        advance, end = self.advance, self.sequence_end
        found: list[Value] = []
        while (event := advance()).__class__ is not end:
            try:
                found.append(self.node(event, depth))
            except _Fault as fault:
                fault.below(f"[{len(found)}]")
                raise
        return found

    @staticmethod
    def check_key(event: _Event, found: Container[str]) -> None:
        """Refuse a key that is doubled, merges, or has an anchor or a tag."""
        if event.value in found:
            _refuse(event, f"the key {event.value!r} is there twice", DOUBLED_HINT)
        if event.value == "<<" and not event.style:
            _refuse(event, "a merge key (<<) is not allowed", "write the keys out")
        _refuse_properties(event)


def _refuse(event: _Event, reason: str, hint: str = "") -> NoReturn:
    raise _Fault(reason, line=event.start_mark.line + 1, hint=hint)


def _refuse_properties(event: _Event) -> None:
    if event.anchor is not None:
        _refuse(event, f"an anchor (&{event.anchor}) is not allowed", "remove it")
    if event.tag is not None:
        _refuse(event, f"a tag ({event.tag}) is not allowed", "remove it")


def _unique(pairs: Sequence[tuple[str, Value]]) -> dict[str, Value]:
    """Return a JSON object as a dict, refusing doubled keys."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in found if keys.count(key) > 1)
        message = f"the key {doubled!r} is there twice"
        raise _Fault(message, hint=DOUBLED_HINT)
    return found


def _check_tree(value: Value, depth: int) -> None:
    """Refuse what JSON can say and UTF-8 or our depth cannot."""
    match value:
        case str():
            _check_text(value)
        case list() | dict() if depth == DEEPEST:
            raise _Fault(TOO_DEEP)
        case list():
            for item in value:
                _check_tree(item, depth + 1)
        case dict():
            for key, item in value.items():
                _check_text(key)
                _check_tree(item, depth + 1)
        case _:
            pass


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        message = f"{text!r} holds half a surrogate pair"
        raise _Fault(message, hint="write the character itself") from None


def _events(value: Value) -> Iterator["yaml.Event"]:
    """Yield the events that stand for a value."""
    import yaml  # noqa: PLC0415 - see the module's docstring

    match value:
        case dict():
            yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=not value)
            for key, item in value.items():
                yield _text_event(key)
                yield from _events(item)
            yield yaml.MappingEndEvent()
        case list():
            yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=not value)
            for item in value:
                yield from _events(item)
            yield yaml.SequenceEndEvent()
        case str():
            yield _text_event(value)
        case float():
            yield yaml.ScalarEvent(None, None, (True, False), plain_number(value))
        case _:
            yield yaml.ScalarEvent(None, None, (True, False), "null" if value is None else text_of(value))


def _text_event(text: str) -> "yaml.Event":
    import yaml  # noqa: PLC0415 - see the module's docstring

    style = "|" if "\n" in text else None
    return yaml.ScalarEvent(None, None, (is_plain(text), True), text, style=style)
