"""Every error that signoff raises on purpose.

The rule it keeps: bad input, a refusal or a failing storage leaves a layer as one of these, with a line that says
what, where and why, and a `hint` that says what to do next. Anything else that escapes is a defect.
"""

from collections.abc import Sequence


class SignoffError(Exception):
    """What all of signoff's errors are.

    Args:
        message: What, where and why, in one line.
        hint: What to do next, or "".
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the message and the hint apart, so that front ends can lay them out."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidValueError(SignoffError):
    """A name, reference, digest or other single value is not well formed."""


class SchemaError(SignoffError):
    """A file does not mean what its place says it should mean.

    Args:
        message: Why, in one line.
        file: The file's path below the registry, or "".
        line: The line of the fault, from 1, or 0 where it has none.
        path: The way to the fault inside the document, as `metrics[2].name`.
        hint: What to do next, or "".
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0, path: str = "", hint: str = "") -> None:
        """Say the place in front of the reason."""
        place = ":".join(part for part in (file, str(line) if line else "", path) if part)
        super().__init__(f"{place}: {message}" if place else message, hint=hint)
        self.reason, self.file, self.line, self.path = message, file, line, path

    def in_file(self, file: str) -> "SchemaError":
        """Return the same fault, placed in a file."""
        return SchemaError(self.reason, file=file, line=self.line, path=self.path, hint=self.hint)


class StorageError(SignoffError):
    """The registry's storage, or a folder of this machine, does not do what was asked."""


class NotFoundError(StorageError):
    """Nothing is there."""


class AlreadyExistsError(StorageError):
    """Something else is there already; nothing was replaced."""


class SigningError(SignoffError):
    """No signature could be had from the key's holder.

    Args:
        message: What, where and why, in one line.
        hint: What to do next, or "".
        short: The same in two or three words, for a line with little room.
    """

    def __init__(self, message: str, *, hint: str = "", short: str = "no signature") -> None:
        """Keep the short words beside the message."""
        super().__init__(message, hint=hint)
        self.short = short


class VerificationError(SignoffError):
    """Bytes are not what their digest, sign-off or chain says."""


class AlarmError(VerificationError):
    """History was taken back or rewritten: what this client saw before is no longer there."""


class RefusedError(SignoffError):
    """The rules of the registry refuse an action.

    Args:
        action: What was asked, in words: "promote fraud:7 to production".
        reasons: Every reason, each one line.
        hint: What to do next, or "".
    """

    def __init__(self, action: str, reasons: Sequence[str], *, hint: str = "") -> None:
        """Join all reasons, so that nobody has to ask twice."""
        super().__init__(f"cannot {action}: {'; '.join(reasons)}", hint=hint)
        self.action = action
        self.reasons = tuple(reasons)


class ConflictError(SignoffError):
    """Someone was first, and the decision changed with what they wrote."""
