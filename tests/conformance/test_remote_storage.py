"""Every kind of server keeps the contract of storages, and is refused where it does not keep its own word."""

import itertools
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conformance.storage_contract import BAD_PATHS, StorageContract, Vandal
from servers import HONEST, LIARS, SLOW, Server
from signoff.errors import AlreadyExistsError, StorageError
from signoff.storage.base import Storage
from signoff.storage.places import open_place

NUMBERS = itertools.count()
Start = Callable[[str], Server]


def now() -> datetime:
    return datetime(2026, 11, 1, tzinfo=UTC)


def fresh(server: Server) -> str:
    """Return a URL on a server that nobody used before."""
    return f"{server.base.rstrip('/')}/t{secrets.token_hex(6)}/registry"


def opened(server: Server, url: str, *, read_only: bool = False) -> Storage:
    return open_place(url, options=server.options, now=now, read_only=read_only)


class RemoteVandal:
    """Writes into a bucket or server by the driver's own means."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def file(self, path: str, content: bytes) -> None:
        self._storage.remove(path)
        self._storage.put_new(path, content)

    def folder(self, path: str) -> None:
        """Make an empty folder: in a bucket, the marker that consoles make."""
        self._storage.put_new(f"{path}/x", b"")
        objects = getattr(self._storage, "_objects", None)
        if objects is not None:
            location = self._storage._publishing._prefix  # type: ignore[attr-defined]  # looks inside on purpose
            try:
                objects.create(f"{location}{path}/", b"")
            except OSError as error:
                pytest.skip(f"this server keeps no marker of an empty folder: {error}")
        self._storage.remove(f"{path}/x")
        self._storage.remove_empty(".signoff/tmp")
        self._storage.remove_empty(".signoff")


@pytest.fixture(params=[*HONEST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def place(request: pytest.FixtureRequest, server: Start) -> tuple[Server, str]:
    found = server(request.param)
    url = fresh(found)
    if found.kind == "sftp":
        Path(urlsplit(url).path).mkdir(parents=True)
    return found, url


class TestRemoteStorage(StorageContract):
    @pytest.fixture
    def storage(self, place: tuple[Server, str]) -> Storage:
        return opened(*place)

    @pytest.fixture
    def vandal(self, storage: Storage) -> Vandal:
        return RemoteVandal(storage)

    @pytest.fixture
    def read_only(self, place: tuple[Server, str]) -> Storage:
        return opened(*place, read_only=True)

    @pytest.fixture(autouse=True)
    def _emptied(self, request: pytest.FixtureRequest) -> None:
        if "seaweed" in request.node.name and "empty_folder_can_be_removed" in request.node.name:
            pytest.skip("SeaweedFS shows an emptied folder for a while")

    @pytest.mark.parametrize("path", BAD_PATHS[:2])  # refused before any server is asked: two will do
    def test_a_path_that_leads_elsewhere_is_refused(self, storage: Storage, path: str) -> None:
        super().test_a_path_that_leads_elsewhere_is_refused(storage, path)


@pytest.mark.parametrize("name", LIARS)
def test_a_server_that_replaces_against_its_word_is_read_only(name: str, server: Start) -> None:
    found = server(name)
    url = fresh(found)
    storage = opened(found, url)
    with pytest.raises(StorageError, match="overwrote a file that it was told not to replace"):
        storage.put_new("a/x", b"one")
    can = storage.capabilities()
    assert not can.writable
    assert "overwrote" in can.reason


def test_nothing_depends_on_a_condition_that_some_servers_ignore(server: Start) -> None:
    found = server("localbucket")  # it ignores `If-Match`
    storage = opened(found, fresh(found))
    storage.put_new("README.md", b"one")
    with pytest.raises(AlreadyExistsError):
        storage.put_new("README.md", b"two")
    with pytest.raises(AlreadyExistsError):
        storage.replace("README.md", b"two", expected=b"other")
    storage.replace("README.md", b"two", expected=b"one")
    assert storage.read("README.md", most=9) == b"two"
