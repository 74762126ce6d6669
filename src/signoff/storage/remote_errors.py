"""What a driver's failure means, and when asking again is right.

The rules it keeps: every failure of a bucket or server leaves as a `StorageError` that names path, cause and what to
do; only what changes nothing, or cannot happen twice unnoticed, is asked again.
"""

import errno
import time
from collections.abc import Callable
from random import SystemRandom
from typing import Literal, TypeVar

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.base import Unanswered

Fate = Literal["missing", "exists", "denied", "beyond", "again", "failed"]
Answer = TypeVar("Answer")

WAITS = (0.2, 0.4, 0.8, 1.6)
STATUSES: dict[int, Fate] = {
    401: "denied",
    403: "denied",
    404: "missing",
    408: "again",
    409: "again",
    412: "exists",
    416: "beyond",
    425: "again",
    429: "again",
    500: "again",
    502: "again",
    503: "again",
    504: "again",
}
CODES: dict[str, Fate] = {
    "SlowDown": "again",
    "RequestTimeout": "again",
    "InternalError": "again",
    "ServiceUnavailable": "again",
    "InvalidRange": "beyond",
    "NoSuchKey": "missing",
    "NoSuchBucket": "missing",
}
UNANSWERED = frozenset(
    {
        "ClientConnectionError",
        "ClientConnectorError",
        "ClientOSError",
        "ClientPayloadError",
        "ServerDisconnectedError",
        "ServerTimeoutError",
        "ConnectionClosedError",
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "HTTPClientError",
        "HttpProcessingError",
        "IncompleteReadError",
        "ProxyError",
        "ReadTimeoutError",
        "ResponseParserError",
        "ResponseStreamingError",
        "ServiceRequestError",
        "ServiceResponseError",
        "SSHException",
        "EOFError",
    }
)
BROKEN = frozenset(
    {errno.ECONNRESET, errno.ECONNREFUSED, errno.ECONNABORTED, errno.EPIPE, errno.ETIMEDOUT, errno.EBUSY}
)
HINTS: dict[Fate, str] = {
    "missing": "check the name of the bucket or folder",
    "exists": "read it again: someone was first",
    "denied": "check the credentials, and what they may do there; see docs/how-to/buckets.md",
    "beyond": "the file is shorter than it was: read it again",
    "again": "it was asked several times: check the network and the endpoint, then do the same again",
    "failed": "check the URL, the endpoint and the credentials; see docs/how-to/buckets.md",
}
LONGEST_CAUSE = 200


class Calls:
    """Asks a driver, again where that is right, and says what came of it.

    Args:
        url: The place, for messages.
        faults: What the driver raises when it fails.

    Attributes:
        unanswered: The paths for which no answer came.
    """

    def __init__(self, url: str, faults: tuple[type[Exception], ...]) -> None:
        """Remember both."""
        self.url, self.faults = url, faults
        self.unanswered = Unanswered()

    def ask(self, path: str, doing: str, do: Callable[[], Answer], *, waits: tuple[float, ...] = WAITS) -> Answer:
        """Return what `do` returns; what changes nothing is done again where no answer came.

        Raises:
            NotFoundError: Nothing is there.
            StorageError: It failed.
        """
        for wait in waits:
            try:
                return do()
            except self.faults as error:
                if fate_of(error) != "again":
                    raise self.explained(path, error, doing=doing) from error
            pause(wait)
        try:
            return do()
        except self.faults as error:
            if fate_of(error) == "again":
                self.unanswered.note(path)
            raise self.explained(path, error, doing=doing) from error

    def explained(self, path: str, error: Exception, *, doing: str) -> StorageError:
        """Return what to raise where a driver failed; `doing` is a verb."""
        fate = fate_of(error)
        message = f"cannot {doing} {path or '.'!r} in {self.url}: {cause_of(error)}"
        match fate:
            case "missing":
                return NotFoundError(f"cannot {doing} {path or self.url!r}: No such file or folder")
            case "exists":
                return AlreadyExistsError(message, hint=HINTS[fate])
            case _:
                return StorageError(message, hint=HINTS[fate])


def pause(seconds: float) -> None:
    """Wait about as long, so that not everybody comes back at once."""
    time.sleep(seconds * SystemRandom().uniform(0.5, 1.5))


def fate_of(error: BaseException) -> Fate:
    """Return what a driver's failure means."""
    match error:
        case FileNotFoundError():
            return "missing"
        case FileExistsError():
            return "exists"
        case PermissionError():
            return "denied"
        case _:
            code, status = answer_of(error)
            found = CODES.get(code) or STATUSES.get(status)
            if found:
                return found
            return "again" if not status and _unanswered(error) else "failed"


def answer_of(error: BaseException | None) -> tuple[str, int]:
    """Return the service's own error code and HTTP status, as far as the failure or its cause knows them."""
    while error is not None:
        response = getattr(error, "response", None)
        if isinstance(response, dict):
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            return str(response.get("Error", {}).get("Code", "")), int(status)
        for name in ("status_code", "status", "code"):
            found = getattr(error, name, None)
            if isinstance(found, int | str) and str(found).isdigit():
                return str(getattr(error, "error_code", "")), int(found)
        error = error.__cause__
    return "", 0


def _unanswered(error: BaseException) -> bool:
    """Tell whether no answer came, or only a part of one."""
    if isinstance(error, TimeoutError | ConnectionError):
        return True
    if isinstance(error, OSError) and error.errno in BROKEN:
        return True
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & UNANSWERED)


def cause_of(error: BaseException) -> str:
    """Return a failure in one line."""
    code, status = answer_of(error)
    text = (error.strerror if isinstance(error, OSError) else "") or str(error)
    said = " ".join(text.split())[:LONGEST_CAUSE] or type(error).__name__
    known = " ".join(word for word in (code, str(status or "")) if word and word not in said)
    return f"{said} ({known})" if known else said
