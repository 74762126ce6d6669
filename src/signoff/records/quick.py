"""Reading very many lines in less time: the types of `statement`, whose spellings are checked in one step.

The rule it keeps: what is read here is what `Statement` reads, value for value. A line that `Statement` would refuse is
None here, and nothing is said about it: whoever asks has it refused there, with the reason.

Most of the time to read a line goes into patterns, one after another: ids, the nonce, the time, the author. Here these
are plain text at first, and then checked all together. What only some actions have is checked as ever.
"""

import operator
import re
from collections.abc import Callable
from functools import lru_cache, reduce
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta, defstruct, json

from signoff.records.statement import ACTIONS, Cited, DigestSet, Named, Person, Stamp, Statement


class _DigestSet(DigestSet, frozen=True, gc=False):
    sha256: str


class _Named(Named, frozen=True, gc=False):
    digest: _DigestSet


class _Cited(Cited, frozen=True, gc=False):
    sha256: str


def _pattern(kind: Any) -> str:  # noqa: ANN401  (what `Annotated` makes)
    pattern: str = kind.__metadata__[0].pattern
    return pattern.removeprefix(r"\A").removesuffix(r"\Z")


_said_by = re.compile(f"{_pattern(Stamp)} {_pattern(Person)}").fullmatch
_DIGEST, _HEX = 32, 32 + 4 * 65
"""A digest's bytes, and the length of a nonce's digits with four digests' behind it."""


def _is_hex(texts: str) -> bool:
    """Tell whether texts with a space between them are a nonce's 32 hex digits and four times a digest's 64."""
    try:
        return len(texts) == _HEX and bytes.fromhex(texts).hex(" ", _DIGEST) == texts
    except ValueError:
        return False


@lru_cache
def _decoder() -> Callable[[bytes], Statement]:
    plain = [("registry", str), ("prev", str), ("policy", _Cited), ("nonce", str), ("author", str), ("time", str)]
    kinds = [
        defstruct(kind.__name__, plain, bases=(kind,), kw_only=True, frozen=True, gc=False) for kind in ACTIONS.values()
    ]
    subjects = Annotated[tuple[_Named, ...], Meta(min_length=1, max_length=1)]
    fields = [("subject", subjects), ("predicate", reduce(operator.or_, kinds))]
    made = defstruct("Statement", fields, bases=(Statement,), kw_only=True, frozen=True, gc=False)
    return cast("Callable[[bytes], Statement]", json.Decoder(made).decode)


def read_quickly(line: bytes, *, spelled: bool = False) -> Statement | None:
    """Return what a line says; None where `Statement` would refuse it. `spelled`: it was read before, and not refused."""
    try:
        known = _decoder()(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if spelled:
        return known
    said, subject = known.predicate, known.subject[0].digest.sha256
    whole = _is_hex(f"{said.nonce} {said.registry} {said.prev} {said.policy.sha256} {subject}")
    return known if whole and _said_by(f"{said.time} {said.author}") else None
