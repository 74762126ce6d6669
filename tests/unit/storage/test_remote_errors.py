"""What failures of drivers mean, and how often something is asked again."""

import errno

import pytest

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.remote_errors import Calls, Fate, cause_of, fate_of


class Answered(Exception):  # noqa: N818  (stands for what a driver raises)
    def __init__(self, status: int | str, code: str = "") -> None:
        super().__init__("the service said so")
        self.response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}


class Coded(Exception):  # noqa: N818
    def __init__(self, code: int | str) -> None:
        super().__init__("")
        self.code = code


class ReadTimeoutError(Exception):
    """Named as a driver's."""


def translated(error: Exception) -> OSError:
    """Return what a driver makes of an answer: only the cause knows more."""
    found = OSError(errno.EINVAL, "Precondition Failed")
    found.__cause__ = error
    return found


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (FileNotFoundError("x"), "missing"),
        (FileExistsError("x"), "exists"),
        (PermissionError("x"), "denied"),
        (TimeoutError(), "again"),
        (ConnectionResetError(), "again"),
        (OSError(errno.EBUSY, "busy"), "again"),
        (OSError(errno.EINVAL, "what"), "failed"),
        (ReadTimeoutError(), "again"),
        (EOFError(), "again"),
        (ValueError("what"), "failed"),
        (Answered(412), "exists"),
        (translated(Answered(412)), "exists"),
        (translated(Answered(409, "ConditionalRequestConflict")), "again"),
        (translated(Answered(200, "SlowDown")), "again"),
        (translated(Answered(416, "InvalidRange")), "beyond"),
        (translated(Answered(400)), "failed"),
        (Coded(503), "again"),
        (Coded("429"), "again"),
        (Coded(403), "denied"),
        (Coded(404), "missing"),
    ],
)
def test_each_failure_has_a_meaning(error: Exception, fate: Fate) -> None:
    assert fate_of(error) == fate


def test_a_cause_is_one_line_with_the_services_own_words() -> None:
    assert cause_of(translated(Answered(412, "PreconditionFailed"))) == "Precondition Failed (PreconditionFailed 412)"
    assert cause_of(OSError("a\nb  c")) == "a b c"
    assert cause_of(TimeoutError()) == "TimeoutError"
    assert len(cause_of(OSError("x" * 5000))) < 300


class Asked:
    """Fails so often, then answers."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.count = error, times, 0

    def __call__(self) -> str:
        self.count += 1
        if self.count <= self.times:
            raise self.error
        return "answer"


def test_what_got_no_answer_is_asked_again_and_what_was_answered_is_not() -> None:
    calls = Calls("s3://b", (OSError,))
    lost = Asked(TimeoutError(), 2)
    assert calls.ask("a/x", "read", lost, waits=(0.0, 0.0, 0.0)) == "answer"
    assert lost.count == 3
    denied = Asked(PermissionError("no"), 1)
    with pytest.raises(StorageError, match=r"cannot read 'a/x' in s3://b: no"):
        calls.ask("a/x", "read", denied, waits=(0.0, 0.0))
    assert denied.count == 1


def test_after_the_last_try_path_cause_and_advice_are_told() -> None:
    calls = Calls("s3://b", (OSError,))
    with pytest.raises(StorageError, match=r"cannot list 'a' in s3://b: TimeoutError") as told:
        calls.ask("a", "list", Asked(TimeoutError(), 9), waits=(0.0,))
    assert "asked several times" in told.value.hint


def test_missing_and_existing_are_their_own_kinds() -> None:
    calls = Calls("s3://b", (OSError,))
    assert isinstance(calls.explained("a", FileNotFoundError(), doing="read"), NotFoundError)
    assert isinstance(calls.explained("a", FileExistsError(), doing="write"), AlreadyExistsError)
