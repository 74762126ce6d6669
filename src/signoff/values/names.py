"""Names and digests, as the format page's section 2 defines them.

The rule it keeps: an instance is a valid name; a text that is none raises `InvalidValueError` where it is made.
"""

import re
from typing import ClassVar, Self

from signoff.errors import InvalidValueError

LONGEST = 64
DEEPEST = 4
RESERVED = frozenset({"log", "packs", "cards", "versions"})
SEGMENT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
NUMBERED = re.compile(r"v?[0-9]+")


class Name(str):
    """A text that was checked when it was made; it compares, hashes and prints as that text."""

    __slots__ = ()
    kind: ClassVar[str]
    pattern: ClassVar[re.Pattern[str]]
    shape: ClassVar[str]

    def __new__(cls, text: str) -> Self:
        """Check `text` and keep it.

        Raises:
            InvalidValueError: `text` is not a name of this kind; the message says why.
        """
        fault = cls.fault(text)
        if fault:
            message = f"{text!r} is not a {cls.kind}: {fault}"
            raise InvalidValueError(message, hint=f"a {cls.kind} is {cls.shape}")
        return super().__new__(cls, text)

    @classmethod
    def fault(cls, text: str) -> str:
        """Return why `text` is not such a name, or ""."""
        return "" if cls.pattern.fullmatch(text) else "it has a character or a form that is not allowed"


def _segment_fault(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        return f"{text!r} must be letters, digits and . _ - and begin and end with a letter or digit"
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    return "'..' is not allowed" if ".." in text else ""


class ModelName(Name):
    """The name of a registered model: 1 to 4 segments, as `fraud` or `risk/fraud`."""

    __slots__ = ()
    kind = "model name"
    pattern = SEGMENT
    shape = "1 to 4 segments joined by '/', each letters, digits and . _ -, as 'risk/fraud'"

    @classmethod
    def fault(cls, text: str) -> str:
        """Return why `text` is not a model name, or ""."""
        segments = text.split("/")
        if len(segments) > DEEPEST:
            return f"it has more than {DEEPEST} segments"
        taken = RESERVED.intersection(segments[1:])
        if taken:
            return f"{min(taken)!r} is reserved below the first segment"
        return next((fault for segment in segments if (fault := _segment_fault(segment, cls.pattern))), "")


class VersionName(Name):
    """The name of a model version: one segment, which may also carry `+`."""

    __slots__ = ()
    kind = "version name"
    pattern = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]*[A-Za-z0-9])?")
    shape = "letters, digits and . _ - +, beginning and ending with a letter or digit, as '7' or '1.2.0+cpu'"

    @classmethod
    def fault(cls, text: str) -> str:
        """Return why `text` is not a version name, or ""."""
        return _segment_fault(text, cls.pattern)


class PointerName(Name):
    """The name of a stage or an alias: no mere number, not `latest`."""

    __slots__ = ()
    kind = "stage or alias name"
    pattern = SEGMENT
    shape = "letters, digits and . _ -, not a number, not 'v' and a number, not 'latest'"

    @classmethod
    def fault(cls, text: str) -> str:
        """Return why `text` cannot name a stage or an alias, or ""."""
        if NUMBERED.fullmatch(text.lower()) or text.lower() == "latest":
            return "versions are called like that"
        return _segment_fault(text, cls.pattern)


class PersonId(Name):
    """The id of a person, most often an e-mail address."""

    __slots__ = ()
    kind = "person id"
    pattern = re.compile(r"[A-Za-z0-9._%+@-]+")
    shape = "letters, digits and . _ % + @ -, as 'al@example.org'"


class Digest(Name):
    """A SHA-256 digest as 64 lower-case hex digits."""

    __slots__ = ()
    kind = "sha256 digest"
    pattern = re.compile(r"[0-9a-f]{64}")
    shape = "64 lower-case hex digits"


def slug(text: str) -> str:
    """Return the nearest valid segment to a foreign spelling, as importers use it; "" where none is left."""
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", text)
    return re.sub(r"\.{2,}", ".", kept).strip("._-")[:LONGEST].rstrip("._-")
