"""How many requests things cost on a bucket, counted by a proxy before a real server."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest

from faulty import Proxy, faulty
from servers import Server
from signoff.errors import NotFoundError, VerificationError
from signoff.storage import remote_put
from signoff.storage.base import Storage
from signoff.storage.places import open_place

Start = Callable[[str], Server]
SMALL = 256 * 1024  # the least that Google's storage takes of a part


@pytest.fixture
def counted(server: Start) -> Iterator[tuple[Storage, Proxy]]:
    """Give a storage that was written to, behind a proxy that counts from here on."""
    found = server("moto")
    with faulty(found.port) as proxy:
        other = found.through(proxy.port)
        url = f"{other.base}/n{secrets.token_hex(6)}"
        storage = open_place(url, options=other.options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
        storage.put_new("log/00000001.rec", b"one")
        proxy.requests.clear()
        yield storage, proxy


def test_whether_the_next_slot_is_taken_is_one_request(counted: tuple[Storage, Proxy]) -> None:
    storage, proxy = counted
    with pytest.raises(NotFoundError):
        storage.read("log/00000002.rec", most=100)
    assert len(proxy.requests) == 1


def test_a_record_is_one_request_and_one_look_at_its_place(counted: tuple[Storage, Proxy]) -> None:
    storage, proxy = counted
    storage.put_new("log/00000002.rec", b"two")
    assert [line.partition(" ")[0] for line in proxy.requests] == ["GET", "PUT"]


def test_a_small_file_is_one_request_also_as_a_stream(counted: tuple[Storage, Proxy]) -> None:
    storage, proxy = counted
    storage.read("log/00000001.rec", most=100)
    with storage.open("log/00000001.rec") as stream:
        assert stream.read() == b"one"
    assert len(proxy.requests) == 2


def test_a_folder_is_one_request_for_a_thousand_names(counted: tuple[Storage, Proxy]) -> None:
    storage, proxy = counted
    assert len(storage.entries("log")) == 1
    assert len(storage.walk("")) == 1
    assert len(proxy.requests) == 2


def test_what_others_wrote_is_seen_at_once(counted: tuple[Storage, Proxy], server: Start) -> None:
    storage, proxy = counted
    found = server("moto")
    url = storage.url.replace(str(proxy.port), str(found.port))
    other = open_place(url, options=found.options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    storage.entries("log")
    other.put_new("log/00000002.rec", b"two")
    assert [entry.name for entry in storage.entries("log")] == ["00000001.rec", "00000002.rec"]
    assert storage.read("log/00000002.rec", most=9) == b"two"


def test_a_large_file_on_google_s_storage_is_begun_only_where_nothing_is(
    server: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_put, "LARGEST_PUT", SMALL)
    monkeypatch.setattr(remote_put, "PART", SMALL)
    found = server("fake-gcs")
    content = secrets.token_bytes(3 * SMALL + 7)
    with faulty(found.port) as proxy:
        other = found.through(proxy.port)
        url = f"{other.base}/n{secrets.token_hex(6)}"
        storage = open_place(url, options=other.options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
        assert storage.put_stream("v/weights.bin", BytesIO(content), size=len(content))
        assert storage.read("v/weights.bin", most=len(content)) == content
        begun = [line for line in proxy.requests if line.startswith("POST /upload/")]
    assert len(begun) == len([line for line in begun if "ifGenerationMatch=0" in line])
    assert len([line for line in begun if "uploadType=resumable" in line]) == 1


def test_a_large_file_that_stops_on_the_way_to_google_s_storage_leaves_nothing(
    server: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_put, "LARGEST_PUT", SMALL)
    monkeypatch.setattr(remote_put, "PART", SMALL)
    found = server("fake-gcs")
    url = f"{found.base}/n{secrets.token_hex(6)}"
    storage = open_place(url, options=found.options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    with pytest.raises(VerificationError):
        storage.put_stream("v/x", BytesIO(b"." * 3 * SMALL), size=3 * SMALL, sha256="0" * 64)
    assert [path for path, _ in storage.walk("") if path.startswith("v/")] == []
    storage.put_new("v/x", b"one")
