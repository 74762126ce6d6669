"""A large file from elsewhere goes on from where it was cut off, and what was there before is never believed."""

import hashlib
import secrets
from pathlib import Path

import pytest

from signoff.errors import StorageError, VerificationError
from signoff.storage.base import Info
from signoff.storage.delivery import Delivery
from signoff.storage.remote_stream import RANGE, open_ranges

CONTENT = secrets.token_bytes(1024) * 1024 * 30
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Far:
    """A file elsewhere whose connection ends after so many bytes."""

    def __init__(self, content: bytes = CONTENT, *, until: int = 1 << 60) -> None:
        self.content, self.until = content, until
        self.asked: list[int] = []

    def fetch(self, start: int, end: int) -> bytes:
        self.asked.append(start)
        if start >= self.until:
            message = "the network is gone"
            raise StorageError(message)
        return self.content[start:end]

    def deliver(self, target: Path) -> None:
        delivery = Delivery(str(target), identity="one")
        with open_ranges(
            "weights.bin", self.fetch, lambda: Info(size=len(self.content), stamp="", modified=0.0)
        ) as far:
            delivery.deliver("weights.bin", far, size=len(CONTENT), sha256=DIGEST)
        delivery.commit()


def test_what_came_before_the_network_went_is_not_fetched_again(tmp_path: Path) -> None:
    target = tmp_path / "serving"
    with pytest.raises(StorageError, match="the network is gone"):
        Far(until=2 * RANGE).deliver(target)
    assert not target.exists()
    again = Far()
    again.deliver(target)
    assert (target / "weights.bin").read_bytes() == CONTENT
    assert sorted(again.asked) == [0, 2 * RANGE, 3 * RANGE]


def test_a_part_that_was_spoilt_is_fetched_once_more_from_the_beginning(tmp_path: Path) -> None:
    target = tmp_path / "serving"
    with pytest.raises(StorageError):
        Far(until=2 * RANGE).deliver(target)
    (part,) = tmp_path.glob(".serving.signoff-*/.tmp-*.part")
    with part.open("r+b") as file:
        file.write(b"\0" * 4096)
    Far().deliver(target)
    assert (target / "weights.bin").read_bytes() == CONTENT
    assert sorted(path.name for path in target.iterdir()) == ["weights.bin"]


def test_a_file_that_is_not_what_was_signed_is_refused_and_no_part_stays(tmp_path: Path) -> None:
    target = tmp_path / "serving"
    wrong = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    with pytest.raises(VerificationError, match="not what was signed"):
        Far(wrong).deliver(target)
    assert not target.exists()
    assert not list(tmp_path.glob(".serving.signoff-*/.tmp-*"))
